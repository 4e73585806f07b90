package machine

import (
	"fmt"
	"slices"
	"sort"

	"klpemu/ftrace"
	"klpemu/internal/symtab"
	"klpemu/mem"
)

// moduleSpace hands out ranges of the module area, first fit, with a guard
// page behind each.
type moduleSpace struct {
	used []symtab.Region // ascending
}

func (s *moduleSpace) get(size uint64) (uint64, error) {
	size = pageAlign(size) + pageSize
	at := uint64(moduleBase)
	i := 0
	for ; i < len(s.used) && s.used[i].Start-at < size; i++ {
		at = s.used[i].End
	}
	if at+size > moduleEnd {
		return 0, fmt.Errorf("module space is full: no room for %d bytes", size)
	}
	s.used = append(s.used[:i:i], append([]symtab.Region{{Start: at, End: at + size}}, s.used[i:]...)...)
	return at, nil
}

func (s *moduleSpace) put(at uint64) {
	i := sort.Search(len(s.used), func(i int) bool { return s.used[i].Start >= at })
	if i < len(s.used) && s.used[i].Start == at {
		s.used = append(s.used[:i:i], s.used[i+1:]...)
	}
}

// end is the address behind everything that is used.
func (s *moduleSpace) end() uint64 {
	if n := len(s.used); n > 0 {
		return s.used[n-1].End
	}
	return moduleBase
}

func pageAlign(n uint64) uint64 { return (n + pageSize - 1) &^ uint64(pageSize-1) }

// trampolineSpace is where per-ops trampolines live. kallsyms shows each as
// ftrace_trampoline [__builtin__ftrace].
type trampolineSpace struct {
	m    *Machine
	live []trampoline // by address
}

type trampoline struct {
	addr, size uint64
}

const trampolineModule = "__builtin__ftrace"

// Alloc reserves a page of module space.
func (s *trampolineSpace) Alloc(size uint64) (uint64, error) { return s.m.modspace.get(size) }

// Publish maps the page, writes the code and makes it executable; the unwind
// data of the template describes the copy too.
func (s *trampolineSpace) Publish(addr uint64, code []byte, from ftrace.Template) error {
	m := s.m
	size := pageAlign(uint64(len(code)))
	if err := m.mem.Map(addr, size, mem.R|mem.X); err != nil {
		return err
	}
	if err := m.mem.Poke(addr, code); err != nil {
		return err
	}
	const ret = 1 // what a copy ends with, as the original does
	if err := m.unwind.alias(addr, from.Start, from.End-from.Start+ret); err != nil {
		return err
	}
	t := trampoline{addr, uint64(len(code))}
	s.live = slices.Insert(s.live, s.behind(addr), t)
	return m.syms.AddStub(symtab.Stub{
		Object: trampolineModule,
		Region: symtab.Region{Start: addr, End: addr + t.size},
		Symbol: symtab.Symbol{Name: "ftrace_trampoline", Addr: addr, Type: 't', Func: true},
	})
}

// behind is the index of the first trampoline that begins behind addr.
func (s *trampolineSpace) behind(addr uint64) int {
	return sort.Search(len(s.live), func(i int) bool { return s.live[i].addr > addr })
}

// holds reports whether an address is in a trampoline.
func (s *trampolineSpace) holds(addr uint64) bool {
	i := s.behind(addr) - 1
	return i >= 0 && addr-s.live[i].addr < s.live[i].size
}

// Free gives a trampoline back once nobody needs it.
func (s *trampolineSpace) Free(addr, size uint64) {
	if i := s.behind(addr) - 1; i >= 0 && s.live[i].addr == addr {
		s.live = slices.Delete(s.live, i, i+1)
		_ = s.m.mem.Unmap(addr, pageAlign(size)) // mapped by Publish
		s.m.unwind.unalias(addr)
		s.m.syms.RemoveStub(addr)
	}
	s.m.modspace.put(addr)
}
