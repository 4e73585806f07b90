package asm

// An expr is a tree of constants, symbols and operators. Constants fold when
// the tree is built, so an operand whose value is known while reading is
// always a bare opConst: that is what decides between encodings, as in gas.
type expr struct {
	op   exprOp
	l, r *expr
	val  int64
	hi   int64 // upper half of a literal wider than 64 bits (.octa)
	sym  *symbol
	nest int // height of the tree, bounded
}

type exprOp uint8

const (
	opConst exprOp = iota
	opSym
	opNeg
	opNot
	opLogNot
	opMul
	opDiv
	opMod
	opShl
	opShr
	opOr
	opOrNot
	opXor
	opAnd
	opAdd
	opSub
	opEq
	opNe
	opLt
	opLe
	opGe
	opGt
	opLogAnd
	opLogOr
)

// binaryOps lists the operators, longest spelling first, with gas's ranks:
// unlike in C, + and - bind less tightly than & | ^.
func binaryOps() []binaryOp {
	return []binaryOp{
		{"<<", opShl, 6}, {">>", opShr, 6},
		{"==", opEq, 3}, {"!=", opNe, 3}, {"<>", opNe, 3},
		{"<=", opLe, 3}, {">=", opGe, 3},
		{"&&", opLogAnd, 2}, {"||", opLogOr, 1},
		{"*", opMul, 6}, {"/", opDiv, 6}, {"%", opMod, 6},
		{"|", opOr, 5}, {"!", opOrNot, 5}, {"^", opXor, 5}, {"&", opAnd, 5},
		{"+", opAdd, 4}, {"-", opSub, 4},
		{"<", opLt, 3}, {">", opGt, 3},
	}
}

type binaryOp struct {
	text string
	op   exprOp
	rank int
}

func constant(v int64) *expr { return &expr{op: opConst, val: v, hi: v >> 63} }

// isConst reports whether e is a known number.
func (e *expr) isConst() bool { return e.op == opConst }

// symRef makes a reference to a symbol; one equated to a constant is that
// constant, as of now.
func symRef(s *symbol) *expr {
	if s.equ != nil && s.equ.isConst() {
		return constant(s.equ.val)
	}
	s.mentioned = true
	return &expr{op: opSym, sym: s}
}

const maxExprNest = 200

func unary(op exprOp, x *expr) *expr {
	if x.isConst() {
		switch op {
		case opNeg:
			return constant(-x.val)
		case opNot:
			return constant(^x.val)
		case opLogNot:
			return constant(boolBit(x.val == 0))
		}
	}
	return &expr{op: op, l: x, nest: x.nest + 1}
}

func boolBit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// fold joins two trees and folds what is known already.
func fold(op exprOp, l, r *expr) (*expr, string) {
	if l.isConst() && r.isConst() {
		v, msg := apply(op, l.val, r.val)
		return constant(v), msg
	}
	e := &expr{op: op, l: l, r: r, nest: max(l.nest, r.nest) + 1}
	if e.nest > maxExprNest {
		return e, "expression is too deep"
	}
	// The distance of two labels in one frag is known at once.
	if v, ok := e.linear(fixedDistance); ok && v.number() {
		return constant(v.off), ""
	}
	return e, ""
}

// apply computes one operator; the text is what is wrong, or "".
func apply(op exprOp, l, r int64) (int64, string) {
	switch op {
	case opMul:
		return l * r, ""
	case opDiv, opMod:
		return divide(op, l, r)
	case opShl, opShr:
		return shift(op, l, r), ""
	case opOr:
		return l | r, ""
	case opOrNot:
		return l | ^r, ""
	case opXor:
		return l ^ r, ""
	case opAnd:
		return l & r, ""
	case opAdd:
		return l + r, ""
	case opSub:
		return l - r, ""
	case opLogAnd:
		return boolBit(l != 0 && r != 0), ""
	case opLogOr:
		return boolBit(l != 0 || r != 0), ""
	}
	return -boolBit(compare(op, l, r)), ""
}

func divide(op exprOp, l, r int64) (int64, string) {
	switch {
	case r == 0:
		return 0, "division by zero"
	case r == -1: // the one quotient that overflows
		if op == opDiv {
			return -l, ""
		}
		return 0, ""
	case op == opDiv:
		return l / r, ""
	}
	return l % r, ""
}

func shift(op exprOp, l, r int64) int64 {
	switch {
	case r < 0 || r > 63:
		return 0
	case op == opShl:
		return l << uint(r)
	}
	return int64(uint64(l) >> uint(r))
}

func compare(op exprOp, l, r int64) bool {
	switch op {
	case opEq:
		return l == r
	case opNe:
		return l != r
	case opLt:
		return l < r
	case opLe:
		return l <= r
	case opGe:
		return l >= r
	}
	return l > r
}
