package machine

import (
	"encoding/binary"
	"fmt"

	"klpemu/internal/errno"
	"klpemu/internal/obj"
	"klpemu/livepatch"
	"klpemu/mem"
)

// This file reads struct klp_patch from guest memory, and writes the one of a
// .klp there: both kinds of livepatch are the same from then on.

// maxName is how much of a name is read: a longer one is refused by its length.
const maxName = 512 // KSYM_NAME_LEN

// maxEntries bounds the objects, functions and states of one patch: arrays of
// the guest may overlap, so that a small memory can hold very many.
const maxEntries = 1 << 16

// fields reads the words of a structure; the first error stays.
type fields struct {
	livepatch.Layout
	own     *ownLayout // of the module; nil where it has none
	m       *Machine
	err     error
	entries int
}

// entry counts an element of an array and reports whether there may be more.
func (f *fields) entry() bool {
	if f.entries++; f.entries > maxEntries && f.err == nil {
		f.err = fmt.Errorf("the patch has more than %d objects, functions and states; is the end of an array missing?", maxEntries)
	}
	return f.err == nil
}

func (f *fields) word(addr uint64) uint64 {
	if f.err != nil {
		return 0
	}
	v, err := f.m.mem.Load(addr, 8)
	f.err = err
	return v
}

func (f *fields) byte(addr uint64) byte {
	if f.err != nil {
		return 0
	}
	v, err := f.m.mem.Load(addr, 1)
	f.err = err
	return byte(v)
}

// writable notes the fault where the core could not write to a structure.
func (f *fields) writable(addr uint64) {
	if perm, ok := f.m.mem.Perm(addr); f.err == nil && (!ok || perm&mem.W == 0) {
		f.err = &mem.Fault{Addr: addr, Size: 1, Access: mem.Write, Present: ok}
	}
}

// text reads the string that a pointer leads to; "" for NULL.
func (f *fields) text(ptr uint64) string {
	if f.err != nil || ptr == 0 {
		return ""
	}
	s, err := f.m.readString(ptr, maxName)
	f.err = err
	return s
}

// readPatch reads a struct klp_patch with its arrays. A NULL pointer gives a
// nil patch; nil arrays stay nil, for the checks of klp_enable_patch.
func (m *Machine) readPatch(addr uint64) (*livepatch.Patch, error) {
	if addr == 0 {
		return nil, nil
	}
	f := &fields{m: m, own: m.layoutAt(addr)}
	f.Layout = f.own.orDefault()
	l := &f.Patch
	p := &livepatch.Patch{Addr: addr, Layout: f.own.klp(), Replace: f.byte(addr+l.Replace) != 0}
	if mod := m.moduleAt(f.word(addr + l.Mod)); mod != nil {
		p.Mod, p.Relas = mod.Name, mod.relas
	}
	f.writable(addr)
	if at := f.word(addr + l.Objs); at != 0 {
		p.Objects = []*livepatch.Object{}
		for o := &f.Object; (f.word(at+o.Name) != 0 || f.word(at+o.Funcs) != 0) && f.entry(); at += o.Size {
			p.Objects = append(p.Objects, f.object(at))
		}
	}
	if f.err == nil {
		f.err = m.readStates(p, addr)
	}
	if f.err != nil {
		return nil, f.err
	}
	return p, nil
}

// object reads a struct klp_object with its functions.
func (f *fields) object(addr uint64) *livepatch.Object {
	f.writable(addr)
	l, fn := &f.Object, &f.Func
	o := &livepatch.Object{Addr: addr, Layout: f.own.klp(), Name: f.text(f.word(addr + l.Name))}
	cb := &o.Callbacks
	for i, call := range []*uint64{&cb.PrePatch, &cb.PostPatch, &cb.PreUnpatch, &cb.PostUnpatch} {
		*call = f.word(addr + l.Callbacks + 8*uint64(i))
	}
	at := f.word(addr + l.Funcs)
	if at == 0 {
		return o
	}
	o.Funcs = []*livepatch.Func{}
	for (f.word(at+fn.OldName) != 0 || f.word(at+fn.NewFunc) != 0 || f.word(at+fn.Sympos) != 0) && f.entry() {
		o.Funcs = append(o.Funcs, &livepatch.Func{
			Addr: at, Layout: f.own.klp(), Unnamed: f.word(at+fn.OldName) == 0, OldName: f.text(f.word(at + fn.OldName)),
			NewFunc: f.word(at + fn.NewFunc), OldSympos: f.word(at + fn.Sympos),
		})
		f.writable(at)
		at += fn.Size
	}
	return o
}

// readStates reads the states of the struct klp_patch at addr into p, up to the
// one with id 0.
func (m *Machine) readStates(p *livepatch.Patch, addr uint64) error {
	own := m.layoutAt(addr)
	f := &fields{m: m, Layout: own.orDefault()}
	p.Layout = own.klp()
	l := &f.State
	if at := f.word(addr + f.Patch.States); at != 0 {
		p.StatesAddr = at
		for ; f.word(at+l.ID) != 0 && f.entry(); at += l.Size {
			p.States = append(p.States, livepatch.State{ID: f.word(at + l.ID), Version: uint32(f.word(at + l.Version))})
		}
	}
	return f.err
}

// livepatchSymbols are the externs of a .klp, as klp-convert wants them.
func (s *PatchSpec) livepatchSymbols() []obj.LivepatchSymbol {
	syms := make([]obj.LivepatchSymbol, len(s.Externs))
	for i, x := range s.Externs {
		object := x.Object
		if object == "" {
			object = vmlinux
		}
		syms[i] = obj.LivepatchSymbol{Name: x.Name, Object: object, Sympos: x.Sympos}
	}
	return syms
}

// dataSize is what the structures of a .klp need, strings included.
func (s *PatchSpec) dataSize() int {
	n := livepatch.PatchSize + (len(s.Objects)+1)*livepatch.ObjectSize + (len(s.States)+1)*livepatch.StateSize
	for _, o := range s.Objects {
		n += (len(o.Funcs)+1)*livepatch.FuncSize + len(o.Name) + 1
		for _, f := range o.Funcs {
			n += len(f.Old) + 1
		}
	}
	return n
}

// structWriter lays the structures of a .klp out: structs first, then strings.
type structWriter struct {
	base       uint64
	data       []byte
	next, text int
}

// take reserves n zeroed elements of size bytes.
func (w *structWriter) take(n, size int) int {
	at := w.next
	w.next += n * size
	return at
}

func (w *structWriter) word(at int, v uint64) { binary.LittleEndian.PutUint64(w.data[at:], v) }

func (w *structWriter) ptr(at, to int) { w.word(at, w.base+uint64(to)) }

// name writes a string and a pointer to it.
func (w *structWriter) name(at int, s string) {
	w.text -= len(s) + 1
	copy(w.data[w.text:], s)
	w.ptr(at, w.text)
}

// buildPatch writes the struct klp_patch that a .klp describes into the
// module's data, with the addresses of its new functions, and reads it back.
func (m *Machine) buildPatch(mod *Module, spec *PatchSpec) (*livepatch.Patch, error) {
	base := m.Symbols(mod.Name, patchSymbol)
	if len(base) == 0 {
		return nil, errno.ENOEXEC
	}
	size := spec.dataSize()
	// The module's own code may define a "patch" as well; ours comes last.
	w := &structWriter{base: base[len(base)-1], data: make([]byte, size), text: size}
	patch := w.take(1, livepatch.PatchSize)
	w.word(patch, mod.addr)
	objs := w.take(len(spec.Objects)+1, livepatch.ObjectSize)
	w.ptr(patch+8, objs)
	if len(spec.States) > 0 {
		states := w.take(len(spec.States)+1, livepatch.StateSize)
		w.ptr(patch+16, states)
		for i, s := range spec.States {
			w.word(states+i*livepatch.StateSize, s.ID)
			w.word(states+i*livepatch.StateSize+8, uint64(s.Version))
		}
	}
	if spec.Replace {
		w.data[patch+24] = 1
	}
	for i, o := range spec.Objects {
		if err := m.writeObject(mod, w, objs+i*livepatch.ObjectSize, o); err != nil {
			return nil, err
		}
	}
	if err := m.mem.Write(w.base, w.data); err != nil {
		return nil, err
	}
	return m.readPatch(w.base)
}

func (m *Machine) writeObject(mod *Module, w *structWriter, at int, o ObjectSpec) error {
	if o.Name != "" {
		w.name(at, o.Name)
	}
	funcs := w.take(len(o.Funcs)+1, livepatch.FuncSize)
	w.ptr(at+8, funcs)
	for i, f := range o.Funcs {
		addr, err := m.newFunc(mod, f.New, f.Line)
		if err != nil {
			return err
		}
		fn := funcs + i*livepatch.FuncSize
		w.name(fn, f.Old)
		w.word(fn+8, addr)
		w.word(fn+16, f.Sympos)
	}
	for i, cb := range []string{"pre_patch", "post_patch", "pre_unpatch", "post_unpatch"} {
		name := o.Callbacks[cb]
		if name == "" {
			continue
		}
		addr, err := m.newFunc(mod, name, o.Line)
		if err != nil {
			return err
		}
		w.word(at+16+8*i, addr)
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
