package obj

import (
	"debug/elf"
	"encoding/binary"
	"slices"
)

// relocations reads the relocations of all sections that are loaded.
func (p *parser) relocations() error {
	for _, s := range p.f.Sections {
		switch {
		case s.Type != elf.SHT_REL && s.Type != elf.SHT_RELA:
			continue
		case s.Info == 0 || int64(s.Info) >= int64(p.shnum):
			return p.secErrf(s, "relocations for section %d; there are %d sections", s.Info, p.shnum)
		}
		target := p.f.Sections[s.Info]
		// Debug information is not loaded: what its relocations say is moot, but
		// for those of .debug_frame, which a stack walk may fall back on.
		if !target.alloc() {
			if target.Name == debugFrameSection && p.relocSection(s, target) != nil {
				target.Relocs, target.Data = nil, nil
			}
			continue
		}
		if err := p.relocSection(s, target); err != nil {
			return err
		}
	}
	return nil
}

// relocSection reads the relocations that section s holds for target.
func (p *parser) relocSection(s, target *Section) error {
	h := p.data[p.shoff+uint64(s.Index)*shdrSize:]
	entsize := binary.LittleEndian.Uint64(h[56:])
	switch {
	case s.Type == elf.SHT_REL:
		return p.secErrf(s, "relocations without addends; x86-64 has them with addends (SHT_RELA)")
	case entsize != relaSize:
		return p.secErrf(s, "entries of %d bytes, want %d", entsize, relaSize)
	case s.Size%relaSize != 0:
		return p.secErrf(s, "%#x bytes are not a whole number of relocations", s.Size)
	case p.symtab == 0 || int64(s.Link) != int64(p.symtab):
		return p.secErrf(s, "the symbol table of the relocations is section %d, which is not one", s.Link)
	case s.Size > 0 && target.Data == nil && target.Size > 0, s.Size > 0 && target.Type == elf.SHT_NOBITS:
		return p.secErrf(s, "relocations for section %d %s, which has no contents", target.Index, printable(target.Name))
	}
	to := target
	if s.Flags&FlagRelaLivepatch != 0 {
		to = s
	}
	le := binary.LittleEndian
	relocs := slices.Grow(to.Relocs, int(s.Size/relaSize))
	for off := uint64(0); off < s.Size; off += relaSize {
		b := s.Data[off:]
		info := le.Uint64(b[8:])
		r := Reloc{
			Offset: le.Uint64(b),
			Type:   elf.R_X86_64(info & 0xffffffff),
			Sym:    int(info >> 32),
			Addend: int64(le.Uint64(b[16:])),
		}
		rule, ok := relocRule(r.Type)
		switch {
		case !ok:
			return p.entryErrf(s, off, "relocation type %v (%d) is not supported", r.Type, uint32(r.Type))
		case r.Sym >= len(p.f.Symbols):
			return p.entryErrf(s, off, "relocation against symbol %d; there are %d", r.Sym, len(p.f.Symbols))
		case !within(r.Offset, uint64(rule.size), target.Size):
			return p.entryErrf(s, off, "%v at offset %#x is outside section %s of %#x bytes",
				r.Type, r.Offset, printable(target.Name), target.Size)
		}
		relocs = append(relocs, r)
	}
	to.Relocs = relocs
	return nil
}

// rule is what a relocation type computes and where it puts it.
type rule struct {
	size  int  // bytes of the field
	pcrel bool // minus the place
	got   bool // of the symbol's slot in the global offset table
	check func(v uint64) bool
}

// relocRule knows the types of the psABI that the small and the kernel code
// model use.
func relocRule(t elf.R_X86_64) (rule, bool) {
	switch t {
	case elf.R_X86_64_NONE:
		return rule{check: fitsAny}, true
	case elf.R_X86_64_64:
		return rule{size: 8, check: fitsAny}, true
	case elf.R_X86_64_PC64:
		return rule{size: 8, pcrel: true, check: fitsAny}, true
	case elf.R_X86_64_32:
		return rule{size: 4, check: fitsUint32}, true
	case elf.R_X86_64_32S:
		return rule{size: 4, check: fitsInt32}, true
	case elf.R_X86_64_PC32, elf.R_X86_64_PLT32:
		return rule{size: 4, pcrel: true, check: fitsInt32}, true
	case elf.R_X86_64_GOTPCREL, elf.R_X86_64_GOTPCRELX, elf.R_X86_64_REX_GOTPCRELX:
		return rule{size: 4, pcrel: true, got: true, check: fitsInt32}, true
	}
	return rule{}, false
}

func fitsAny(uint64) bool      { return true }
func fitsUint32(v uint64) bool { return v == uint64(uint32(v)) }
func fitsInt32(v uint64) bool  { return v == uint64(int64(int32(v))) }
