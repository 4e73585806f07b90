package obj

import (
	"debug/elf"
	"sort"
	"strings"
)

// imageSymbols lists the symbols that the image defines, as scripts/kallsyms.c
// and the module loader keep them: no sections, no files, no .L labels.
func (l *linker) imageSymbols() {
	for fi, f := range l.files {
		for i, y := range f.Symbols {
			if !l.visible(symRef{fi, i}, y) {
				continue
			}
			l.image.Symbols = append(l.image.Symbols, Symbol{
				Name:   y.Name,
				Addr:   l.value(f.syms[i]),
				Size:   y.Size,
				Type:   letter(f.File, y),
				Func:   y.Type == elf.STT_FUNC,
				Global: y.Bind != elf.STB_LOCAL,
				Object: f.Name,
				Seq:    i,
			})
		}
	}
}

func (l *linker) visible(r symRef, y *FileSymbol) bool {
	switch {
	case !y.defined(), y.Name == "", strings.HasPrefix(y.Name, ".L"):
		return false
	case y.Type == elf.STT_SECTION, y.Type == elf.STT_FILE:
		return false
	case y.Bind != elf.STB_LOCAL && l.globals[y.Name] != r:
		return false // another definition won
	}
	f := l.files[r.file]
	return !y.inSection() || f.placed[y.Section]
}

// letter is the type of a symbol as nm and /proc/kallsyms print it.
func letter(f *File, y *FileSymbol) byte {
	if y.Bind == elf.STB_WEAK {
		if y.Type == elf.STT_OBJECT {
			return 'V'
		}
		return 'W'
	}
	c := byte('A')
	switch {
	case y.Section == elf.SHN_COMMON:
		c = 'B'
	case y.inSection():
		switch s := f.Sections[y.Section]; {
		case s.exec():
			c = 'T'
		case s.Type == elf.SHT_NOBITS:
			c = 'B'
		case s.Flags&elf.SHF_WRITE != 0:
			c = 'D'
		default:
			c = 'R'
		}
	}
	if y.Bind == elf.STB_LOCAL {
		c += 'a' - 'A'
	}
	return c
}

// textIndex finds functions by address.
type textIndex struct {
	segs  []Segment
	addrs []uint64
}

// textSymbols indexes the symbols of the image that lie in code.
func (l *linker) textSymbols() textIndex {
	var t textIndex
	for _, s := range l.image.Segments {
		if s.Perm&PermX != 0 {
			t.segs = append(t.segs, s)
		}
	}
	for _, y := range l.image.Symbols {
		if _, ok := t.segment(y.Addr); ok {
			t.addrs = append(t.addrs, y.Addr)
		}
	}
	sort.Slice(t.addrs, func(i, j int) bool { return t.addrs[i] < t.addrs[j] })
	return t
}

func (t textIndex) segment(addr uint64) (Segment, bool) {
	for _, s := range t.segs {
		if addr >= s.Addr && addr-s.Addr < s.Size {
			return s, true
		}
	}
	return Segment{}, false
}

// at is the address of the symbol at or before addr, 0 if there is none.
func (t textIndex) at(addr uint64) uint64 {
	s, ok := t.segment(addr)
	i := sort.Search(len(t.addrs), func(i int) bool { return t.addrs[i] > addr })
	if !ok || i == 0 || t.addrs[i-1] < s.Addr {
		return 0
	}
	return t.addrs[i-1]
}
