package asm

import (
	"debug/elf"
	"fmt"
)

// function is an open func.
type function struct {
	name string
	sym  *symbol
	st   *stmt
}

// dirFunc is our own `func NAME[, OPTION...]`: everything gcc writes around a
// traceable function. See the package comment.
func dirFunc(a *assembler, s *scanner) *Error {
	if a.fn != nil {
		return s.errorAt(0, "func inside of func %s", a.fn.name).withHint("close it with endfunc")
	}
	s.skip()
	at := s.i
	name, err := s.symbolName()
	if err != nil {
		return err
	}
	opts := map[string]bool{}
	known := []string{"local", "notrace", "noendbr"}
	for s.accept(',') {
		w := s.word()
		if !contains(known, w) {
			return s.errorf("unknown option %q of func", w).withHint("options are local, notrace and noendbr")
		}
		opts[w] = true
	}
	if err := s.end(); err != nil {
		return err
	}
	const align = 4
	a.align(align, nil, 0)
	sym := a.symbol(name)
	sym.typ = elf.STT_FUNC
	if !opts["local"] {
		sym.global, sym.bind = true, elf.STB_GLOBAL
	}
	if err := a.label(name, s.st, at); err != nil {
		return err
	}
	a.fn = &function{name: name, sym: sym, st: s.st}
	return a.prologue(s, opts)
}

// prologue runs the lines a func begins with.
func (a *assembler) prologue(s *scanner, opts map[string]bool) *Error {
	lines := []string{".cfi_startproc"}
	if !opts["noendbr"] {
		lines = append(lines, "endbr64")
	}
	if err := a.lines(s, lines); err != nil || opts["notrace"] {
		return err
	}
	site := a.here()
	if err := a.lines(s, []string{"call __fentry__"}); err != nil {
		return err
	}
	return a.mcountRecord(s, site)
}

// mcountRecord notes the call site where ftrace looks for it.
func (a *assembler) mcountRecord(s *scanner, site *symbol) *Error {
	const name, entry = "__mcount_loc", 8
	sec := a.findSection(name, "")
	if sec == nil {
		sec = a.newSection(name, elf.SHT_PROGBITS, elf.SHF_ALLOC)
	}
	sec.emitFix(&fixup{size: entry, x: symRef(site), kind: fixData, st: s.st})
	return a.grow(entry)
}

// lines runs statements in place of the current one.
func (a *assembler) lines(s *scanner, lines []string) *Error {
	for _, text := range lines {
		st := *s.st
		st.text = text
		if err := a.statement(&st); err != nil {
			return err
		}
	}
	return nil
}

func dirEndfunc(a *assembler, s *scanner) *Error {
	fn := a.fn
	if fn == nil {
		return s.errorAt(0, "endfunc without func")
	}
	a.fn = nil
	if f, _ := a.cur.place(); f.sec != fn.sym.frag.sec {
		return s.errorAt(0, "endfunc in section %s, but func %s is in %s", a.cur.name, fn.name, fn.sym.frag.sec.name)
	}
	fn.sym.size = &expr{op: opSub, l: symRef(a.here()), r: symRef(fn.sym), nest: 1}
	fn.sym.sizeDef = s.st
	if err := a.lines(s, []string{".cfi_endproc"}); err != nil {
		err.Msg = fmt.Sprintf("func %s: %s", fn.name, err.Msg)
		return err
	}
	return nil
}
