package asm

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// fill turns frags into the contents of their sections. Jumps that turned out
// to leave their section become fixups here, after all others, as in gas.
func (a *assembler) fill() {
	for _, s := range a.sections {
		s.size = s.end()
		if s.bss() {
			continue
		}
		s.data = make([]byte, 0, s.size)
		for _, f := range s.frags {
			s.data = append(s.data, f.data...)
			s.data = append(s.data, a.endBytes(f)...)
		}
	}
	a.settleEquates()
}

// endBytes renders the elastic end of a frag.
func (a *assembler) endBytes(f *frag) []byte {
	switch {
	case f.end == endJump:
		return f.jumpBytes(a, f.sec)
	case f.end == endLEB:
		return a.paddedLEB(f)
	case f.end == endAlign && f.code:
		return nops(f.size)
	}
	out := make([]byte, f.size)
	if len(f.fill) == 0 {
		return out
	}
	rest := int64(0)
	if f.end == endAlign { // what does not fill a whole unit is zero, in front
		rest = f.size % int64(len(f.fill))
	}
	for i := rest; i < f.size; i++ {
		out[i] = f.fill[(i-rest)%int64(len(f.fill))]
	}
	return out
}

// paddedLEB encodes a value in exactly the bytes that relaxation gave it.
func (a *assembler) paddedLEB(f *frag) []byte {
	v, _ := f.x.linear(finalDistance)
	b := leb128(v.off, f.sign)
	pad := byte(0)
	if f.sign && v.off < 0 {
		pad = 0x7f
	}
	for int64(len(b)) < f.size {
		b[len(b)-1] |= 0x80
		b = append(b, pad)
	}
	return b
}

// findLinks looks up what SHF_LINK_ORDER sections belong to.
func (a *assembler) findLinks() {
	for _, s := range a.sections {
		if s.link == nil {
			continue
		}
		if l := a.secByName[s.link.name]; len(l) > 0 {
			s.linked = l[0]
		} else if s.link.frag != nil {
			s.linked = s.link.frag.sec
		}
	}
}

// objectWriter lays out the file.
type objectWriter struct {
	a       *assembler
	headers []elf.Section64
	names   []string
	bodies  [][]byte
}

const (
	headerSize = 64
	symSize    = 24
	relaSize   = 24
	groupName  = ".group"
)

// writeELF renders the object: contents in order of the headers, the symbol
// table, then all relocations, the section names and the headers.
func (a *assembler) writeELF() []byte {
	w := &objectWriter{a: a}
	w.header("", elf.Section64{}, nil)
	for _, g := range a.groups {
		g.index = w.header(groupName, elf.Section64{Type: uint32(elf.SHT_GROUP), Addralign: 4, Entsize: 4}, nil)
	}
	for _, s := range a.sections {
		w.section(s)
	}
	shstr := newStrtab()
	if list, locals := a.orderSymbols(); len(list) > 1 || w.hasRelocs() {
		symtab, strs := a.symbolTable(list)
		symIdx := w.header(".symtab", elf.Section64{
			Type: uint32(elf.SHT_SYMTAB), Info: uint32(locals), Addralign: 8, Entsize: symSize,
		}, symtab)
		strIdx := w.header(".strtab", elf.Section64{Type: uint32(elf.SHT_STRTAB), Addralign: 1}, strs)
		w.headers[symIdx].Link = uint32(strIdx)
		w.groups(uint32(symIdx))
		w.relocations(uint32(symIdx))
		shstr.add(".symtab")
		shstr.add(".strtab")
	}
	w.links()
	shstr.add(".shstrtab")
	for _, n := range w.names {
		if n != groupName {
			shstr.add(n)
		}
	}
	if len(a.groups) > 0 { // BFD makes the groups last
		shstr.add(groupName)
	}
	names := shstr.bytes()
	last := w.header(".shstrtab", elf.Section64{Type: uint32(elf.SHT_STRTAB), Addralign: 1}, names)
	for i, n := range w.names {
		w.headers[i].Name = shstr.offset(n)
	}
	return w.file(last)
}

// header adds a section header and returns its index.
func (w *objectWriter) header(name string, h elf.Section64, body []byte) uint16 {
	if h.Type != uint32(elf.SHT_NOBITS) {
		h.Size = uint64(len(body))
	}
	w.headers = append(w.headers, h)
	w.names = append(w.names, name)
	w.bodies = append(w.bodies, body)
	return uint16(len(w.headers) - 1)
}

// section adds a section and room for its relocations.
func (w *objectWriter) section(s *section) {
	h := elf.Section64{
		Type: uint32(s.typ), Flags: uint64(s.flags), Size: uint64(s.size),
		Addralign: 1 << s.align, Entsize: s.entsize,
	}
	s.index = w.header(s.name, h, s.data)
	if len(s.relocs) == 0 {
		return
	}
	r := elf.Section64{
		Type: uint32(elf.SHT_RELA), Flags: uint64(elf.SHF_INFO_LINK | s.flags&elf.SHF_GROUP),
		Info: uint32(s.index), Addralign: 8, Entsize: relaSize,
	}
	s.relIdx = w.header(".rela"+s.name, r, nil)
}

func (w *objectWriter) groups(symIdx uint32) {
	for _, g := range w.a.groups {
		var words []uint32
		words = append(words, uint32(boolBit(g.comdat)))
		for _, s := range g.members {
			words = append(words, uint32(s.index))
			if s.relIdx != 0 {
				words = append(words, uint32(s.relIdx))
			}
		}
		var b bytes.Buffer
		_ = binary.Write(&b, binary.LittleEndian, words)
		h := &w.headers[g.index]
		h.Link, h.Info, h.Size = symIdx, g.sym.index, uint64(b.Len())
		w.bodies[g.index] = b.Bytes()
	}
}

// links fills in what SHF_LINK_ORDER sections belong to.
func (w *objectWriter) links() {
	for _, s := range w.a.sections {
		if s.linked != nil {
			w.headers[s.index].Link = uint32(s.linked.index)
		}
	}
}

func (w *objectWriter) hasRelocs() bool {
	for _, s := range w.a.sections {
		if len(s.relocs) > 0 {
			return true
		}
	}
	return false
}

func (w *objectWriter) relocations(symIdx uint32) {
	for _, s := range w.a.sections {
		if s.relIdx == 0 {
			continue
		}
		var b bytes.Buffer
		for _, r := range s.relocs {
			idx := uint32(0)
			if r.sym != nil {
				idx = r.sym.index
			}
			rela := elf.Rela64{Off: uint64(r.off), Info: elf.R_INFO(idx, uint32(r.typ)), Addend: r.addend}
			_ = binary.Write(&b, binary.LittleEndian, rela)
		}
		w.headers[s.relIdx].Link = symIdx
		w.headers[s.relIdx].Size = uint64(b.Len())
		w.bodies[s.relIdx] = b.Bytes()
	}
}

// file places everything and writes it.
func (w *objectWriter) file(shstrndx uint16) []byte {
	out := make([]byte, headerSize)
	place := func(i int) {
		h := &w.headers[i]
		if h.Type == uint32(elf.SHT_NULL) {
			return
		}
		if a := int(h.Addralign); a > 1 && h.Type != uint32(elf.SHT_NOBITS) || h.Type == uint32(elf.SHT_NOBITS) {
			out = append(out, make([]byte, pad(len(out), int(max(h.Addralign, 1))))...)
		}
		h.Off = uint64(len(out))
		out = append(out, w.bodies[i]...)
	}
	rela := func(i int) bool { return w.headers[i].Type == uint32(elf.SHT_RELA) }
	last := len(w.headers) - 1
	for i := range last {
		if !rela(i) {
			place(i)
		}
	}
	for i := range last {
		if rela(i) {
			place(i)
		}
	}
	place(last)
	out = append(out, make([]byte, pad(len(out), 8))...)
	shoff := len(out)
	var b bytes.Buffer
	for _, h := range w.headers {
		_ = binary.Write(&b, binary.LittleEndian, h)
	}
	out = append(out, b.Bytes()...)
	copy(out, w.fileHeader(uint64(shoff), shstrndx))
	return out
}

func pad(n, align int) int { return (align - n%align) % align }

func (w *objectWriter) fileHeader(shoff uint64, shstrndx uint16) []byte {
	h := elf.Header64{
		Type: uint16(elf.ET_REL), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Shoff: shoff, Ehsize: headerSize, Shentsize: 64, Shnum: uint16(len(w.headers)), Shstrndx: shstrndx,
	}
	copy(h.Ident[:], elf.ELFMAG)
	h.Ident[elf.EI_CLASS] = byte(elf.ELFCLASS64)
	h.Ident[elf.EI_DATA] = byte(elf.ELFDATA2LSB)
	h.Ident[elf.EI_VERSION] = byte(elf.EV_CURRENT)
	for _, s := range w.a.syms {
		if s.typ == typeIFunc || s.bind == bindUnique {
			h.Ident[elf.EI_OSABI] = byte(elf.ELFOSABI_LINUX)
		}
	}
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, h)
	return b.Bytes()
}
