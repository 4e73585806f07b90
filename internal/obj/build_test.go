package obj

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"
)

// builder makes small objects for tests, including ones no assembler would.
type builder struct {
	sections []*buildSection
	locals   []buildSymbol
	globals  []buildSymbol
}

type buildSection struct {
	name        string
	typ         elf.SectionType
	flags       elf.SectionFlag
	align, size uint64 // size of SHT_NOBITS
	data        []byte
	relocs      []buildReloc
	group       string
	relaFlags   elf.SectionFlag
	entsize     uint64
}

type buildSymbol struct {
	name        string
	info        byte
	section     string // "", "*ABS*", "*COM*", "*KLP*" or a section's name
	value, size uint64
}

type buildReloc struct {
	off    uint64
	typ    elf.R_X86_64
	sym    string // a symbol, or a section for its section symbol
	addend int64
}

const (
	flagsText = elf.SHF_ALLOC | elf.SHF_EXECINSTR
	flagsData = elf.SHF_ALLOC | elf.SHF_WRITE
)

func (b *builder) section(name string, flags elf.SectionFlag, data []byte, relocs ...buildReloc) *buildSection {
	s := &buildSection{name: name, typ: elf.SHT_PROGBITS, flags: flags, align: 1, data: data, relocs: relocs}
	b.sections = append(b.sections, s)
	return s
}

func (b *builder) text(data []byte, relocs ...buildReloc) *buildSection {
	return b.section(".text", flagsText, data, relocs...)
}

// symbol adds a symbol of the given binding and type.
func (b *builder) symbol(name, section string, bind elf.SymBind, typ elf.SymType, value, size uint64) {
	y := buildSymbol{name, elf.ST_INFO(bind, typ), section, value, size}
	if bind == elf.STB_LOCAL {
		b.locals = append(b.locals, y)
	} else {
		b.globals = append(b.globals, y)
	}
}

func (b *builder) fn(name, section string, value, size uint64) {
	b.symbol(name, section, elf.STB_GLOBAL, elf.STT_FUNC, value, size)
}

func (b *builder) undef(names ...string) {
	for _, n := range names {
		b.symbol(n, "", elf.STB_GLOBAL, elf.STT_NOTYPE, 0, 0)
	}
}

// file parses what the builder has.
func (b *builder) file(name string) (*File, error) { return Parse(name, b.bytes()) }

// out collects sections while writing.
type buildOut struct {
	hdrs     []elf.Section64
	contents [][]byte
	names    bytes.Buffer
}

func (o *buildOut) add(name string, h elf.Section64, data []byte) int {
	h.Name = uint32(o.names.Len())
	o.names.WriteString(name + "\x00")
	if elf.SectionType(h.Type) != elf.SHT_NOBITS {
		h.Size = uint64(len(data))
	}
	o.hdrs = append(o.hdrs, h)
	o.contents = append(o.contents, data)
	return len(o.hdrs) - 1
}

// bytes writes the object: the null section, the sections, then groups,
// relocations, the symbol table and the string tables.
func (b *builder) bytes() []byte {
	le := binary.LittleEndian
	var o buildOut
	o.add("", elf.Section64{}, nil)
	index := map[string]int{"": 0, "*ABS*": int(elf.SHN_ABS), "*COM*": int(elf.SHN_COMMON), "*KLP*": int(SectionLivepatch)}
	symtabAt := len(b.sections) + 1
	for _, s := range b.sections {
		i := o.add(s.name, elf.Section64{Type: uint32(s.typ), Flags: uint64(s.flags), Size: s.size, Addralign: s.align, Entsize: s.entsize}, s.data)
		if _, ok := index[s.name]; !ok {
			index[s.name] = i
		}
	}
	var syms, strs bytes.Buffer
	strs.WriteByte(0)
	symIndex := make(map[string]uint64)
	write := func(y buildSymbol) {
		n := uint32(0)
		if y.name != "" {
			n = uint32(strs.Len())
			strs.WriteString(y.name + "\x00")
		}
		if _, ok := symIndex[y.name]; !ok {
			symIndex[y.name] = uint64(syms.Len() / symSize)
		}
		binary.Write(&syms, le, elf.Sym64{Name: n, Info: y.info, Shndx: uint16(index[y.section]), Value: y.value, Size: y.size})
	}
	write(buildSymbol{})
	for _, s := range b.sections {
		y := buildSymbol{section: s.name, info: elf.ST_INFO(elf.STB_LOCAL, elf.STT_SECTION)}
		symIndex[s.name] = uint64(syms.Len() / symSize)
		write(y)
	}
	for _, y := range b.locals {
		write(y)
	}
	local := syms.Len() / symSize
	for _, y := range b.globals {
		write(y)
	}
	o.add(".symtab", elf.Section64{Type: uint32(elf.SHT_SYMTAB), Link: uint32(symtabAt + 1), Info: uint32(local), Addralign: 8, Entsize: symSize}, syms.Bytes())
	o.add(".strtab", elf.Section64{Type: uint32(elf.SHT_STRTAB), Addralign: 1}, strs.Bytes())
	for i, s := range b.sections {
		if len(s.relocs) == 0 {
			continue
		}
		var rs bytes.Buffer
		for _, r := range s.relocs {
			binary.Write(&rs, le, elf.Rela64{Off: r.off, Info: symIndex[r.sym]<<32 | uint64(r.typ), Addend: r.addend})
		}
		o.add(".rela"+s.name, elf.Section64{Type: uint32(elf.SHT_RELA), Flags: uint64(s.relaFlags), Link: uint32(symtabAt),
			Info: uint32(i + 1), Addralign: 8, Entsize: relaSize}, rs.Bytes())
	}
	for i, s := range b.sections {
		if s.group != "" {
			data := le.AppendUint32(le.AppendUint32(nil, 1), uint32(i+1))
			o.add(".group", elf.Section64{Type: uint32(elf.SHT_GROUP), Link: uint32(symtabAt), Info: uint32(symIndex[s.group]), Addralign: 4, Entsize: 4}, data)
		}
	}
	o.names.WriteString(".shstrtab\x00")
	o.hdrs = append(o.hdrs, elf.Section64{Type: uint32(elf.SHT_STRTAB), Addralign: 1,
		Name: uint32(o.names.Len() - len(".shstrtab") - 1), Size: uint64(o.names.Len())})
	o.contents = append(o.contents, o.names.Bytes())

	var out bytes.Buffer
	out.Write(make([]byte, ehdrSize))
	for i := range o.hdrs {
		if elf.SectionType(o.hdrs[i].Type) == elf.SHT_NULL {
			continue
		}
		for out.Len()%8 != 0 {
			out.WriteByte(0)
		}
		o.hdrs[i].Off = uint64(out.Len())
		if elf.SectionType(o.hdrs[i].Type) != elf.SHT_NOBITS {
			out.Write(o.contents[i])
		}
	}
	for out.Len()%8 != 0 {
		out.WriteByte(0)
	}
	shoff := out.Len()
	binary.Write(&out, le, o.hdrs)
	var hdr bytes.Buffer
	binary.Write(&hdr, le, elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', 2, 1, 1}, Type: uint16(elf.ET_REL), Machine: uint16(elf.EM_X86_64), Version: 1,
		Shoff: uint64(shoff), Ehsize: ehdrSize, Shentsize: shdrSize, Shnum: uint16(len(o.hdrs)), Shstrndx: uint16(len(o.hdrs) - 1),
	})
	res := out.Bytes()
	copy(res, hdr.Bytes())
	return res
}

// hex decodes "e8 00 00 00 00".
func hex(s string) []byte {
	var out []byte
	for _, f := range strings.Fields(s) {
		v := 0
		for _, c := range f {
			v = v*16 + strings.IndexRune("0123456789abcdef", c)
		}
		out = append(out, byte(v))
	}
	return out
}
