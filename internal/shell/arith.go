package shell

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// Arithmetic is ours: the library takes the value of a variable for a number
// where bash evaluates it, and loses assignments to elements of arrays.

// maxArith bounds how deep values of variables are evaluated as expressions.
const maxArith = 100

// arith evaluates an arithmetic expression; an empty one is 0.
func (s *Shell) arith(x syntax.ArithmExpr) (int, error) {
	if x == nil {
		return 0, nil
	}
	a := &arithmetic{s: s}
	n, err := a.eval(x)
	if s.stopping() {
		err = errStop
	}
	return n, err
}

type arithmetic struct {
	s    *Shell
	deep int
}

func (a *arithmetic) eval(x syntax.ArithmExpr) (int, error) {
	switch x := x.(type) {
	case *syntax.Word:
		if name, index, ok := arithName(x); ok {
			v, err := a.get(name, index)
			if err != nil {
				return 0, err
			}
			return a.text(v)
		}
		v, err := a.s.word(x)
		if err != nil {
			return 0, err
		}
		return a.text(v)
	case *syntax.ParenArithm:
		return a.eval(x.X)
	case *syntax.UnaryArithm:
		return a.unary(x)
	case *syntax.BinaryArithm:
		return a.binary(x)
	}
	return 0, fmt.Errorf("unsupported arithmetic %T", x)
}

// arithName recognises a variable, or an element of an array.
func arithName(x syntax.ArithmExpr) (name string, index syntax.ArithmExpr, ok bool) {
	w, isWord := x.(*syntax.Word)
	if !isWord || len(w.Parts) != 1 {
		return "", nil, false
	}
	switch p := w.Parts[0].(type) {
	case *syntax.Lit:
		return p.Value, nil, syntax.ValidName(p.Value)
	case *syntax.ParamExp:
		if p.Short && p.Index != nil && !p.Dollar.IsValid() {
			return p.Param.Value, p.Index, true
		}
	}
	return "", nil, false
}

// get gives the value of a variable or an element.
func (a *arithmetic) get(name string, index syntax.ArithmExpr) (string, error) {
	v := a.s.lookup(a.s.deref(name))
	if !v.IsSet() && a.s.opts.nounset {
		return "", errors.New(name + ": unbound variable")
	}
	if v.Kind == expand.Associative {
		key := "0"
		if index != nil {
			var err error
			if key, err = a.s.mapKey(index); err != nil {
				return "", err
			}
		}
		return v.Map[key], nil
	}
	i := 0
	if index != nil {
		var err error
		if i, err = a.eval(index); err != nil {
			return "", err
		}
	}
	if v.Kind != expand.Indexed {
		if i != 0 {
			return "", nil
		}
		return v.String(), nil
	}
	if i < 0 {
		i += lastIndex(v) + 1
	}
	val, _ := getElem(v, max(i, 0))
	return val, nil
}

// set assigns to a variable or an element.
func (a *arithmetic) set(name string, index syntax.ArithmExpr, n int) error {
	name = a.s.deref(name)
	v, val := a.s.lookup(name), itoa(n)
	var err error
	switch {
	case v.Kind == expand.Associative:
		key := "0"
		if index != nil {
			if key, err = a.s.mapKey(index); err != nil {
				return err
			}
		}
		v.Map = maps.Clone(v.Map)
		v.Map[key] = val
	case index == nil && v.Kind != expand.Indexed:
		v = str(val)
	default:
		i := 0
		if index != nil {
			if i, err = a.eval(index); err != nil {
				return err
			}
		}
		if v.Kind != expand.Indexed {
			v = expand.Variable{Set: true, Kind: expand.Indexed, Exported: v.Exported}
		}
		if i < 0 {
			if i += lastIndex(v) + 1; i < 0 {
				return errors.New(name + ": bad array subscript")
			}
		}
		v = setElem(v, i, val)
	}
	if err = a.s.assign(name, v); err == errReadonly {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return err
}

// text evaluates what a word or a variable holds: a number, or an expression.
func (a *arithmetic) text(v string) (int, error) {
	v = strings.TrimSpace(v)
	if v == "" {
		return 0, nil
	}
	if n, ok, err := arithNumber(v); ok || err != nil {
		return n, err
	}
	if a.deep++; a.deep > maxArith {
		return 0, errors.New(v + ": expression recursion level exceeded")
	}
	defer func() { a.deep-- }()
	if err := checkNesting(v); err != nil {
		return 0, err
	}
	x, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Arithmetic(strings.NewReader(v))
	if err != nil {
		return 0, errors.New(v + ": syntax error in expression")
	}
	if w, ok := x.(*syntax.Word); ok {
		// Anything but a name would come back here unchanged.
		if _, _, isName := arithName(w); !isName {
			return 0, errors.New(v + ": syntax error in expression")
		}
	}
	return a.eval(x)
}

// arithNumber parses 10, 0x1f, 017 and 2#101; ok is false for other text.
func arithNumber(v string) (n int, ok bool, err error) {
	digits, sign := v, 1
	switch v[0] {
	case '-':
		digits, sign = v[1:], -1
	case '+':
		digits = v[1:]
	}
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return 0, false, nil
	}
	base := 10
	lower := strings.ToLower(digits)
	if b, rest, has := strings.Cut(digits, "#"); has {
		if base, err = strconv.Atoi(b); err != nil || base < 2 || base > 36 {
			return 0, false, errors.New(v + ": invalid arithmetic base")
		}
		digits = rest
	} else if strings.HasPrefix(lower, "0x") {
		base, digits = 16, digits[2:]
	} else if len(digits) > 1 && digits[0] == '0' {
		base, digits = 8, digits[1:]
	}
	u, err := strconv.ParseUint(digits, base, 64)
	if err == nil {
		return sign * int(u), true, nil
	}
	for i := range len(digits) {
		if !wordByte(digits[i]) {
			return 0, false, nil // an expression: 1+2
		}
	}
	return 0, false, errors.New(v + ": value too great for base (error token is \"" + v + "\")")
}

func (a *arithmetic) unary(x *syntax.UnaryArithm) (int, error) {
	if x.Op == syntax.Inc || x.Op == syntax.Dec {
		name, index, ok := arithName(x.X)
		if !ok {
			return 0, errors.New("++ and -- need a variable")
		}
		old, err := a.eval(x.X)
		if err != nil {
			return 0, err
		}
		n := old + 1
		if x.Op == syntax.Dec {
			n = old - 1
		}
		if err := a.set(name, index, n); err != nil || !x.Post {
			return n, err
		}
		return old, nil
	}
	n, err := a.eval(x.X)
	if err != nil {
		return 0, err
	}
	switch x.Op {
	case syntax.Not:
		return 1 - boolInt(n != 0), nil
	case syntax.BitNegation:
		return ^n, nil
	case syntax.Minus:
		return -n, nil
	}
	return n, nil
}

func boolInt(b bool) int { return 1 - boolStatus(b) }

func (a *arithmetic) binary(x *syntax.BinaryArithm) (int, error) {
	switch x.Op {
	case syntax.TernQuest:
		return a.ternary(x)
	case syntax.AndArit, syntax.OrArit:
		n, err := a.eval(x.X)
		if err != nil || (n != 0) == (x.Op == syntax.OrArit) {
			return boolInt(n != 0), err
		}
		n, err = a.eval(x.Y)
		return boolInt(n != 0), err
	case syntax.Assgn:
		n, err := a.eval(x.Y)
		if err != nil {
			return 0, err
		}
		return n, a.assign(x.X, n)
	}
	l, err := a.eval(x.X)
	if err != nil {
		return 0, err
	}
	r, err := a.eval(x.Y)
	if err != nil {
		return 0, err
	}
	op := x.Op.String()
	if plain, ok := strings.CutSuffix(op, "="); ok && strings.Contains("+-*/%&|^<<>>", plain) {
		n, err := arithApply(plain, l, r)
		if err != nil {
			return 0, err
		}
		return n, a.assign(x.X, n)
	}
	return arithApply(op, l, r)
}

func (a *arithmetic) ternary(x *syntax.BinaryArithm) (int, error) {
	arms, ok := x.Y.(*syntax.BinaryArithm)
	if !ok {
		return 0, errors.New("a ? needs a : and a second value")
	}
	n, err := a.eval(x.X)
	if err != nil {
		return 0, err
	}
	if n != 0 {
		return a.eval(arms.X)
	}
	return a.eval(arms.Y)
}

func (a *arithmetic) assign(x syntax.ArithmExpr, n int) error {
	name, index, ok := arithName(x)
	if !ok {
		return errors.New("attempted assignment to non-variable")
	}
	return a.set(name, index, n)
}

// arithApply applies a binary operator.
func arithApply(op string, l, r int) (int, error) {
	switch op {
	case "+":
		return l + r, nil
	case "-":
		return l - r, nil
	case "*":
		return l * r, nil
	case "/", "%":
		if r == 0 {
			return 0, errors.New("division by 0 (error token is \"0\")")
		}
		if op == "/" {
			return l / r, nil
		}
		return l % r, nil
	case "**":
		if r < 0 {
			return 0, errors.New("exponent less than 0")
		}
		n := 1
		for ; r > 0; r >>= 1 {
			if r&1 != 0 {
				n *= l
			}
			l *= l
		}
		return n, nil
	case "<<":
		return l << uint(r&63), nil
	case ">>":
		return l >> uint(r&63), nil
	case "&":
		return l & r, nil
	case "|":
		return l | r, nil
	case "^":
		return l ^ r, nil
	case ",":
		return r, nil
	case "==":
		return boolInt(l == r), nil
	case "!=":
		return boolInt(l != r), nil
	case "<":
		return boolInt(l < r), nil
	case "<=":
		return boolInt(l <= r), nil
	case ">":
		return boolInt(l > r), nil
	case ">=":
		return boolInt(l >= r), nil
	}
	return 0, errors.New("unsupported operator " + op)
}
