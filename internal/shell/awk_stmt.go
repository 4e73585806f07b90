package shell

import (
	"bytes"
	"io"
	"strings"

	"klpemu/internal/vfs"
)

// block runs statements.
func (r *awkRun) block(list []*awkNode) awkFlow {
	for _, n := range list {
		if flow := r.stmt(n); flow != awkGo {
			return flow
		}
	}
	return awkGo
}

func (r *awkRun) stmt(n *awkNode) awkFlow {
	r.step()
	switch n.op {
	case "expr":
		r.eval(n.args[0])
	case "block":
		return r.block(n.body)
	case "if":
		if r.eval(n.args[0]).truth() {
			return r.block(n.body)
		}
		return r.block(n.els)
	case "while", "do", "for":
		return r.loop(n)
	case "forin":
		return r.forIn(n)
	case "break":
		return awkBreak
	case "continue":
		return awkContinue
	case "next":
		return awkNext
	case "nextfile":
		return awkNextFile
	case "exit":
		if len(n.args) > 0 {
			r.status = int(awkInt(r.eval(n.args[0]).num())) & 0xff
		}
		return awkExit
	case "return":
		r.ret = awkVal{}
		if len(n.args) > 0 {
			r.ret = r.eval(n.args[0])
		}
		return awkReturn
	case "delete":
		r.delete(n.args[0])
	case "print", "printf":
		r.printNode(n)
	}
	return awkGo
}

func (r *awkRun) loop(n *awkNode) awkFlow {
	if n.op == "for" && n.args[0] != nil {
		r.eval(n.args[0])
	}
	cond := n.args[0]
	if n.op == "for" {
		cond = n.args[1]
	}
	for first := true; ; first = false {
		if !(first && n.op == "do") && cond != nil && !r.eval(cond).truth() {
			return awkGo
		}
		r.step()
		switch flow := r.block(n.body); flow {
		case awkBreak:
			return awkGo
		case awkGo, awkContinue:
		default:
			return flow
		}
		if n.op == "for" && n.args[2] != nil {
			r.eval(n.args[2])
		}
	}
}

func (r *awkRun) forIn(n *awkNode) awkFlow {
	arr := r.cell(n.args[1]).array()
	for _, k := range keysOf(arr) {
		r.step()
		if _, ok := arr[k]; !ok {
			continue // deleted by the loop
		}
		r.assign(n.args[0], awkInput(k))
		switch flow := r.block(n.body); flow {
		case awkBreak:
			return awkGo
		case awkGo, awkContinue:
		default:
			return flow
		}
	}
	return awkGo
}

func (r *awkRun) delete(n *awkNode) {
	if n.op == "var" {
		clear(r.cell(n).array())
		return
	}
	delete(r.cell(n.args[0]).array(), r.key(n.args[1:]))
}

// printNode is print and printf, with their redirections.
func (r *awkRun) printNode(n *awkNode) {
	vals := make([]awkVal, len(n.args))
	for i, a := range n.args {
		vals[i] = r.eval(a)
	}
	var text string
	if n.op == "printf" {
		text = awkFormat(vals[0].str("%.6g"), vals[1:])
	} else {
		parts := make([]string, len(vals))
		for i, v := range vals {
			parts[i] = v.str(r.text("OFMT"))
		}
		if len(parts) == 0 {
			parts = []string{r.record}
		}
		text = strings.Join(parts, r.text("OFS")) + r.text("ORS")
	}
	if n.name == "" {
		r.print(text)
		return
	}
	name := r.eval(n.els[0]).str("%.6g")
	switch name {
	case "/dev/stdout", "-":
		r.print(text)
		return
	case "/dev/stderr":
		r.c.Out().Flush()
		io.WriteString(r.c.Stderr, text)
		return
	}
	o := r.output(n.name, name)
	if o.buf.Len()+len(text) > r.c.sh.k.limits.Pipe {
		r.fail(&LimitError{What: "bytes of output", Limit: r.c.sh.k.limits.Pipe, Flag: "max-pipe"})
	}
	o.buf.WriteString(text)
}

// closeAll ends all outputs, in the order they were opened.
func (r *awkRun) closeAll() {
	for _, o := range r.outList {
		r.finish(o)
	}
	r.outList = nil
}

// closeName is close().
func (r *awkRun) closeName(name string) float64 {
	found := -1.0
	if _, ok := r.ins[name]; ok {
		delete(r.ins, name)
		found = 0
	}
	for i, o := range r.outList {
		if o.name == name {
			r.outList = append(r.outList[:i:i], r.outList[i+1:]...)
			delete(r.outs, name)
			return float64(r.finish(o))
		}
	}
	return found
}

// finish writes what was printed to a file, or runs the command with it.
func (r *awkRun) finish(o *awkOut) int {
	if o.mode == "|" {
		return r.command(o.name, strings.NewReader(o.buf.String()), nil)
	}
	flags := vfs.WriteOnly | vfs.Create | vfs.Trunc
	if o.mode == ">>" {
		flags = vfs.WriteOnly | vfs.Create | vfs.Append
	}
	d, err := r.c.sh.open(o.name, flags)
	if err == nil {
		if o.buf.Len() > 0 {
			_, err = io.WriteString(d.w, o.buf.String())
		}
		if cerr := d.close(); err == nil {
			err = cerr
		}
	}
	if err != nil {
		r.status = 2
		r.c.Errorf("cannot write %s (%s)", o.name, Reason(err))
		return -1
	}
	return 0
}

// command runs shell text in a subshell of the machine's shell; out, when not
// nil, takes what it prints.
func (r *awkRun) command(text string, stdin io.Reader, out *bytes.Buffer) int {
	r.c.Out().Flush()
	s := r.c.sh
	if !s.enter() {
		r.fail(nil)
	}
	defer s.leave()
	sub := s.subshell()
	if stdin != nil {
		sub.fds.set(0, &desc{r: stdin, refs: 1})
	}
	var p *pipeBuf
	if out != nil {
		p = s.newPipe()
		sub.fds.set(1, &desc{w: p, refs: 1})
	}
	sub.evalText(text)
	st := sub.end()
	if p != nil {
		out.Write(p.buf.Bytes())
	}
	return st
}

// getline reads a record from the main input, a file or a command.
func (r *awkRun) getline(n *awkNode) float64 {
	if n.op == "getline" && n.els == nil {
		rec, ok := r.nextRecord()
		if !ok {
			return 0
		}
		r.store(n.args, rec)
		return 1
	}
	var in *awkIn
	target := n.args
	if n.op == "cmdline" {
		name := r.eval(n.args[0]).str("%.6g")
		target = n.args[1:]
		if in = r.ins[name]; in == nil {
			var out bytes.Buffer
			r.command(name, nil, &out)
			in = &awkIn{text: out.String()}
			r.ins[name] = in
		}
	} else {
		name := r.eval(n.els[0]).str("%.6g")
		if in = r.ins[name]; in == nil {
			data, err := r.c.ReadFile(name)
			if err != nil {
				return -1
			}
			in = &awkIn{text: string(data)}
			r.ins[name] = in
		}
	}
	rec, ok := r.cut(in)
	if !ok {
		return 0
	}
	if n.op == "cmdline" {
		r.count("NR")
	}
	r.store(target, rec)
	return 1
}

// store puts a record into a variable, or $0.
func (r *awkRun) store(target []*awkNode, rec string) {
	if len(target) == 0 {
		r.setRecord(rec)
		return
	}
	r.assign(target[0], awkInput(rec))
}
