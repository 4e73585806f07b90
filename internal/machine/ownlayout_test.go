package machine

import (
	"os"
	"testing"

	structlayout "klpemu/internal/layout"
)

func moduleFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../../testdata/modules/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReadLayout(t *testing.T) {
	p, err := DefaultProfile()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		file, source     string
		patchMod, fnSize uint64
		objMod, objSize  uint64
	}{
		{"lp_cmdline.ko", "DWARF", 0, 152, 152, 168},
		{"lp_state1.ko", "BTF", 0, 152, 152, 168},
		{"lp_wide.ko", "DWARF", 8, 176, 160, 176},
	}
	for _, test := range tests {
		own, err := readLayout(p, test.file, moduleFile(t, test.file))
		if err != nil || own == nil {
			t.Errorf("%s: got %v, %v", test.file, own, err)
			continue
		}
		l := own.layout
		if own.source != test.source || l.Patch.Mod != test.patchMod || l.Func.Size != test.fnSize ||
			l.Object.Mod != test.objMod || l.Object.Size != test.objSize {
			t.Errorf("%s: got %+v of %s, want %+v", test.file, l, own.source, test)
		}
	}
	if own, err := readLayout(p, "lp_swap.ko", moduleFile(t, "lp_swap.ko")); own != nil || err != nil {
		t.Errorf("without debugging information: got %v, %v", own, err)
	}
	const want = "struct completion has 40 bytes, in the kernel (profile 6.12 Debian amd64) 32: the module is for another kernel; DWARF says so"
	if _, err := readLayout(p, "lp_foreign.ko", moduleFile(t, "lp_foreign.ko")); err == nil || err.Error() != want {
		t.Errorf("of another kernel: got %v, want %s", err, want)
	}
}

// TestLayoutRefuses has livepatch structures that cannot be read.
func TestLayoutRefuses(t *testing.T) {
	word := func(name string, at uint64) structlayout.Member {
		return structlayout.Member{Name: name, Bit: 8 * at, Bits: 64}
	}
	patch := &structlayout.Struct{Name: "klp_patch", Size: 200, Members: []structlayout.Member{
		word("mod", 0), word("objs", 8), word("states", 16), {Name: "replace", Bit: 192, Bits: 1},
	}}
	for _, test := range []struct {
		structs []*structlayout.Struct
		want    string
	}{
		{[]*structlayout.Struct{patch}, "struct klp_patch: replace is of 1 bits at bit 192, want 1 bytes"},
		{[]*structlayout.Struct{{Name: "klp_patch", Size: 8}}, "struct klp_patch has no member mod"},
	} {
		own := &ownLayout{structs: map[string]*structlayout.Struct{}}
		for _, s := range test.structs {
			own.structs[s.Name] = s
		}
		if err := own.fill(); err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

func FuzzReadLayout(f *testing.F) {
	for _, name := range []string{"lp_cmdline.ko", "lp_state1.ko", "lp_swap.ko"} {
		f.Add(moduleFile(f, name))
	}
	p, err := DefaultProfile()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if own, err := readLayout(p, "fuzz.ko", data); err == nil && own != nil && own.layout.Func.Size == 0 {
			t.Error("functions have no size: an array of them has no end")
		}
	})
}
