package machine

import (
	"fmt"

	"klpemu/internal/errno"
	"klpemu/livepatch"
)

// PatchSpec is a livepatch module as a .klp file describes it.
type PatchSpec struct {
	Name    string
	Replace bool
	Objects []ObjectSpec
	Externs []Extern
	States  []livepatch.State
	Code    []CodeRef
}

// ObjectSpec is one object of a PatchSpec.
type ObjectSpec struct {
	Name      string // "" is vmlinux
	Funcs     []FuncSpec
	Callbacks map[string]string // "pre_patch" and so on: the function's name
	Line      int
}

// FuncSpec is one function of an ObjectSpec.
type FuncSpec struct {
	Old, New string
	Sympos   uint64
	Line     int
}

// Extern is a local symbol of the target that the new code uses.
type Extern struct {
	Name   string
	Object string // "" is vmlinux
	Sympos uint64
	Line   int
}

// CodeRef names a file of new functions.
type CodeRef struct {
	File string
	Line int
}

// buildPatch makes the struct klp_patch that a .klp describes, with the
// addresses of its new functions.
func (m *Machine) buildPatch(mod *Module, spec *PatchSpec) (*livepatch.Patch, error) {
	p := &livepatch.Patch{
		Mod: mod.Name, Replace: spec.Replace, States: spec.States, Objects: []*livepatch.Object{},
	}
	for _, os := range spec.Objects {
		o := &livepatch.Object{Name: os.Name, Funcs: []*livepatch.Func{}}
		for _, fs := range os.Funcs {
			addr, err := m.newFunc(mod, fs.New, fs.Line)
			if err != nil {
				return nil, err
			}
			o.Funcs = append(o.Funcs, &livepatch.Func{OldName: fs.Old, NewFunc: addr, OldSympos: fs.Sympos})
		}
		if err := m.bindCallbacks(mod, o, os); err != nil {
			return nil, err
		}
		p.Objects = append(p.Objects, o)
	}
	return p, nil
}

func (m *Machine) bindCallbacks(mod *Module, o *livepatch.Object, os ObjectSpec) error {
	for _, cb := range []struct {
		name string
		to   *uint64
	}{
		{"pre_patch", &o.Callbacks.PrePatch},
		{"post_patch", &o.Callbacks.PostPatch},
		{"pre_unpatch", &o.Callbacks.PreUnpatch},
		{"post_unpatch", &o.Callbacks.PostUnpatch},
	} {
		if fn := os.Callbacks[cb.name]; fn != "" {
			addr, err := m.newFunc(mod, fn, os.Line)
			if err != nil {
				return err
			}
			*cb.to = addr
		}
	}
	if len(os.Callbacks) > 0 {
		if o.Addr = m.guestObject(os.Name); o.Addr == 0 {
			return errno.ENOMEM
		}
	}
	return nil
}

// newFunc finds a function that the module's own code defines.
func (m *Machine) newFunc(mod *Module, name string, line int) (uint64, error) {
	for _, addr := range m.Symbols(mod.Name, name) {
		return addr, nil
	}
	return 0, &LoadError{errno.ENOEXEC, fmt.Errorf("line %d: the code of livepatch %s has no function %s", line, mod.Name, name)}
}

// klpObjectSize is sizeof(struct klp_object); its name comes first (6.12).
const klpObjectSize = 168

// guestObject makes the struct klp_object that callbacks get, with its name.
func (m *Machine) guestObject(name string) uint64 {
	addr := m.alloc(klpObjectSize)
	if addr == 0 || name == "" {
		return addr
	}
	text := m.alloc(uint64(len(name)) + 1)
	if text == 0 || m.mem.Write(text, []byte(name)) != nil || m.mem.Store(addr, 8, text) != nil {
		return 0
	}
	return addr
}
