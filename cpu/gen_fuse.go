//go:build ignore

package main

import (
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
)

// Forms that are made of several instructions.

// A fusable is an operation that is fused with a conditional jump behind it.
type fusable struct {
	op    string
	forms []string
	sizes []int
	ccs   string
}

// Not o, no, p and np: they are rare.
const (
	orders = " b ae e ne be a s ns l ge le g "
	signs  = " e ne s ns "
)

var fusables = []fusable{
	{"cmp", []string{"RR", "RI", "RMB", "RMX", "MRB", "MIB", "MIX"}, sizes, orders},
	{"test", []string{"RR", "RI", "MIB"}, sizes, orders},
	{"sub", []string{"RR", "RI"}, []int{32, 64}, orders},
	{"add", []string{"RR", "RI"}, []int{32, 64}, signs},
	{"and", []string{"RR", "RI"}, []int{32, 64}, signs},
	{"or", []string{"RR"}, []int{32, 64}, signs},
}

// fused is operation and branch in one: two instructions, unless the branch's
// target is not known yet. The flags are for those behind the branch.
func (g *generator) fused() {
	var rows []string
	for _, f := range fusables {
		for _, form := range f.forms {
			for _, size := range f.sizes {
				first := fmt.Sprintf("op%s%s%d", title(f.op), form, size)
				read, write := operands(form, size, false)
				if f.op == "cmp" || f.op == "test" {
					write = ""
				}
				var codes []string
				for cc, name := range conditions {
					if !strings.Contains(f.ccs, " "+name+" ") {
						continue
					}
					body := read + compute(f.op, size) + write + fusedBranch(f.op, size, cc)
					g.forms = append(g.forms, switchForm(first+"J"+name, withFlags(body, late)))
					if form == "RR" || form == "RI" {
						g.pairs = append(g.pairs, pair{first, "opJ" + name, "", body})
					}
					codes = append(codes, fmt.Sprintf("%d: %sJ%s", cc, first, name))
				}
				rows = append(rows, first+": {"+strings.Join(codes, ", ")+"}")
			}
		}
	}
	g.table("hotFused", "[...][16]uint16", []string{"\n" + strings.Join(append(rows, ""), ",\n")})
}

// switchForm is a form of the switch alone.
func switchForm(name, body string) form { return form{name: name, body: body, fuse: true} }

func fusedBranch(op string, size, cc int) string {
	return "o = step(o)\nif " + direct(op, size, cc) + " {\nTAKE\n} else {\no = step(o)\n}\n"
}

// direct is the condition in terms of a, b and r.
func direct(op string, size, cc int) string {
	s := fmt.Sprintf("int%d", size)
	e := ""
	if op == "add" || op == "or" || op == "and" || op == "test" {
		e = []string{"", "", "r == 0", "r == 0", s + "(r) < 0", "", s + "(r) < 0", s + "(r) <= 0"}[cc>>1]
	} else {
		e = []string{"", "a < b", "a == b", "a <= b", s + "(r) < 0", "", s + "(a) < " + s + "(b)", s + "(a) <= " + s + "(b)"}[cc>>1]
	}
	if e == "" {
		return condition(cc)
	}
	if cc&1 == 0 {
		return e
	}
	for _, p := range [][2]string{{" == ", " != "}, {" <= ", " > "}, {" < ", " >= "}} {
		if strings.Contains(e, p[0]) {
			return strings.Replace(e, p[0], p[1], 1)
		}
	}
	panic(e)
}

// sequences makes one case of instructions that often follow each other: lines of
// codes in the file, each with the operands, behind a slash, that are the
// register that the one before writes: they need not wait for memory. A conditional
// branch that is not the last goes on if it is not taken.
func (g *generator) sequences(file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	bodies := map[string]string{}
	for _, f := range g.forms {
		bodies[f.name] = f.body
	}
	g.reads()
	var rows []string
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if words[0] == "#" {
			continue // a comment
		}
		var name, begin, last, same string
		var parts []string
		for i, w := range words {
			begin = name
			last, same, _ = strings.Cut(w, "/")
			if bodies[last] == "" {
				log.Fatalf("%s: %s: no form %s", file, strings.TrimSpace(line), last)
			}
			parts = append(parts, bodies[last])
			if same != "" {
				pass(parts, i, same)
			}
			if i > 0 {
				before, _, _ := strings.Cut(words[i-1], "/")
				g.addPair(bodies, before, last, same)
			}
			name = strings.Replace(name+"_"+w[2:], "/", "_", 1)
		}
		name = "op" + name[1:]
		if begin != "" {
			begin = "op" + begin[1:]
		}
		g.forms = append(g.forms, switchForm(name, block(parts)))
		rows = append(rows, fmt.Sprintf("{%s, %s, %d}: %s", begin, last, sameMask(same), name))
	}
	g.table("hotSequences", "map[sequenceKey]uint16", []string{"\n" + strings.Join(append(rows, ""), ",\n")})
}

// pass makes part i of a sequence take what the one before writes from a variable.
// If it replaces that register and cannot fail, the first need not write it.
func pass(parts []string, i int, same string) {
	w := fmt.Sprintf("w%d", i)
	keep := !strings.Contains(same, "d") || !replaces(parts[i])
	parts[i-1] = forward(parts[i-1], w, keep)
	parts[i] = forwarded(parts[i], w, same)
}

func block(parts []string) string {
	var b strings.Builder
	for i, p := range parts {
		if w := fmt.Sprintf("w%d", i); i > 0 && strings.Contains(p, w) {
			fmt.Fprintf(&b, "var %s uint64\n", w)
		}
	}
	for i, p := range parts {
		if i < len(parts)-1 {
			p = strings.ReplaceAll(p, "TAKE\n", "TAKE\ngoto again\n")
		}
		b.WriteString("{\n" + p + "}\n")
	}
	return b.String()
}

// sameFields are the operands whose bits in sameMask are 1, 2, 4, 8.
const sameFields = "dsbx"

func sameMask(same string) (m int) {
	for _, f := range same {
		m |= 1 << strings.IndexRune(sameFields, f)
	}
	return m
}

const writesD = "c.r[o.d] = "

// written splits a form that always ends up writing register d, and no other
// operand, around that. ok is false for others.
func written(body string) (before, value, after string, ok bool) {
	before, rest, found := strings.Cut(body, writesD)
	value, after, _ = strings.Cut(rest, "\n")
	ok = found && strings.Count(before, "{") == strings.Count(before, "}")+strings.Count(body[:2], "{") &&
		(before == "" || before[len(before)-1] == '\n') &&
		!strings.Contains(after, writesD) && !strings.Contains(body, "c.r[o.s] = ")
	return before, value, after, ok
}

// replaces reports whether a form cannot fail, writes register d, and reads no
// register but those that its operands name.
func replaces(body string) bool {
	_, _, _, ok := written(body)
	return ok && !strings.Contains(body, "SLOW") && !strings.Contains(body, "SETTLED") && !strings.Contains(body, "c.r[R")
}

// forward makes w of what the form writes to register d.
func forward(body, w string, keep bool) string {
	before, value, after, ok := written(body)
	if !ok {
		log.Fatalf("writes no register for sure:\n%s", body)
	}
	if keep {
		after = writesD + w + "\n" + after
	}
	return before + w + " = " + value + "\n" + after
}

// forwarded makes a form read w where it would read one of the operands.
func forwarded(body, w, same string) string {
	for _, f := range same {
		operand := "c.r[o." + string(f) + "]"
		body = strings.ReplaceAll(body, operand+" = ", "\x03")
		body = strings.ReplaceAll(body, operand, w)
		body = strings.ReplaceAll(body, "\x03", operand+" = ")
	}
	return body
}

// A pair is two instructions that Rotate executes in one call, after the turns of
// both: the first touches nothing but registers and cannot fail.
type pair struct{ first, second, same, body string }

// addPair adds a pair if its forms allow that.
func (g *generator) addPair(bodies map[string]string, first, second, same string) {
	first, second = alone(bodies, first), alone(bodies, second)
	if !harmless(bodies[first]) || bodies[second] == "" || slices.ContainsFunc(g.pairs, func(p pair) bool {
		return p.first == first && p.second == second && p.same == same
	}) {
		return
	}
	mode := loud
	if overwrites(second) && strings.Contains(bodies[first], writesD) {
		mode = quiet
	}
	parts := []string{withFlags(bodies[first], mode), bodies[second]}
	if same != "" {
		pass(parts, 1, same)
	}
	g.pairs = append(g.pairs, pair{first, second, same, block(parts)})
}

// alone is the form of an instruction by itself, given one with the branch behind
// it, or one that does something else about flags.
func alone(bodies map[string]string, name string) string {
	for _, suffix := range []string{"q", "l"} {
		if base, ok := strings.CutSuffix(name, suffix); ok && bodies[base] != "" {
			return base
		}
	}
	if i := strings.LastIndex(name, "J"); i > 2 && bodies[name[:i]] != "" {
		return name[:i]
	}
	return name
}

func harmless(body string) bool {
	body = withFlags(body, quiet)
	return strings.Count(body, next) == 1 && strings.HasSuffix(body, next) && !strings.Contains(body, "SLOW") && !strings.Contains(body, "c.f")
}

func (g *generator) pairsFile() string {
	var b strings.Builder
	b.WriteString(header + "import \"math/bits\"\n\n// pairs are the pairs as functions. They return nil if the first is done and the second\n// needs its executor.\nvar pairs = [...]leafFunc{\nnil,\n")
	name := func(p pair) string { return "pair" + p.first[2:] + "_" + p.second[2:] + "_" + p.same }
	var rows strings.Builder
	for i, p := range g.pairs {
		fmt.Fprintf(&b, "%s,\n", name(p))
		fmt.Fprintf(&rows, "{%s, %s, %d}: %d,\n", p.first, p.second, sameMask(p.same), i+1)
	}
	b.WriteString("}\n\n// hotPairs finds them. It is never written.\nvar hotPairs = map[sequenceKey]uint16{\n" + rows.String() + "}\n")
	for _, p := range g.pairs {
		fmt.Fprintf(&b, "\nfunc %s(c *VCPU, o *op) *op {\n%sreturn o\n}\n", name(p), resolve(withFlags(p.body, loud), inLeaf))
	}
	return b.String()
}

// reads tells for each form which operands it reads, whether it can be the first
// of a pair that forwards what it writes, and what it means for flags.
func (g *generator) reads() {
	var rows []string
	for _, f := range g.forms {
		var m []string
		if _, _, _, ok := written(f.body); ok {
			m = append(m, "writesD")
		}
		if harmless(f.body) {
			m = append(m, "harmless")
		}
		if strings.Contains(f.body, "SETTLED") {
			m = append(m, "readsFlags")
		} else if strings.HasSuffix(f.body, next) && strings.Contains(withFlags(f.body, loud), "FLAGS") && !strings.Contains(f.name, "RC") {
			m = append(m, "setsFlags")
		}
		for _, r := range sameFields {
			if forwarded(f.body, "w", string(r)) != f.body && !strings.Contains(f.body, "c.r[o.d], c.r[o.s] = ") {
				m = append(m, "reads"+strings.ToUpper(string(r)))
			}
		}
		if len(m) > 0 {
			rows = append(rows, f.name+": "+strings.Join(m, " | "))
		}
	}
	g.table("hotOperands", "[...]uint16", []string{"\n" + strings.Join(append(rows, ""), ",\n")})
}

// overwrites reports whether a form sets all flags, reads none, and has operands
// that cannot fault.
func overwrites(name string) bool {
	if strings.HasSuffix(name, "q") || strings.HasSuffix(name, "l") {
		return false
	}
	for _, op := range []string{"Add", "Or", "And", "Sub", "Xor", "Cmp", "Test"} {
		rest, ok := strings.CutPrefix(name, "op"+op)
		if ok && (strings.HasPrefix(rest, "RR") || strings.HasPrefix(rest, "RI")) {
			return true
		}
	}
	for _, op := range []string{"ShlRI", "ShrRI", "SarRI", "Neg"} {
		if strings.HasPrefix(name, "op"+op) {
			return true
		}
	}
	return false
}
