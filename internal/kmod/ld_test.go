package kmod

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"klpemu/internal/trace"
)

// TestRelocateAsLd: GNU ld, told where the sections and the symbols are, makes
// the same bytes of them.
func TestRelocateAsLd(t *testing.T) {
	needLd(t)
	for name, file := range samples(t) {
		t.Run(name, func(t *testing.T) { sameAsLd(t, file) })
	}
}

// TestCorpusAsLd is the same for the modules of a real kernel.
func TestCorpusAsLd(t *testing.T) {
	needLd(t)
	corpus(t, func(name string, file []byte) {
		t.Run(name, func(t *testing.T) { sameAsLd(t, file) })
	})
}

func needLd(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"ld", "objcopy"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
}

// relocated loads a module as far as its relocations.
func relocated(t *testing.T, file []byte) *Module {
	t.Helper()
	k, err := Open(file, func(trace.Level, string) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Check(Debian()); err != nil {
		t.Skipf("a module that is refused: %v", k.infoName)
	}
	if err := k.Layout(); err != nil {
		t.Fatal(err)
	}
	var bases [MemTypes]uint64
	for i := range bases {
		bases[i] = moduleStart + uint64(i)<<23
	}
	k.Place(bases)
	k.SetPercpu(percpuAt)
	if err := k.Resolve(everything()); err != nil {
		t.Fatal(err)
	}
	if err := k.Relocate(func(uint64) string { return "" }); err != nil {
		t.Fatal(err)
	}
	return k
}

// percpuAt is where per-CPU variables are.
const percpuAt = 0x40000

func sameAsLd(t *testing.T, file []byte) {
	k := relocated(t, file)
	if sections, err := k.LivepatchSections(); err != nil || len(sections) > 0 {
		t.Skip("ld knows no symbols of livepatches")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("in.ko"), file, 0o666); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	var copyArgs []string
	for _, y := range k.Imports() {
		fmt.Fprintf(&script, "%s = %#x;\n", y.Name, y.Value)
	}
	script.WriteString("SECTIONS {\n")
	compared := map[string]*Section{}
	for _, s := range k.Sections[1:] {
		if s.Addr == 0 || s.Type != elf.SHT_PROGBITS || s.Size == 0 {
			continue
		}
		compared[s.Name] = s
		fmt.Fprintf(&script, "%s %#x : { *(%s) }\n", s.Name, s.Addr, s.Name)
		if s.Flags&elf.SHF_MERGE != 0 { // ld would merge strings
			copyArgs = append(copyArgs, "--set-section-flags", s.Name+"=alloc,readonly,data,contents")
		}
	}
	for _, s := range k.Sections[1:] {
		if s.Addr != 0 && s.Type == elf.SHT_NOBITS {
			fmt.Fprintf(&script, "%s %#x : { *(%s) }\n", s.Name, s.Addr, s.Name)
		}
	}
	fmt.Fprintf(&script, ".data..percpu %#x : { *(.data..percpu) }\n", percpuAt)
	script.WriteString("/DISCARD/ : { *(.note* .comment .BTF .debug* .modinfo __versions) }\n}\n")
	if err := os.WriteFile(at("script"), []byte(script.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		append(append([]string{"objcopy", "-g"}, copyArgs...), at("in.ko"), at("in.o")),
		{"ld", "-static", "--no-relax", "-z", "norelro", "--no-gc-sections", "-e", "0", "-T", at("script"), "-o", at("out"), at("in.o")},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	f, err := elf.Open(at("out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for _, s := range f.Sections {
		ours := compared[s.Name]
		if ours == nil {
			continue
		}
		data, err := s.Data()
		if err != nil || s.Addr != ours.Addr {
			t.Fatalf("%s at %#x, want %#x (%v)", s.Name, s.Addr, ours.Addr, err)
		}
		n++
		if !bytes.Equal(data, ours.Data) {
			for i := range min(len(data), len(ours.Data)) {
				if data[i] != ours.Data[i] {
					t.Errorf("%s+%#x: ld has % x, we have % x", s.Name, i, data[i:min(i+8, len(data))], ours.Data[i:min(i+8, len(ours.Data))])
					break
				}
			}
			if len(data) != len(ours.Data) {
				t.Errorf("%s: ld has %d bytes, we have %d", s.Name, len(data), len(ours.Data))
			}
		}
	}
	if n < 3 {
		t.Errorf("only %d sections were compared", n)
	}
}
