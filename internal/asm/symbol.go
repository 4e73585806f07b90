package asm

import (
	"debug/elf"
	"fmt"
)

// symbol is a name: a label, an equate, a common block, or undefined.
type symbol struct {
	name string
	temp bool // made by the assembler itself; never in the symbol table

	// A label has frag and off; an equate has equ; a common block has common.
	frag   *frag
	off    int64
	equ    *expr
	equDef *stmt
	common bool
	align  int64

	bind    elf.SymBind
	vis     elf.SymVis
	typ     elf.SymType
	size    *expr
	sizeDef *stmt

	global    bool // .globl: emitted even when nothing uses it
	local     bool // .local
	mentioned bool // some expression tree holds it
	inReloc   bool // some relocation names it
	inherited bool // has what an alias takes over
	busy      bool // being resolved; finds cycles
	section   *section
	pos       int // in assembler.syms
	index     uint32
}

// defined reports whether the symbol has a place or a value of its own.
func (s *symbol) defined() bool { return s.frag != nil || s.equ != nil || s.common }

// external reports whether a linker may see or replace the symbol.
func (s *symbol) external() bool { return s.bind != elf.STB_LOCAL || !s.defined() }

// addr is the label's offset in its section.
func (s *symbol) addr() int64 { return s.frag.addr + s.off }

// private reports whether the name stays out of the symbol table unless a
// relocation needs it.
func (s *symbol) private() bool {
	return s.temp || len(s.name) >= 2 && s.name[:2] == ".L"
}

// symbol finds or makes the symbol of that name, as a reference to it. Order
// of creation is the order of the symbol table.
func (a *assembler) symbol(name string) *symbol {
	s := a.defining(name)
	if s.pos < 0 {
		a.enlist(s)
	}
	return s
}

// defining is symbol without a claim to a place in the table: a private label
// gets one when an address refers to it, or else when a relocation does.
func (a *assembler) defining(name string) *symbol {
	if s := a.byName[name]; s != nil {
		return s
	}
	s := &symbol{name: name, pos: -1}
	a.byName[name] = s
	if !s.private() {
		a.enlist(s)
	}
	return s
}

func (a *assembler) enlist(s *symbol) {
	s.pos = len(a.syms)
	a.syms = append(a.syms, s)
}

// sectionSymbol makes the symbol that stands for a section's beginning. Its
// name is an ordinary one: `.quad NAME` means the section.
func (a *assembler) sectionSymbol(sec *section) *symbol {
	s := a.symbol(sec.name)
	if s.defined() || s.section != nil {
		s = &symbol{name: sec.name}
		a.enlist(s)
	}
	s.typ, s.section, s.frag = elf.STT_SECTION, sec, sec.frags[0]
	return s
}

// renew makes a fresh symbol for a name that is set again, if references to
// the old value exist; they keep it.
func (a *assembler) renew(s *symbol) *symbol {
	if !s.mentioned {
		return s
	}
	n := *s
	n.mentioned = false
	s.temp = true
	a.byName[s.name], a.syms[s.pos] = &n, &n
	return &n
}

// here makes a private label at the current place.
func (a *assembler) here() *symbol {
	f, off := a.cur.place()
	return &symbol{temp: true, frag: f, off: off}
}

// label defines name at the current place.
func (a *assembler) label(name string, st *stmt, col int) *Error {
	s := a.defining(name)
	f, off := a.cur.place()
	if s.defined() {
		if d, ok := fixedDistance(s, &symbol{frag: f, off: off}); ok && d == 0 && s.frag != nil {
			return nil
		}
		err := newError(st, col, "symbol %s is already defined", name)
		if s.section != nil {
			err.Hint = "it stands for the section of that name"
		}
		return err
	}
	s.frag, s.off = f, off
	return nil
}

// localLabels are the numeric labels: 1: may be defined often, 1b is the last
// one and 1f the next.
type localLabels struct {
	last, next map[string]*symbol
	pending    []*localRef // forward references, in order of appearance
}

type localRef struct {
	sym *symbol
	n   string
	st  *stmt
	col int
}

func (l *localLabels) define(a *assembler, n string) {
	s := l.next[n]
	if s == nil {
		s = &symbol{temp: true}
	}
	s.frag, s.off = a.cur.place()
	l.last[n] = s
	delete(l.next, n)
}

func (l *localLabels) backward(n string) *symbol { return l.last[n] }

func (l *localLabels) forward(_ *assembler, n string, st *stmt, col int) *symbol {
	s := l.next[n]
	if s == nil {
		s = &symbol{temp: true, name: n}
		l.next[n] = s
		l.pending = append(l.pending, &localRef{s, n, st, col})
	}
	return s
}

// check reports forward references that nothing answered.
func (l *localLabels) check(a *assembler) {
	for _, r := range l.pending {
		if r.sym.frag == nil {
			a.report(newError(r.st, r.col, "there is no label %s: after this line", r.n).
				withHint("%sb refers to one before it", r.n))
		}
	}
}

// String names the symbol in messages.
func (s *symbol) String() string {
	if s.name == "" {
		return fmt.Sprintf("label at offset %#x", s.addr())
	}
	return s.name
}
