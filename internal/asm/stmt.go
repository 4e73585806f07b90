package asm

import "strings"

// statements runs everything the input has.
func (a *assembler) statements() {
	for !a.full() && !a.ended {
		st := a.in.next()
		if st == nil {
			return
		}
		a.st = st
		if a.in.count > a.limits.MaxStatements {
			a.report(newError(st, 0, "more than %d statements after expansion", a.limits.MaxStatements).
				withHint("a macro or a repetition probably does not end"))
			return
		}
		a.report(a.statement(st))
	}
}

// statement runs one statement: labels, then an assignment, a directive, a
// macro or an instruction.
func (a *assembler) statement(st *stmt) *Error {
	if a.skipping() {
		return a.skipped(st)
	}
	s := &scanner{a: a, st: st}
	if err := a.labels(s); err != nil || s.eof() {
		return err
	}
	if done, err := a.assignment(s); done {
		return err
	}
	at := s.i
	if s.peek() == '{' {
		return a.instruction(s, at)
	}
	w := s.word()
	lower := strings.ToLower(w)
	if m := a.macros[lower]; m != nil {
		return a.expand(m, s)
	}
	if d, ok := a.dirs[lower]; ok {
		return a.runDirective(s, d)
	}
	if strings.HasPrefix(w, ".") {
		return s.errorAt(at, "unknown directive %s", w).suggest(lower, sortedKeys(a.dirs))
	}
	if w == "" {
		return s.errorAt(at, "expected a label, a directive or an instruction, found %s", s.found())
	}
	s.i = at
	return a.instruction(s, at)
}

// runDirective calls a directive; leftovers on its line are an error.
func (a *assembler) runDirective(s *scanner, d directive) *Error {
	if err := d.run(a, s); err != nil {
		return err
	}
	if d.raw {
		return nil
	}
	return s.end()
}

// labels defines the labels a statement begins with.
func (a *assembler) labels(s *scanner) *Error {
	for {
		s.skip()
		at := s.i
		n, numeric, err := s.labelName()
		if err != nil || n == "" {
			s.i = at
			return err
		}
		if numeric {
			a.locals.define(a, n)
			continue
		}
		if err := a.label(n, s.st, at); err != nil {
			return err
		}
	}
}

// labelName reads `NAME:` or `N:`; "" if the statement goes on otherwise.
func (s *scanner) labelName() (name string, numeric bool, err *Error) {
	c := s.peek()
	switch {
	case c == '"':
		if name, err = s.quotedName(); err != nil {
			return "", false, err
		}
	case isDigit(c):
		name, numeric = s.word(), true
		if !isDecimal(name) {
			return "", false, nil
		}
		if name = strings.TrimLeft(name, "0"); name == "" {
			name = "0"
		}
	default:
		name = s.word()
	}
	if name == "" || !s.accept(':') {
		return "", false, nil
	}
	return name, numeric, nil
}

// assignment handles `NAME = EXPR` and `NAME == EXPR`.
func (a *assembler) assignment(s *scanner) (bool, *Error) {
	at := s.i
	if c := s.peek(); c != '"' && !isIdentStart(c) {
		return false, nil
	}
	n, err := s.name()
	if err != nil || s.peek() != '=' {
		s.i = at
		return err != nil, err
	}
	s.i++
	once := s.at(0) == '='
	if once {
		s.i++
	}
	if err := a.assign(s, n, at, once); err != nil {
		return true, err
	}
	return true, s.end()
}

// assign gives a symbol, or the place `.`, the value of an expression.
func (a *assembler) assign(s *scanner, name string, at int, once bool) *Error {
	if name != "." {
		a.symbol(name) // takes its place in the table before what it is set to
	}
	e, err := s.expression()
	if err != nil {
		return err
	}
	if e.reloc != "" {
		return s.errorAt(e.col, "a symbol cannot be set to an expression with @%s", e.reloc)
	}
	if name == "." {
		return a.org(s.st, e, nil)
	}
	sym := a.symbol(name)
	switch {
	case sym.frag != nil || sym.common:
		return s.errorAt(at, "symbol %s is already defined", name)
	case once && sym.equ != nil:
		return s.errorAt(at, "symbol %s is already set", name)
	}
	x := e.expr
	// `.set x, x+1` means the value x has now.
	if v, ok := x.linear(fixedDistance); ok && v.sub == nil && v.add != nil && v.add != sym {
		x = &expr{op: opSym, sym: v.add}
		if v.off != 0 {
			x = &expr{op: opAdd, l: x, r: constant(v.off), nest: 1}
		}
	}
	if sym.equ != nil {
		sym = a.renew(sym)
	}
	sym.equ, sym.equDef = x, s.st
	if x.op == opSym && x.sym.frag != nil {
		sym.inherit(x.sym)
	}
	return nil
}
