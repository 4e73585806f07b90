package asm

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recordedLines is what testdata/lines.txt is made from: the instructions
// listed by hand, and a sample of those made from the tables.
func recordedLines(t *testing.T) []string {
	t.Helper()
	const every = 13 // shares no factor with the number of variants of a row
	lines := readLines(t, "testdata/hand.txt")
	for i, l := range allForms() {
		if i%every == 0 {
			lines = append(lines, l)
		}
	}
	return lines
}

func readLines(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// TestRecordedLines needs no binutils: each line of testdata/lines.txt is an
// instruction and the bytes that gas made of it.
func TestRecordedLines(t *testing.T) {
	const file = "testdata/lines.txt"
	if *update {
		accepted, _, cut := gasLines(t, recordedLines(t))
		var b strings.Builder
		for _, c := range accepted {
			if !cut[c.line] {
				fmt.Fprintf(&b, "%s\t%s\n", c.line, c.hex)
			}
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range readLines(t, file) {
		line, want, _ := strings.Cut(l, "\t")
		if got, err := oneLine(t, line); err != nil || got != want {
			t.Errorf("%s: got %s %v, want %s", line, got, err, want)
		}
	}
}

// TestHandListedLines makes sure that gas itself takes every line we list.
func TestHandListedLines(t *testing.T) {
	needTool(t, "as")
	lines := readLines(t, "testdata/hand.txt")
	accepted, rejected, _ := gasLines(t, lines)
	for _, c := range rejected {
		t.Errorf("%s: gas says %s", c.line, c.hex)
	}
	for _, c := range accepted {
		if got, err := oneLine(t, c.line); err != nil || got != c.hex {
			t.Errorf("%s: got %s %v, gas has %s", c.line, got, err, c.hex)
		}
	}
}

// TestSnippets assembles testdata/snippets.txt, a program on each line, and
// compares the objects with those recorded from gas.
func TestSnippets(t *testing.T) {
	const file, recorded = "testdata/snippets.txt", "testdata/snippets.want"
	var got, fromGas strings.Builder
	for _, src := range readLines(t, file) {
		object, err := Assemble("x.s", []byte(src+"\n"))
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		fmt.Fprintf(&got, "== %s\n%s", src, dump(t, object))
		if *update {
			object, _ := gas(t, src+"\n")
			fmt.Fprintf(&fromGas, "== %s\n%s", src, dump(t, object))
		}
	}
	if *update {
		if err := os.WriteFile(recorded, []byte(fromGas.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("objects differ (-gas +ours):\n%s", diff)
	}
}
