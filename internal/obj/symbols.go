package obj

import (
	"debug/elf"
	"encoding/binary"
)

// symbols reads the symbol table.
func (p *parser) symbols() error {
	for _, s := range p.f.Sections {
		if s.Type != elf.SHT_SYMTAB {
			continue
		}
		if p.symtab != 0 {
			return p.secErrf(s, "a second symbol table; section %d is the first", p.symtab)
		}
		p.symtab = s.Index
	}
	if p.symtab == 0 {
		return nil
	}
	s := p.f.Sections[p.symtab]
	h := p.data[p.shoff+uint64(s.Index)*shdrSize:]
	if entsize := binary.LittleEndian.Uint64(h[56:]); entsize != symSize {
		return p.secErrf(s, "entries of %d bytes, want %d", entsize, symSize)
	}
	if s.Size == 0 || s.Size%symSize != 0 {
		return p.secErrf(s, "%#x bytes are not a whole number of symbols", s.Size)
	}
	n := s.Size / symSize
	if uint64(s.Info) == 0 || uint64(s.Info) > n {
		return p.secErrf(s, "the first global symbol is %d; there are %d symbols", s.Info, n)
	}
	names, err := p.strings(s.Link)
	if err != nil {
		return err
	}
	backing := make([]FileSymbol, n)
	p.f.Symbols = make([]*FileSymbol, n)
	for i := range backing {
		p.f.Symbols[i] = &backing[i]
		backing[i].Index = i
		if err := p.symbol(s, &backing[i], names); err != nil {
			return err
		}
	}
	return nil
}

// symbol reads and checks one entry.
func (p *parser) symbol(tab *Section, y *FileSymbol, names stringTable) error {
	off := uint64(y.Index) * symSize
	b := tab.Data[off : off+symSize]
	le := binary.LittleEndian
	nameOff := le.Uint32(b)
	y.Bind = elf.ST_BIND(b[4])
	y.Type = elf.ST_TYPE(b[4])
	y.Other = b[5]
	y.Section = elf.SectionIndex(le.Uint16(b[6:]))
	y.Value = le.Uint64(b[8:])
	y.Size = le.Uint64(b[16:])
	name, err := names.at(nameOff)
	if err != nil {
		return p.entryErrf(tab, off, "the name of symbol %d %w", y.Index, err)
	}
	y.Name = name
	if name == ltoSlim {
		return p.entryErrf(tab, off, "the file holds no machine code but the compiler's own for link-time optimization; compile without -flto")
	}
	if y.Index == 0 {
		if *y != (FileSymbol{}) {
			return p.entryErrf(tab, off, "symbol 0 must be empty")
		}
		return nil
	}
	if local := y.Bind == elf.STB_LOCAL; local != (y.Index < int(tab.Info)) {
		return p.entryErrf(tab, off, "symbol %d %s is %v; the first global symbol is said to be %d",
			y.Index, printable(y.Name), y.Bind, tab.Info)
	}
	switch y.Bind {
	case elf.STB_LOCAL, elf.STB_GLOBAL, elf.STB_WEAK, stbGNUUnique:
	default:
		return p.entryErrf(tab, off, "symbol %d %s: unknown binding %d", y.Index, printable(y.Name), y.Bind)
	}
	return p.symbolSection(tab, off, y)
}

// ltoSlim is the symbol by which gcc marks objects without code.
const ltoSlim = "__gnu_lto_slim"

// stbGNUUnique is STB_GNU_UNIQUE, a global symbol for static members of C++
// templates; among objects it is like any other.
const stbGNUUnique elf.SymBind = 10

// symbolSection checks that the symbol lies in its section.
func (p *parser) symbolSection(tab *Section, off uint64, y *FileSymbol) error {
	if y.Name == "" && y.Type != elf.STT_SECTION && (y.Bind != elf.STB_LOCAL || !y.defined()) {
		return p.entryErrf(tab, off, "symbol %d has no name", y.Index)
	}
	switch y.Section {
	case elf.SHN_UNDEF:
		if y.Bind == elf.STB_LOCAL {
			return p.entryErrf(tab, off, "symbol %d %s is local and undefined", y.Index, printable(y.Name))
		}
		return nil
	case elf.SHN_ABS, SectionLivepatch:
		return nil
	case elf.SHN_COMMON:
		switch {
		case y.Bind == elf.STB_LOCAL:
			return p.entryErrf(tab, off, "common symbol %s is local", printable(y.Name))
		case y.Value == 0 || y.Value&(y.Value-1) != 0 || y.Value > maxAlign:
			return p.entryErrf(tab, off, "common symbol %s: alignment %#x is not a power of two up to %#x", printable(y.Name), y.Value, maxAlign)
		case y.Size > maxNobits:
			return p.entryErrf(tab, off, "common symbol %s: size %#x is absurd", printable(y.Name), y.Size)
		}
		return nil
	}
	if int(y.Section) >= p.shnum {
		return p.entryErrf(tab, off, "symbol %d %s is in section %#x; there are %d", y.Index, printable(y.Name), int(y.Section), p.shnum)
	}
	s := p.f.Sections[y.Section]
	if y.Type == elf.STT_SECTION {
		y.Name = s.Name
	}
	if !within(y.Value, y.Size, s.Size) {
		return p.entryErrf(tab, off, "symbol %d %s: %#x bytes at %#x are outside section %s of %#x bytes",
			y.Index, printable(y.Name), y.Size, y.Value, printable(s.Name), s.Size)
	}
	return nil
}
