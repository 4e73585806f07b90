package symtab

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
)

// Stub is one function that was made at run time, alone in its memory: a
// trampoline. There can be very many, so they come and go one by one, where an
// Object is built whole. The kernel keeps them apart too: they are in lists of
// their own (ftrace_ops_trampoline_list), which kallsyms asks after the modules.
type Stub struct {
	Object string // the name of the object it is shown in
	Region Region
	Symbol Symbol
}

// stub has the place of a Stub in the order of addition.
type stub struct {
	Stub
	seq uint64
}

// AddStub makes a stub visible. Its memory must be nobody else's.
func (t *Table) AddStub(s Stub) error {
	if s.Region.last() < s.Region.Start || s.Symbol.Name == "" || !s.Region.contains(s.Symbol.Addr) {
		return fmt.Errorf("symbol table of %s: region %x-%x is empty or does not have its symbol in it", s.Object, s.Region.Start, s.Region.End)
	}
	for _, p := range t.objs {
		if p.name == s.Object {
			return fmt.Errorf("symbol table: object %s is there already; its symbols are added with it", s.Object)
		}
		if q, ok := p.overlaps(s.Region); ok {
			return fmt.Errorf("symbol table: %s at %x-%x overlaps %s at %x-%x", s.Object, s.Region.Start, s.Region.End, p.name, q.Start, q.End)
		}
	}
	if q, ok := t.stubIn(s.Region); ok {
		return fmt.Errorf("symbol table: %s at %x-%x overlaps %s at %x-%x", s.Object, s.Region.Start, s.Region.End, q.Object, q.Region.Start, q.Region.End)
	}
	t.seq++
	t.stubs = slices.Insert(t.stubs, t.stubBehind(s.Region.Start), stub{s, t.seq})
	return nil
}

// RemoveStub takes the stub at addr out and reports whether it was there.
func (t *Table) RemoveStub(addr uint64) bool {
	i := t.stubBehind(addr) - 1
	if i < 0 || t.stubs[i].Region.Start != addr {
		return false
	}
	t.stubs = slices.Delete(t.stubs, i, i+1)
	return true
}

// stubBehind is the index of the first stub that begins behind addr.
func (t *Table) stubBehind(addr uint64) int {
	return sort.Search(len(t.stubs), func(i int) bool { return t.stubs[i].Region.Start > addr })
}

// stubIn finds a stub that has an address in r.
func (t *Table) stubIn(r Region) (*stub, bool) {
	i := t.stubBehind(r.last()) - 1
	if i < 0 || t.stubs[i].Region.last() < r.Start {
		return nil, false
	}
	return &t.stubs[i], true
}

// lookupStub is Lookup among the stubs.
func (t *Table) lookupStub(addr uint64) (Result, bool) {
	i := t.stubBehind(addr) - 1
	if i < 0 || !t.stubs[i].Region.contains(addr) {
		return Result{}, false
	}
	if addr < t.stubs[i].Symbol.Addr {
		return Result{}, false
	}
	return t.stubs[i].result(addr), true
}

// stubsNamed is ByName among the stubs.
func (t *Table) stubsNamed(name string) []Result {
	var named []stub
	for _, s := range t.stubs {
		if s.Symbol.Name == name {
			named = append(named, s)
		}
	}
	slices.SortFunc(named, bySeq)
	var out []Result
	for i := range named {
		out = append(out, named[i].result(named[i].Symbol.Addr))
	}
	return out
}

func (s *stub) result(addr uint64) Result {
	return Result{Symbol: s.Symbol, Offset: addr - s.Symbol.Addr, Size: s.Region.End - s.Symbol.Addr, Object: s.Object}
}

func bySeq(a, b stub) int { return cmp.Compare(a.seq, b.seq) }

// stubObjects are the objects that the stubs are shown in, by first addition.
func (t *Table) stubObjects() []*Object {
	var out []*Object
	all := slices.Clone(t.stubs)
	slices.SortFunc(all, bySeq)
	for _, s := range all {
		i := slices.IndexFunc(out, func(o *Object) bool { return o.name == s.Object })
		if i < 0 {
			i, out = len(out), append(out, &Object{name: s.Object, byName: make(map[string][]int32)})
		}
		o := out[i]
		n := int32(len(o.syms))
		o.regions, o.syms = append(o.regions, s.Region), append(o.syms, s.Symbol)
		o.byName[s.Symbol.Name] = append(o.byName[s.Symbol.Name], n)
		o.byAddr = append(o.byAddr, n)
	}
	for _, o := range out {
		slices.SortFunc(o.regions, func(a, b Region) int { return cmp.Compare(a.Start, b.Start) })
		slices.SortStableFunc(o.byAddr, func(a, b int32) int { return cmp.Compare(o.syms[a].Addr, o.syms[b].Addr) })
	}
	return out
}
