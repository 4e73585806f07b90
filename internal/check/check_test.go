package check

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/kmod"
	"klpemu/internal/trace"
	"klpemu/livepatch"
)

const systemMap = "testdata/System.map-6.12.117+deb12-cloud-amd64"

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func kernel(t testing.TB, name string) *Image {
	t.Helper()
	k, err := ParseKernel(name, read(t, name), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func module(t testing.TB, name string) *kmod.Module {
	t.Helper()
	k, err := kmod.Open(read(t, "../../testdata/modules/"+name), func(trace.Level, string) {})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// input is the module lp_swap with a patch of these functions.
func input(t testing.TB, k Kernel, funcs ...*livepatch.Func) Input {
	return Input{
		File: "lp_swap.ko", Module: module(t, "lp_swap.ko"), Layout: "test", Kernel: k,
		Place:   func(uint64) (string, uint64) { return "lp_meminfo_show", 0 },
		Patches: []*livepatch.Patch{{Objects: []*livepatch.Object{{Funcs: funcs}}}},
	}
}

func TestFunctions(t *testing.T) {
	k := kernel(t, "testdata/vmlinux")
	yes, no := true, false
	twice := []Position{{1, "ffffffff81000080", 5}, {2, "ffffffff81000090", 9}}
	tests := []struct {
		old    string
		sympos uint64
		want   Func
		reason string
	}{
		{"cmdline_proc_show", 0, Func{
			Positions: []Position{{1, "ffffffff81000000", 16}}, Chosen: &Position{1, "ffffffff81000000", 16},
			CallSite: "ffffffff81000004", Traceable: &yes,
		}, ""},
		{"meminfo_proc_show", 1, Func{
			Positions: []Position{{1, "ffffffff81000010", 16}}, Chosen: &Position{1, "ffffffff81000010", 16}, Traceable: &no,
			Why: "no call site: the function is marked notrace, or was compiled without -pg",
		}, "livepatch: failed to find location for function 'meminfo_proc_show'"},
		{"split", 0, Func{
			Positions: []Position{{1, "ffffffff81000070", 16}}, Chosen: &Position{1, "ffffffff81000070", 16},
			CallSite: "ffffffff81000074", Traceable: &yes, OldCold: []Position{{1, "ffffffff81000085", 11}},
		}, ""},
		{"twice", 0, Func{Positions: twice, Why: "unresolvable ambiguity for symbol 'twice' in object '(null)'"},
			"livepatch: unresolvable ambiguity for symbol 'twice' in object '(null)'"},
		{"twice", 3, Func{Positions: twice, Why: "symbol position 3 for symbol 'twice' in object 'vmlinux' not found"},
			"livepatch: symbol position 3 for symbol 'twice' in object 'vmlinux' not found"},
		{"nosuch", 0, Func{Positions: []Position{}, Why: "symbol 'nosuch' not found in symbol table"},
			"livepatch: symbol 'nosuch' not found in symbol table"},
	}
	for _, test := range tests {
		r := Check(input(t, k, &livepatch.Func{OldName: test.old, OldSympos: test.sympos}))
		want := test.want
		want.Old, want.Sympos, want.New, want.NewSize = test.old, test.sympos, "lp_meminfo_show", 42
		if want.OldCold == nil {
			want.OldCold = []Position{}
		}
		if diff := cmp.Diff(want, r.Patches[0].Objects[0].Funcs[0]); diff != "" {
			t.Errorf("%s,%d: %s", test.old, test.sympos, diff)
		}
		reasons := []string{"lp_swap: Unknown symbol param_ops_int (err -2)"}
		if test.reason != "" {
			reasons = append(reasons, test.reason)
		}
		if diff := cmp.Diff(reasons, r.Reasons); diff != "" || !r.Refused || r.Errno != "ENOENT" {
			t.Errorf("%s,%d: refused %v with %s: %s", test.old, test.sympos, r.Refused, r.Errno, diff)
		}
	}
}

// TestRelocs has livepatch relocations against vmlinux, of which the symbol is
// missing, and against a module that is not there.
func TestRelocs(t *testing.T) {
	in := input(t, kernel(t, "testdata/vmlinux"))
	in.Module, in.Patches = module(t, "lp_hidden.ko"), nil
	r := Check(in)
	want := []Reloc{
		{Section: ".klp.rela.cb_worker..text", Symbol: "block", Object: "cb_worker", Position: 1, Count: 1,
			Why: "module cb_worker is not there; the symbol is looked up when it comes"},
		{Section: ".klp.rela.vmlinux..text", Symbol: "saved_command_line", Object: "vmlinux", Count: 1,
			Why: "symbol 'saved_command_line' not found in symbol table"},
	}
	if diff := cmp.Diff(want, r.Relocs); diff != "" {
		t.Error(diff)
	}
}

func TestParseSymbol(t *testing.T) {
	tests := []struct {
		in, object, sym string
		pos             uint64
		ok              bool
	}{
		{".klp.sym.vmlinux.printk,0", "vmlinux", "printk", 0, true},
		{".klp.sym.ext4.a.isra.0,2", "ext4", "a.isra.0", 2, true},
		{".klp.sym.ext4.a", "", "", 0, false},
		{".klp.sym.ext4", "", "", 0, false},
		{".klp.sym..a,1", "", "a", 1, false},
		{".klp.sym.m.a,x", "m", "a", 0, false},
		{"printk,0", "", "", 0, false},
	}
	for _, test := range tests {
		object, sym, pos, ok := parseSymbol(test.in)
		if object != test.object || sym != test.sym || pos != test.pos || ok != test.ok {
			t.Errorf("%s: got %s %s %d %v", test.in, object, sym, pos, ok)
		}
	}
}

// TestKernels reads the same kernel in all of its forms.
func TestKernels(t *testing.T) {
	symbols := kernel(t, systemMap)
	if symbols.Release() != "6.12.117+deb12-cloud-amd64" {
		t.Errorf("release of the map: %q", symbols.Release())
	}
	packed, err := ParseKernel("bzImage", read(t, "testdata/bzImage"), symbols)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []*Image{kernel(t, "testdata/vmlinux"), packed} {
		all := k.Object("").Symbols("twice")
		want := []Symbol{{"twice", 0xffffffff81000080, 5, true}, {"twice", 0xffffffff81000090, 9, true}}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Errorf("%s: %s", k.Name(), diff)
		}
		if s := k.Object("").CallSite(all[1]); !s.Known || s.Found {
			t.Errorf("%s: call site of the last: %+v", k.Name(), s)
		}
		if !k.Exports("seq_printf") || k.Exports("split") || k.Object("nosuch") != nil {
			t.Errorf("%s: exports or objects are wrong", k.Name())
		}
		if k.Release() != "6.12.117+deb12-cloud-amd64" {
			t.Errorf("%s: release %q", k.Name(), k.Release())
		}
	}
}

// TestKallsyms reads what /proc/kallsyms shows: modules in the order of their
// symbol tables.
func TestKallsyms(t *testing.T) {
	k, err := ParseMap("kallsyms", "ffffffff81000000 T _stext\nffffffff81000000 T global\nffffffff81000020 t local\n"+
		"ffffffffc0000040 t f\t[mod]\nffffffffc0000000 t f\t[mod]\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Symbol{{"f", 0xffffffffc0000040, 0, true}, {"f", 0xffffffffc0000000, 64, true}}
	if diff := cmp.Diff(want, k.Object("mod").Symbols("f")); diff != "" {
		t.Error(diff)
	}
	if !k.Exports("global") || k.Exports("local") {
		t.Error("without a table of exports, global symbols count as exported")
	}
}

func TestRefuses(t *testing.T) {
	vmlinux := read(t, "testdata/vmlinux")
	bz := read(t, "testdata/bzImage")
	tests := []struct{ name, data, want string }{
		{"empty", "", "k: has no symbols of a kernel"},
		{"text", "hello\n", "k:1: want ADDRESS TYPE NAME, as in System.map"},
		{"address", "ffffffffz T a\n", `k:1: "ffffffffz" is no address`},
		{"zeros", "0 T a\n0 T b\n", "k: all addresses are zero; read /proc/kallsyms as root"},
		{"cut ELF", string(vmlinux[:100]), "reach beyond the end of the file"},
		{"no ELF", "\x7fELF", "k: not an ELF file for x86-64"},
		{"cut bzImage", string(bz[:len(bz)-1]), "the packed kernel at offset 0x400"},
		{"stripped", string(bz), "k: has no symbol table; give its System.map with --system-map"},
	}
	for _, test := range tests {
		_, err := ParseKernel("k", []byte(test.data), nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

func FuzzParseKernel(f *testing.F) {
	for _, name := range []string{"testdata/vmlinux", "testdata/bzImage", systemMap} {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := ParseKernel("k", data, nil)
		if err != nil {
			return
		}
		for _, s := range k.Object("").Symbols("twice") {
			k.Object("").CallSite(s)
		}
	})
}
