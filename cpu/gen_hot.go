//go:build ignore

// Gen_hot writes hot_switch.go, hot_leaf.go and hot_codes.go: the frequent
// instruction forms, specialised. Each form is one body, written down here once;
// it becomes a case of the switch in VCPU.loop and a function for VCPU.Step.
//
// In a body, c is the CPU and o the decoded instruction. A body checks all that
// can go wrong first; where it cannot go on it says SLOW, having changed
// nothing, and the executor takes over. It ends by setting o to what is next.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"strings"
)

// A form is one specialised instruction form.
type form struct {
	name string
	body string
	fuse bool // exists in the switch only
}

type generator struct {
	forms  []form
	tables bytes.Buffer
}

// sizes are the operand sizes in the order of the index in tables.
var sizes = []int{8, 16, 32, 64}

var conditions = []string{"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"}

func main() {
	log.SetFlags(0)
	g := &generator{}
	g.moves()
	g.arith()
	g.shifts()
	g.bits()
	g.branches()
	g.atomics()
	g.quiet()
	g.fused()
	g.pairs("hot_pairs.txt")
	g.write("hot_codes.go", g.codes())
	g.write("hot_switch.go", g.switchFile())
	g.write("hot_leaf.go", g.leafFile())
}

func (g *generator) add(name, body string) string {
	g.forms = append(g.forms, form{name: "op" + name, body: body})
	return "op" + name
}

// table writes an array of codes for specialize to pick from.
func (g *generator) table(name, typ string, rows []string) {
	fmt.Fprintf(&g.tables, "var %s = %s{%s}\n\n", name, typ, strings.Join(rows, ", "))
}

// --- pieces of bodies

func typ(size int) string { return fmt.Sprintf("uint%d", size) }

// conv converts to the operand type, from uint64.
func conv(size int, s string) string {
	if size == 64 {
		return s
	}
	return typ(size) + "(" + s + ")"
}

// wide converts from the operand type to uint64.
func wide(size int, s string) string {
	if size == 64 {
		return s
	}
	return "uint64(" + s + ")"
}

func reg(size int, field string) string { return conv(size, "c.r[o."+field+"]") }

// setReg writes a register as VCPU.setReg does.
func setReg(size int, field, v string) string {
	switch size {
	case 64:
		return fmt.Sprintf("c.r[o.%s] = %s\n", field, v)
	case 32:
		return fmt.Sprintf("c.r[o.%s] = uint64(%s)\n", field, v)
	case 16:
		return fmt.Sprintf("c.r[o.%[1]s] = c.r[o.%[1]s]&^0xffff | uint64(%[2]s)\n", field, v)
	}
	return fmt.Sprintf("c.r[o.%[1]s] = c.r[o.%[1]s]&^0xff | uint64(%[2]s)\n", field, v)
}

// address computes addr: base and displacement (B) or with an index, too (X).
func address(mode string) string {
	if mode == "X" {
		return "addr := c.r[o.b] + c.r[o.x]<<(o.k&3) + o.disp\n"
	}
	return "addr := c.r[o.b] + o.disp\n"
}

// page finds the page of addr in a TLB.
func page(tlb string, size int) string {
	last := ""
	if size > 8 {
		last = fmt.Sprintf("+%d", size/8-1)
	}
	end := "addr"
	if last != "" {
		end = "(addr" + last + ")"
	}
	return fmt.Sprintf("e := &c.%s[tlbIndex(addr)]\nif e.tag != %s>>pageShift {\nSLOW\n}\n", tlb, end)
}

func load(size int) string { return fmt.Sprintf("load%d(e.page, addr)", size) }

func store(size int, v string) string { return fmt.Sprintf("store%d(e.page, addr, %s)\n", size, v) }

const next = "o = step(o)\n"

// Text between these marks only records flags: it is left out where the next
// instruction overwrites them all.
const (
	flagsBegin = "\x01"
	flagsEnd   = "\x02"
)

func onlyFlags(s string) string { return flagsBegin + s + flagsEnd }

// withFlags and withoutFlags resolve the marks.
func withFlags(s string) string {
	return strings.NewReplacer(flagsBegin, "", flagsEnd, "").Replace(s)
}

func withoutFlags(s string) string {
	for {
		before, rest, ok := strings.Cut(s, flagsBegin)
		if !ok {
			return s
		}
		_, after, _ := strings.Cut(rest, flagsEnd)
		s = before + after
	}
}

// result records ZF, SF and PF of r.
func result(size int) string {
	if size == 64 {
		return onlyFlags("c.fz, c.fr = r, r\n")
	}
	return onlyFlags(fmt.Sprintf("c.fz = uint64(r)\nc.fr = uint64(r)<<%d | uint64(r)\n", 64-size))
}

// carries records the carries v.
func carries(size int, v string) string {
	if size == 64 {
		return onlyFlags("c.fc = " + v + "\n")
	}
	return onlyFlags(fmt.Sprintf("v := uint64(%s)\nc.fc = v<<%d | v\n", v, 64-size))
}

// compute is r = a op b with its flags; a and b have the operand type.
func compute(op string, size int) string {
	add := carries(size, "a&b | (a|b)&^r")
	sub := carries(size, "^a&b | (^a|b)&r")
	switch op {
	case "add":
		return "r := a + b\n" + result(size) + add
	case "sub", "cmp":
		return "r := a - b\n" + result(size) + sub
	case "adc":
		return "r := a + b + " + conv(size, "c.fc>>63") + "\n" + result(size) + add
	case "sbb":
		return "r := a - b - " + conv(size, "c.fc>>63") + "\n" + result(size) + sub
	}
	sign := map[string]string{"and": "&", "test": "&", "or": "|", "xor": "^"}[op]
	return "r := a " + sign + " b\n" + result(size) + onlyFlags("c.fc = 0\n")
}

// condition is a Go expression for condition code cc.
func condition(cc int) string {
	e := []string{
		"int64(c.fc^c.fc<<1) < 0",
		"int64(c.fc) < 0",
		"c.fz == 0",
		"(int64(c.fc) < 0 || c.fz == 0)",
		"int64(c.fr) < 0",
		"bits.OnesCount8(uint8(c.fr))&1 == 0",
		"int64(c.fr^c.fc^c.fc<<1) < 0",
		"(c.fz == 0 || int64(c.fr^c.fc^c.fc<<1) < 0)",
	}[cc>>1]
	if cc&1 == 0 {
		return e
	}
	return negate[e]
}

var negate = map[string]string{
	"int64(c.fc^c.fc<<1) < 0":                     "int64(c.fc^c.fc<<1) >= 0",
	"int64(c.fc) < 0":                             "int64(c.fc) >= 0",
	"c.fz == 0":                                   "c.fz != 0",
	"(int64(c.fc) < 0 || c.fz == 0)":              "int64(c.fc) >= 0 && c.fz != 0",
	"int64(c.fr) < 0":                             "int64(c.fr) >= 0",
	"bits.OnesCount8(uint8(c.fr))&1 == 0":         "bits.OnesCount8(uint8(c.fr))&1 != 0",
	"int64(c.fr^c.fc^c.fc<<1) < 0":                "int64(c.fr^c.fc^c.fc<<1) >= 0",
	"(c.fz == 0 || int64(c.fr^c.fc^c.fc<<1) < 0)": "c.fz != 0 && int64(c.fr^c.fc^c.fc<<1) >= 0",
}

// operandForms lists the places of two operands, in the order of the tables.
var operandForms = []string{"RR", "RI", "RMB", "RMX", "MRB", "MRX", "MIB", "MIX"}

// operands reads a and b for a form and says where r goes.
func operands(f string, size int, rmw bool) (read, write string) {
	mode := f[len(f)-1:]
	tlb := "rtlb"
	if rmw {
		tlb = "wtlb"
	}
	switch f {
	case "RR":
		return fmt.Sprintf("a, b := %s, %s\n", reg(size, "d"), reg(size, "s")), setReg(size, "d", "r")
	case "RI":
		return fmt.Sprintf("a, b := %s, %s\n", reg(size, "d"), conv(size, "o.imm")), setReg(size, "d", "r")
	case "RMB", "RMX":
		return address(mode) + page("rtlb", size) +
			fmt.Sprintf("a, b := %s, %s\n", reg(size, "d"), load(size)), setReg(size, "d", "r")
	case "MRB", "MRX":
		return address(mode) + page(tlb, size) +
			fmt.Sprintf("a, b := %s, %s\n", load(size), reg(size, "s")), store(size, "r")
	}
	return address(mode) + page(tlb, size) +
		fmt.Sprintf("a, b := %s, %s\n", load(size), conv(size, "o.imm")), store(size, "r")
}

// fusable are the compares that are fused with a conditional jump behind them.
var fusable = []string{"RR", "RI", "RMB", "MIB"}

// fused is compare and branch in one: two instructions, unless the branch's
// target is not known yet.
func (g *generator) fused() {
	var rows []string
	for _, op := range []string{"cmp", "test"} {
		var forms []string
		for _, f := range fusable {
			var bySize []string
			for _, size := range []int{8, 32, 64} {
				var codes []string
				read, _ := operands(f, size, false)
				for cc, name := range conditions {
					if strings.Contains(" o no p np ", " "+name+" ") {
						codes = append(codes, "opSlow")
						continue
					}
					n := fmt.Sprintf("op%s%s%dJ%s", title(op), f, size, name)
					g.forms = append(g.forms, form{name: n, fuse: true, body: read + compute(op, size) + fusedBranch(op, size, cc)})
					codes = append(codes, n)
				}
				bySize = append(bySize, "{"+strings.Join(codes, ", ")+"}")
			}
			forms = append(forms, "{"+strings.Join(bySize, ", ")+"}")
		}
		rows = append(rows, "{"+strings.Join(forms, ", ")+"}")
	}
	g.table("hotFused", "[2][4][3][16]uint16", rows)
}

func fusedBranch(op string, size, cc int) string {
	return "o = step(o)\nif " + direct(op, size, cc) + " {\nTAKE\n} else {\no = step(o)\n}\n"
}

// direct is the condition in terms of a, b and r.
func direct(op string, size, cc int) string {
	s := fmt.Sprintf("int%d", size)
	e := ""
	if op == "test" {
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

// pairs makes one case of two instructions that often follow each other: lines of
// two codes in the file, and which operands of the second are the register that
// the first writes: they need not wait for memory. The second may be the first
// half of a branch.
func (g *generator) pairs(file string) {
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
		var a, b, same string
		if n, _ := fmt.Sscan(line, &a, &b, &same); n < 2 || a == "#" {
			continue // a comment
		}
		if bodies[a] == "" || bodies[b] == "" {
			log.Fatalf("%s: %s: no such forms", file, strings.TrimSpace(line))
		}
		n := a + "_" + b[2:]
		if same != "" {
			n += "_" + same
		}
		g.forms = append(g.forms, form{name: n, fuse: true, body: pairBody(bodies[a], bodies[b], same, overwrites(b))})
		rows = append(rows, fmt.Sprintf("{%s, %s, %d}: %s", a, b, sameMask(same), n))
	}
	g.table("hotPairs", "map[pairKey]uint16", []string{"\n" + strings.Join(append(rows, ""), ",\n")})
}

// pairBody is first and second in one. If the second overwrites all flags and
// cannot fail, those of the first are dead; so is the register that the first
// writes if the second replaces it.
func pairBody(first, second, same string, dead bool) string {
	if dead {
		first = withoutFlags(first)
	}
	first = "{\n" + first + "}\n"
	if same != "" {
		keep := !strings.Contains(same, "d") || !replaces(second)
		first = "var w uint64\n" + forward(first, keep)
		second = forwarded(second, same)
	}
	return first + "{\n" + second + "}\n"
}

// quiet makes forms that record no flags, for where they are overwritten before
// anything can look at them.
func (g *generator) quiet() {
	var rows []string
	for _, f := range g.forms {
		body := withoutFlags(f.body)
		if body == f.body || !strings.Contains(body, writesD) || strings.Contains(body, "&^0xff") {
			continue
		}
		g.forms = append(g.forms, form{name: f.name + "q", body: body, fuse: true})
		rows = append(rows, f.name+": "+f.name+"q")
	}
	g.table("hotQuiet", "[...]uint16", []string{"\n" + strings.Join(append(rows, ""), ",\n")})
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
	return ok && !strings.Contains(body, "SLOW") && !strings.Contains(body, "c.r[R")
}

// forward makes w of what the form writes to register d.
func forward(body string, keep bool) string {
	before, value, after, ok := written(body)
	if !ok {
		log.Fatalf("writes no register for sure:\n%s", body)
	}
	if keep {
		after = writesD + "w\n" + after
	}
	return before + "w = " + value + "\n" + after
}

// forwarded makes a form read w where it would read one of the operands.
func forwarded(body, same string) string {
	for _, f := range same {
		operand := "c.r[o." + string(f) + "]"
		body = strings.ReplaceAll(body, operand+" = ", "\x03")
		body = strings.ReplaceAll(body, operand, "w")
		body = strings.ReplaceAll(body, "\x03", operand+" = ")
	}
	return body
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
		body := withoutFlags(f.body)
		if strings.Count(body, next) == 1 && strings.HasSuffix(body, next) && !strings.Contains(body, "SLOW") && !strings.Contains(body, "c.f") {
			m = append(m, "harmless")
			if overwrites(f.name) {
				m = append(m, "setsFlags")
			}
		}
		for _, r := range sameFields {
			if forwarded(f.body, string(r)) != f.body && !strings.Contains(f.body, "c.r[o.d], c.r[o.s] = ") {
				m = append(m, "reads"+strings.ToUpper(string(r)))
			}
		}
		if len(m) > 0 {
			rows = append(rows, f.name+": "+strings.Join(m, " | "))
		}
	}
	g.table("hotOperands", "[...]uint8", []string{"\n" + strings.Join(append(rows, ""), ",\n")})
}

// overwrites reports whether a form sets all flags, reads none, and has operands
// that cannot fault.
func overwrites(name string) bool {
	if strings.HasSuffix(name, "q") {
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

// --- output

const header = "// Code generated by gen_hot.go; DO NOT EDIT.\n\npackage cpu\n\n"

func (g *generator) codes() string {
	var b strings.Builder
	b.WriteString(header + "// The cases of the switch.\nconst (\nopSlow uint16 = iota // the executor does it\nopEnd // end of a run\n")
	for _, f := range g.forms {
		b.WriteString(f.name + "\n")
	}
	b.WriteString(")\n\n// The codes by family, for specialize. None of these is ever written.\n\n")
	b.WriteString(g.tables.String())
	return b.String()
}

func (g *generator) switchFile() string {
	var b strings.Builder
	b.WriteString(header + `import (
	"math/bits"
	"unsafe"
)

// loop executes instructions from o on, at most n. It returns the next one and
// how many are left of n, and whether that is because the executor has to do the
// next. Otherwise the run that the next is in might not fit into what is left:
// only where control leaves a run, the budget is looked at. So n counts, inside,
// what would be left at the end of the run.
//
//go:norace
func (c *VCPU) loop(o *op, n int64) (next *op, left int64, slow bool) {
	if n -= int64(o.rem); n < 0 {
		return o, n + int64(o.rem), false
	}
	_ = c.rip // not nil, from here on
again:
	switch o.code {
	case opSlow:
		goto slow
	case opEnd:
` + resolve(linked, inSwitch) + "goto again\n")
	for _, f := range g.forms {
		fmt.Fprintf(&b, "case %s:\n%sgoto again\n", f.name, resolve(withFlags(f.body), inSwitch))
	}
	b.WriteString(`}
slow:
	return o, n + int64(o.rem), true
spent:
	return o, n + int64(o.rem), false
}
`)
	return b.String()
}

// What the words in bodies stand for: SLOW leaves the instruction to its
// executor, TAKE goes on at a direct branch's target, FOUND at t, which the branch o
// leads to.
var (
	inSwitch = map[string]string{
		"SLOW":  "goto slow",
		"TAKE":  "t := o.link\nif t == nil {\ngoto slow\n}\nn -= int64(o.cost)\no = t\nif n < 0 {\ngoto spent\n}",
		next:    "o = (*op)(unsafe.Add(unsafe.Pointer(o), unsafe.Sizeof(op{})))\n", // a call, even inlined, would leave a nop
		"FOUND": "n += int64(o.rem) - 1 - int64(t.rem)\no = t\nif n < 0 {\ngoto spent\n}",
	}
	inLeaf = map[string]string{
		"SLOW":  "return nil",
		"TAKE":  "t := o.link\nif t == nil {\nreturn nil\n}\no = t",
		"FOUND": "o = t",
	}
)

func resolve(body string, words map[string]string) string {
	for word, text := range words {
		body = strings.ReplaceAll(body, word, text)
	}
	return body
}

func (g *generator) leafFile() string {
	var b strings.Builder
	b.WriteString(header + "import \"math/bits\"\n\n// leaves are the forms as functions, by code.\nvar leaves = [...]leafFunc{\nopSlow: slowLeaf,\nopEnd: leafEnd,\n")
	for _, f := range g.forms {
		if !f.fuse {
			fmt.Fprintf(&b, "%s: leaf%s,\n", f.name, f.name[2:])
		}
	}
	b.WriteString("}\n")
	for _, f := range g.forms {
		if !f.fuse {
			fmt.Fprintf(&b, "\nfunc leaf%s(c *VCPU, o *op) *op {\n%sreturn o\n}\n", f.name[2:], resolve(withFlags(f.body), inLeaf))
		}
	}
	return b.String()
}

func (g *generator) write(name, text string) {
	out, err := format.Source([]byte(text))
	if err != nil {
		os.WriteFile("/tmp/"+name, []byte(text), 0o644)
		log.Fatalf("%s: %v", name, err)
	}
	if err := os.WriteFile(name, out, 0o644); err != nil {
		log.Fatal(err)
	}
}
