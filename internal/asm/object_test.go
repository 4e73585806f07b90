package asm

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "record testdata anew, with GNU as")

// TestObjects compares the sources in testdata/objects with what was recorded
// from gas, and with gas itself where it is installed.
func TestObjects(t *testing.T) {
	files, err := filepath.Glob("testdata/objects/*.s")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".s"), func(t *testing.T) { compareObject(t, f) })
	}
}

func compareObject(t *testing.T, file string) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	recorded := strings.TrimSuffix(file, ".s") + ".want"
	if *update {
		object, msg := gas(t, string(src))
		if object == nil {
			t.Fatalf("gas: %s", msg)
		}
		if err := os.WriteFile(recorded, []byte(dump(t, object)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Assemble(file, src)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), dump(t, got)); diff != "" {
		t.Errorf("object differs (-gas +ours):\n%s", diff)
	}
}

// TestObjectsAgainstGas compares the same sources byte for byte.
func TestObjectsAgainstGas(t *testing.T) {
	needTool(t, "as")
	files, _ := filepath.Glob("testdata/objects/*.s")
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := gas(t, string(src))
		if got, err := Assemble(f, src); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: not the bytes of gas: %v", f, err)
		}
	}
}

// dump renders an object as text: sections with contents, symbols,
// relocations, all by name.
func dump(t *testing.T, object []byte) string {
	t.Helper()
	f := parseObject(t, object)
	syms, err := f.Symbols()
	if err != nil && err != elf.ErrNoSymbols {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, s := range f.Sections {
		dumpSection(t, &b, f, syms, i, s)
	}
	for i, s := range syms {
		name := s.Name
		if int(s.Section) < len(f.Sections) && s.Section != 0 {
			name += " in " + f.Sections[s.Section].Name
		} else {
			name += " in " + s.Section.String()
		}
		fmt.Fprintf(&b, "symbol %d: %#x %d info %#x other %d %s\n", i+1, s.Value, s.Size, s.Info, s.Other, name)
	}
	return b.String()
}

func dumpSection(t *testing.T, b *strings.Builder, f *elf.File, syms []elf.Symbol, i int, s *elf.Section) {
	t.Helper()
	fmt.Fprintf(b, "section %d: %s %v flags %#x align %d entsize %d size %d\n", i, s.Name, s.Type, uint64(s.Flags), s.Addralign, s.Entsize, s.Size)
	if s.Type == elf.SHT_NOBITS || s.Type == elf.SHT_NULL || s.Type == elf.SHT_SYMTAB || s.Type == elf.SHT_STRTAB {
		return
	}
	data, err := s.Data()
	if err != nil {
		t.Fatal(err)
	}
	if s.Type == elf.SHT_RELA {
		for ; len(data) >= relaSize; data = data[relaSize:] {
			info := binary.LittleEndian.Uint64(data[8:])
			fmt.Fprintf(b, "  %#x %v %s %+d\n", binary.LittleEndian.Uint64(data), elf.R_X86_64(info&0xffffffff),
				symbolName(f, syms, int(info>>32)), int64(binary.LittleEndian.Uint64(data[16:])))
		}
		return
	}
	for off := 0; off < len(data); off += 16 {
		fmt.Fprintf(b, "  %04x: % x\n", off, data[off:min(off+16, len(data))])
	}
}

func symbolName(f *elf.File, syms []elf.Symbol, i int) string {
	if i == 0 {
		return "0"
	}
	s := syms[i-1]
	if elf.ST_TYPE(s.Info) == elf.STT_SECTION {
		return f.Sections[s.Section].Name
	}
	return s.Name
}

// lineDiff shows the first lines that differ.
func lineDiff(want, got string) string {
	const most = 4000
	d := cmp.Diff(want, got)
	if len(d) > most {
		d = d[:most] + "\n..."
	}
	return d
}
