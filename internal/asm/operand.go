package asm

import "strings"

// operand is one operand of an instruction.
type operand struct {
	kind     operandKind
	col      int
	indirect bool // written with a star
	reg      reg
	imm      parsed
	mem      memory
}

type operandKind uint8

const (
	kindReg operandKind = iota
	kindImm
	kindMem
)

// memory is SEG:DISP(BASE,INDEX,SCALE).
type memory struct {
	seg         reg
	disp        parsed
	hasDisp     bool
	base, index reg
	scale       int
	paren       bool // has (...), so it is no plain symbol
}

// plain reports whether the operand is just an expression: a branch target or
// an absolute address.
func (m *memory) plain() bool { return !m.paren && m.seg.class == regNone }

// operands reads the comma-separated operands of an instruction.
func (s *scanner) operands() ([]operand, *Error) {
	var ops []operand
	if s.eof() {
		return nil, nil
	}
	const maxOperands = 5
	for {
		o, err := s.operand()
		if err != nil {
			return nil, err
		}
		if len(ops) == maxOperands {
			return nil, s.errorAt(o.col, "too many operands")
		}
		ops = append(ops, o)
		if !s.accept(',') {
			return ops, s.end()
		}
	}
}

func (s *scanner) operand() (operand, *Error) {
	s.skip()
	o := operand{col: s.i}
	o.indirect = s.accept('*')
	var err *Error
	switch s.peek() {
	case '%':
		if o.reg, err = s.register(); err != nil {
			return o, err
		}
		if o.reg.class == regSeg && s.accept(':') {
			o.kind = kindMem
			seg := o.reg
			o.mem, err = s.memory()
			o.mem.seg = seg
		}
		return o, err
	case '$':
		s.i++
		o.kind = kindImm
		o.imm, err = s.expression()
		return o, err
	case 0:
		return o, s.errorf("expected an operand, found %s", s.found())
	}
	o.kind = kindMem
	o.mem, err = s.memory()
	return o, err
}

// register reads %NAME.
func (s *scanner) register() (reg, *Error) {
	s.skip()
	at := s.i
	s.i++
	w := strings.ToLower(s.word())
	if r, ok := s.a.regs[w]; ok {
		return r, nil
	}
	err := s.errorAt(at, "unknown register %%%s", w)
	for _, p := range []string{"xmm", "ymm", "zmm", "mm", "st", "k"} {
		if d, ok := strings.CutPrefix(w, p); ok && (d == "" || isDecimal(d)) {
			err.Msg = "register %" + w + " belongs to SSE, AVX or x87, which are not supported"
			return reg{}, err.withHint("compile with -mgeneral-regs-only")
		}
	}
	if n := nearest(w, sortedKeys(s.a.regs)); n != "" {
		err.Hint = "did you mean %" + n + "?"
	}
	return reg{}, err
}

// memory reads what follows an optional segment.
func (s *scanner) memory() (memory, *Error) {
	var m memory
	var err *Error
	if !s.baseIndexNext() {
		if m.disp, err = s.expression(); err != nil {
			return m, err
		}
		m.hasDisp = true
		if v, ok := m.disp.linear(fixedDistance); ok && v.add != nil && v.add.pos < 0 && !v.add.temp {
			s.a.enlist(v.add)
		}
	}
	if s.peek() == '(' {
		err = s.baseIndex(&m)
	}
	return m, err
}

// baseIndexNext tells (%rax) from a parenthesised expression.
func (s *scanner) baseIndexNext() bool {
	if s.peek() != '(' {
		return false
	}
	rest := strings.TrimLeft(s.st.text[s.i+1:], " ")
	return rest != "" && (rest[0] == '%' || rest[0] == ',' || rest[0] == ')')
}

// baseIndex reads (BASE,INDEX,SCALE).
func (s *scanner) baseIndex(m *memory) *Error {
	at := s.i
	s.accept('(')
	m.paren, m.scale = true, 1
	var err *Error
	if s.peek() == '%' {
		if m.base, err = s.register(); err != nil {
			return err
		}
	}
	if s.accept(',') {
		if s.peek() == '%' {
			if m.index, err = s.register(); err != nil {
				return err
			}
			if s.accept(',') && s.peek() != ')' {
				err = s.scale(m)
			}
		} else if s.peek() != ')' {
			// (,1) and (%rax,1): a scale without an index means nothing.
			err = s.scale(m)
		}
		if err != nil {
			return err
		}
	}
	if !s.accept(')') {
		return s.errorf("expected ) after the base and index, found %s", s.found())
	}
	return s.checkAddress(m, at)
}

func (s *scanner) scale(m *memory) *Error {
	at := s.i
	n, err := s.absolute("the scale")
	if err != nil {
		return err
	}
	if n != 1 && n != 2 && n != 4 && n != 8 {
		return s.errorAt(at, "bad scale %d", n).withHint("use 1, 2, 4 or 8")
	}
	m.scale = int(n)
	return nil
}

// checkAddress refuses what no addressing mode has.
func (s *scanner) checkAddress(m *memory, at int) *Error {
	b, x := m.base, m.index
	ok := func(r reg) bool { return r.class == regGPR && (r.size == 8 || r.size == 4) }
	switch {
	case b.class == regNone && x.class == regNone:
		return nil
	case b.is(regGPR, 2) && b.size == 2 && x.class == regNone:
		return nil // (%dx), the port of in and out
	case b.class == regIP && x.class == regNone:
		return nil
	case b.class == regIP:
		return s.errorAt(at, "%%%s cannot have an index", b.name)
	case b.class != regNone && !ok(b):
		return s.errorAt(at, "%%%s cannot be a base", b.name).withHint("use a 64-bit register")
	case x.class != regNone && !ok(x):
		return s.errorAt(at, "%%%s cannot be an index", x.name).withHint("use a 64-bit register")
	case x.class != regNone && x.num == 4:
		return s.errorAt(at, "%%%s cannot be an index", x.name)
	case b.class != regNone && x.class != regNone && b.size != x.size:
		return s.errorAt(at, "base %%%s and index %%%s differ in size", b.name, x.name)
	}
	return nil
}
