package asm

import (
	"fmt"
	"sort"
	"strings"
	"testing"
)

// examples are operands to try for each kind of the tables. "%s" stands for
// each register of the operand size.
func examples(kind string, size int) []string {
	mem := []string{
		"(%rax)", "8(%rbp)", "-129(%r13,%r12,4)", "(%rsp)", "0x12345678(,%r9,8)", "foo(%rip)",
		"%gs:0x28", "foo+4(,%rax,2)", "16(%ecx)", "(%r12)", "127(%rsp,%rbp)",
	}
	switch strings.TrimPrefix(kind, "*") {
	case "r", "v", "rr":
		return regExamples(size)
	case "rm":
		return append(regExamples(size), mem...)
	case "m":
		return mem
	case "a":
		return []string{map[int]string{1: "%al", 2: "%ax", 4: "%eax", 8: "%rax"}[size]}
	case "i", "ib", "iw", "iq":
		return []string{"$1", "$-1", "$127", "$128", "$-128", "$255", "$0x1234", "$0x7fffffff", "$0xfffffff0", "$-0x80000000", "$foo", "$0x123456789"}
	case "i8s":
		return []string{"$5", "$-128", "$127"}
	case "one":
		return []string{"$1"}
	case "rel":
		return []string{"foo", ".", "foo+4", "foo@PLT"}
	case "mo", "mobig":
		return []string{"0x1122334455667788", "foo", "5", "0x80000000", "%fs:0x1122334455667788"}
	case "xs":
		return []string{"(%rsi)", "%ds:(%rsi)", "%gs:(%rsi)", "(%esi)"}
	case "xd":
		return []string{"(%rdi)", "%es:(%rdi)", "%es:(%edi)"}
	case "cl", "dx", "ax", "fs", "gs":
		return append([]string{"%" + kind}, map[string][]string{"dx": {"(%dx)"}}[kind]...)
	case "sreg":
		return []string{"%ds", "%fs", "%cs"}
	case "cr":
		return []string{"%cr0", "%cr8"}
	case "dr":
		return []string{"%dr7", "%db3"}
	}
	return []string{"?" + kind}
}

func regExamples(size int) []string {
	switch size {
	case 1:
		return []string{"%al", "%bh", "%sil", "%r10b"}
	case 2:
		return []string{"%ax", "%cx", "%r9w"}
	case 4:
		return []string{"%eax", "%edx", "%r14d"}
	}
	return []string{"%rax", "%rbx", "%rsp", "%r13"}
}

// rowLines makes instructions for one row under one size.
func rowLines(name string, r *row, size int) []string {
	choices := make([][]string, len(r.operands))
	for i, spec := range r.operands {
		s := spec.size
		if s == 0 {
			s = size
		}
		choices[i] = examples(spec.kind, s)
		if strings.HasPrefix(spec.kind, "*") {
			starred := make([]string, len(choices[i]))
			for j, c := range choices[i] {
				starred[j] = "*" + c
			}
			choices[i] = starred
		}
	}
	var out []string
	for _, ops := range product(choices) {
		tail := strings.Join(ops, ", ")
		out = append(out, strings.TrimSpace(name+" "+tail))
		if size != 0 && r.suffixes() != "" {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s%c %s", name, sizeLetter(size), tail)))
		}
	}
	return out
}

// product lists combinations: each choice of each operand with a few of the
// others, not all with all.
func product(choices [][]string) [][]string {
	longest := 1
	for _, c := range choices {
		longest = max(longest, len(c))
	}
	var out [][]string
	for shift := range 3 {
		for i := range longest {
			ops := make([]string, len(choices))
			for k, c := range choices {
				ops[k] = c[(i+k*shift)%len(c)]
			}
			out = append(out, ops)
		}
	}
	return out
}

// allForms makes instructions for every row of the tables.
func allForms() []string {
	t := instructions()
	seen := map[string]bool{}
	var out []string
	for _, name := range t.names {
		for _, r := range t.rows[name] {
			sizes := r.sizes
			if sizes == "" {
				sizes = "-"
			}
			for _, c := range sizes {
				for _, l := range rowLines(name, r, suffixSize(byte(c))) {
					if !seen[l] {
						seen[l] = true
						out = append(out, l)
					}
				}
			}
		}
	}
	sort.Strings(out)
	return out
}

// lenient lists where we and gas are meant to differ: we take jmpq and callq,
// which older assemblers and other tools write, and do not check that the
// destination of movdir64b has the address size.
func lenient(line string) bool {
	m := firstWord(line)
	return m == "jmpq" || m == "callq" || (m == "movdir64b" || m == "enqcmd" || m == "enqcmds") && strings.Contains(line, "(%ecx)")
}

// same assembles all lines at once and compares with what gas made of them;
// if it differs, the caller looks at each.
func same(t *testing.T, lines []lineCase, cut map[string]bool) bool {
	t.Helper()
	var src, want strings.Builder
	for _, c := range lines {
		if !cut[c.line] {
			src.WriteString(c.line + "\n")
			want.WriteString(c.hex)
		}
	}
	object, err := Assemble("x.s", []byte(src.String()))
	return err == nil && fmt.Sprintf("%x", textOf(t, object)) == want.String()
}

// TestFormsAgainstGas assembles every row of the tables with many operands
// and compares each instruction with gas.
func TestFormsAgainstGas(t *testing.T) {
	lines := allForms()
	accepted, rejected, cut := gasLines(t, lines)
	t.Logf("%d instructions, gas accepts %d", len(lines), len(accepted))
	bad := 0
	if same(t, accepted, cut) {
		accepted = nil
	}
	for _, c := range accepted {
		got, err := oneLine(t, c.line)
		if err != nil && cut[c.line] {
			continue // gas warns and cuts the number; we refuse
		}
		if err != nil || got != c.hex {
			if bad++; bad <= 40 {
				t.Errorf("%s: got %s %v, gas has %s", c.line, got, err, c.hex)
			}
		}
	}
	for _, c := range rejected {
		if got, err := oneLine(t, c.line); err == nil && !lenient(c.line) {
			if bad++; bad <= 40 {
				t.Errorf("%s: got %s, gas says %s", c.line, got, c.hex)
			}
		}
	}
	if bad > 40 {
		t.Errorf("%d differences in all", bad)
	}
}
