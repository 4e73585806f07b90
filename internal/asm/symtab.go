package asm

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// outSymbol is a symbol on its way into the table.
type outSymbol struct {
	*symbol
	name  string
	value uint64
	size  uint64
	shndx uint16
	info  byte
}

// orderSymbols picks the symbols of the table, local ones first.
func (a *assembler) orderSymbols() (syms []*symbol, locals int) {
	list := []*symbol{{}}
	list = append(list, a.files...)
	for _, s := range a.syms {
		if s.bind == elf.STB_LOCAL && (s.frag != nil || s.absolute()) && a.emitted(s) {
			list = append(list, s)
		}
	}
	for _, g := range a.groups {
		s := a.byName[g.name]
		if s == nil || !s.defined() && !s.inReloc && !s.global {
			s = &symbol{name: g.name, temp: true}
			list = append(list, s)
		}
		g.sym = s
	}
	locals = len(list)
	for _, s := range a.syms {
		if (s.bind != elf.STB_LOCAL || !s.defined()) && a.emitted(s) {
			list = append(list, s)
		}
	}
	for i, s := range list {
		s.index = uint32(i)
	}
	return list, locals
}

func (s *symbol) absolute() bool { return s.equ != nil && s.equ.isConst() }

// emitted reports whether the symbol belongs in the table.
func (a *assembler) emitted(s *symbol) bool {
	switch {
	case s.inReloc:
		return true
	case s.section != nil || s.equ != nil && !s.absolute():
		return false
	case s.private():
		return false
	case !s.defined():
		return s.bind != elf.STB_WEAK
	}
	return true
}

// symbolTable renders .symtab and .strtab.
func (a *assembler) symbolTable(list []*symbol) (symtab, strs []byte) {
	tab := newStrtab()
	out := make([]outSymbol, len(list))
	for i, s := range list {
		out[i] = a.outSymbol(s)
		tab.add(out[i].name)
	}
	strs = tab.bytes()
	var b bytes.Buffer
	for _, o := range out {
		sym := elf.Sym64{
			Name: tab.offset(o.name), Info: o.info, Other: byte(o.symbol.vis),
			Shndx: o.shndx, Value: o.value, Size: o.size,
		}
		_ = binary.Write(&b, binary.LittleEndian, sym) // a Buffer takes everything
	}
	return b.Bytes(), strs
}

func (a *assembler) outSymbol(s *symbol) outSymbol {
	o := outSymbol{symbol: s, name: s.name}
	bind, typ := s.bind, s.typ
	switch {
	case s.typ == elf.STT_FILE:
		o.shndx = uint16(elf.SHN_ABS)
	case s.section != nil:
		o.name, o.shndx = "", s.section.index
	case s.frag != nil:
		o.shndx, o.value = s.frag.sec.index, uint64(s.addr())
		if s.frag.sec.flags&elf.SHF_TLS != 0 {
			typ = elf.STT_TLS
		}
	case s.absolute():
		o.shndx, o.value = uint16(elf.SHN_ABS), uint64(s.equ.val)
	case s.common:
		o.shndx, o.value = uint16(elf.SHN_COMMON), uint64(s.align)
	case s.name == "":
	case s.temp: // the name of a group that is no symbol otherwise
		o.shndx = a.groupByName[s.name].index
	case bind == elf.STB_LOCAL:
		bind = elf.STB_GLOBAL
	}
	if s.size != nil {
		o.size = uint64(a.symbolSize(s))
	}
	o.info = byte(bind)<<4 | byte(typ)
	return o
}

// symbolSize evaluates .size.
func (a *assembler) symbolSize(s *symbol) int64 {
	v, ok := s.size.linear(finalDistance)
	if !ok || !v.number() {
		a.report(newError(s.sizeDef, 0, "the size of %s is not a number", s.name).
			withHint("use .-%s right after its end", s.name))
		return 0
	}
	return v.off
}
