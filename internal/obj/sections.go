package obj

import (
	"debug/elf"
	"encoding/binary"
	"sort"
)

// sections reads the section header table and checks each header by itself.
func (p *parser) sections() error {
	le := binary.LittleEndian
	backing := make([]Section, p.shnum)
	nameOff := make([]uint32, p.shnum)
	for i := range backing {
		h := p.data[p.shoff+uint64(i)*shdrSize:]
		s := &backing[i]
		*s = Section{
			Index:  i,
			Type:   elf.SectionType(le.Uint32(h[4:])),
			Flags:  elf.SectionFlag(le.Uint64(h[8:])),
			Offset: le.Uint64(h[24:]),
			Size:   le.Uint64(h[32:]),
			Link:   le.Uint32(h[40:]),
			Info:   le.Uint32(h[44:]),
			Align:  le.Uint64(h[48:]),
		}
		nameOff[i] = le.Uint32(h)
		p.f.Sections = append(p.f.Sections, s)
	}
	if backing[0].Type != elf.SHT_NULL || backing[0].Size != 0 {
		return p.secErrf(&backing[0], "section 0 must be the empty null section")
	}
	// The names first, for the errors about the rest.
	if err := p.contents(p.f.Sections[p.shstrndx]); err != nil {
		return err
	}
	names, err := p.strings(uint32(p.shstrndx))
	if err != nil {
		return err
	}
	for i, s := range p.f.Sections {
		name, err := names.at(nameOff[i])
		if err != nil {
			return p.secErrf(s, "its name %w", err)
		}
		s.Name = name
	}
	for _, s := range p.f.Sections {
		if err := p.contents(s); err != nil {
			return err
		}
	}
	return nil
}

// contents checks size and alignment and slices the section out of the file.
func (p *parser) contents(s *Section) error {
	if s.Type == elf.SHT_NULL {
		// An inactive header: the other fields mean nothing.
		*s = Section{Index: s.Index, Name: s.Name, Align: 1}
		return nil
	}
	if s.Align == 0 {
		s.Align = 1
	}
	switch {
	case s.Align&(s.Align-1) != 0:
		return p.secErrf(s, "alignment %#x is not a power of two", s.Align)
	case s.Align > maxAlign:
		return p.secErrf(s, "alignment %#x is larger than %#x", s.Align, maxAlign)
	case s.Flags&elf.SHF_COMPRESSED != 0 && s.alloc():
		return p.secErrf(s, "a section that is loaded cannot be compressed")
	case s.Type == elf.SHT_SYMTAB_SHNDX:
		return p.secErrf(s, "extended section indices are not supported; use fewer than %#x sections", int(elf.SHN_LORESERVE))
	case s.Type == elf.SHT_NOBITS:
		if s.Size > maxNobits {
			return p.secErrf(s, "size %#x is absurd", s.Size)
		}
		return nil
	case !within(s.Offset, s.Size, uint64(len(p.data))):
		return p.secErrf(s, "%#x bytes at offset %#x reach beyond the end of the file at %#x; it may be truncated",
			s.Size, s.Offset, len(p.data))
	}
	s.Data = p.data[s.Offset : s.Offset+s.Size : s.Offset+s.Size]
	return nil
}

// strings returns the string table in section i.
func (p *parser) strings(i uint32) (stringTable, error) {
	if i == 0 || int64(i) >= int64(p.shnum) {
		return "", p.errf(p.shoff, "section %d cannot be a string table; there are %d sections", i, p.shnum)
	}
	s := p.f.Sections[i]
	if s.Type != elf.SHT_STRTAB {
		return "", p.secErrf(s, "%v is used as a string table", s.Type)
	}
	if s.Size == 0 || s.Data[s.Size-1] != 0 {
		return "", p.secErrf(s, "the string table does not end with a zero byte")
	}
	return stringTable(s.Data), nil
}

// overlaps checks that no two parts of the file share bytes. Besides being
// broken, shared contents would let a small file become a huge image.
func (p *parser) overlaps() error {
	type part struct {
		start, end uint64
		s          *Section // nil for the headers
	}
	parts := []part{
		{start: 0, end: ehdrSize},
		{start: p.shoff, end: p.shoff + uint64(p.shnum)*shdrSize},
	}
	for _, s := range p.f.Sections {
		if len(s.Data) > 0 {
			parts = append(parts, part{s.Offset, s.Offset + s.Size, s})
		}
	}
	sort.SliceStable(parts, func(i, j int) bool { return parts[i].start < parts[j].start })
	for i := 1; i < len(parts); i++ {
		a, b := parts[i-1], parts[i]
		if b.start >= a.end {
			continue
		}
		switch {
		case a.s == nil && b.s == nil:
			return p.errf(b.start, "the headers overlap")
		case b.s == nil:
			return p.secErrf(a.s, "%#x bytes at offset %#x overlap the headers at %#x", a.s.Size, a.start, b.start)
		case a.s == nil:
			return p.secErrf(b.s, "%#x bytes at offset %#x overlap the headers at %#x", b.s.Size, b.start, a.start)
		default:
			return p.secErrf(b.s, "%#x bytes at offset %#x overlap section %d %s at %#x",
				b.s.Size, b.start, a.s.Index, printable(a.s.Name), a.start)
		}
	}
	return nil
}

// groups reads the SHT_GROUP sections.
func (p *parser) groups() error {
	owner := make([]int, p.shnum)
	for _, s := range p.f.Sections {
		if s.Type != elf.SHT_GROUP {
			continue
		}
		switch {
		case p.symtab == 0 || int64(s.Link) != int64(p.symtab):
			return p.secErrf(s, "the group's symbol table is section %d, which is not one", s.Link)
		case int64(s.Info) >= int64(len(p.f.Symbols)):
			return p.secErrf(s, "the group's signature is symbol %d; there are %d", s.Info, len(p.f.Symbols))
		case s.Size == 0 || s.Size%4 != 0:
			return p.secErrf(s, "a group of %d bytes; want words of 4", s.Size)
		}
		g := Group{Signature: p.f.Symbols[s.Info].Name, Comdat: binary.LittleEndian.Uint32(s.Data)&1 != 0}
		for off := uint64(4); off < s.Size; off += 4 {
			m := binary.LittleEndian.Uint32(s.Data[off:])
			if m == 0 || int64(m) >= int64(p.shnum) || int64(m) == int64(s.Index) {
				return p.entryErrf(s, off, "section %d cannot be a member; there are %d sections", m, p.shnum)
			}
			if owner[m] != 0 {
				return p.entryErrf(s, off, "section %d is a member of group %d already", m, owner[m])
			}
			owner[m] = s.Index
			g.Members = append(g.Members, int(m))
		}
		p.f.Groups = append(p.f.Groups, g)
	}
	return nil
}
