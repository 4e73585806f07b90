package layout_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/btf"
	"klpemu/internal/layout"
	"klpemu/internal/obj"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// outer is struct outer of testdata/structs.c as gcc lays it out.
func outer() *layout.Struct {
	return &layout.Struct{Name: "outer", Size: 136, Members: []layout.Member{
		{Name: "pointer", Bit: 0, Bits: 64},
		{Name: "qualified", Bit: 64, Bits: 64},
		{Name: "word", Bit: 128, Bits: 64},
		{Name: "low", Bit: 192, Bits: 3},
		{Name: "high", Bit: 195, Bits: 13},
		{Name: "flag", Bit: 208, Bits: 1},
		{Name: "in_struct", Bit: 256, Bits: 16},
		{Name: "in_union", Bit: 320, Bits: 64},
		{Name: "bytes", Bit: 320, Bits: 280},
		{Name: "inner", Bit: 640, Bits: 64},
		{Name: "array", Bit: 704, Bits: 128},
		{Name: "choice", Bit: 832, Bits: 32},
		{Name: "function", Bit: 896, Bits: 64},
		{Name: "forward", Bit: 960, Bits: 64},
		{Name: "real", Bit: 1024, Bits: 64},
		{Name: "tail", Bit: 1088, Bits: 0},
	}}
}

func fromObject(t testing.TB, data []byte, names ...string) (map[string]*layout.Struct, error) {
	t.Helper()
	f, err := obj.Parse("x.o", data)
	if err != nil {
		return nil, err
	}
	return layout.DWARF(func(name string) []byte { return layout.Section(f, name) }, names...)
}

// TestSources reads one structure from both versions of DWARF and from BTF.
func TestSources(t *testing.T) {
	want := outer()
	names := []string{"outer", "declared_only", "forward", "no_such"}
	for _, name := range []string{"dwarf4.o", "dwarf5.o"} {
		got, err := fromObject(t, read(t, name), names...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]*layout.Struct{"outer": want}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	s, err := btf.Parse(read(t, "structs.btf"), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Structs(names...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]*layout.Struct{"outer": want}, got); diff != "" {
		t.Errorf("BTF: %s", diff)
	}
}

func TestField(t *testing.T) {
	s := outer()
	if at, err := s.Field("word", 8); err != nil || at != 16 {
		t.Errorf("word: got %d, %v; want 16", at, err)
	}
	for field, want := range map[string]string{
		"no_such": "struct outer has no member no_such",
		"high":    "struct outer: high is of 13 bits at bit 195, want 8 bytes",
		"choice":  "struct outer: choice is of 32 bits at bit 832, want 8 bytes",
	} {
		if _, err := s.Field(field, 8); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", field, err, want)
		}
	}
	s.Size = 20
	if _, err := s.Field("word", 8); err == nil || err.Error() != "struct outer: word ends behind its 20 bytes" {
		t.Errorf("a size that is too small: got %v", err)
	}
}

func TestNoDebugInformation(t *testing.T) {
	got, err := layout.DWARF(func(string) []byte { return nil }, "outer")
	if err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestTooManyUnits has more units than there is time to read abbreviations for.
func TestTooManyUnits(t *testing.T) {
	info := strings.Repeat("\x08\x00\x00\x00\x04\x00\x00\x00\x00\x00\x08\x00", 1<<16)
	_, err := layout.DWARF(func(name string) []byte {
		switch name {
		case ".debug_info":
			return []byte(info)
		case ".debug_abbrev":
			return make([]byte, 1<<15)
		}
		return nil
	}, "outer")
	if err == nil || !strings.Contains(err.Error(), "65536 units with 32768 bytes of abbreviations are too many") {
		t.Errorf("got %v", err)
	}
}

func FuzzDWARF(f *testing.F) {
	for _, name := range []string{"dwarf4.o", "dwarf5.o"} {
		o, err := obj.Parse(name, read(f, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(layout.Section(o, ".debug_info"), layout.Section(o, ".debug_abbrev"), layout.Section(o, ".debug_str"))
	}
	f.Fuzz(func(t *testing.T, info, abbrev, str []byte) {
		found, err := layout.DWARF(func(name string) []byte {
			return map[string][]byte{".debug_info": info, ".debug_abbrev": abbrev, ".debug_str": str}[name]
		}, "outer", "inner")
		if err == nil && len(found) > 2 {
			t.Errorf("found %d structures of two", len(found))
		}
	})
}
