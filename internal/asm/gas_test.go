package asm

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The tests in this file's company compare with GNU as. They need binutils
// (and some of them gcc); the recorded cases in testdata need neither.

// needTool skips a test whose yardstick is not installed.
func needTool(t *testing.T, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed; recorded cases still run", name)
	}
	if name != "as" {
		return p
	}
	out, err := exec.Command(p, "--version").CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("GNU assembler")) || !bytes.Contains(out, []byte("2.40")) {
		t.Skip("as is not GNU as 2.40, the version that is matched byte for byte")
	}
	return p
}

// gas assembles with GNU as and returns the object and what it complained of.
func gas(t *testing.T, src string) (object []byte, messages string) {
	t.Helper()
	as := needTool(t, "as")
	dir := t.TempDir()
	in, out := filepath.Join(dir, "x.s"), filepath.Join(dir, "x.o")
	if err := os.WriteFile(in, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	msg, _ := exec.Command(as, "--64", "-o", out, in).CombinedOutput()
	object, _ = os.ReadFile(out)
	return object, string(msg)
}

// gasMessages maps line numbers to what gas says there, for one kind of
// message: Error or Warning.
func gasMessages(kind, messages string) map[int]string {
	errs := map[int]string{}
	for _, m := range regexp.MustCompile(`x\.s:(\d+): `+kind+`: (.*)`).FindAllStringSubmatch(messages, -1) {
		n, _ := strconv.Atoi(m[1])
		errs[n] = m[2]
	}
	return errs
}

// parseObject reads an object that must be valid.
func parseObject(t *testing.T, object []byte) *elf.File {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(object))
	if err != nil {
		t.Fatalf("not an ELF object: %v", err)
	}
	return f
}

// textOf returns the contents of .text.
func textOf(t *testing.T, object []byte) []byte {
	t.Helper()
	b, err := parseObject(t, object).Section(".text").Data()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lineCase is one instruction with the bytes that gas gives it.
type lineCase struct {
	line string
	hex  string
}

// gasLines assembles lines one after the other with gas and returns the
// accepted ones with their bytes, the others with the message, and the lines
// whose number gas shortens.
func gasLines(t *testing.T, lines []string) (ok, rejected []lineCase, cut map[string]bool) {
	t.Helper()
	_, msg := gas(t, strings.Join(lines, "\n")+"\n")
	errs, warnings := gasMessages("Error", msg), gasMessages("Warning", msg)
	cut = map[string]bool{}
	var good []string
	for i, l := range lines {
		if m, bad := errs[i+1]; bad {
			rejected = append(rejected, lineCase{l, m})
		} else {
			good = append(good, l)
			cut[l] = strings.Contains(warnings[i+1], "shortened")
		}
	}
	object, msg := gas(t, labelled(good))
	if object == nil {
		t.Fatalf("gas: %s", msg)
	}
	return slices(t, good, object), rejected, cut
}

// labelled puts a label before each line.
func labelled(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		fmt.Fprintf(&b, "T%d: %s\n", i, l)
	}
	fmt.Fprintf(&b, "T%d:\n", len(lines))
	return b.String()
}

// slices cuts .text at the labels.
func slices(t *testing.T, lines []string, object []byte) []lineCase {
	t.Helper()
	text := textOf(t, object)
	syms, err := parseObject(t, object).Symbols()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]uint64{}
	for _, s := range syms {
		at[s.Name] = s.Value
	}
	out := make([]lineCase, len(lines))
	for i, l := range lines {
		out[i] = lineCase{l, fmt.Sprintf("%x", text[at[fmt.Sprintf("T%d", i)]:at[fmt.Sprintf("T%d", i+1)]])}
	}
	return out
}

// oneLine assembles a single line with us.
func oneLine(t *testing.T, line string) (string, error) {
	t.Helper()
	object, err := Assemble("x.s", []byte(line+"\n"))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", textOf(t, object)), nil
}
