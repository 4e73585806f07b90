package symtab

import (
	"fmt"
	"sort"
)

// Vmlinux is the name of the object that holds the kernel's own symbols. The
// kernel writes its symbols without a "[module]" suffix.
const Vmlinux = "vmlinux"

// Symbol is one named address.
type Symbol struct {
	Name string
	Addr uint64
	Type byte // the letter of /proc/kallsyms: t T d D b B r R w W v V a A, u for what is only referred to
	Func bool // an ELF STT_FUNC, or a gate of the kernel core
}

// Region is a range of addresses, [Start, End). End is 0 where the region
// reaches the top of the address space.
type Region struct {
	Start, End uint64
}

func (r Region) last() uint64 { return r.End - 1 }

func (r Region) contains(addr uint64) bool {
	return r.Start <= addr && addr <= r.last()
}

// Object is the symbol table of the kernel or of one module.
type Object struct {
	name    string
	regions []Region // ascending, disjoint
	syms    []Symbol // in kallsyms order: see Symbols
	byAddr  []int32  // indices into syms, by address, the symbol Lookup prefers first
	byName  map[string][]int32
}

// NewObject builds the table of one object from its memory regions and its
// symbols. For a module, syms must be in the order of the ELF symbol table,
// which is what an old_sympos counts in; for vmlinux any order will do, because
// scripts/kallsyms.c sorts. Regions may be given in any order but not overlap;
// symbols may lie outside all of them (an absolute symbol), and are then found
// by name only.
func NewObject(name string, regions []Region, syms []Symbol) (*Object, error) {
	o := &Object{
		name:    name,
		regions: append([]Region(nil), regions...),
		syms:    append([]Symbol(nil), syms...),
		byName:  make(map[string][]int32),
	}
	if err := o.checkRegions(); err != nil {
		return nil, err
	}
	if name == Vmlinux {
		sort.SliceStable(o.syms, func(i, j int) bool {
			return kallsymsLess(&o.syms[i], &o.syms[j])
		})
	}
	o.byAddr = make([]int32, 0, len(o.syms))
	for i := range o.syms {
		s := &o.syms[i]
		if s.Name == "" {
			return nil, fmt.Errorf("symbol table of %s: the symbol at %x has no name", name, s.Addr)
		}
		if s.Type == 'u' { // /proc/kallsyms lists those of livepatches, but no lookup finds them
			continue
		}
		o.byAddr = append(o.byAddr, int32(i))
		o.byName[s.Name] = append(o.byName[s.Name], int32(i))
	}
	// Stable: of several names for one address the first in kallsyms order is
	// the one that get_symbol_pos and find_kallsyms_symbol report.
	sort.SliceStable(o.byAddr, func(i, j int) bool {
		return o.syms[o.byAddr[i]].Addr < o.syms[o.byAddr[j]].Addr
	})
	return o, nil
}

func (o *Object) checkRegions() error {
	sort.Slice(o.regions, func(i, j int) bool { return o.regions[i].Start < o.regions[j].Start })
	for i, r := range o.regions {
		if r.last() < r.Start {
			return fmt.Errorf("symbol table of %s: region %x-%x is empty or ends before it starts", o.name, r.Start, r.End)
		}
		if i > 0 && o.regions[i-1].last() >= r.Start {
			p := o.regions[i-1]
			return fmt.Errorf("symbol table of %s: regions %x-%x and %x-%x overlap", o.name, p.Start, p.End, r.Start, r.End)
		}
	}
	return nil
}

// kallsymsLess is the order of compare_symbols in scripts/kallsyms.c: by
// address; of several names for one address weak ones last, then those with
// more leading underscores; a stable sort keeps the rest as it was.
func kallsymsLess(a, b *Symbol) bool {
	if a.Addr != b.Addr {
		return a.Addr < b.Addr
	}
	if wa, wb := isWeak(a), isWeak(b); wa != wb {
		return wb
	}
	return underscores(a.Name) < underscores(b.Name)
}

func isWeak(s *Symbol) bool { return s.Type == 'w' || s.Type == 'W' }

func underscores(name string) int {
	n := 0
	for n < len(name) && name[n] == '_' {
		n++
	}
	return n
}

// Name is "vmlinux" or the module's name.
func (o *Object) Name() string { return o.name }

// Regions returns the memory of the object in ascending order.
func (o *Object) Regions() []Region { return append([]Region(nil), o.regions...) }

// Symbols returns all symbols in the order of /proc/kallsyms: vmlinux by
// ascending address, modules in the order of the ELF symbol table.
func (o *Object) Symbols() []Symbol { return append([]Symbol(nil), o.syms...) }

// ByName returns every symbol of that name in the order an old_sympos counts
// (kallsyms_on_each_match_symbol, module_kallsyms_on_each_symbol): the n-th
// element is sympos n+1.
func (o *Object) ByName(name string) []Symbol {
	var out []Symbol
	for _, i := range o.byName[name] {
		out = append(out, o.syms[i])
	}
	return out
}

// Contains reports whether addr lies in one of the object's regions.
func (o *Object) Contains(addr uint64) bool {
	_, ok := o.region(addr)
	return ok
}

func (o *Object) region(addr uint64) (Region, bool) {
	i := sort.Search(len(o.regions), func(i int) bool { return o.regions[i].Start > addr })
	if i == 0 || !o.regions[i-1].contains(addr) {
		return Region{}, false
	}
	return o.regions[i-1], true
}

// Lookup finds the symbol that addr lies in, as get_symbol_pos does for the
// kernel and find_kallsyms_symbol for a module.
func (o *Object) Lookup(addr uint64) (Result, bool) {
	r, ok := o.region(addr)
	if !ok {
		return Result{}, false
	}
	next := sort.Search(len(o.byAddr), func(i int) bool { return o.syms[o.byAddr[i]].Addr > addr })
	if next == 0 {
		return Result{}, false
	}
	best := o.syms[o.byAddr[next-1]].Addr
	if best < r.Start {
		return Result{}, false
	}
	first := sort.Search(next, func(i int) bool { return o.syms[o.byAddr[i]].Addr >= best })
	end := r.End
	if next < len(o.byAddr) {
		if a := o.syms[o.byAddr[next]].Addr; r.contains(a) {
			end = a
		}
	}
	return Result{Symbol: o.syms[o.byAddr[first]], Offset: addr - best, Size: end - best, Object: o.name}, true
}
