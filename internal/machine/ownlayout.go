package machine

import (
	"errors"
	"fmt"

	"klpemu/internal/btf"
	"klpemu/internal/errno"
	structlayout "klpemu/internal/layout"
	"klpemu/internal/obj"
	"klpemu/livepatch"
)

// ownLayout is what the debugging information of a module says of structures.
type ownLayout struct {
	source  string // "DWARF" or "BTF"
	layout  livepatch.Layout
	structs map[string]*structlayout.Struct
}

// klp is the layout for the core: nil where a module has none of its own.
func (o *ownLayout) klp() *livepatch.Layout {
	if o == nil {
		return nil
	}
	return &o.layout
}

// orDefault is the layout by which a patch is read.
func (o *ownLayout) orDefault() livepatch.Layout {
	if o == nil {
		return livepatch.DefaultLayout()
	}
	return o.layout
}

// describe says where the layout of a module's structures comes from.
func (o *ownLayout) describe(p *Profile) string {
	if o != nil {
		return o.source + " of the module"
	}
	return "profile " + p.Name
}

// Layout says where the layout of the structures of a .ko comes from, false of
// another module, which has that of the machine.
func (m *Machine) Layout(mod *Module) (string, bool) {
	if mod == nil || mod.ko == nil {
		return "", false
	}
	return mod.own.describe(m.profile), true
}

// DescribeLayout says where the layout comes from by which the structures of a
// module are read. Error: they do not fit the kernel.
func DescribeLayout(name string, file []byte) (string, error) {
	p, err := DefaultProfile()
	if err != nil {
		return "", err
	}
	own, err := readLayout(p, name, file)
	if err != nil {
		return "", err
	}
	return own.describe(p), nil
}

// layoutAt is the layout of a livepatch's structures at an address: that of the
// module whose memory it is, else of the one whose init runs and may have
// allocated them.
func (m *Machine) layoutAt(addr uint64) *ownLayout {
	var coming *ownLayout
	for _, mod := range m.modules {
		if mod.image == nil {
			continue
		}
		for _, s := range mod.image.Segments {
			if addr >= s.Addr && addr-s.Addr < s.Size {
				return mod.own
			}
		}
		if mod.State == ModuleComing && coming == nil {
			coming = mod.own
		}
	}
	return coming
}

// klpStructs are read by the offsets that the module has for them.
func klpStructs() []string {
	return []string{"klp_patch", "klp_object", "klp_callbacks", "klp_func", "klp_state"}
}

// readLayout reads the layout that a module brings: from its BTF where that
// stands alone, else from its DWARF. A module without has none, and so has one
// whose debugging information cannot be read: a kernel does not look at it. A
// module that has the structures of the kernel itself elsewhere than the kernel
// is for another one.
func readLayout(p *Profile, name string, file []byte) (*ownLayout, error) {
	f, err := obj.Parse(name, file)
	if err != nil {
		return nil, nil
	}
	want := append(klpStructs(), p.structs()...)
	own := &ownLayout{source: "BTF"}
	if s := f.Section(".BTF"); s != nil {
		own.structs = btfStructs(s.Data, f.Section(".BTF.base"), want)
	}
	if own.structs["klp_patch"] == nil {
		own.source = "DWARF"
		own.structs, err = structlayout.DWARF(func(name string) []byte { return structlayout.Section(f, name) }, want...)
		if err != nil {
			return nil, nil
		}
	}
	if err := p.check(own.structs); err != nil {
		return nil, &LoadError{errno.ENOEXEC, fmt.Errorf("%w; %s says so", err, own.source)}
	}
	if own.structs["klp_patch"] == nil {
		return nil, nil
	}
	if err := own.fill(); err != nil {
		return nil, &LoadError{errno.ENOEXEC, fmt.Errorf("%s: %w", own.source, err)}
	}
	return own, nil
}

func btfStructs(data []byte, base *obj.Section, want []string) map[string]*structlayout.Struct {
	var on *btf.Spec
	if base != nil {
		var err error
		if on, err = btf.Parse(base.Data, nil); err != nil {
			return nil
		}
	}
	s, err := btf.Parse(data, on)
	if err != nil {
		return nil
	}
	found, err := s.Structs(want...)
	if err != nil {
		return nil
	}
	return found
}

// fill finds the members that the machine reads and writes.
func (o *ownLayout) fill() error {
	l := &o.layout
	*l = livepatch.DefaultLayout()
	var cb, post uint64
	for _, r := range []struct {
		to     *uint64
		of     string
		member string
		size   uint64
	}{
		{&l.Patch.Mod, "klp_patch", "mod", 8}, {&l.Patch.Objs, "klp_patch", "objs", 8},
		{&l.Patch.States, "klp_patch", "states", 8}, {&l.Patch.Replace, "klp_patch", "replace", 1},
		{&l.Patch.ObjList, "klp_patch", "obj_list", 16}, {&l.Patch.Enabled, "klp_patch", "enabled", 1},
		{&l.Patch.Forced, "klp_patch", "forced", 1},
		{&l.Object.Name, "klp_object", "name", 8}, {&l.Object.Funcs, "klp_object", "funcs", 8},
		{&l.Object.FuncList, "klp_object", "func_list", 16}, {&l.Object.Node, "klp_object", "node", 16},
		{&l.Object.Mod, "klp_object", "mod", 8}, {&l.Object.Dynamic, "klp_object", "dynamic", 1},
		{&l.Object.Patched, "klp_object", "patched", 1},
		{&cb, "klp_callbacks", "pre_patch", 8}, {&post, "klp_callbacks", "post_unpatch_enabled", 1},
		{&l.Func.OldName, "klp_func", "old_name", 8}, {&l.Func.NewFunc, "klp_func", "new_func", 8},
		{&l.Func.Sympos, "klp_func", "old_sympos", 8}, {&l.Func.OldFunc, "klp_func", "old_func", 8},
		{&l.Func.Node, "klp_func", "node", 16}, {&l.Func.OldSize, "klp_func", "old_size", 8},
		{&l.Func.NewSize, "klp_func", "new_size", 8}, {&l.Func.Nop, "klp_func", "nop", 1},
		{&l.Func.Patched, "klp_func", "patched", 1}, {&l.Func.Transition, "klp_func", "transition", 1},
		{&l.State.ID, "klp_state", "id", 8}, {&l.State.Version, "klp_state", "version", 4},
	} {
		s := o.structs[r.of]
		if s == nil {
			continue // nothing of the module has one
		}
		at, err := s.Field(r.member, r.size)
		if err != nil {
			return err
		}
		*r.to = at
	}
	if err := o.sizes(); err != nil {
		return err
	}
	callbacks, ok := o.structs["klp_object"].Member("callbacks")
	if !ok || callbacks.Bit%8 != 0 {
		return errors.New("struct klp_object has no member callbacks")
	}
	l.Object.Callbacks = callbacks.Bit/8 + cb
	l.Object.PostUnpatchEnabled = callbacks.Bit/8 + post
	return nil
}

// sizes takes the sizes of the structures over.
func (o *ownLayout) sizes() error {
	l := &o.layout
	for _, r := range []struct {
		to *uint64
		of string
	}{{&l.Patch.Size, "klp_patch"}, {&l.Object.Size, "klp_object"}, {&l.Func.Size, "klp_func"}, {&l.State.Size, "klp_state"}} {
		s := o.structs[r.of]
		switch {
		case s != nil && s.Size != 0:
			*r.to = s.Size
		case r.of != "klp_state":
			return fmt.Errorf("struct %s is not described", r.of)
		}
	}
	return nil
}

// structs are the names of the structures that a profile describes, but for
// those of livepatches, which each module may have its own way.
func (p *Profile) structs() []string {
	var names []string
	own := map[string]bool{}
	for _, n := range klpStructs() {
		own[n] = true
	}
	for _, f := range p.Fields {
		if f.Member == "" && !own[f.Struct] {
			names = append(names, f.Struct)
		}
	}
	return names
}

// check compares structures that a module shares with the kernel. What a module
// does not describe is not compared.
func (p *Profile) check(structs map[string]*structlayout.Struct) error {
	own := map[string]bool{}
	for _, n := range klpStructs() {
		own[n] = true
	}
	for _, f := range p.Fields {
		s := structs[f.Struct]
		if s == nil || own[f.Struct] {
			continue
		}
		if f.Member == "" {
			if s.Size != f.Value {
				return fmt.Errorf("struct %s has %d bytes, in the kernel (profile %s) %d: the module is for another kernel", f.Struct, s.Size, p.Name, f.Value)
			}
			continue
		}
		if m, ok := s.Member(f.Member); ok && m.Bit != 8*f.Value {
			return fmt.Errorf("struct %s: %s is at %d, in the kernel (profile %s) at %d: the module is for another kernel",
				f.Struct, f.Member, m.Bit/8, p.Name, f.Value)
		}
	}
	return nil
}
