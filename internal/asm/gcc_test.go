package asm

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compilerFlags are the ways the C sources are compiled.
func compilerFlags() []string {
	return []string{
		"-O0", "-O1", "-O2", "-Os",
		"-O2 -pg -mfentry -mrecord-mcount -fno-pie",
		"-O2 -pg -mfentry -mnop-mcount -mrecord-mcount -fno-pie -mcmodel=kernel -mno-red-zone",
		"-O2 -pg", "-O1 -fpatchable-function-entry=16,11",
		"-O2 -fcf-protection=full -fstack-protector-all",
		"-O2 -fPIC -ffunction-sections -fdata-sections",
		"-O3 -march=x86-64-v3 -funroll-loops -falign-functions=64",
		"-O2 -mindirect-branch=thunk -mfunction-return=thunk -fno-asynchronous-unwind-tables",
		"-O2 -mcmodel=large", "-O2 -g",
	}
}

// TestCompilerOutput assembles what gcc -S makes of testdata/c and compares
// whole objects with gas.
func TestCompilerOutput(t *testing.T) {
	gcc := needTool(t, "gcc")
	needTool(t, "as")
	sources, err := filepath.Glob("testdata/c/*.c")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	for _, flags := range compilerFlags() {
		for _, c := range sources {
			t.Run(filepath.Base(c)+" "+flags, func(t *testing.T) { compareCompiled(t, gcc, c, flags) })
		}
	}
}

func compareCompiled(t *testing.T, gcc, c, flags string) {
	t.Helper()
	args := append(strings.Fields(flags), "-w", "-mgeneral-regs-only", "-S", "-o", "-", c)
	src, err := exec.Command(gcc, args...).Output()
	if err != nil {
		t.Skipf("this gcc does not take %s: %v", flags, err)
	}
	want, msg := gas(t, string(src))
	if want == nil {
		t.Skipf("gas: %s", msg)
	}
	got, err := Assemble("x.s", src)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(flags, "-g") && !strings.Contains(flags, "-gen") {
		// We write no line table; all code must be the same all the same.
		compareSections(t, got, want)
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the objects differ:\n%s", lineDiff(dump(t, want), dump(t, got)))
	}
}

// compareSections compares the contents of allocated sections.
func compareSections(t *testing.T, got, want []byte) {
	t.Helper()
	g, w := parseObject(t, got), parseObject(t, want)
	for _, s := range w.Sections {
		if s.Flags&elf.SHF_ALLOC == 0 || s.Type == elf.SHT_NOBITS {
			continue
		}
		wb, err := s.Data()
		if err != nil {
			t.Fatal(err)
		}
		o := g.Section(s.Name)
		if o == nil {
			t.Errorf("section %s is missing", s.Name)
			continue
		}
		if gb, err := o.Data(); err != nil || !bytes.Equal(gb, wb) {
			t.Errorf("section %s differs: %v", s.Name, err)
		}
	}
}

// TestCompilerSources checks that the compiled sources exist, so that a build
// without gcc notices a lost file too.
func TestCompilerSources(t *testing.T) {
	for _, n := range []string{"arith", "bits", "control", "data", "kernel"} {
		if _, err := os.Stat(filepath.Join("testdata", "c", n+".c")); err != nil {
			t.Error(err)
		}
	}
}
