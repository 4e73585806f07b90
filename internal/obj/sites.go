package obj

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"sort"
)

// Sections in which compilers list call sites.
const (
	secMcountLoc = "__mcount_loc"
	secPatchable = "__patchable_function_entries"
)

// siteSize is the size of the instruction at a call site.
const siteSize = 5

// fileSite is a call site before it has an address.
type fileSite struct {
	sec  *Section
	off  uint64
	kind SiteKind
}

// findCallSites finds and checks the call sites of all files and attaches them
// to functions.
func (l *linker) findCallSites() error {
	l.imageSymbols()
	funcs := l.textSymbols()
	for _, f := range l.files {
		sites, err := l.fileSites(f)
		if err != nil {
			return err
		}
		for _, fs := range sites {
			site := CallSite{Addr: f.addr[fs.sec.Index] + fs.off, Kind: fs.kind}
			site.Func = funcs.at(site.Addr)
			// Behind a prologue a nop is the same as a call of mcount: too
			// late to redirect the function's arguments and stack.
			if site.Kind == SiteNop && !entry(f.out[fs.sec.Index], fs.off, site) {
				site.Kind = SiteMcount
			}
			l.image.CallSites = append(l.image.CallSites, site)
		}
	}
	sites := l.image.CallSites
	sort.SliceStable(sites, func(i, j int) bool { return sites[i].Addr < sites[j].Addr })
	kept := sites[:0]
	for _, s := range sites {
		if n := len(kept); n > 0 && s.Addr < kept[n-1].Addr+siteSize {
			if s.Addr == kept[n-1].Addr {
				continue
			}
			if s.Kind != SiteOther && kept[n-1].Kind != SiteOther {
				return fmt.Errorf("link: call sites at %#x and %#x overlap", kept[n-1].Addr, s.Addr)
			}
		}
		kept = append(kept, s)
	}
	l.image.CallSites = kept
	return nil
}

// entry reports whether the site is at its function's entry: only endbr64 and
// nops come before it.
func entry(code []byte, off uint64, s CallSite) bool {
	if s.Func == 0 || s.Offset() > min(off, maxEntry) {
		return false
	}
	before := code[off-s.Offset():]
	i := 0
	if isEndbr(before) && s.Offset() >= endbrSize {
		i = endbrSize
	}
	return nopsEndAt(before[i:], int(s.Offset())-i)
}

// maxEntry bounds how far from the symbol entry looks.
const maxEntry = 64

// fileSites lists the call sites of one file. __mcount_loc decides; without it
// the calls of __fentry__ and mcount; without those, patchable entries.
func (l *linker) fileSites(f *linkFile) ([]fileSite, error) {
	if f.lists(secMcountLoc) {
		return f.listedSites(secMcountLoc, func(s *Section, off uint64) (fileSite, bool, error) {
			site, ok, err := f.mcountSite(s, off)
			if err != nil && l.o.OtherSites && within(off, siteSize, s.Size) && picHint(s.Data[off:]) == "" {
				return fileSite{s, off, SiteOther}, true, nil
			}
			return site, ok, err
		})
	}
	sites, err := f.calledSites()
	if err != nil || len(sites) > 0 {
		return sites, err
	}
	return f.listedSites(secPatchable, f.patchableSite)
}

func (f *linkFile) lists(name string) bool {
	for i, s := range f.Sections {
		if f.placed[i] && s.Name == name && s.Size > 0 {
			return true
		}
	}
	return false
}

// listedSites reads the sections of that name: arrays of addresses.
func (f *linkFile) listedSites(name string, site func(s *Section, off uint64) (fileSite, bool, error)) ([]fileSite, error) {
	var out []fileSite
	for i, s := range f.Sections {
		if !f.placed[i] || s.Name != name {
			continue
		}
		if s.Size%8 != 0 {
			return nil, fmt.Errorf("%s: section %d %s: %#x bytes are not a whole number of addresses", f.Name, i, s.Name, s.Size)
		}
		if err := f.unrelocated(s); err != nil {
			return nil, err
		}
		for _, r := range s.Relocs {
			if f.syms[r.Sym].state == symDropped || r.Type == elf.R_X86_64_NONE {
				continue
			}
			sec, off, err := f.siteTarget(s, r)
			if err != nil {
				return nil, err
			}
			fs, ok, err := site(sec, off)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", place(f.File, s, r.Offset), err)
			}
			if ok {
				out = append(out, fs)
			}
		}
	}
	return out, nil
}

// unrelocated checks that entries without a relocation are zero; those are
// skipped, as ftrace_process_locs skips them.
func (f *linkFile) unrelocated(s *Section) error {
	has := make([]bool, s.Size/8)
	for _, r := range s.Relocs {
		has[min(r.Offset/8, uint64(len(has)-1))] = true
	}
	for i, ok := range has {
		if v := binary.LittleEndian.Uint64(s.Data[i*8:]); !ok && v != 0 {
			return fmt.Errorf("%s: call site %#x has no relocation", place(f.File, s, uint64(i)*8), v)
		}
	}
	return nil
}

// siteTarget finds the code that an entry of a list points at.
func (f *linkFile) siteTarget(list *Section, r Reloc) (*Section, uint64, error) {
	y := f.Symbols[r.Sym]
	at := place(f.File, list, r.Offset)
	switch {
	case r.Type != elf.R_X86_64_64 || r.Offset%8 != 0:
		return nil, 0, fmt.Errorf("%s: %v cannot hold the address of a call site", at, r.Type)
	case !y.inSection():
		return nil, 0, fmt.Errorf("%s: the call site is not in this file but at %s", at, f.symbolName(r.Sym))
	}
	s := f.Sections[y.Section]
	off := y.Value + uint64(r.Addend)
	if !f.placed[s.Index] || !s.exec() {
		return nil, 0, fmt.Errorf("%s: the call site is in section %s, which is not code", at, printable(s.Name))
	}
	if off > s.Size {
		return nil, 0, fmt.Errorf("%s: the call site %s+%#x is outside the section's %#x bytes", at, printable(s.Name), off, s.Size)
	}
	return s, off, nil
}

// mcountSite checks an entry of __mcount_loc.
func (f *linkFile) mcountSite(s *Section, off uint64) (fileSite, bool, error) {
	at := fmt.Sprintf("call site %s+%#x", printable(s.Name), off)
	if !within(off, siteSize, s.Size) {
		return fileSite{}, false, fmt.Errorf("%s reaches beyond the section's end at %#x", at, s.Size)
	}
	b := s.Data[off:]
	if b[0] == 0xe8 {
		if r, ok := f.relocAt(s, off+1); ok {
			if kind, ok := siteCallee(f.Symbols[r.Sym].Name); ok && isCallReloc(r) {
				return fileSite{s, off, kind}, true, nil
			}
			return fileSite{}, false, fmt.Errorf("%s calls %s, not __fentry__ or mcount", at, f.symbolName(r.Sym))
		}
		return fileSite{}, false, fmt.Errorf("%s is a call without a relocation", at)
	}
	if nopsEndAt(b, siteSize) {
		return fileSite{s, off, SiteNop}, true, nil
	}
	return fileSite{}, false, fmt.Errorf("%s holds % x, which is neither a 5-byte call of __fentry__ or mcount nor a 5-byte nop%s",
		at, b[:siteSize], picHint(b))
}

// picHint explains the 6-byte call that position-independent code makes.
func picHint(b []byte) string {
	if len(b) > 1 && b[0] == 0xff && b[1] == 0x15 {
		return "; compile with -fno-pic"
	}
	return ""
}

// calledSites finds the calls of __fentry__ and mcount by their relocations.
func (f *linkFile) calledSites() ([]fileSite, error) {
	var out []fileSite
	for i, s := range f.Sections {
		if !f.placed[i] || !s.exec() {
			continue
		}
		for _, r := range s.Relocs {
			kind, ok := siteCallee(f.Symbols[r.Sym].Name)
			if !ok || r.Offset == 0 {
				continue
			}
			rule, _ := relocRule(r.Type)
			switch {
			case isCallReloc(r) && s.Data[r.Offset-1] == 0xe8:
				out = append(out, fileSite{s, r.Offset - 1, kind})
			case rule.got && r.Offset >= 2 && picHint(s.Data[r.Offset-2:]) != "":
				return nil, fmt.Errorf("%s: call site: a 6-byte call of %s through the global offset table; compile with -fno-pic",
					place(f.File, s, r.Offset-2), f.symbolName(r.Sym))
			case r.Type == elf.R_X86_64_64:
				return nil, fmt.Errorf("%s: call site: %s is called through a register; compile with -mcmodel=kernel",
					place(f.File, s, r.Offset), f.symbolName(r.Sym))
			}
		}
	}
	return out, nil
}

// siteCallee knows the names of the profiling functions.
func siteCallee(name string) (SiteKind, bool) {
	switch name {
	case "__fentry__":
		return SiteFentry, true
	case "mcount", "_mcount":
		return SiteMcount, true
	}
	return 0, false
}

func isCallReloc(r Reloc) bool {
	return (r.Type == elf.R_X86_64_PLT32 || r.Type == elf.R_X86_64_PC32) && r.Addend == -4
}

// relocAt finds the relocation at an offset.
func (f *linkFile) relocAt(s *Section, off uint64) (Reloc, bool) {
	if f.sorted == nil {
		f.sorted = make([][]Reloc, len(f.Sections))
	}
	rs := f.sorted[s.Index]
	if rs == nil {
		rs = append(rs, s.Relocs...)
		sort.SliceStable(rs, func(i, j int) bool { return rs[i].Offset < rs[j].Offset })
		f.sorted[s.Index] = rs
	}
	i := sort.Search(len(rs), func(i int) bool { return rs[i].Offset >= off })
	if i < len(rs) && rs[i].Offset == off {
		return rs[i], true
	}
	return Reloc{}, false
}
