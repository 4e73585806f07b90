package shell

import (
	"fmt"
)

// awkNode is a node of a program: an expression or a statement.
type awkNode struct {
	op   string // what it is: "num", "+", "if", "print" and so on
	name string
	val  awkVal
	args []*awkNode
	body []*awkNode
	els  []*awkNode
	slot int // of a local variable, -1 for a global
}

// awkRule is a pattern with its action.
type awkRule struct {
	pat, pat2 *awkNode
	action    []*awkNode
	print     bool // no action: print
	inRange   bool
}

type awkFunc struct {
	name   string
	params []string
	body   []*awkNode
}

// awkProg is a parsed program.
type awkProg struct {
	begin, end [][]*awkNode
	rules      []*awkRule
	funcs      map[string]*awkFunc
}

// awkParser is a recursive-descent parser.
type awkParser struct {
	toks   []awkTok
	pos    int
	prog   *awkProg
	locals map[string]int
	depth  int
	noIn   bool // inside for (...): "in" ends the expression
	noGt   bool // inside print: ">" redirects
}

// awkSyntax unwinds the parser; parseAwk turns it into an error.
type awkSyntax struct{ err error }

func parseAwk(src string) (prog *awkProg, err error) {
	toks, err := awkLex(src)
	if err != nil {
		return nil, err
	}
	p := &awkParser{toks: toks, prog: &awkProg{funcs: map[string]*awkFunc{}}}
	defer func() {
		if r := recover(); r != nil {
			s, ok := r.(awkSyntax)
			if !ok {
				panic(r)
			}
			err = s.err
		}
	}()
	p.program()
	p.checkCalls()
	return p.prog, nil
}

func (p *awkParser) fail(format string, args ...any) {
	panic(awkSyntax{fmt.Errorf("line %d: %s", p.peek().line, fmt.Sprintf(format, args...))})
}

func (p *awkParser) peek() awkTok { return p.toks[p.pos] }

func (p *awkParser) take() awkTok {
	t := p.toks[p.pos]
	if t.kind != 0 {
		p.pos++
	}
	return t
}

// is reports whether the next token is a punctuation or keyword.
func (p *awkParser) is(text string) bool {
	t := p.peek()
	return (t.kind == 'p' || t.kind == 'k') && t.text == text
}

func (p *awkParser) accept(text string) bool {
	if p.is(text) {
		p.pos++
		return true
	}
	return false
}

func (p *awkParser) expect(text string) {
	if !p.accept(text) {
		p.fail("syntax error at or near %s, expected %s", p.peek().text, text)
	}
}

func (p *awkParser) newlines() {
	for p.peek().kind == '\n' {
		p.pos++
	}
}

func (p *awkParser) separators() {
	for p.peek().kind == '\n' || p.is(";") {
		p.pos++
	}
}

func (p *awkParser) program() {
	for p.separators(); p.peek().kind != 0; p.separators() {
		switch {
		case p.accept("BEGIN"):
			p.prog.begin = append(p.prog.begin, p.action())
		case p.accept("END"):
			p.prog.end = append(p.prog.end, p.action())
		case p.accept("function"):
			p.function()
		default:
			p.rule()
		}
	}
}

func (p *awkParser) rule() {
	r := &awkRule{}
	if !p.is("{") {
		r.pat = p.expr()
		if p.accept(",") {
			p.newlines()
			r.pat2 = p.expr()
		}
	}
	if p.is("{") {
		r.action = p.action()
	} else {
		r.print = true
	}
	p.prog.rules = append(p.prog.rules, r)
}

func (p *awkParser) action() []*awkNode {
	p.newlines()
	if !p.is("{") {
		p.fail("syntax error at or near %s, expected {", p.peek().text)
	}
	return p.block()
}

func (p *awkParser) function() {
	t := p.take()
	if t.kind != 'i' && t.kind != 'f' {
		p.fail("a function needs a name")
	}
	f := &awkFunc{name: t.text}
	p.expect("(")
	p.locals = map[string]int{}
	for !p.accept(")") {
		n := p.take()
		if n.kind != 'i' {
			p.fail("a parameter needs a name")
		}
		p.locals[n.text] = len(f.params)
		f.params = append(f.params, n.text)
		if p.accept(",") {
			p.newlines()
		}
	}
	p.prog.funcs[f.name] = f
	f.body = p.action()
	p.locals = nil
}

// block parses { ... }.
func (p *awkParser) block() []*awkNode {
	p.expect("{")
	var list []*awkNode
	for p.separators(); !p.accept("}"); p.separators() {
		if p.peek().kind == 0 {
			p.fail("syntax error: a { is never closed")
		}
		list = append(list, p.stmt())
	}
	return list
}

// body parses one statement or a block.
func (p *awkParser) bodyOf() []*awkNode {
	p.newlines()
	if p.is("{") {
		return p.block()
	}
	if p.accept(";") {
		return nil
	}
	return []*awkNode{p.stmt()}
}

// end takes what ends a simple statement.
func (p *awkParser) end() {
	t := p.peek()
	if t.kind == '\n' || p.is(";") {
		p.pos++
		return
	}
	if t.kind != 0 && !p.is("}") {
		p.fail("syntax error at or near %s", t.text)
	}
}

func (p *awkParser) deeper() func() {
	if p.depth++; p.depth > 500 {
		p.fail("nested too deeply")
	}
	return func() { p.depth-- }
}

func (p *awkParser) stmt() *awkNode {
	defer p.deeper()()
	if p.is("{") {
		return &awkNode{op: "block", body: p.block()}
	}
	t := p.peek()
	if t.kind == 'k' {
		if n := p.keyword(t.text); n != nil {
			return n
		}
	}
	n := &awkNode{op: "expr", args: []*awkNode{p.expr()}}
	p.end()
	return n
}

func (p *awkParser) keyword(word string) *awkNode {
	n := &awkNode{op: word}
	switch word {
	case "if", "while":
		p.take()
		p.expect("(")
		n.args = []*awkNode{p.expr()}
		p.expect(")")
		n.body = p.bodyOf()
		if word == "if" {
			p.elseOf(n)
		}
		return n
	case "do":
		p.take()
		n.body = p.bodyOf()
		p.separators()
		p.expect("while")
		p.expect("(")
		n.args = []*awkNode{p.expr()}
		p.expect(")")
	case "for":
		p.take()
		return p.forStmt()
	case "break", "continue", "next", "nextfile":
		p.take()
	case "exit", "return":
		p.take()
		if t := p.peek(); t.kind != '\n' && t.kind != 0 && !p.is(";") && !p.is("}") {
			n.args = []*awkNode{p.expr()}
		}
	case "delete":
		p.take()
		n.args = []*awkNode{p.primary()}
		if a := n.args[0]; a.op != "var" && a.op != "index" {
			p.fail("delete needs an array or an element")
		}
	case "print", "printf":
		p.take()
		p.printStmt(n)
	default:
		return nil // getline is an expression
	}
	p.end()
	return n
}

func (p *awkParser) elseOf(n *awkNode) {
	save := p.pos
	p.separators()
	if p.accept("else") {
		n.els = p.bodyOf()
		return
	}
	p.pos = save
}

func (p *awkParser) forStmt() *awkNode {
	p.expect("(")
	if t := p.peek(); t.kind == 'i' && p.toks[p.pos+1].text == "in" && p.toks[p.pos+1].kind == 'k' &&
		p.toks[p.pos+2].kind == 'i' && p.toks[min(p.pos+3, len(p.toks)-1)].text == ")" {
		v := p.variable(p.take().text)
		p.take()
		arr := p.variable(p.take().text)
		p.expect(")")
		return &awkNode{op: "forin", args: []*awkNode{v, arr}, body: p.bodyOf()}
	}
	n := &awkNode{op: "for", args: make([]*awkNode, 3)}
	for i := range n.args {
		end := ";"
		if i == 2 {
			end = ")"
		}
		if !p.is(end) {
			n.args[i] = p.expr()
		}
		p.expect(end)
		p.newlines()
	}
	n.body = p.bodyOf()
	return n
}

// printStmt parses the arguments and the redirection of print and printf.
func (p *awkParser) printStmt(n *awkNode) {
	save := p.noGt
	p.noGt = true
	stop := func() bool {
		t := p.peek()
		return t.kind == '\n' || t.kind == 0 || p.is(";") || p.is("}") || p.is(">") || p.is(">>") || p.is("|")
	}
	for !stop() {
		e := p.expr()
		if e.op == "group" && len(n.args) == 0 && stop() {
			n.args = e.args
			break
		}
		n.args = append(n.args, e)
		if !p.accept(",") {
			break
		}
		p.newlines()
	}
	p.noGt = save
	if p.is(">") || p.is(">>") || p.is("|") {
		n.name = p.take().text
		n.els = []*awkNode{p.concat()}
	}
	if n.op == "printf" && len(n.args) == 0 {
		p.fail("printf needs a format")
	}
}

// checkCalls refuses calls of functions that are not defined.
func (p *awkParser) checkCalls() {
	for _, t := range p.toks {
		if t.kind == 'f' && !awkBuiltin(t.text) && p.prog.funcs[t.text] == nil {
			panic(awkSyntax{fmt.Errorf("line %d: function %s is not defined", t.line, t.text)})
		}
	}
}

func (p *awkParser) variable(name string) *awkNode {
	slot, ok := p.locals[name]
	if !ok {
		slot = -1
	}
	return &awkNode{op: "var", name: name, slot: slot}
}

func lvalue(n *awkNode) bool { return n.op == "var" || n.op == "index" || n.op == "$" }
