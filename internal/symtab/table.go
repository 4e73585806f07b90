package symtab

import (
	"fmt"
	"slices"
	"strconv"
)

// Result is what a lookup by address found.
type Result struct {
	Symbol
	Offset uint64 // of the address from Symbol.Addr
	Size   uint64 // of the symbol, by the kallsyms rule
	Object string // Vmlinux or the module's name
}

// Module is the module's name, or "" for the kernel's own symbols.
func (r Result) Module() string {
	if r.Object == Vmlinux {
		return ""
	}
	return r.Object
}

// String is the form of sprint_symbol: "name+0xOFF/0xSIZE [module]".
func (r Result) String() string {
	b := make([]byte, 0, len(r.Name)+len(r.Object)+32)
	b = append(b, r.Name...)
	b = append(b, "+0x"...)
	b = strconv.AppendUint(b, r.Offset, 16)
	b = append(b, "/0x"...)
	b = strconv.AppendUint(b, r.Size, 16)
	if m := r.Module(); m != "" {
		b = append(b, " ["...)
		b = append(b, m...)
		b = append(b, ']')
	}
	return string(b)
}

// Table is the set of objects that are loaded. The zero value is empty and
// ready for use.
type Table struct {
	objs  []*Object // in the order they were added
	stubs []stub    // by address
	seq   uint64    // of the last stub
}

// Add makes the object's symbols visible. Names of objects are unique.
func (t *Table) Add(o *Object) error {
	for _, p := range t.objs {
		if p.name == o.name {
			return fmt.Errorf("symbol table: object %s is there already; remove it first", o.name)
		}
		for _, r := range o.regions {
			if q, ok := p.overlaps(r); ok {
				return fmt.Errorf("symbol table: %s at %x-%x overlaps %s at %x-%x", o.name, r.Start, r.End, p.name, q.Start, q.End)
			}
		}
	}
	for _, r := range o.regions {
		if q, ok := t.stubIn(r); ok {
			return fmt.Errorf("symbol table: %s at %x-%x overlaps %s at %x-%x", o.name, r.Start, r.End, q.Object, q.Region.Start, q.Region.End)
		}
	}
	t.objs = append(t.objs, o)
	return nil
}

func (o *Object) overlaps(r Region) (Region, bool) {
	for _, q := range o.regions {
		if q.Start <= r.last() && r.Start <= q.last() {
			return q, true
		}
	}
	return Region{}, false
}

// Replace puts an object in the place of the one of that name, whose regions it
// may only give up.
func (t *Table) Replace(o *Object) error {
	for i, p := range t.objs {
		if p.name != o.name {
			continue
		}
		for _, r := range o.regions {
			if q, ok := p.region(r.Start); !ok || q.End != r.End {
				return fmt.Errorf("symbol table: %s had no region %x-%x", o.name, r.Start, r.End)
			}
		}
		t.objs = slices.Clone(t.objs)
		t.objs[i] = o
		return nil
	}
	return fmt.Errorf("symbol table: there is no object %s to replace", o.name)
}

// Remove takes an object out and reports whether it was there.
func (t *Table) Remove(name string) bool {
	for i, o := range t.objs {
		if o.name == name {
			t.objs = append(t.objs[:i:i], t.objs[i+1:]...)
			return true
		}
	}
	return false
}

// Object returns the object of that name, or nil.
func (t *Table) Object(name string) *Object {
	for _, o := range t.Objects() {
		if o.name == name {
			return o
		}
	}
	return nil
}

// Objects returns all objects in the order they were added, then those that
// stubs are shown in.
func (t *Table) Objects() []*Object { return slices.Concat(t.objs, t.stubObjects()) }

// Clone returns an independent table. Objects are immutable and shared.
func (t *Table) Clone() *Table {
	return &Table{objs: slices.Clone(t.objs), stubs: slices.Clone(t.stubs), seq: t.seq}
}

// Lookup finds the symbol that addr lies in (kallsyms_lookup,
// kallsyms_lookup_size_offset).
func (t *Table) Lookup(addr uint64) (Result, bool) {
	for _, o := range t.objs {
		if r, ok := o.Lookup(addr); ok {
			return r, true
		}
	}
	return t.lookupStub(addr)
}

// ByName returns every symbol of that name: object by object in the order they
// were added, within each in the order an old_sympos counts; then the stubs.
func (t *Table) ByName(name string) []Result {
	var out []Result
	for _, o := range t.objs {
		for _, i := range o.byName[name] {
			s := o.syms[i]
			r := Result{Symbol: s, Object: o.name}
			// The size belongs to the address; another name may come first there.
			if l, ok := o.Lookup(s.Addr); ok {
				r.Size = l.Size
			}
			out = append(out, r)
		}
	}
	return append(out, t.stubsNamed(name)...)
}

// Format is the kernel's %pS (sprint_symbol): the symbol with offset, size and
// module, or the bare address as 0x... where no symbol is known.
func (t *Table) Format(addr uint64) string {
	if r, ok := t.Lookup(addr); ok {
		return r.String()
	}
	return "0x" + strconv.FormatUint(addr, 16)
}

// FormatReturn is the kernel's %pB (sprint_backtrace) for a return address: it
// looks up the byte before, so that a call that ends a function is not charged
// to the function behind it.
func (t *Table) FormatReturn(addr uint64) string {
	if r, ok := t.Lookup(addr - 1); ok {
		r.Offset++
		return r.String()
	}
	return "0x" + strconv.FormatUint(addr, 16)
}
