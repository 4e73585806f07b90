package shell

import (
	"errors"
	"fmt"

	"mvdan.cc/sh/v3/syntax"
)

// testClause is [[ ]].
func (s *Shell) testClause(c *syntax.TestClause) {
	if !s.count() {
		return
	}
	ok, err := s.testList(c.X)
	switch {
	case err == errStop:
	case err != nil:
		s.errorf("[[: %v", err)
		s.status = 2
	default:
		s.status = boolStatus(ok)
	}
}

// testList is an expression of terms joined by && and ||. In bash ! binds
// tighter than &&, and && tighter than ||; the parser makes all that follows a !
// or an operator its operand, so the terms are put in a row first.
func (s *Shell) testList(x syntax.TestExpr) (bool, error) {
	terms, ops := testTerms(x)
	ok, err := s.testExpr(terms[0])
	for i, op := range ops {
		if err != nil || ok && op == syntax.OrTest {
			return ok, err
		}
		if ok || op == syntax.OrTest {
			ok, err = s.testExpr(terms[i+1])
		}
	}
	return ok, err
}

// testTerms puts the terms of an expression and the operators between them in
// a row.
func testTerms(x syntax.TestExpr) (terms []syntax.TestExpr, ops []syntax.BinTestOperator) {
	switch x := x.(type) {
	case *syntax.BinaryTest:
		if x.Op == syntax.AndTest || x.Op == syntax.OrTest {
			left, leftOps := testTerms(x.X)
			right, rightOps := testTerms(x.Y)
			return append(left, right...), append(append(leftOps, x.Op), rightOps...)
		}
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			terms, ops = testTerms(x.X)
			terms[0] = &syntax.UnaryTest{OpPos: x.OpPos, Op: x.Op, X: terms[0]}
			return terms, ops
		}
	}
	return []syntax.TestExpr{x}, nil
}

// testExpr is one term.
func (s *Shell) testExpr(x syntax.TestExpr) (bool, error) {
	switch x := x.(type) {
	case *syntax.Word:
		v, err := s.word(x)
		return v != "", err
	case *syntax.ParenTest:
		return s.testList(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			ok, err := s.testExpr(x.X)
			return !ok, err
		}
		w, ok := x.X.(*syntax.Word)
		if !ok {
			return false, errors.New("syntax error")
		}
		v, err := s.word(w)
		if err != nil {
			return false, err
		}
		return s.testUnary(x.Op.String(), v), nil
	case *syntax.BinaryTest:
		return s.testBinaryExpr(x)
	}
	return false, fmt.Errorf("unsupported expression %T", x)
}

func (s *Shell) testBinaryExpr(x *syntax.BinaryTest) (bool, error) {
	xw, ok1 := x.X.(*syntax.Word)
	yw, ok2 := x.Y.(*syntax.Word)
	if !ok1 || !ok2 {
		return false, errors.New("syntax error")
	}
	left, err := s.word(xw)
	if err != nil {
		return false, err
	}
	switch x.Op {
	case syntax.TsMatchShort, syntax.TsMatch, syntax.TsNoMatch:
		pat, err := s.patternOf(yw)
		if err != nil {
			return false, err
		}
		return matchPattern(pat, left, s.opts.nocasematch) == (x.Op != syntax.TsNoMatch), nil
	case syntax.TsReMatch:
		pat, err := s.regexpOf(yw)
		if err != nil {
			return false, err
		}
		return s.regexMatch(left, pat)
	}
	right, err := s.word(yw)
	if err != nil {
		return false, err
	}
	switch x.Op {
	case syntax.TsEql, syntax.TsNeq, syntax.TsLeq, syntax.TsGeq, syntax.TsLss, syntax.TsGtr:
		a, err := s.arithText(orZero(left))
		if err != nil {
			return false, err
		}
		b, err := s.arithText(orZero(right))
		return compareInts(x.Op.String(), a, b), err
	}
	return s.testBinary(x.Op.String(), left, right)
}

func orZero(v string) string {
	if v == "" {
		return "0"
	}
	return v
}

// regexMatch is =~: it sets BASH_REMATCH.
func (s *Shell) regexMatch(v, pat string) (bool, error) {
	re, err := compileRegexp(pat, regexFlags{extended: true}, s.fail)
	if err != nil {
		return false, err
	}
	m := re.FindStringSubmatch(v)
	s.store("BASH_REMATCH", list(m))
	return m != nil, nil
}
