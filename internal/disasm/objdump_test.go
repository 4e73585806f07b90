package disasm

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"klpemu/cpu"
)

const recorded = "testdata/objdump.gz"

var record = flag.Bool("disasm.record", false, "record "+recorded+" (needs as and objdump 2.40)")

// TestObjdump compares text and length with what objdump printed for compiled
// programs at all optimisation levels and for a list of kernel instructions.
func TestObjdump(t *testing.T) {
	if *record {
		recordObjdump(t)
	}
	f, err := os.Open(recorded)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	sc := bufio.NewScanner(z)
	for sc.Scan() {
		parts := strings.SplitN(sc.Text(), "\t", 3)
		var pc uint64
		fmt.Sscanf(parts[0], "%x", &pc)
		code, err := hex.DecodeString(parts[1])
		if err != nil || len(parts) != 3 {
			t.Fatalf("%s: %q", recorded, sc.Text())
		}
		// More bytes follow in memory: they must not matter.
		got, k := Insn(append(code, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc), pc, nil)
		if want := parts[2]; got != want || k != len(code) {
			t.Errorf("%x: % x: got %q, length %d; objdump says %q", pc, code, got, k, want)
		}
		n++
	}
	if n < 5000 {
		t.Errorf("only %d instructions recorded", n)
	}
}

// recordObjdump runs objdump. One instruction of each kind of bytes is kept.
func recordObjdump(t *testing.T) {
	images, err := filepath.Glob("../../cpu/testdata/programs/*.elf")
	if err != nil {
		t.Fatal(err)
	}
	special := filepath.Join(t.TempDir(), "special.o")
	if out, err := exec.Command("as", "-o", special, "testdata/special.s").CombinedOutput(); err != nil {
		t.Fatalf("as: %v\n%s", err, out)
	}
	var buf bytes.Buffer
	z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	seen := map[string]bool{}
	for _, file := range append(images, special) {
		out, err := exec.Command("objdump", "-d", "-w", "--insn-width=15", file).Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			pc, code, text, ok := parseObjdump(line)
			if !ok || seen[code] {
				continue
			}
			seen[code] = true
			fmt.Fprintf(z, "%s\t%s\t%s\n", pc, code, text)
		}
	}
	z.Close()
	if err := os.WriteFile(recorded, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// parseObjdump splits a line of objdump -d; symbols are left out.
func parseObjdump(line string) (pc, code, text string, ok bool) {
	f := strings.Split(strings.TrimSpace(line), "\t")
	if len(f) < 3 {
		return "", "", "", false
	}
	code = strings.ReplaceAll(strings.TrimSpace(f[1]), " ", "")
	b, err := hex.DecodeString(code)
	if err != nil || len(b) == 0 {
		return "", "", "", false
	}
	if in, err := cpu.Decode(b); err == nil && !in.Supported() {
		return "", "", "", false
	}
	text, _, _ = strings.Cut(f[2], " <")
	return strings.TrimSuffix(strings.TrimSpace(f[0]), ":"), code, strings.TrimRight(text, " "), true
}
