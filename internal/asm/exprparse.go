package asm

import (
	"math/big"
	"strconv"
	"strings"
)

// parsed is an expression as an operand has it: with the @SUFFIX that asks
// for a special relocation.
type parsed struct {
	*expr
	reloc string // "PLT", "GOTPCREL", ... or ""
	col   int    // where it stands
}

// exprParser reads one expression; it remembers the @SUFFIX it met.
type exprParser struct {
	*scanner
	ops   []binaryOp
	reloc string
}

// expression reads an expression that must be there.
func (s *scanner) expression() (parsed, *Error) {
	s.skip()
	col := s.i
	s.a.noteGOT(s.st.text[col:])
	p := &exprParser{scanner: s, ops: s.a.ops}
	e, err := p.binary(1)
	if err != nil {
		return parsed{}, err
	}
	return parsed{expr: e, reloc: p.reloc, col: col}, nil
}

// absolute reads an expression whose value must be known here.
func (s *scanner) absolute(what string) (int64, *Error) {
	e, err := s.expression()
	if err != nil {
		return 0, err
	}
	if !e.isConst() {
		v, ok := e.linear(fixedDistance)
		if !ok || !v.number() {
			return 0, s.errorAt(e.col, "%s must be a number that is known here", what).
				withHint("it uses a symbol that is not, or not yet, a constant")
		}
		return v.off, nil
	}
	return e.val, nil
}

// operator finds the binary operator that comes next.
func (p *exprParser) operator() (binaryOp, bool) {
	p.skip()
	rest := p.st.text[p.i:]
	for _, op := range p.ops {
		if strings.HasPrefix(rest, op.text) {
			return op, true
		}
	}
	return binaryOp{}, false
}

// binary reads operators of at least the given rank (precedence climbing).
func (p *exprParser) binary(rank int) (*expr, *Error) {
	l, err := p.unary()
	if err != nil {
		return nil, err
	}
	for {
		op, ok := p.operator()
		if !ok || op.rank < rank {
			return l, nil
		}
		at := p.i
		p.i += len(op.text)
		r, err := p.binary(op.rank + 1)
		if err != nil {
			return nil, err
		}
		var msg string
		if l, msg = fold(op.op, l, r); msg != "" {
			return nil, p.errorAt(at, "%s", msg)
		}
	}
}

func (p *exprParser) unary() (*expr, *Error) {
	const maxDepth = 100
	if p.depth >= maxDepth {
		return nil, p.errorf("expression is nested too deeply")
	}
	p.depth++
	defer func() { p.depth-- }()
	ops := map[byte]exprOp{'-': opNeg, '~': opNot, '!': opLogNot}
	c := p.peek()
	if c == '+' {
		p.i++
		return p.unary()
	}
	if op, ok := ops[c]; ok {
		p.i++
		x, err := p.unary()
		if err != nil {
			return nil, err
		}
		return unary(op, x), nil
	}
	return p.primary()
}

func (p *exprParser) primary() (*expr, *Error) {
	switch c := p.peek(); {
	case c == '(':
		p.i++
		e, err := p.binary(1)
		if err == nil && !p.accept(')') {
			return nil, p.errorf("expected ) before %s", p.found())
		}
		return e, err
	case isDigit(c):
		return p.number()
	case c == '\'':
		return p.char()
	case c == '"' || isIdentStart(c):
		return p.symbol()
	}
	return nil, p.errorf("expected a number or a symbol, found %s", p.found())
}

// symbol reads a name, `.`, and an @SUFFIX.
func (p *exprParser) symbol() (*expr, *Error) {
	at := p.i
	n, err := p.symbolName()
	if err != nil {
		return nil, err
	}
	if n == "." {
		return symRef(p.a.here()), nil
	}
	e := symRef(p.a.defining(n))
	if p.at(0) == '@' {
		p.i++
		if p.reloc != "" {
			return nil, p.errorAt(at, "an expression can have only one @ suffix")
		}
		p.reloc = strings.ToUpper(p.word())
		if _, ok := p.a.relocs[p.reloc]; !ok {
			return nil, p.errorAt(at, "unknown relocation suffix @%s", p.reloc).suggest(p.reloc, p.a.relocNames())
		}
	}
	return e, nil
}

// char reads 'c or 'c'.
func (p *exprParser) char() (*expr, *Error) {
	at := p.i
	p.i++
	if p.i >= len(p.st.text) {
		return nil, p.errorAt(at, "expected a character after '")
	}
	c := p.at(0)
	p.i++
	if c == '\\' {
		var err *Error
		if c, err = p.escape(); err != nil {
			return nil, err
		}
	}
	if p.at(0) == '\'' {
		p.i++
	}
	return constant(int64(c)), nil
}

// number reads a literal, or a reference to a numeric label such as 1f.
func (p *exprParser) number() (*expr, *Error) {
	at := p.i
	text := p.word()
	if d := strings.TrimRight(text, "bf"); len(d) == len(text)-1 && isDecimal(d) {
		return p.localLabel(at, text)
	}
	digits, base := text, 10
	switch {
	case hasPrefixFold(text, "0x"):
		digits, base = text[2:], 16
	case hasPrefixFold(text, "0b"):
		digits, base = text[2:], 2
	case len(text) > 1 && text[0] == '0':
		digits, base = text[1:], 8
	}
	if v, err := strconv.ParseUint(digits, base, 64); err == nil {
		e := constant(int64(v))
		e.hi = 0
		return e, nil
	}
	const maxDigits = 200
	if big, ok := new(big.Int).SetString(digits, base); ok && len(digits) < maxDigits && !strings.Contains(digits, "_") {
		return p.bignum(at, big)
	}
	return nil, p.errorAt(at, "bad number %s", text).withHint("numbers are 10, 0xa, 012 or 0b1010")
}

// bignum keeps 128 bits of a literal, for .octa.
func (p *exprParser) bignum(at int, v *big.Int) (*expr, *Error) {
	if v.BitLen() > 128 {
		return nil, p.errorAt(at, "number does not fit in 128 bits")
	}
	lo := new(big.Int).And(v, new(big.Int).SetUint64(^uint64(0)))
	hi := new(big.Int).Rsh(v, 64)
	e := constant(int64(lo.Uint64()))
	e.hi = int64(hi.Uint64())
	return e, nil
}

func isDecimal(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// localLabel resolves 1b or 1f.
func (p *exprParser) localLabel(at int, text string) (*expr, *Error) {
	n, dir := text[:len(text)-1], text[len(text)-1]
	if dir == 'f' {
		return symRef(p.a.locals.forward(p.a, n, p.st, at)), nil
	}
	s := p.a.locals.backward(n)
	if s == nil {
		return nil, p.errorAt(at, "there is no label %s: before this line", n).withHint("%sf refers to one after it", n)
	}
	return symRef(s), nil
}
