package asm

import (
	"debug/elf"
	"strings"
)

// eachSymbol runs do for every name of a list.
func eachSymbol(do func(a *assembler, s *scanner, sym *symbol) *Error) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		for {
			at := s.i
			n, err := s.symbolName()
			if err != nil {
				return err
			}
			if n == "." {
				return s.errorAt(at, "the place . is not a symbol")
			}
			if err := do(a, s, a.symbol(n)); err != nil {
				return err
			}
			if !s.accept(',') {
				return nil
			}
		}
	}
}

func dirGlobal(a *assembler, s *scanner) *Error {
	return eachSymbol(func(_ *assembler, _ *scanner, sym *symbol) *Error {
		sym.global = true
		if sym.bind == elf.STB_LOCAL {
			sym.bind = elf.STB_GLOBAL
		}
		return nil
	})(a, s)
}

func dirLocal(a *assembler, s *scanner) *Error {
	return eachSymbol(func(_ *assembler, _ *scanner, sym *symbol) *Error {
		sym.bind, sym.local, sym.global = elf.STB_LOCAL, true, false
		return nil
	})(a, s)
}

func dirWeak(a *assembler, s *scanner) *Error {
	return eachSymbol(func(_ *assembler, _ *scanner, sym *symbol) *Error {
		sym.bind = elf.STB_WEAK
		return nil
	})(a, s)
}

func dirVisibility(a *assembler, s *scanner) *Error {
	vis := map[string]elf.SymVis{
		".hidden": elf.STV_HIDDEN, ".internal": elf.STV_INTERNAL, ".protected": elf.STV_PROTECTED,
	}[strings.ToLower(directiveWord(s.st.text))]
	return eachSymbol(func(_ *assembler, _ *scanner, sym *symbol) *Error {
		sym.vis = vis
		return nil
	})(a, s)
}

// GNU extensions that debug/elf has no names for.
const (
	typeIFunc  elf.SymType = 10
	bindUnique elf.SymBind = 10
)

func symbolTypes() map[string]elf.SymType {
	return map[string]elf.SymType{
		"function": elf.STT_FUNC, "object": elf.STT_OBJECT, "notype": elf.STT_NOTYPE,
		"tls_object": elf.STT_TLS, "common": elf.STT_COMMON, "gnu_indirect_function": typeIFunc,
		"stt_func": elf.STT_FUNC, "stt_object": elf.STT_OBJECT, "stt_notype": elf.STT_NOTYPE,
		"stt_tls": elf.STT_TLS, "stt_common": elf.STT_COMMON, "stt_gnu_ifunc": typeIFunc,
	}
}

// dirType is .type NAME, @TYPE.
func dirType(a *assembler, s *scanner) *Error {
	n, err := s.symbolName()
	if err != nil {
		return err
	}
	s.accept(',')
	at := s.i
	var w string
	switch c := s.peek(); {
	case c == '"':
		b, err := s.str()
		if err != nil {
			return err
		}
		w = string(b)
	case c == '@' || c == '%' || c == '#':
		s.i++
		w = s.word()
	default:
		w = s.word()
	}
	if w == "gnu_unique_object" {
		a.symbol(n).typ, a.symbol(n).bind = elf.STT_OBJECT, bindUnique
		return nil
	}
	types := symbolTypes()
	t, ok := types[strings.ToLower(w)]
	if !ok {
		return s.errorAt(at, "unknown symbol type %q", w).suggest(w, sortedKeys(types))
	}
	a.symbol(n).typ = t
	return nil
}

// dirSize is .size NAME, EXPR.
func dirSize(a *assembler, s *scanner) *Error {
	n, err := s.symbolName()
	if err != nil {
		return err
	}
	if !s.accept(',') {
		return s.errorf("expected a comma and the size, found %s", s.found())
	}
	e, err := s.expression()
	if err != nil {
		return err
	}
	sym := a.symbol(n)
	sym.size, sym.sizeDef = e.expr, s.st
	return nil
}

// dirSet is .set NAME, EXPR; once refuses a second definition.
func dirSet(once bool) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		at := s.i + 1
		n, err := s.symbolName()
		if err != nil {
			return err
		}
		if !s.accept(',') {
			return s.errorf("expected a comma and a value, found %s", s.found())
		}
		return a.assign(s, n, at, once)
	}
}

// block reads NAME, SIZE[, ALIGN] of .comm and .lcomm.
func (s *scanner) block() (sym *symbol, size, align int64, err *Error) {
	n, err := s.symbolName()
	if err != nil {
		return nil, 0, 0, err
	}
	s.accept(',')
	at := s.i
	if size, err = s.absolute("the size"); err != nil {
		return nil, 0, 0, err
	}
	if size < 0 || size > s.a.limits.MaxOutput {
		return nil, 0, 0, s.errorAt(at, "bad size %d", size).withHint("the limit is %d", s.a.limits.MaxOutput)
	}
	if s.accept(',') {
		at = s.i
		if align, err = s.absolute("the alignment"); err != nil {
			return nil, 0, 0, err
		}
		if _, ok := alignPower(align, true); !ok {
			return nil, 0, 0, s.errorAt(at, "bad alignment %d", align).withHint("use a power of two")
		}
	}
	sym = s.a.symbol(n)
	if sym.frag != nil || sym.equ != nil {
		return nil, 0, 0, s.errorAt(0, "symbol %s is already defined", n)
	}
	return sym, size, align, nil
}

// dirComm is .comm: a common block, or, after .local, space in .bss.
func dirComm(a *assembler, s *scanner) *Error {
	sym, size, align, err := s.block()
	if err != nil {
		return err
	}
	if sym.local {
		return a.bssAlloc(sym, size, align)
	}
	if sym.common && sym.size != nil {
		size = sym.size.val // the first size counts
	}
	sym.common, sym.typ = true, elf.STT_OBJECT
	if sym.bind == elf.STB_LOCAL {
		sym.bind = elf.STB_GLOBAL
	}
	sym.align = max(align, 1)
	if align == 0 {
		sym.align = naturalAlign(size, 16)
	}
	sym.size, sym.sizeDef = constant(size), s.st
	return nil
}

func dirLcomm(a *assembler, s *scanner) *Error {
	sym, size, align, err := s.block()
	if err != nil {
		return err
	}
	if align == 0 {
		if align = naturalAlign(size, 8); align > max(size, 1) { // here gas rounds down
			align /= 2
		}
	}
	sym.bind = elf.STB_LOCAL
	return a.bssAlloc(sym, size, align)
}

// naturalAlign is the alignment gas gives to a block that names none.
func naturalAlign(size, limit int64) int64 {
	n := int64(1)
	for n < size && n < limit {
		n *= 2
	}
	return n
}

// bssAlloc places a symbol in .bss, after everything that the source puts
// there itself.
func (a *assembler) bssAlloc(sym *symbol, size, align int64) *Error {
	keep := a.cur
	defer func() { a.cur = keep }()
	if a.bssTail == nil {
		bss := a.getSection(".bss")
		a.bssTail = &section{name: bss.name, typ: bss.typ, flags: bss.flags}
		a.bssTail.frags = []*frag{{sec: a.bssTail}}
	}
	a.cur = a.bssTail
	pow, _ := alignPower(align, true)
	a.align(pow, nil, 0)
	sym.frag, sym.off = a.cur.place()
	sym.typ = elf.STT_OBJECT
	sym.size, sym.sizeDef = constant(size), a.st
	return a.space(size, nil)
}

// joinBSS appends what bssAlloc collected to .bss.
func (a *assembler) joinBSS() {
	if a.bssTail == nil {
		return
	}
	bss := a.getSection(".bss")
	bss.align = max(bss.align, a.bssTail.align)
	group := bss.tail().group + 1
	for _, f := range a.bssTail.frags {
		f.sec, f.seq, f.group = bss, len(bss.frags), f.group+group
		bss.frags = append(bss.frags, f)
	}
}

// dirFile is .file "NAME" (a FILE symbol) or .file N "NAME" (line numbers).
func dirFile(a *assembler, s *scanner) *Error {
	if s.peek() != '"' {
		s.i = len(s.st.text)
		return nil
	}
	b, err := s.str()
	if err != nil {
		return err
	}
	a.files = append([]*symbol{{name: string(b), typ: elf.STT_FILE}}, a.files...)
	return nil
}

// dirIdent is .ident: a string in .comment.
func dirIdent(a *assembler, s *scanner) *Error {
	b, err := s.str()
	if err != nil {
		return err
	}
	if err := a.grow(int64(len(b) + 2)); err != nil {
		return err
	}
	sec := a.findSection(".comment", "")
	if sec == nil {
		sec = a.newSection(".comment", elf.SHT_PROGBITS, elf.SHF_MERGE|elf.SHF_STRINGS)
		sec.entsize = 1
		sec.emit(0)
	}
	sec.emit(append(b, 0)...)
	return nil
}
