package shell

import (
	"cmp"
	"errors"
	"strings"
)

// exprParser evaluates the arguments of expr by precedence climbing.
type exprParser struct {
	args []string
	deep int
}

func runExpr(c *Ctx) int {
	args := c.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	p := &exprParser{args: args}
	v, err := p.binary(0)
	if err == nil && len(p.args) > 0 {
		err = errors.New("syntax error: unexpected argument '" + p.args[0] + "'")
	}
	if err != nil {
		c.Errorf("%v", err)
		return 2
	}
	if st := c.Print(v + "\n"); st != 0 {
		return 3
	}
	return boolStatus(v != "" && v != "0")
}

// exprLevel gives how tight an operator binds, -1 for none.
func exprLevel(op string) int {
	switch op {
	case "|":
		return 0
	case "&":
		return 1
	case "<", "<=", "=", "==", "!=", ">=", ">":
		return 2
	case "+", "-":
		return 3
	case "*", "/", "%":
		return 4
	case ":":
		return 5
	}
	return -1
}

func (p *exprParser) binary(level int) (string, error) {
	if p.deep++; p.deep > maxNesting {
		return "", errors.New("nested too deeply")
	}
	if level > 5 {
		return p.primary()
	}
	left, err := p.binary(level + 1)
	for err == nil && len(p.args) > 0 && exprLevel(p.args[0]) == level {
		op := p.args[0]
		p.args = p.args[1:]
		var right string
		if right, err = p.binary(level + 1); err == nil {
			left, err = exprApply(op, left, right)
		}
	}
	p.deep--
	return left, err
}

func (p *exprParser) next() (string, error) {
	if len(p.args) == 0 {
		return "", errors.New("syntax error: missing argument")
	}
	a := p.args[0]
	p.args = p.args[1:]
	return a, nil
}

func (p *exprParser) primary() (string, error) {
	a, err := p.next()
	if err != nil {
		return "", err
	}
	switch {
	case a == "(":
		v, err := p.binary(0)
		if err != nil {
			return "", err
		}
		if end, err := p.next(); err != nil || end != ")" {
			return "", errors.New("syntax error: expecting ')'")
		}
		return v, nil
	case a == "+" && len(p.args) > 0:
		return p.next()
	case a == "length" && len(p.args) > 0:
		v, err := p.primary()
		return itoa(len([]rune(v))), err
	case a == "substr" && len(p.args) > 2:
		return p.substr()
	case a == "index" && len(p.args) > 1:
		v, err := p.primary()
		if err != nil {
			return "", err
		}
		set, err := p.primary()
		return itoa(strings.IndexAny(v, set) + 1), err
	case a == "match" && len(p.args) > 1:
		v, err := p.primary()
		if err != nil {
			return "", err
		}
		re, err := p.primary()
		if err != nil {
			return "", err
		}
		return exprMatch(v, re)
	}
	return a, nil
}

func (p *exprParser) substr() (string, error) {
	v, err := p.primary()
	if err != nil {
		return "", err
	}
	from, err := p.primary()
	if err != nil {
		return "", err
	}
	count, err := p.primary()
	if err != nil {
		return "", err
	}
	i, ok1 := parseInt(from)
	n, ok2 := parseInt(count)
	r := []rune(v)
	if !ok1 || !ok2 || i < 1 || n < 1 || i > len(r) {
		return "", nil
	}
	return string(r[i-1 : min(len(r), i-1+min(n, len(r)))]), nil
}

func exprApply(op, a, b string) (string, error) {
	null := func(v string) bool { return v == "" || v == "0" }
	switch op {
	case "|":
		if !null(a) {
			return a, nil
		}
		if !null(b) {
			return b, nil
		}
		return "0", nil
	case "&":
		if null(a) || null(b) {
			return "0", nil
		}
		return a, nil
	case ":":
		return exprMatch(a, b)
	}
	x, okX := parseInt(a)
	y, okY := parseInt(b)
	if exprLevel(op) == 2 {
		n := strings.Compare(a, b)
		if okX && okY {
			n = cmp.Compare(x, y)
		}
		return itoa(1 - boolStatus(exprCompare(op, n))), nil
	}
	if !okX || !okY {
		return "", errors.New("non-integer argument")
	}
	switch op {
	case "+":
		return itoa(x + y), nil
	case "-":
		return itoa(x - y), nil
	case "*":
		return itoa(x * y), nil
	}
	if y == 0 {
		return "", errors.New("division by zero")
	}
	if op == "/" {
		return itoa(x / y), nil
	}
	return itoa(x % y), nil
}

func exprCompare(op string, n int) bool {
	switch op {
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case ">":
		return n > 0
	case ">=":
		return n >= 0
	case "!=":
		return n != 0
	}
	return n == 0
}

// exprMatch is ':': an anchored basic regexp; it gives the first group, or the
// length of the match.
func exprMatch(v, pat string) (string, error) {
	re, err := compileRegexp("^"+strings.TrimPrefix(pat, "^"), regexFlags{}, nil)
	if err != nil {
		return "", err
	}
	m := re.FindStringSubmatch(v)
	if re.NumSubexp() > 0 {
		if m == nil {
			return "", nil
		}
		return m[1], nil
	}
	if m == nil {
		return "0", nil
	}
	return itoa(len([]rune(m[0]))), nil
}
