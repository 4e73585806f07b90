package symtab

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func tramp(addr uint64) Stub {
	return Stub{"__builtin__ftrace", Region{addr, addr + 0x20}, Symbol{"tramp", addr, 't', true}}
}

// Stubs are found by address, and listed and named in the order of addition.
func TestStubs(t *testing.T) {
	tab := testTable(t)
	for _, addr := range []uint64{0xffffffffc0003000, 0xffffffffc0001000, 0xffffffffc0002000} {
		if err := tab.AddStub(tramp(addr)); err != nil {
			t.Fatal(err)
		}
	}
	before := tab.Clone()
	if !tab.RemoveStub(0xffffffffc0001000) || tab.RemoveStub(0xffffffffc0001000) || tab.RemoveStub(0xffffffffc0002001) {
		t.Error("RemoveStub must succeed exactly once, at the start")
	}
	for addr, want := range map[uint64]string{
		0xffffffffc0001004: "0xffffffffc0001004",
		0xffffffffc0002000: "tramp+0x0/0x20 [__builtin__ftrace]",
		0xffffffffc000301f: "tramp+0x1f/0x20 [__builtin__ftrace]",
		0xffffffffc0003020: "0xffffffffc0003020",
		0xffffffffc0000011: "helper+0x1/0x70 [fix]",
	} {
		if got := tab.Format(addr); got != want {
			t.Errorf("Format(%x) = %q, want %q", addr, got, want)
		}
	}
	if got := before.Format(0xffffffffc0001004); got != "tramp+0x4/0x20 [__builtin__ftrace]" {
		t.Errorf("RemoveStub changed the clone: %q", got)
	}
	var named, listed []uint64
	for _, r := range tab.ByName("tramp") {
		named = append(named, r.Addr)
	}
	objs := tab.Objects()
	last := objs[len(objs)-1]
	for _, s := range last.Symbols() {
		listed = append(listed, s.Addr)
	}
	want := []uint64{0xffffffffc0003000, 0xffffffffc0002000}
	if diff := cmp.Diff([][]uint64{want, want}, [][]uint64{named, listed}); diff != "" {
		t.Errorf("by name, as listed (-want +got):\n%s", diff)
	}
	if r, ok := last.Lookup(0xffffffffc0002004); !ok || r.Offset != 4 || tab.Object("__builtin__ftrace") == nil {
		t.Errorf("the object of the stubs finds %+v", r)
	}
}

func TestStubErrors(t *testing.T) {
	tab := testTable(t)
	if err := tab.AddStub(tramp(0xffffffffc0001000)); err != nil {
		t.Fatal(err)
	}
	named, empty := tramp(0xffffffffc0005000), tramp(0xffffffffc0005000)
	named.Object = "fix"
	empty.Region.End = empty.Region.Start
	for want, s := range map[string]Stub{
		"overlaps fix":               tramp(0xffffffffc00000f0),
		"overlaps __builtin__ftrace": tramp(0xffffffffc000101f),
		"there already":              named,
		"is empty":                   empty,
	} {
		if err := tab.AddStub(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("AddStub at %x: error %v, want %q", s.Region.Start, err, want)
		}
	}
	over, err := NewObject("over", []Region{{0xffffffffc0001010, 0xffffffffc0001100}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := tab.Add(over); err == nil || !strings.Contains(err.Error(), "overlaps __builtin__ftrace") {
		t.Errorf("an object over a stub: error %v", err)
	}
}
