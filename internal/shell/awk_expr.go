package shell

// The parser of expressions, one function for each level of precedence.

func (p *awkParser) expr() *awkNode {
	defer p.deeper()()
	left := p.ternary()
	t := p.peek()
	if t.kind != 'p' || !lvalue(left) {
		return left
	}
	switch t.text {
	case "=", "+=", "-=", "*=", "/=", "%=", "^=":
		p.take()
		p.newlines()
		return &awkNode{op: "assign", name: t.text[:len(t.text)-1], args: []*awkNode{left, p.expr()}}
	}
	return left
}

func (p *awkParser) ternary() *awkNode {
	cond := p.or()
	if !p.accept("?") {
		return cond
	}
	p.newlines()
	yes := p.expr()
	p.newlines()
	p.expect(":")
	p.newlines()
	return &awkNode{op: "?", args: []*awkNode{cond, yes, p.expr()}}
}

func (p *awkParser) or() *awkNode {
	n := p.and()
	for p.accept("||") {
		p.newlines()
		n = &awkNode{op: "||", args: []*awkNode{n, p.and()}}
	}
	return n
}

func (p *awkParser) and() *awkNode {
	n := p.in()
	for p.accept("&&") {
		p.newlines()
		n = &awkNode{op: "&&", args: []*awkNode{n, p.in()}}
	}
	return n
}

func (p *awkParser) in() *awkNode {
	n := p.match()
	for !p.noIn && p.is("in") {
		p.take()
		t := p.take()
		if t.kind != 'i' {
			p.fail("in needs an array")
		}
		keys := []*awkNode{n}
		if n.op == "group" {
			keys = n.args
		}
		n = &awkNode{op: "in", args: append([]*awkNode{p.variable(t.text)}, keys...)}
	}
	return n
}

func (p *awkParser) match() *awkNode {
	n := p.comparison()
	for p.is("~") || p.is("!~") {
		op := p.take().text
		n = &awkNode{op: op, args: []*awkNode{n, p.comparison()}}
	}
	return n
}

func (p *awkParser) comparison() *awkNode {
	n := p.concat()
	t := p.peek()
	if t.kind != 'p' {
		return n
	}
	switch t.text {
	case "<", "<=", "==", "!=", ">=":
	case ">":
		if p.noGt {
			return n
		}
	case "|":
		// cmd | getline
		if p.toks[p.pos+1].text == "getline" {
			p.pos += 2
			g := &awkNode{op: "cmdline", args: []*awkNode{n}}
			if q := p.peek(); q.kind == 'i' || p.is("$") {
				g.args = append(g.args, p.primary())
			}
			return g
		}
		return n
	default:
		return n
	}
	p.take()
	return &awkNode{op: t.text, args: []*awkNode{n, p.concat()}}
}

func (p *awkParser) concat() *awkNode {
	n := p.additive()
	for {
		t := p.peek()
		starts := t.kind == 'n' || t.kind == 's' || t.kind == 'i' || t.kind == 'f' ||
			t.kind == 'p' && (t.text == "$" || t.text == "(" || t.text == "!" || t.text == "-" || t.text == "+" || t.text == "++" || t.text == "--")
		if !starts {
			return n
		}
		n = &awkNode{op: "concat", args: []*awkNode{n, p.additive()}}
	}
}

func (p *awkParser) additive() *awkNode {
	n := p.product()
	for p.is("+") || p.is("-") {
		op := p.take().text
		n = &awkNode{op: op, args: []*awkNode{n, p.product()}}
	}
	return n
}

func (p *awkParser) product() *awkNode {
	n := p.unary()
	for p.is("*") || p.is("/") || p.is("%") {
		op := p.take().text
		n = &awkNode{op: op, args: []*awkNode{n, p.unary()}}
	}
	return n
}

func (p *awkParser) unary() *awkNode {
	for _, op := range []string{"!", "-", "+"} {
		if p.is(op) {
			defer p.deeper()()
			p.take()
			return &awkNode{op: "unary" + op, args: []*awkNode{p.unary()}}
		}
	}
	return p.power()
}

func (p *awkParser) power() *awkNode {
	n := p.postfix()
	if p.accept("^") {
		defer p.deeper()()
		return &awkNode{op: "^", args: []*awkNode{n, p.unaryPower()}}
	}
	return n
}

// unaryPower is the right side of ^, which may have a sign.
func (p *awkParser) unaryPower() *awkNode {
	if p.is("-") || p.is("+") || p.is("!") {
		return p.unary()
	}
	return p.power()
}

func (p *awkParser) postfix() *awkNode {
	for _, op := range []string{"++", "--"} {
		if p.is(op) {
			defer p.deeper()()
			p.take()
			n := p.postfix()
			if !lvalue(n) {
				p.fail("%s needs a variable", op)
			}
			return &awkNode{op: "pre" + op, args: []*awkNode{n}}
		}
	}
	n := p.primary()
	if lvalue(n) && (p.is("++") || p.is("--")) {
		return &awkNode{op: "post" + p.take().text, args: []*awkNode{n}}
	}
	return n
}

func (p *awkParser) primary() *awkNode {
	defer p.deeper()()
	t := p.take()
	switch t.kind {
	case 'n':
		return &awkNode{op: "const", val: awkNum(t.num)}
	case 's':
		return &awkNode{op: "const", val: awkStr(t.text)}
	case 'r':
		return &awkNode{op: "regexp", name: t.text}
	case 'i':
		n := p.variable(t.text)
		if p.accept("[") {
			save := p.noGt
			p.noGt = false
			n = &awkNode{op: "index", args: append([]*awkNode{n}, p.list("]")...)}
			p.noGt = save
		}
		return n
	case 'f':
		return p.callExpr(t.text)
	case 'k':
		if t.text == "getline" {
			return p.getline()
		}
	case 'p':
		switch t.text {
		case "$":
			if p.is("++") || p.is("--") || p.is("-") {
				return &awkNode{op: "$", args: []*awkNode{p.unary()}}
			}
			return &awkNode{op: "$", args: []*awkNode{p.primary()}}
		case "(":
			return p.group()
		case "-", "+", "!":
			p.pos--
			return p.unary()
		}
	}
	if t.kind != 0 {
		p.pos--
	}
	p.fail("syntax error at or near %s", t.text)
	return nil
}

// group is ( expr ), or the list of print and in.
func (p *awkParser) group() *awkNode {
	gt, in := p.noGt, p.noIn
	p.noGt, p.noIn = false, false
	args := p.list(")")
	p.noGt, p.noIn = gt, in
	if len(args) == 0 {
		p.fail("syntax error: empty ( )")
	}
	return &awkNode{op: "group", args: args}
}

// list parses expressions up to a closing bracket.
func (p *awkParser) list(end string) []*awkNode {
	var args []*awkNode
	for p.newlines(); !p.accept(end); {
		args = append(args, p.expr())
		p.newlines()
		if !p.accept(",") && !p.is(end) {
			p.fail("syntax error at or near %s", p.peek().text)
		}
		p.newlines()
	}
	return args
}

func (p *awkParser) callExpr(name string) *awkNode {
	n := &awkNode{op: "call", name: name}
	if awkBuiltin(name) {
		n.op = "builtin"
		if !p.is("(") {
			if name != "length" {
				p.fail("%s needs arguments", name)
			}
			return n
		}
	}
	p.expect("(")
	gt, in := p.noGt, p.noIn
	p.noGt, p.noIn = false, false
	n.args = p.list(")")
	p.noGt, p.noIn = gt, in
	return n
}

// getline [lvalue] [< file]
func (p *awkParser) getline() *awkNode {
	n := &awkNode{op: "getline"}
	if t := p.peek(); t.kind == 'i' || p.is("$") {
		n.args = []*awkNode{p.primary()}
	}
	if p.accept("<") {
		n.els = []*awkNode{p.primary()}
	}
	return n
}
