package shell

import (
	"errors"
	"math"
	"strings"
)

// cell gives the cell of a variable.
func (r *awkRun) cell(n *awkNode) *awkCell {
	if n.slot >= 0 && len(r.frames) > 0 {
		return r.frames[len(r.frames)-1][n.slot]
	}
	return r.global(n.name)
}

// key gives the subscript of an array element.
func (r *awkRun) key(args []*awkNode) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = r.eval(a).str(r.text("CONVFMT"))
	}
	return strings.Join(parts, r.text("SUBSEP"))
}

func (r *awkRun) assign(n *awkNode, v awkVal) {
	switch n.op {
	case "$":
		r.setField(int(awkInt(r.eval(n.args[0]).num())), v)
	case "index":
		arr := r.cell(n.args[0]).array()
		k := r.grow(r.key(n.args[1:]))
		r.bytes += 2
		arr[k] = v
	case "var":
		c := r.cell(n)
		if c.arr != nil {
			r.fail(errors.New("array " + n.name + " is used as a scalar"))
		}
		if n.slot < 0 && n.name == "NF" {
			r.setNF(int(awkInt(v.num())))
			return
		}
		c.val = v
	}
}

// eval evaluates an expression.
func (r *awkRun) eval(n *awkNode) awkVal {
	r.step()
	switch n.op {
	case "const":
		return n.val
	case "regexp":
		return awkBool(r.regexp(n.name).MatchString(r.record))
	case "var":
		if n.slot < 0 && n.name == "NF" {
			r.splitFields()
			return awkNum(float64(r.nf))
		}
		return r.cell(n).val
	case "index":
		arr := r.cell(n.args[0]).array()
		k := r.key(n.args[1:])
		if _, ok := arr[k]; !ok {
			r.bytes += 2
			arr[r.grow(k)] = awkVal{}
		}
		return arr[k]
	case "$":
		return r.field(int(awkInt(r.eval(n.args[0]).num())))
	case "group":
		var v awkVal
		for _, a := range n.args {
			v = r.eval(a)
		}
		return v
	case "in":
		_, ok := r.cell(n.args[0]).array()[r.key(n.args[1:])]
		return awkBool(ok)
	case "getline", "cmdline":
		return awkNum(r.getline(n))
	case "call":
		return r.call(n)
	case "builtin":
		return r.builtin(n)
	}
	return r.operator(n)
}

// operator evaluates what has operands.
func (r *awkRun) operator(n *awkNode) awkVal {
	switch n.op {
	case "assign":
		v := r.eval(n.args[1])
		if n.name != "" {
			v = awkNum(r.arith(n.name, r.eval(n.args[0]).num(), v.num()))
		}
		r.assign(n.args[0], v)
		return v
	case "?":
		if r.eval(n.args[0]).truth() {
			return r.eval(n.args[1])
		}
		return r.eval(n.args[2])
	case "||":
		return awkBool(r.eval(n.args[0]).truth() || r.eval(n.args[1]).truth())
	case "&&":
		return awkBool(r.eval(n.args[0]).truth() && r.eval(n.args[1]).truth())
	case "~", "!~":
		v := r.eval(n.args[0]).str(r.text("CONVFMT"))
		return awkBool(r.pattern(n.args[1]).MatchString(v) == (n.op == "~"))
	case "concat":
		a := r.eval(n.args[0]).str(r.text("CONVFMT"))
		return awkStr(r.grow(a + r.eval(n.args[1]).str(r.text("CONVFMT"))))
	case "unary!":
		return awkBool(!r.eval(n.args[0]).truth())
	case "unary-":
		return awkNum(-r.eval(n.args[0]).num())
	case "unary+":
		return awkNum(r.eval(n.args[0]).num())
	case "pre++", "pre--", "post++", "post--":
		old := r.eval(n.args[0]).num()
		v := old + 1
		if strings.HasSuffix(n.op, "--") {
			v = old - 1
		}
		r.assign(n.args[0], awkNum(v))
		if strings.HasPrefix(n.op, "post") {
			return awkNum(old)
		}
		return awkNum(v)
	case "<", "<=", "==", "!=", ">=", ">":
		op := n.op
		if op == "==" {
			op = "="
		}
		a := r.eval(n.args[0])
		return awkBool(exprCompare(op, a.compare(r.eval(n.args[1]), r.text("CONVFMT"))))
	}
	a := r.eval(n.args[0]).num()
	return awkNum(r.arith(n.op, a, r.eval(n.args[1]).num()))
}

func (r *awkRun) arith(op string, a, b float64) float64 {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "^":
		return math.Pow(a, b)
	}
	if b == 0 {
		r.fail(errors.New("division by zero"))
	}
	if op == "%" {
		return math.Mod(a, b)
	}
	return a / b
}

// pattern gives the regexp of a literal or of a computed string.
func (r *awkRun) pattern(n *awkNode) *regex {
	if n.op == "regexp" {
		return r.regexp(n.name)
	}
	return r.regexp(r.eval(n).str(r.text("CONVFMT")))
}

// call calls a function of the program. Arrays are passed by reference.
func (r *awkRun) call(n *awkNode) awkVal {
	f := r.prog.funcs[n.name]
	if len(n.args) > len(f.params) {
		r.fail(errors.New("function " + n.name + " called with too many arguments"))
	}
	if len(r.frames) >= r.c.sh.k.limits.Depth {
		r.fail(&LimitError{What: "nested functions of awk", Limit: r.c.sh.k.limits.Depth, Flag: "max-depth"})
	}
	frame := make([]*awkCell, len(f.params))
	for i := range frame {
		frame[i] = &awkCell{}
		if i >= len(n.args) {
			continue
		}
		if a := n.args[i]; a.op == "var" && a.name != "NF" {
			c := r.cell(a)
			if c.arr != nil {
				frame[i] = c
				continue
			}
			if c.val.kind == 0 {
				frame[i].from = c
				continue
			}
		}
		frame[i].val = r.eval(n.args[i])
	}
	r.frames = append(r.frames, frame)
	r.ret = awkVal{}
	flow := r.block(f.body)
	r.frames = r.frames[:len(r.frames)-1]
	if flow == awkExit {
		r.fail(nil) // exit from a function: END is not run, the status is set
	}
	v := r.ret
	r.ret = awkVal{}
	return v
}
