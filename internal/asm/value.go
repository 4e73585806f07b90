package asm

// value is what an expression comes to: add - sub + off, where either symbol
// may be missing.
type value struct {
	add, sub *symbol
	off      int64
}

// distance tells how far apart two labels are, if that is known.
type distance func(a, b *symbol) (int64, bool)

// fixedDistance knows only labels with nothing elastic between them: the ones
// whose distance relaxation cannot change.
func fixedDistance(a, b *symbol) (int64, bool) {
	if a == b {
		return 0, true
	}
	if a.frag == nil || b.frag == nil || a.frag.sec != b.frag.sec || a.frag.group != b.frag.group {
		return 0, false
	}
	return (a.frag.groupOff + a.off) - (b.frag.groupOff + b.off), true
}

// finalDistance knows all labels of one section, once they have addresses.
func finalDistance(a, b *symbol) (int64, bool) {
	if a == b {
		return 0, true
	}
	if a.frag == nil || b.frag == nil || a.frag.sec != b.frag.sec {
		return 0, false
	}
	return a.addr() - b.addr(), true
}

// linear reduces e to a value; it fails where a product, a comparison or the
// like needs a number and has a symbol.
func (e *expr) linear(dist distance) (value, bool) {
	// Equates can double an expression at every step; nobody means that.
	const fuel = 20000
	v := &evaluator{dist: dist, fuel: fuel}
	return v.expr(e)
}

// evaluator walks one expression.
type evaluator struct {
	dist distance
	fuel int
}

func (ev *evaluator) expr(e *expr) (value, bool) {
	if ev.fuel--; ev.fuel < 0 {
		return value{}, false
	}
	switch e.op {
	case opConst:
		return value{off: e.val}, true
	case opSym:
		return ev.symbol(e.sym)
	case opAdd, opSub:
		return ev.sum(e)
	case opNeg:
		v, ok := ev.expr(e.l)
		return v.negate(), ok
	}
	l, ok := ev.expr(e.l)
	if !ok {
		return value{}, false
	}
	var r value
	if e.r != nil {
		if r, ok = ev.expr(e.r); !ok {
			return value{}, false
		}
	}
	return ev.operate(e, l, r)
}

func (v value) negate() value { return value{add: v.sub, sub: v.add, off: -v.off} }

// number reports whether no symbol is left.
func (v value) number() bool { return v.add == nil && v.sub == nil }

// operate applies an operator that wants numbers. Comparisons also take two
// labels of one section.
func (ev *evaluator) operate(e *expr, l, r value) (value, bool) {
	if e.op >= opEq && e.op <= opGt {
		v, ok := combine(l, r.negate(), ev.dist)
		if !ok || !v.number() {
			return value{}, false
		}
		return value{off: -boolBit(compare(e.op, v.off, 0))}, true
	}
	if !l.number() || !r.number() {
		return value{}, false
	}
	if e.r == nil {
		return value{off: unary(e.op, constant(l.off)).val}, true
	}
	v, msg := apply(e.op, l.off, r.off)
	return value{off: v}, msg == ""
}

func (ev *evaluator) sum(e *expr) (value, bool) {
	l, ok := ev.expr(e.l)
	if !ok {
		return value{}, false
	}
	r, ok := ev.expr(e.r)
	if !ok {
		return value{}, false
	}
	if e.op == opSub {
		r = r.negate()
	}
	return combine(l, r, ev.dist)
}

// symbol follows .set chains down to a label or an undefined symbol.
func (ev *evaluator) symbol(s *symbol) (value, bool) {
	if s.equ == nil {
		return value{add: s}, true
	}
	if s.busy {
		return value{}, false // defined by way of itself
	}
	s.busy = true
	defer func() { s.busy = false }()
	return ev.expr(s.equ)
}

// combine adds two values and cancels labels of known distance.
func combine(l, r value, dist distance) (value, bool) {
	v := value{off: l.off + r.off}
	add := [2]*symbol{l.add, r.add}
	sub := [2]*symbol{l.sub, r.sub}
	for i := range add {
		for j := range sub {
			if add[i] == nil || sub[j] == nil {
				continue
			}
			if d, ok := dist(add[i], sub[j]); ok {
				v.off += d
				add[i], sub[j] = nil, nil
			}
		}
	}
	if add[0] != nil && add[1] != nil || sub[0] != nil && sub[1] != nil {
		return value{}, false
	}
	v.add, v.sub = add[0], sub[0]
	if v.add == nil {
		v.add = add[1]
	}
	if v.sub == nil {
		v.sub = sub[1]
	}
	return v, true
}
