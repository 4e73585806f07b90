package machine

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func koFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../testdata/scenarios/ko", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// leftovers is what a module that is not loaded must not have changed.
func leftovers(m *Machine) map[string]any {
	symbols := 0
	for _, o := range m.syms.Objects() {
		symbols += len(o.Symbols())
	}
	records := map[uint64]uint32{}
	for _, r := range m.ftrace.Records() {
		records[r.IP] = uint32(r.Flags)
	}
	refs := map[string]int{}
	for _, mod := range m.modules {
		refs[mod.Name] = mod.Refs + 100*len(mod.users)
	}
	return map[string]any{
		"memory": m.mem.Mapped(), "module space": len(m.modspace.used), "per-CPU": len(m.percpu.used),
		"symbols": symbols, "records": records, "modules": refs,
	}
}

// TestKoFails breaks each part of each sample, at every stage of a load: of what
// is refused nothing stays.
func TestKoFails(t *testing.T) {
	m := bootTest(t, Config{CPUs: 2, Limits: Limits{Insns: 100_000}})
	if err := m.Insmod(ModuleSource{Ko: koFile(t, "supplier.ko")}); err != nil {
		t.Fatal(err)
	}
	m.allocPercpu(8, 8) // its pages stay mapped
	before := leftovers(m)
	refused := 0
	for _, name := range []string{"user.ko", "patched.ko", "missing.ko", "hello.ko", "warns.ko"} {
		file := koFile(t, name)
		f, err := elf.NewFile(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range f.Sections[1:] {
			for _, b := range []byte{0, 0xff} {
				broken := append([]byte(nil), file...)
				if s.Type != elf.SHT_NOBITS {
					for at := s.Offset; at < s.Offset+s.Size; at++ {
						broken[at] = b
					}
				}
				refused += tryKo(t, m, name+" "+s.Name, broken, before)
			}
			broken := append([]byte(nil), file...)
			header := binary.LittleEndian.Uint64(file[40:]) + uint64(i+1)*64
			broken[header+8] ^= 1 << 1 // SHF_ALLOC
			refused += tryKo(t, m, name+" "+s.Name+" flags", broken, before)
		}
	}
	if refused < 50 {
		t.Errorf("only %d were refused", refused)
	}
}

// tryKo loads a file and unloads it again, and reports whether it was refused.
func tryKo(t *testing.T, m *Machine, what string, file []byte, before map[string]any) int {
	t.Helper()
	loaded := len(m.modules)
	err := m.Insmod(ModuleSource{Ko: file})
	m.BeginCommand()
	if err == nil {
		if err := m.Rmmod(m.modules[0].Name); err != nil && len(m.modules) > loaded {
			_ = m.ForceRmmod(m.modules[0].Name)
		}
		m.BeginCommand()
	}
	if diff := cmp.Diff(before, leftovers(m)); diff != "" {
		t.Fatalf("%s: %v; what stays:\n%s", what, err, diff)
	}
	if err != nil {
		return 1
	}
	return 0
}
