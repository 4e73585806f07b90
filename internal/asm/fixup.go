package asm

import (
	"debug/elf"
	"math"
	"strings"
)

// reloc is one relocation of the object.
type reloc struct {
	off    int64
	sym    *symbol // nil: the null symbol
	typ    elf.R_X86_64
	addend int64
}

// relocSuffix is an @SUFFIX: its relocation by field size. got marks those
// that bring _GLOBAL_OFFSET_TABLE_ into being and never reduce to a section.
type relocSuffix struct {
	size4, size8 elf.R_X86_64
	got, keep    bool
	tls          bool // says that the symbol is thread-local
}

func relocSuffixes() map[string]relocSuffix {
	return map[string]relocSuffix{
		"PLT":           {size4: elf.R_X86_64_PLT32},
		"GOTPCREL":      {size4: elf.R_X86_64_GOTPCREL, size8: elf.R_X86_64_GOTPCREL64, got: true, keep: true},
		"GOTPCRELX":     {size4: elf.R_X86_64_GOTPCRELX, keep: true},
		"REX_GOTPCRELX": {size4: elf.R_X86_64_REX_GOTPCRELX, keep: true},
		"GOT":           {size4: elf.R_X86_64_GOT32, size8: elf.R_X86_64_GOT64, got: true, keep: true},
		"GOTOFF":        {size8: elf.R_X86_64_GOTOFF64, got: true, keep: true},
		"PLTOFF":        {size8: elf.R_X86_64_PLTOFF64, got: true, keep: true},
		"TPOFF":         {size4: elf.R_X86_64_TPOFF32, size8: elf.R_X86_64_TPOFF64, got: true, keep: true, tls: true},
		"DTPOFF":        {size4: elf.R_X86_64_DTPOFF32, size8: elf.R_X86_64_DTPOFF64, got: true, keep: true, tls: true},
		"TLSGD":         {size4: elf.R_X86_64_TLSGD, got: true, keep: true, tls: true},
		"TLSLD":         {size4: elf.R_X86_64_TLSLD, got: true, keep: true},
		"GOTTPOFF":      {size4: elf.R_X86_64_GOTTPOFF, got: true, keep: true, tls: true},
		"SIZE":          {size4: elf.R_X86_64_SIZE32, size8: elf.R_X86_64_SIZE64, keep: true},
	}
}

func (a *assembler) relocNames() []string { return sortedKeys(a.relocs) }

const gotSymbol = "_GLOBAL_OFFSET_TABLE_"

// noteGOT mentions the GOT's symbol when an expression that begins text needs
// it. gas looks for the @ first, so the GOT stands before the symbol itself.
func (a *assembler) noteGOT(text string) {
	text, _, _ = strings.Cut(text, ",")
	_, suffix, ok := strings.Cut(text, "@")
	if !ok {
		return
	}
	n := 0
	for n < len(suffix) && isIdent(suffix[n]) {
		n++
	}
	if a.relocs[strings.ToUpper(suffix[:n])].got {
		a.symbol(gotSymbol)
	}
}

// settleEquates turns equates whose value is a place into labels, so that
// from here on a global or weak alias is a symbol like any other.
func (a *assembler) settleEquates() {
	for _, s := range a.syms {
		if s.equ == nil {
			continue
		}
		v, ok := (&expr{op: opSym, sym: s}).linear(finalDistance)
		switch {
		case !ok:
			a.report(newError(s.equDef, 0, "the value of %s cannot be computed", s.name).
				withHint("it depends on itself or on symbols of several sections"))
			return
		case v.number():
			s.equ = constant(v.off)
		case v.sub == nil && v.add.frag != nil:
			s.frag, s.off, s.equ = v.add.frag, v.add.off+v.off, nil
			if v.off == 0 {
				s.inherit(v.add)
			}
		}
	}
}

// inherit gives an alias the type and size of what it stands for. For a label
// that comes first this happens at the .set, for others at the end.
func (s *symbol) inherit(from *symbol) {
	if s.inherited {
		return
	}
	s.inherited = true
	if s.typ == elf.STT_NOTYPE {
		s.typ = from.typ
	}
	if s.size == nil {
		s.size, s.sizeDef = from.size, from.sizeDef
	}
}

// resolve follows equates to a label or an undefined symbol plus offset.
func (s *symbol) resolve() (*symbol, int64, bool) {
	v, ok := (&expr{op: opSym, sym: s}).linear(finalDistance)
	return v.add, v.off, ok && v.add != nil && v.sub == nil
}

// weak reports whether even a jump from the same section must leave the
// choice to the linker.
func (s *symbol) weak() bool { return s.bind == elf.STB_WEAK || s.typ == typeIFunc }

// fixups resolves every field or turns it into a relocation.
func (a *assembler) fixups() {
	for _, s := range a.sections {
		for _, fx := range s.fixups {
			if a.full() {
				return
			}
			a.report(a.apply(s, fx))
		}
	}
}

// apply handles one field.
func (a *assembler) apply(sec *section, fx *fixup) *Error {
	v, ok := fx.x.linear(finalDistance)
	if !ok {
		return newError(fx.st, fx.col, "the expression cannot be computed").
			withHint("a relocation holds one symbol plus a number")
	}
	place := fx.frag.addr + fx.off
	pc := fx.kind == fixPC || fx.kind == fixBranch
	if v.sub != nil {
		if v.add == nil || pc || v.sub.frag == nil || v.sub.frag.sec != sec {
			return newError(fx.st, fx.col, "the difference of %s and %s is not known", nameOf(v.add), v.sub).
				withHint("the second symbol must be a label of the same section as this field")
		}
		v.off += place - v.sub.addr()
		v.sub, pc = nil, true
	}
	if err := v.undefinedLocal(fx); err != nil {
		return err
	}
	if fx.kind != fixRaw && fx.reloc == "" || fx.reloc == "PLT" && pc {
		if done, err := a.resolved(sec, fx, v, pc, place); done {
			return err
		}
	}
	return a.relocate(sec, fx, v, pc, place)
}

func nameOf(s *symbol) string {
	if s == nil {
		return "0"
	}
	return s.String()
}

// undefinedLocal reports .L names that no line defines: no other object can.
func (v value) undefinedLocal(fx *fixup) *Error {
	if s := v.add; s != nil && !s.defined() && s.private() && s.section == nil {
		return newError(fx.st, fx.col, "local label %s is not defined", s.name)
	}
	return nil
}

// resolved stores values that need no linker.
func (a *assembler) resolved(sec *section, fx *fixup, v value, pc bool, place int64) (bool, *Error) {
	switch {
	case v.add == nil && !pc:
		return true, a.store(sec, fx, v.off, place)
	case v.add == nil || !pc || v.add.frag == nil || v.add.frag.sec != sec || v.add.bind != elf.STB_LOCAL || v.add.typ == typeIFunc:
		return false, nil
	}
	return true, a.store(sec, fx, v.add.addr()+v.off+fx.adj-place, place)
}

// store writes a number into its field, if it fits.
func (a *assembler) store(sec *section, fx *fixup, n, place int64) *Error {
	if fx.size < 8 {
		bits := uint(8 * fx.size)
		lo, hi := -int64(1)<<(bits-1), int64(1)<<bits-1
		if fx.kind == fixPC || fx.kind == fixBranch || fx.kind == fixSigned {
			hi = int64(1)<<(bits-1) - 1
		}
		if n < lo || n > hi {
			err := newError(fx.st, fx.col, "value %d does not fit in %d bits", n, bits)
			if fx.kind == fixBranch {
				err.Hint = "this jump reaches -128 to 127 bytes only"
			}
			return err
		}
	}
	copy(sec.data[place:], littleEndian(n, 0, fx.size))
	return nil
}

// relocate makes a relocation.
func (a *assembler) relocate(sec *section, fx *fixup, v value, pc bool, place int64) *Error {
	typ, ok := a.relocType(fx, v, pc)
	if !ok {
		if fx.reloc != "" {
			return newError(fx.st, fx.col, "@%s does not fit a field of %d bytes", fx.reloc, fx.size)
		}
		return newError(fx.st, fx.col, "a symbol does not fit a field of %d bytes", fx.size)
	}
	r := reloc{off: place, sym: v.add, typ: typ, addend: v.off + fx.adj}
	if v.add != nil && v.add.frag != nil && v.add.section == nil && a.reducible(fx, v, pc) {
		r.sym = v.add.frag.sec.sym
		r.addend += v.add.addr()
	}
	if r.sym != nil {
		r.sym.inReloc = true
		if a.relocs[fx.reloc].tls {
			r.sym.typ = elf.STT_TLS
		}
		if r.sym.pos < 0 {
			a.enlist(r.sym)
		}
	}
	sec.relocs = append(sec.relocs, r)
	return nil
}

// reducible reports whether a relocation against a label may name the label's
// section instead. Sections that the linker merges are torn apart, so there
// only a plain address may.
func (a *assembler) reducible(fx *fixup, v value, pc bool) bool {
	s := v.add
	flags := s.frag.sec.flags
	switch {
	case s.temp:
		return true
	case s.bind != elf.STB_LOCAL || s.typ == typeIFunc || a.relocs[fx.reloc].keep || flags&elf.SHF_TLS != 0:
		return false
	case flags&elf.SHF_MERGE != 0:
		return v.off == 0 && !pc
	}
	return true
}

func (a *assembler) relocType(fx *fixup, v value, pc bool) (elf.R_X86_64, bool) {
	if fx.kind == fixRaw {
		return elf.R_X86_64(fx.raw), true
	}
	got := v.add != nil && v.add.name == gotSymbol && pc
	switch {
	case fx.reloc != "":
		return suffixType(a.relocs[fx.reloc], fx.size)
	case got && fx.size == 4:
		return elf.R_X86_64_GOTPC32, true
	case got && fx.size == 8:
		return elf.R_X86_64_GOTPC64, true
	case fx.kind == fixBranch && fx.size == 4 && v.add != nil && v.off == 0 && v.add.external():
		return elf.R_X86_64_PLT32, true
	case fx.kind == fixSigned && fx.size == 4 && !pc:
		return elf.R_X86_64_32S, true
	}
	return plainType(fx.size, pc)
}

func suffixType(r relocSuffix, size int) (elf.R_X86_64, bool) {
	if size == 8 {
		return r.size8, r.size8 != 0
	}
	return r.size4, r.size4 != 0 && size == 4
}

func plainType(size int, pc bool) (elf.R_X86_64, bool) {
	types := map[int][2]elf.R_X86_64{
		1: {elf.R_X86_64_8, elf.R_X86_64_PC8},
		2: {elf.R_X86_64_16, elf.R_X86_64_PC16},
		4: {elf.R_X86_64_32, elf.R_X86_64_PC32},
		8: {elf.R_X86_64_64, elf.R_X86_64_PC64},
	}
	t, ok := types[size]
	if pc {
		return t[1], ok
	}
	return t[0], ok
}

// dirReloc is .reloc OFFSET, TYPE[, EXPR].
func dirReloc(a *assembler, s *scanner) *Error {
	at, err := s.expression()
	if err != nil {
		return err
	}
	if err := s.comma(); err != nil {
		return err
	}
	s.skip()
	col := s.i
	name := s.word()
	typ, ok := relocByName(name)
	if !ok {
		return s.errorAt(col, "unknown relocation %s", name)
	}
	fx := &fixup{kind: fixRaw, raw: typ, x: constant(0), st: s.st, col: col}
	if s.accept(',') {
		e, err := s.expression()
		if err != nil {
			return err
		}
		fx.x = e.expr
	}
	v, ok := at.linear(fixedDistance)
	switch {
	case ok && v.number() && v.off >= 0 && v.off <= math.MaxInt32:
		fx.frag, fx.off = a.cur.frags[0], v.off
	case ok && v.sub == nil && v.add != nil && v.add.frag != nil && v.add.frag.sec == a.cur:
		fx.frag, fx.off = v.add.frag, v.add.off+v.off
	default:
		return s.errorAt(at.col, "the offset must be a number or a label of this section before here")
	}
	a.cur.fixups = append(a.cur.fixups, fx)
	return nil
}

func relocByName(name string) (int, bool) {
	const last = 42
	for i := range last + 1 {
		if elf.R_X86_64(i).String() == name {
			return i, true
		}
	}
	return 0, false
}
