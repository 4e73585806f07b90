package check

import (
	"debug/elf"
	"fmt"
	"slices"
	"strings"

	"klpemu/internal/kmod"
	"klpemu/livepatch"
)

// Input is what a check looks at.
type Input struct {
	File    string
	Module  *kmod.Module       // not placed
	Patches []*livepatch.Patch // what its init enables
	Layout  string             // which layout of the structures was used
	// Place names an address of the loaded module, as FUNC, and gives its size.
	Place  func(addr uint64) (string, uint64)
	Kernel Kernel
}

// Check compares a module with a kernel.
func Check(in Input) *Report {
	k := in.Module
	r := &Report{File: in.File, Module: k.Name, Kernel: in.Kernel.Name(), Layout: in.Layout, Livepatch: k.Livepatch(), Signed: k.Signed,
		Missing: []string{}, Patches: []Patch{}, Relocs: []Reloc{}, Shadow: []Shadow{}, Reasons: []string{}}
	r.vermagic(in)
	r.missing(in)
	for _, p := range in.Patches {
		r.Patches = append(r.Patches, r.patch(in, p))
	}
	r.relocs(in)
	r.Shadow = append(r.Shadow, shadowUse(k)...)
	if len(in.Patches) > 0 && !r.Livepatch {
		r.refuse("EINVAL", "livepatch: module %s is not marked as a livepatch module", k.Name)
	}
	return r
}

// refuse notes why the kernel would not take the module. The first errno is the
// one that insmod would see.
func (r *Report) refuse(errno, format string, args ...any) {
	if !r.Refused {
		r.Refused, r.Errno = true, errno
	}
	r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...))
}

// vermagic compares the version magic. Where only the kernel's release is known,
// another one is no refusal by itself: of a module that has the versions of its
// symbols, same_magic leaves the release out.
func (r *Report) vermagic(in Input) {
	r.VerMagic, _ = in.Module.Info("vermagic")
	release, _, _ := strings.Cut(r.VerMagic, " ")
	want := in.Kernel.Release()
	fits := release == want
	if magic := in.Kernel.VerMagic(); magic != "" {
		want, fits = magic, r.VerMagic == magic
	}
	switch {
	case want == "":
		return
	case !fits && in.Module.Section("__versions") == nil:
		r.refuse("ENOEXEC", "%s: version magic '%s' should be '%s'", in.Module.Name, r.VerMagic, want)
	case !fits:
		r.Note("the module was built for %s, the kernel is %s: the versions of the symbols decide", release, in.Kernel.Release())
	}
	r.Fits = &fits
}

// missing lists what nobody exports (resolve_symbol).
func (r *Report) missing(in Input) {
	for _, y := range in.Module.Imports() {
		if y.Bind == elf.STB_WEAK || in.Kernel.Exports(y.Name) || slices.Contains(r.Missing, y.Name) {
			continue
		}
		r.Missing = append(r.Missing, y.Name)
		r.refuse("ENOENT", "%s: Unknown symbol %s (err -2)", in.Module.Name, y.Name)
	}
}

func (r *Report) patch(in Input, p *livepatch.Patch) Patch {
	out := Patch{Replace: p.Replace, States: []State{}, Objects: []Target{}}
	for _, s := range p.States {
		out.States = append(out.States, State{s.ID, s.Version})
	}
	for _, o := range p.Objects {
		out.Objects = append(out.Objects, r.target(in, o))
	}
	return out
}

func (r *Report) target(in Input, o *livepatch.Object) Target {
	obj := in.Kernel.Object(o.Name)
	t := Target{Name: o.DirName(), Present: obj != nil, Callbacks: []Callback{}, Funcs: []Func{}}
	cb := &o.Callbacks
	for _, c := range []struct {
		name string
		fn   uint64
	}{{"pre_patch", cb.PrePatch}, {"post_patch", cb.PostPatch}, {"pre_unpatch", cb.PreUnpatch}, {"post_unpatch", cb.PostUnpatch}} {
		if c.fn != 0 {
			name, _ := in.Place(c.fn)
			t.Callbacks = append(t.Callbacks, Callback{c.name, name})
		}
	}
	for _, f := range o.Funcs {
		t.Funcs = append(t.Funcs, r.function(in, o, obj, f))
	}
	return t
}

// function looks the old and the new function up, as klp_init_object_loaded and
// klp_patch_func do.
func (r *Report) function(in Input, o *livepatch.Object, obj Object, f *livepatch.Func) Func {
	out := Func{Old: f.OldName, Sympos: f.OldSympos, Positions: []Position{}}
	out.New, out.NewSize = in.Place(f.NewFunc)
	if y := in.Module.Defines(out.New); y != nil && y.Size != 0 {
		out.NewSize = y.Size // kallsyms counts the padding behind it
	}
	if in.Module.Defines(out.New+".cold") != nil {
		out.NewCold = out.New + ".cold"
	}
	if obj == nil {
		out.Why = fmt.Sprintf("module %s is not there; the function is looked up when it comes", o.Name)
		return out
	}
	all, chosen, refusal := position(obj, o.Name, f.OldName, f.OldSympos)
	out.Positions = positions(all)
	out.OldCold = positions(obj.Symbols(f.OldName + ".cold"))
	if refusal != "" {
		out.Why = refusal
		r.refuse("EINVAL", "livepatch: %s", refusal)
		return out
	}
	out.Chosen = &out.Positions[chosen]
	site := obj.CallSite(all[chosen])
	if site.Known {
		out.Traceable = &site.Found
	}
	if site.Found {
		out.CallSite = hex(site.Addr)
		return out
	}
	out.Why = site.why()
	if site.Known {
		r.refuse("EINVAL", "livepatch: failed to find location for function '%s'", f.OldName)
	}
	return out
}

func positions(all []Symbol) []Position {
	out := []Position{}
	for i, s := range all {
		out = append(out, Position{i + 1, hex(s.Addr), s.Size})
	}
	return out
}

func hex(addr uint64) string { return fmt.Sprintf("%016x", addr) }
