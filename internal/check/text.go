package check

import (
	"fmt"
	"slices"
	"strings"
)

// Note adds a reason without a refusal.
func (r *Report) Note(format string, args ...any) {
	r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...))
}

// Loaded says how it went when the module was really loaded, which decides:
// errno is "" where it was, and detail what the kernel has no words for.
func (r *Report) Loaded(errno, detail string) {
	r.Refused, r.Errno = errno != "", errno
	if detail != "" {
		r.Note("%s", detail)
	}
}

// Text is the report for people.
func (r *Report) Text() string {
	w := &writer{}
	w.line(0, "module %s (%s)", r.Module, r.File)
	w.line(0, "kernel %s", r.Kernel)
	w.line(0, "vermagic %s%s", strings.TrimSpace(r.VerMagic), fits(r.Fits))
	w.line(0, "layout %s", r.Layout)
	if !r.Signed {
		w.line(0, "signature none")
	}
	if !r.Livepatch {
		w.line(0, "not marked as a livepatch")
	}
	w.list("missing exports", r.Missing)
	for _, p := range r.Patches {
		w.patch(p)
	}
	w.relocs(r.Relocs)
	w.shadow(r.Shadow)
	w.list("the kernel prints", r.Messages)
	w.list("notes", slices.DeleteFunc(slices.Clone(r.Reasons), func(s string) bool { return slices.Contains(r.Messages, s) }))
	switch {
	case !r.Refused:
		w.line(0, "the kernel would load it")
	case r.Errno != "":
		w.line(0, "the kernel would refuse it: %s", r.Errno)
	}
	return w.b.String()
}

func fits(ok *bool) string {
	switch {
	case ok == nil:
		return ""
	case *ok:
		return ", fits"
	}
	return ", of another release"
}

type writer struct{ b strings.Builder }

func (w *writer) line(depth int, format string, args ...any) {
	w.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&w.b, format, args...)
	w.b.WriteByte('\n')
}

// list is a heading with lines below it, nothing where there are none.
func (w *writer) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	w.line(0, "%s", title)
	for _, l := range lines {
		w.line(1, "%s", l)
	}
}

func (w *writer) patch(p Patch) {
	title := "patch"
	if p.Replace {
		title = "patch, replaces all others"
	}
	w.line(0, "%s", title)
	for _, s := range p.States {
		w.line(1, "state %d, version %d", s.ID, s.Version)
	}
	for _, o := range p.Objects {
		w.target(o)
	}
}

func (w *writer) target(o Target) {
	there := ""
	if !o.Present {
		there = ", not there"
	}
	w.line(1, "object %s%s", o.Name, there)
	for _, c := range o.Callbacks {
		w.line(2, "%s %s", c.Name, c.Func)
	}
	for _, f := range o.Funcs {
		w.function(f)
	}
}

func (w *writer) function(f Func) {
	old := f.Old
	if f.Sympos != 0 {
		old = fmt.Sprintf("%s,%d", f.Old, f.Sympos)
	}
	cold := ""
	if f.NewCold != "" {
		cold = ", and " + f.NewCold
	}
	w.line(2, "%s -> %s, %d bytes%s", old, f.New, f.NewSize, cold)
	for _, p := range f.Positions {
		chosen := ""
		if f.Chosen != nil && f.Chosen.Pos == p.Pos {
			chosen = ", this one"
			if f.CallSite != "" {
				chosen += ", call site " + f.CallSite
			}
		}
		if len(f.Positions) == 1 {
			chosen = strings.Replace(chosen, ", this one", "", 1)
		}
		w.line(3, "position %d at %s, %d bytes%s", p.Pos, p.Addr, p.Size, chosen)
	}
	for _, p := range f.OldCold {
		w.line(3, "%s.cold at %s, %d bytes", f.Old, p.Addr, p.Size)
	}
	if f.Why != "" {
		w.line(3, "%s", f.Why)
	}
}

func (w *writer) relocs(relocs []Reloc) {
	if len(relocs) == 0 {
		return
	}
	w.line(0, "livepatch relocations")
	for _, r := range relocs {
		name := r.Symbol
		if r.Object != "" {
			name = fmt.Sprintf("%s of %s, position %d", r.Symbol, r.Object, r.Position)
		}
		state := r.Why
		if r.Resolved {
			state = "at " + r.Addr
		}
		w.line(1, "%s: %s, %d places: %s", r.Section, name, r.Count, state)
	}
}

func (w *writer) shadow(uses []Shadow) {
	if len(uses) == 0 {
		return
	}
	w.line(0, "shadow variables")
	for _, s := range uses {
		id := "an id that is computed"
		if s.ID != "" {
			id = "id " + s.ID
		}
		w.line(1, "%s in %s, %s", s.Func, s.In, id)
	}
}
