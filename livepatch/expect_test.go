package livepatch

import (
	"fmt"
	"slices"

	"klpemu/ftrace"
)

func patch(mod string, funcs ...any) *Patch {
	return &Patch{Mod: mod, Objects: []*Object{object("", funcs...)}}
}

func object(name string, funcs ...any) *Object {
	o := &Object{Name: name, Funcs: []*Func{}}
	for i := 0; i < len(funcs); i += 2 {
		o.Funcs = append(o.Funcs, &Func{OldName: funcs[i].(string), NewFunc: newFunc(uint64(funcs[i+1].(int)))})
	}
	return o
}

func (r *rig) enabled(p *Patch) *Patch {
	r.Helper()
	r.must(r.core.Enable(p))
	if r.core.TransitionPatch() != nil {
		r.Fatalf("the transition of %s is not complete: %+v", p.Mod, r.core.LastReport())
	}
	r.runWork()
	r.log = nil
	return p
}

func resolved(name string, old uint64, n int) *Func {
	return &Func{OldName: name, OldFunc: old, OldSize: 0x20, NewFunc: newFunc(uint64(n)), NewSize: 0x10}
}

func (r *rig) site(fn uint64) string {
	r.Helper()
	b := make([]byte, 5)
	r.must(r.m.Read(fn+siteOff, b))
	switch {
	case slices.Equal(b, []byte{0x0f, 0x1f, 0x44, 0x00, 0x00}):
		return "nop"
	case b[0] == 0xe8:
		return "call"
	}
	return fmt.Sprintf("% x", b)
}

func (r *rig) wantSite(fn uint64, want string) {
	r.Helper()
	if got := r.site(fn); got != want {
		r.Errorf("the call site of %x holds %s, want %s", fn, got, want)
	}
}

func (r *rig) called(fn uint64) string {
	r.Helper()
	if r.site(fn) == "nop" {
		return "original"
	}
	const behind = siteOff + 5
	r.must(r.m.Store(ipSlot, 8, fn+behind))
	regs := ftrace.NewRegs(r.m, regsAt)
	for _, o := range r.ftrace.Ops() {
		if o.Covers(fn + siteOff) {
			o.Handler(fn+siteOff, 0, o, regs)
		}
	}
	ip, err := regs.IP()
	r.must(err)
	if ip == fn+behind {
		return "original"
	}
	for _, s := range r.syms {
		if s.addr == ip {
			return s.name
		}
	}
	return fmt.Sprintf("%x", ip)
}

func (r *rig) wantCalled(fn uint64, want string) {
	r.Helper()
	if got := r.called(fn); got != want {
		r.Errorf("a call of %x runs %s, want %s", fn, got, want)
	}
}

func (r *rig) versions(o *Ops) []string {
	var names []string
	for _, f := range o.FuncStack.All() {
		name := fmt.Sprintf("new_%d", (f.NewFunc-newAt)/0x20)
		if f.Nop {
			name = "nop"
		}
		names = append(names, name)
	}
	return names
}

func (r *rig) wantClean() {
	r.Helper()
	if n := len(r.core.OpsList()); n != 0 {
		r.Errorf("%d klp_ops are left", n)
	}
	if n := len(r.ftrace.Ops()); n != 0 {
		r.Errorf("%d ftrace_ops are left", n)
	}
	if len(r.core.Patches()) != 0 || len(r.core.Dirs()) != 0 || r.core.TransitionPatch() != nil {
		r.Errorf("patches %v, directories %v, transition %v are left", r.core.Patches(), r.core.Dirs(), r.core.TransitionPatch())
	}
	for mod, n := range r.refs {
		if n != 0 {
			r.Errorf("module %s has %d references", mod, n)
		}
	}
	for _, fn := range []uint64{readAt, writeAt, dupAt, dup2At} {
		r.wantSite(fn, "nop")
	}
	if r.locked || r.preempt != 0 || r.recursion != 0 {
		r.Errorf("locked %v, preempt count %d, recursion %x", r.locked, r.preempt, r.recursion)
	}
}
