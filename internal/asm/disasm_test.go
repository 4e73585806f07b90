package asm

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// insnLine matches a line of objdump -d: address, bytes, text.
var insnLine = regexp.MustCompile(`^ *([0-9a-f]+):\t[0-9a-f ]+\t(.*)$`)

// branchTarget matches a branch with the address it goes to.
var branchTarget = regexp.MustCompile(`^((?:[a-z.,A-Z]+ )*(?:j[a-z,]+|call|loop[a-z]*|xbegin)) +([0-9a-f]+) <.*>$`)

// reassemblable turns a disassembly back into source: a label at each
// instruction, branches to labels. It leaves out what has vector or x87
// registers.
func reassemblable(disassembly []byte) []string {
	var lines []string
	section := 0
	have := map[string]bool{}
	for _, l := range strings.Split(string(disassembly), "\n") {
		if strings.HasPrefix(l, "Disassembly of") {
			section++
		}
		if m := insnLine.FindStringSubmatch(l); m != nil && supported(m[2]) {
			label := fmt.Sprintf(".L%d_%s", section, m[1])
			have[label] = true
			lines = append(lines, label+": "+sourceOf(m[2], section))
		}
	}
	for i, l := range lines {
		if j := strings.LastIndex(l, ".L"); j > 0 && !have[l[j:]] {
			lines[i] = l[:j] + "elsewhere"
		}
	}
	return lines
}

// sourceOf makes one line of source.
func sourceOf(text string, section int) string {
	text, _, _ = strings.Cut(text, "#")
	text = strings.TrimSpace(text)
	if m := branchTarget.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s .L%d_%s", m[1], section, m[2])
	}
	return text
}

var vector = regexp.MustCompile(`%[xyz]?mm|%st|%k[0-7]|%bnd|\(bad\)|%riz|%eiz|<|^f|^v|^data16 |^rex|^\.byte|^(ld|st)mxcsr`)

func supported(text string) bool {
	text, _, _ = strings.Cut(text, "#")
	text = strings.TrimSpace(text)
	if m := branchTarget.FindStringSubmatch(text); m != nil {
		return true
	}
	return text != "" && !vector.MatchString(text)
}

// TestReassemble disassembles libraries of the system, reassembles them and
// compares with gas.
func TestReassemble(t *testing.T) {
	objdump := needTool(t, "objdump")
	needTool(t, "as")
	var libs []string
	for _, pattern := range []string{"/usr/lib/gcc/x86_64-linux-gnu/*/libgcc.a", "/usr/lib/x86_64-linux-gnu/libc.a"} {
		l, _ := filepath.Glob(pattern)
		libs = append(libs, l...)
	}
	if len(libs) == 0 {
		t.Skip("no static library is installed")
	}
	total := 0
	for _, lib := range libs {
		out, err := exec.Command(objdump, "-dw", lib).Output()
		if err != nil {
			t.Fatal(err)
		}
		total += compareText(t, lib, reassemblable(out))
	}
	t.Logf("%d instructions", total)
	if total < 50_000 {
		t.Logf("fewer than 50,000: the libraries here are small")
	}
}

// compareText assembles lines in batches with gas and with us.
func compareText(t *testing.T, what string, lines []string) int {
	t.Helper()
	const batch, most = 30_000, 60_000
	lines = lines[:min(len(lines), most)]
	n := 0
	for start := 0; start < len(lines); start += batch {
		part := lines[start:min(start+batch, len(lines))]
		n += comparePart(t, fmt.Sprintf("%s, batch %d", what, start/batch), part)
	}
	return n
}

func comparePart(t *testing.T, what string, lines []string) int {
	t.Helper()
	_, msg := gas(t, strings.Join(lines, "\n")+"\n")
	errs := gasMessages("Error", msg)
	for i := range lines {
		if errs[i+1] != "" {
			label, _, _ := strings.Cut(lines[i], ": ")
			lines[i] = label + ":" // a branch may still go there
		}
	}
	src := strings.Join(lines, "\n") + "\n"
	// Labels of another batch are elsewhere.
	src = outside(src)
	want, msg := gas(t, src)
	if want == nil {
		t.Fatalf("%s: gas: %.500s", what, msg)
	}
	got, err := Assemble(what, []byte(src))
	if err != nil {
		t.Errorf("%v", err)
		return 0
	}
	if !bytes.Equal(got, want) {
		reportDifference(t, what, lines, textOf(t, got), textOf(t, want))
	}
	return len(lines) - len(errs)
}

var targetRef = regexp.MustCompile(` (\.L[0-9]+_[0-9a-f]+)\b`)

// outside renames references to labels that src does not define.
func outside(src string) string {
	have := map[string]bool{}
	for _, l := range strings.Split(src, "\n") {
		label, _, _ := strings.Cut(l, ":")
		have[label] = true
	}
	return targetRef.ReplaceAllStringFunc(src, func(m string) string {
		if have[m[1:]] {
			return m
		}
		return " elsewhere"
	})
}

// reportDifference finds the first byte that differs.
func reportDifference(t *testing.T, what string, lines []string, got, want []byte) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("%s: .text differs at %#x: got % x, want % x", what, i, got[i:min(i+16, len(got))], want[i:min(i+16, len(want))])
			return
		}
	}
	t.Errorf("%s: objects differ outside the common part of .text: %d and %d bytes", what, len(got), len(want))
}
