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
	pairs  []pair
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
	g.write("hot_pairs.go", g.pairsFile())
	g.write("hot_rounds.go", roundsFile())
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

// --- output

const header = "// Code generated by gen_hot.go; DO NOT EDIT.\n\n//lint:file-ignore SA4006 what the pieces of a sequence hand on, not every next one reads\n\npackage cpu\n\n"

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
		log.Fatalf("%s: %v\n%s", name, err, text)
	}
	if err := os.WriteFile(name, out, 0o644); err != nil {
		log.Fatal(err)
	}
}
