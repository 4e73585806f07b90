package cpu

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var updateDocs = flag.Bool("docs.update", false, "rewrite ../docs/instructions.md")

// TestInstructionsDoc keeps docs/instructions.md what the table says.
func TestInstructionsDoc(t *testing.T) {
	const file = "../docs/instructions.md"
	want := instructionsDoc()
	if *updateDocs {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the instruction table says: run go test ./cpu -run InstructionsDoc -docs.update", file)
	}
}

func instructionsDoc() string {
	var b strings.Builder
	b.WriteString(instructionsHead)
	var names []string
	for _, f := range Forms() {
		if !f.Supported() {
			names = append(names, f.Name)
			continue
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", f.Name, f.Enc, code(f.Ops), notes(&f))
	}
	b.WriteString("\n## Named, not executed\n\nThese raise #UD with their name in the fault; `evex` stands for all of AVX-512.\n\n")
	seen := map[string]bool{}
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			b.WriteString(n + "\n")
		}
	}
	return b.String()
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// notes are the properties of a form, in words.
func notes(f *Form) string {
	var n []string
	for _, a := range []struct {
		attr attr
		text string
	}{
		{lockable, "lock"}, {repString, "rep"}, {repCond, "repe, repne"}, {def64, "64 bits, or 16"},
		{force64, "always 64 bits"}, {serialize, "serialising"}, {onlyMem, "memory only"}, {noMem, "register only"},
	} {
		if f.attr&a.attr != 0 {
			n = append(n, a.text)
		}
	}
	return strings.Join(n, "; ")
}

const instructionsHead = `# Instructions

Every instruction form that klpemu executes, from the table that decodes them
(cpu/optab*.go). This page is generated: ` + "`go test ./cpu -run InstructionsDoc -docs.update`" + `.

- *Encoding*: as the SDM writes it. A prefix in front is part of the opcode; ` + "`np`" + ` excludes
  f2 and f3, ` + "`none`" + ` excludes 66, too; ` + "`/r`" + ` is a ModRM byte, ` + "`/0`" + ` to ` + "`/7`" + ` one whose reg field
  is fixed, ` + "`=c1`" + ` one that is fixed as a whole; ` + "`+r`" + ` and ` + "`+cc`" + ` put a register or a
  condition into the opcode; ` + "`vex l0`" + ` is VEX-encoded.
- *Operands*: destination first, in the letters of SDM volume 2, A.2 (E: ModRM register or
  memory, G: ModRM register, I: immediate, J: branch, M: memory, O: absolute address, Z: register
  in the opcode, A: accumulator, B: VEX.vvvv) and sizes b w d q o, v: operand size,
  z: at most 32 bits of it, y: 32 or, with REX.W, 64 bits.
- ` + "`*`" + ` in a mnemonic stands for a condition.

What is undefined in the SDM does what the CPUs that the tests were recorded on do, where that is
cheap; cpu/undefined_test.go lists the flags that are left out of the comparison, with their source.
With 66, near branches keep their 64-bit operand size, as on Intel's CPUs.

| Mnemonic | Encoding | Operands | Notes |
|---|---|---|---|
`
