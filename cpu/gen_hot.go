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
	g.variants()
	g.fused()
	g.sequences("hot_sequences.txt")
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

// Text between the outer marks only records flags: it is left out where the next
// instruction overwrites them all. What is behind the middle mark, if there is one,
// does instead where no instruction near reads them: it only remembers operands.
const (
	flagsBegin = "\x01"
	flagsLate  = "\x04"
	flagsEnd   = "\x02"
)

// allFlags is text that records all flags, someFlags text that needs the old ones.
func allFlags(s string) string  { return flagsBegin + s + "FLAGS\n" + flagsEnd }
func someFlags(s string) string { return flagsBegin + "SETTLED\n" + s + flagsEnd }

// A flagMode says which of the marked texts stay.
type flagMode int

const (
	loud  flagMode = iota // flags are recorded
	quiet                 // they are not
	late                  // they may be, later
)

// withFlags resolves the marks.
func withFlags(s string, mode flagMode) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, flagsBegin)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		marked, after, _ := strings.Cut(rest, flagsEnd)
		now, later, ok := strings.Cut(marked, flagsLate)
		if mode == late && ok {
			now = later
		}
		if mode != quiet {
			b.WriteString(now)
		}
		s = after
	}
}

// result records ZF, SF and PF of r.
func result(size int) string {
	if size == 64 {
		return "c.fz, c.fr = r, r\n"
	}
	return fmt.Sprintf("c.fz = uint64(r)\nc.fr = uint64(r)<<%d | uint64(r)\n", 64-size)
}

// carries records the carries v.
func carries(size int, v string) string {
	if size == 64 {
		return "c.fc = " + v + "\n"
	}
	return fmt.Sprintf("v := uint64(%s)\nc.fc = v<<%d | v\n", v, 64-size)
}

// compute is r = a op b with its flags; a and b have the operand type.
func compute(op string, size int) string {
	add := result(size) + carries(size, "a&b | (a|b)&^r")
	sub := result(size) + carries(size, "^a&b | (^a|b)&r")
	remember := func(flags, kind string) string {
		return allFlags(flags)[:len(allFlags(flags))-1] + flagsLate +
			fmt.Sprintf("_, la, lb, late = r, %s, %s, late%s%d\n", wide(size, "a"), wide(size, "b"), kind, size) + flagsEnd
	}
	switch op {
	case "add":
		return "r := a + b\n" + remember(add, "Add")
	case "sub", "cmp":
		return "r := a - b\n" + remember(sub, "Sub")
	case "adc":
		return "SETTLED\nr := a + b + " + conv(size, "c.fc>>63") + "\n" + allFlags(add)
	case "sbb":
		return "SETTLED\nr := a - b - " + conv(size, "c.fc>>63") + "\n" + allFlags(sub)
	}
	sign := map[string]string{"and": "&", "test": "&", "or": "|", "xor": "^"}[op]
	flags := allFlags(result(size) + "c.fc = 0\n")
	return "r := a " + sign + " b\n" + flags[:len(flags)-1] + flagsLate +
		fmt.Sprintf("la, late = %s, lateLogic%d\n", wide(size, "r"), size) + flagsEnd
}

// settle records what late operations left.
func settle() string {
	var b strings.Builder
	b.WriteString("switch late {\n")
	for _, op := range []string{"add", "sub"} {
		for _, size := range sizes {
			fmt.Fprintf(&b, "case late%s%d:\na, b := %s, %s\n%s", title(op), size, conv(size, "la"), conv(size, "lb"), withFlags(compute(op, size), loud))
		}
	}
	for _, size := range sizes {
		fmt.Fprintf(&b, "case lateLogic%d:\nr := %s\n%sc.fc = 0\n", size, conv(size, "la"), result(size))
	}
	b.WriteString("}\n")
	return resolve(b.String(), inLeaf)
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
					g.forms = append(g.forms, switchForm(first+"J"+name, read+withFlags(compute(f.op, size), late)+write+fusedBranch(f.op, size, cc)))
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

// variants makes forms that record no flags, for where they are overwritten before
// anything can look at them, and forms that do so later.
func (g *generator) variants() {
	var quiets, lates []string
	for _, f := range g.forms {
		if body := withFlags(f.body, quiet); body != withFlags(f.body, loud) && strings.Contains(body, writesD) && !strings.Contains(body, "&^0xff") {
			g.forms = append(g.forms, switchForm(f.name+"q", body))
			quiets = append(quiets, f.name+": "+f.name+"q")
		}
		if strings.Contains(f.body, flagsLate) && strings.HasSuffix(f.body, next) {
			g.forms = append(g.forms, switchForm(f.name+"l", withFlags(f.body, late)))
			lates = append(lates, f.name+": "+f.name+"l")
		}
	}
	g.table("hotQuiet", "[...]uint16", []string{"\n" + strings.Join(append(quiets, ""), ",\n")})
	g.table("hotLate", "[...]uint16", []string{"\n" + strings.Join(append(lates, ""), ",\n")})
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

// reads tells for each form which operands it reads, whether it can be the first
// of a pair that forwards what it writes, and what it means for flags.
func (g *generator) reads() {
	var rows []string
	for _, f := range g.forms {
		var m []string
		if _, _, _, ok := written(f.body); ok {
			m = append(m, "writesD")
		}
		body := withFlags(f.body, quiet)
		if strings.Count(body, next) == 1 && strings.HasSuffix(body, next) && !strings.Contains(body, "SLOW") && !strings.Contains(body, "c.f") {
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
	b.WriteString("// What the switch remembers instead of flags.\nconst (\nlateNone = iota\n")
	for _, kind := range []string{"Add", "Sub", "Logic"} {
		for _, size := range sizes {
			fmt.Fprintf(&b, "late%s%d\n", kind, size)
		}
	}
	b.WriteString(")\n")
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
	var la, lb uint64
	late := 0
again:
	switch o.code {
	case opSlow:
		goto out
	case opEnd:
` + resolve(linked, inSwitch) + "goto again\n")
	for _, f := range g.forms {
		fmt.Fprintf(&b, "case %s:\n%sgoto again\n", f.name, resolve(withFlags(f.body, loud), inSwitch))
	}
	b.WriteString("}\nout:\n" + settle() + "return o, n + int64(o.rem), n >= 0\nsettle:\n" + settle() + "late = 0\ngoto again\n}\n")
	return b.String()
}

// What the words in bodies stand for: SLOW leaves the instruction to its
// executor, TAKE goes on at a direct branch's target, FOUND at t, which the branch o
// leads to. The flags needed are there behind SETTLED; FLAGS is where all have
// been written.
var (
	inSwitch = map[string]string{
		"SLOW":    "goto out",
		"SETTLED": "if late != 0 {\ngoto settle\n}",
		"FLAGS":   "late = 0",
		"TAKE":    "t := o.link\nif t == nil {\ngoto out\n}\nn -= int64(o.cost)\no = t\nif n < 0 {\ngoto out\n}",
		next:      "o = (*op)(unsafe.Add(unsafe.Pointer(o), unsafe.Sizeof(op{})))\n", // a call, even inlined, would leave a nop
		"FOUND":   "n += int64(o.rem) - 1 - int64(t.rem)\no = t\nif n < 0 {\ngoto out\n}",
	}
	inLeaf = map[string]string{
		"SLOW":      "return nil",
		"SETTLED\n": "",
		"FLAGS\n":   "",
		"TAKE":      "t := o.link\nif t == nil {\nreturn nil\n}\no = t",
		"FOUND":     "o = t",
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
			fmt.Fprintf(&b, "\nfunc leaf%s(c *VCPU, o *op) *op {\n%sreturn o\n}\n", f.name[2:], resolve(withFlags(f.body, loud), inLeaf))
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
