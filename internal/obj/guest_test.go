package obj

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"klpemu/internal/symtab"

	"github.com/google/go-cmp/cmp"
)

const (
	guestDir   = "../../testdata/guest"
	kernelBase = 0xffffffff81000000
	coreBase   = 0xffffffff9f000000
)

// guestSets are the sets of testdata/guest/build.sh with the kind of call site
// that each must have.
var guestSets = []struct {
	name string
	kind SiteKind
}{
	{"fentry", SiteFentry},
	{"nop", SiteNop},
	{"patchable5", SitePatchable},
	{"patchable16_11", SitePatchable},
	{"padding16_16", SiteFentry},
	{"mcount", SiteMcount},
}

// anything resolves every name to a place in the kernel core.
func anything(string) (uint64, bool) { return coreBase, true }

func parseFile(t testing.TB, path string) *File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(filepath.Base(path), data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func guestFiles(t testing.TB, set string, names ...string) []*File {
	t.Helper()
	var out []*File
	for _, n := range names {
		out = append(out, parseFile(t, filepath.Join(guestDir, set, n+".o")))
	}
	return out
}

func link(t testing.TB, o Options, files ...*File) *Image {
	t.Helper()
	im, err := Link(files, o)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func (im *Image) symbol(name string) Symbol {
	for _, s := range im.Symbols {
		if s.Name == name {
			return s
		}
	}
	return Symbol{}
}

func (im *Image) bytes(addr uint64, n int) []byte {
	for _, s := range im.Segments {
		if addr >= s.Addr && addr-s.Addr+uint64(n) <= s.Size {
			b := make([]byte, n)
			if off := addr - s.Addr; off < uint64(len(s.Data)) {
				copy(b, s.Data[off:])
			}
			return b
		}
	}
	return nil
}

// Every function of the guest kernel has exactly one site, except the one that
// is notrace.
func TestGuestCallSites(t *testing.T) {
	for _, set := range guestSets {
		t.Run(set.name, func(t *testing.T) {
			files := guestFiles(t, set.name, "pair", "calls", "park", "red", "blue")
			im := link(t, Options{Base: kernelBase, Resolve: anything}, files...)
			sites := make(map[uint64]int)
			for _, s := range im.CallSites {
				sites[s.Func]++
				if s.Kind != set.kind {
					t.Errorf("site %#x: kind %v, want %v", s.Addr, s.Kind, set.kind)
				}
				checkSite(t, im, s)
			}
			for _, y := range im.Symbols {
				if !y.Func {
					continue
				}
				want := 1
				if y.Name == "read_pair_notrace" {
					want = 0
				}
				if sites[y.Addr] != want {
					t.Errorf("%s has %d call sites, want %d", y.Name, sites[y.Addr], want)
				}
			}
		})
	}
}

// checkSite checks the bytes at a site and its distance from the function.
func checkSite(t *testing.T, im *Image, s CallSite) {
	t.Helper()
	b := im.bytes(s.Addr, 5)
	switch s.Kind {
	case SiteFentry, SiteMcount:
		if b[0] != 0xe8 {
			t.Errorf("site %#x: % x is no call", s.Addr, b)
		}
	case SiteNop:
		if !bytes.Equal(b, []byte{0x0f, 0x1f, 0x44, 0, 0}) {
			t.Errorf("site %#x: % x is not the 5-byte nop", s.Addr, b)
		}
	case SitePatchable:
		if !bytes.Equal(b, bytes.Repeat([]byte{0x90}, 5)) {
			t.Errorf("site %#x: % x is not 5 nops", s.Addr, b)
		}
	}
	want := uint64(0)
	if isEndbr(im.bytes(s.Func, 4)) {
		want = 4
	}
	if got := s.Offset(); s.Kind != SiteMcount && got != want || s.Kind == SiteMcount && got <= 4 && want == 4 {
		t.Errorf("site %#x: offset %d from its function, want %d (mcount: behind the prologue)", s.Addr, got, want)
	}
}

func TestGuestLayout(t *testing.T) {
	im := link(t, Options{Base: kernelBase, Resolve: anything}, guestFiles(t, "fentry", "pair", "calls", "park", "red", "blue")...)
	var names []string
	at := uint64(kernelBase)
	for _, s := range im.Segments {
		names = append(names, s.Name)
		if s.Addr != at || s.Size%PageSize != 0 || uint64(len(s.Data)) > s.Size {
			t.Errorf("segment %s at %#x size %#x with %#x bytes, want it at %#x", s.Name, s.Addr, s.Size, len(s.Data), at)
		}
		at += s.Size
	}
	if diff := cmp.Diff([]string{".text", ".rodata", ".data", ".bss"}, names); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	if im.End != at || im.Base != kernelBase {
		t.Errorf("image %#x-%#x, want %#x-%#x", im.Base, im.End, uint64(kernelBase), at)
	}
	if got := im.symbol("read_pair"); got.Addr != kernelBase || got.Type != 'T' || !got.Func || !got.Global || got.Object != "pair.o" {
		t.Errorf("read_pair: %+v, want it at the base", got)
	}
	tests := []struct {
		name string
		typ  byte
	}{
		{"helper", 't'}, {"the_pair", 'D'}, {"ops", 'r'}, {"leaves", 'd'}, {"stop", 'B'},
	}
	for _, tt := range tests {
		if got := im.symbol(tt.name).Type; got != tt.typ {
			t.Errorf("%s: type %c, want %c", tt.name, got, tt.typ)
		}
	}
	// the_pair = { 4, 2 }
	if diff := cmp.Diff([]byte{4, 0, 0, 0, 2, 0, 0, 0}, im.bytes(im.symbol("the_pair").Addr, 8)); diff != "" {
		t.Errorf("the_pair (-want +got):\n%s", diff)
	}
	var helpers []string
	for _, y := range im.Symbols {
		if y.Name == "helper" {
			helpers = append(helpers, y.Object)
		}
	}
	if diff := cmp.Diff([]string{"red.o", "blue.o"}, helpers); diff != "" {
		t.Errorf("objects with a helper (-want +got):\n%s", diff)
	}
}

// An image's symbols make a symbol table: two functions named helper, in the
// order of their addresses, each as large as the distance to the next symbol.
func TestGuestSymtab(t *testing.T) {
	im := link(t, Options{Base: kernelBase, Resolve: anything}, guestFiles(t, "fentry", "pair", "calls", "park", "red", "blue")...)
	regions, syms := im.Symtab()
	o, err := symtab.NewObject(symtab.Vmlinux, regions, syms)
	if err != nil {
		t.Fatal(err)
	}
	helpers := o.ByName("helper")
	if len(helpers) != 2 || helpers[0].Addr >= helpers[1].Addr {
		t.Fatalf("helpers: %+v", helpers)
	}
	for i, caller := range []string{"red", "blue"} {
		r, ok := o.Lookup(helpers[i].Addr + 9)
		if !ok || r.Name != "helper" || r.Addr+r.Size != im.symbol(caller).Addr {
			t.Errorf("helper %d: %+v, want it to reach to %s at %#x", i+1, r, caller, im.symbol(caller).Addr)
		}
	}
}
