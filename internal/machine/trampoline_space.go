package machine

import (
	"fmt"
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
	live []trampoline
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
	s.live = append(s.live, trampoline{addr, uint64(len(code))})
	return s.updateSymbols()
}

// holds reports whether an address is in a trampoline.
func (s *trampolineSpace) holds(addr uint64) bool {
	for _, t := range s.live {
		if addr >= t.addr && addr < t.addr+t.size {
			return true
		}
	}
	return false
}

// Free gives a trampoline back once nobody needs it.
func (s *trampolineSpace) Free(addr, size uint64) {
	for i, t := range s.live {
		if t.addr == addr {
			s.live = append(s.live[:i:i], s.live[i+1:]...)
			_ = s.m.mem.Unmap(addr, pageAlign(size)) // mapped by Publish
			s.m.unwind.unalias(addr)
			break
		}
	}
	s.m.modspace.put(addr)
	_ = s.updateSymbols() // fewer symbols than before cannot clash
}

func (s *trampolineSpace) updateSymbols() error {
	s.m.syms.Remove(trampolineModule)
	if len(s.live) == 0 {
		return nil
	}
	var (
		regions []symtab.Region
		syms    []symtab.Symbol
	)
	for _, t := range s.live {
		regions = append(regions, symtab.Region{Start: t.addr, End: t.addr + t.size})
		syms = append(syms, symtab.Symbol{Name: "ftrace_trampoline", Addr: t.addr, Type: 't', Func: true})
	}
	o, err := symtab.NewObject(trampolineModule, regions, syms)
	if err != nil {
		return err
	}
	return s.m.syms.Add(o)
}
