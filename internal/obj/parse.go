package obj

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// Sizes of the structures of ELF64.
const (
	ehdrSize = 64
	shdrSize = 64
	symSize  = 24
	relaSize = 24
)

// maxAlign is the largest section alignment accepted: a huge page.
const maxAlign = 2 << 20

// maxNobits bounds the claim of one SHT_NOBITS section; Link applies the real
// limit, this one keeps sums of sizes far from overflow.
const maxNobits = 1 << 40

// Parse reads an ELF64 x86-64 relocatable object. The File shares data, which
// must not change afterwards. Every error names the file and the section and
// offset that are wrong.
//
// The structures and names are those of debug/elf. Its reader is not used: it
// copies a name for each section header and symbol that points at it, so that a
// file of a few megabytes can ask for terabytes, and it checks neither
// relocations nor overlaps.
func Parse(name string, data []byte) (*File, error) {
	p := &parser{f: &File{Name: name}, data: data}
	for _, step := range []func() error{
		p.header,
		p.sections,
		p.overlaps,
		p.symbols,
		p.groups,
		p.relocations,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return p.f, nil
}

// parser holds what Parse knows half way.
type parser struct {
	f        *File
	data     []byte
	shoff    uint64
	shnum    int
	shstrndx int
	symtab   int // section index, 0 if there is none
}

// errf is an error about the byte at off of the file.
func (p *parser) errf(off uint64, format string, args ...any) error {
	return fmt.Errorf("%s: offset %#x: %w", p.f.Name, off, fmt.Errorf(format, args...))
}

// secErrf is an error about a section, whose header tells where it is.
func (p *parser) secErrf(s *Section, format string, args ...any) error {
	return fmt.Errorf("%s: section %d %s (header at offset %#x): %w", p.f.Name, s.Index, printable(s.Name),
		p.shoff+uint64(s.Index)*shdrSize, fmt.Errorf(format, args...))
}

// entryErrf is an error about the entry at offset off of a section's contents.
func (p *parser) entryErrf(s *Section, off uint64, format string, args ...any) error {
	return fmt.Errorf("%s: section %d %s: offset %#x (%#x in the file): %w", p.f.Name, s.Index, printable(s.Name),
		off, s.Offset+off, fmt.Errorf(format, args...))
}

// header checks the ELF header and finds the section header table.
func (p *parser) header() error {
	d := p.data
	if len(d) < ehdrSize {
		if len(d) < 4 || string(d[:4]) != elf.ELFMAG {
			return p.errf(0, "not an ELF file")
		}
		return p.errf(uint64(len(d)), "the file ends inside the ELF header")
	}
	le := binary.LittleEndian
	shnum, shstrndx := int(le.Uint16(d[60:])), int(le.Uint16(d[62:]))
	p.shoff, p.shnum, p.shstrndx = le.Uint64(d[40:]), shnum, shstrndx
	switch {
	case string(d[:4]) != elf.ELFMAG:
		return p.errf(0, "not an ELF file")
	case elf.Class(d[elf.EI_CLASS]) != elf.ELFCLASS64:
		return p.errf(elf.EI_CLASS, "%v, not ELFCLASS64; only x86-64 objects can be loaded", elf.Class(d[elf.EI_CLASS]))
	case elf.Data(d[elf.EI_DATA]) != elf.ELFDATA2LSB:
		return p.errf(elf.EI_DATA, "%v, not little endian; only x86-64 objects can be loaded", elf.Data(d[elf.EI_DATA]))
	case elf.Version(d[elf.EI_VERSION]) != elf.EV_CURRENT:
		return p.errf(elf.EI_VERSION, "ELF version %d, not 1", d[elf.EI_VERSION])
	case elf.Machine(le.Uint16(d[18:])) != elf.EM_X86_64:
		return p.errf(18, "%v, not EM_X86_64; only x86-64 objects can be loaded", elf.Machine(le.Uint16(d[18:])))
	case elf.Type(le.Uint16(d[16:])) != elf.ET_REL:
		return p.errf(16, "%v, not a relocatable object (ET_REL); compile with -c", elf.Type(le.Uint16(d[16:])))
	case le.Uint16(d[56:]) != 0:
		return p.errf(56, "a relocatable object has no program headers, this one claims %d", le.Uint16(d[56:]))
	case shnum == 0:
		return p.errf(60, "the file has no sections")
	case shnum >= int(elf.SHN_LORESERVE):
		return p.errf(60, "%d sections are more than ELF allows", shnum)
	case le.Uint16(d[58:]) != shdrSize:
		return p.errf(58, "section headers of %d bytes, want %d", le.Uint16(d[58:]), shdrSize)
	case p.shoff < ehdrSize:
		return p.errf(40, "the section headers at offset %#x overlap the ELF header", p.shoff)
	case !within(p.shoff, uint64(shnum)*shdrSize, uint64(len(d))):
		return p.errf(40, "%d section headers at offset %#x reach beyond the end of the file at %#x; it may be truncated",
			shnum, p.shoff, len(d))
	case shstrndx == 0 || shstrndx >= shnum:
		return p.errf(62, "section %d cannot hold the section names; there are %d sections", shstrndx, shnum)
	}
	return nil
}

// within reports whether [off, off+size) lies in [0, limit), without overflow.
func within(off, size, limit uint64) bool {
	return off <= limit && size <= limit-off
}

// stringTable reads names by offset. Names share the table's memory: a file
// can name one long string many times.
type stringTable string

// maxName bounds a name. The kernel's bound is KSYM_NAME_LEN, 512; without one,
// a file could make every look-up of every symbol take as long as it is.
const maxName = 4096

// at returns the name at off.
func (t stringTable) at(off uint32) (string, error) {
	if uint64(off) >= uint64(len(t)) {
		return "", fmt.Errorf("at offset %#x is outside the %#x bytes of names", off, len(t))
	}
	s := string(t[off:])
	s = s[:min(len(s), maxName+1)]
	// The table ends in NUL, which the maker of a stringTable checked.
	n := strings.IndexByte(s, 0)
	if n < 0 {
		return "", fmt.Errorf("at offset %#x has more than %d bytes", off, maxName)
	}
	return s[:n], nil
}

// printable shortens and quotes a name from a file for an error message.
func printable(name string) string {
	const most = 128
	if len(name) > most {
		name = name[:most] + "..."
	}
	for i := 0; i < len(name); i++ {
		if name[i] <= ' ' || name[i] > '~' {
			return fmt.Sprintf("%q", name)
		}
	}
	return name
}

// place names a byte of a section for an error message.
func place(f *File, s *Section, off uint64) string {
	return fmt.Sprintf("%s: %s+%#x", f.Name, printable(s.Name), off)
}

// symbolName is the name of a symbol for an error message.
func (f *File) symbolName(i int) string {
	if s := f.Symbols[i]; s.Name != "" {
		return printable(s.Name)
	}
	return fmt.Sprintf("symbol %d", i)
}
