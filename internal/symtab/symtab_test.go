package symtab

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testTable(t *testing.T) *Table {
	t.Helper()
	vm, err := NewObject(Vmlinux,
		[]Region{{0xffffffff9f000000, 0xffffffff9f001000}, {0xffffffff81000000, 0xffffffff81001000}},
		[]Symbol{
			{"schedule", 0xffffffff9f000000, 'T', true},
			{"helper", 0xffffffff81000200, 't', true},
			{"weak_pair", 0xffffffff81000100, 'W', true},
			{"__read_pair", 0xffffffff81000100, 'T', true},
			{"read_pair", 0xffffffff81000100, 'T', true},
			{"helper", 0xffffffff81000040, 't', true},
			{"_absolute", 0x10, 'A', false},
		})
	if err != nil {
		t.Fatal(err)
	}
	mod, err := NewObject("fix", []Region{{0xffffffffc0000000, 0xffffffffc0000100}, {0xfffffffffffff000, 0}},
		[]Symbol{
			{"helper", 0xffffffffc0000080, 't', true},
			{"helper", 0xffffffffc0000010, 't', true},
			{"alias", 0xffffffffc0000010, 't', true},
			{"top", 0xffffffffffffff00, 'd', false},
		})
	if err != nil {
		t.Fatal(err)
	}
	tab := new(Table)
	for _, o := range []*Object{vm, mod} {
		if err := tab.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	return tab
}

func TestFormat(t *testing.T) {
	tab := testTable(t)
	tests := []struct {
		addr      uint64
		want, ret string
	}{
		{0xffffffff81000040, "helper+0x0/0xc0", "0xffffffff81000040"},
		{0xffffffff8100003f, "0xffffffff8100003f", "0xffffffff8100003f"},
		{0xffffffff81000104, "read_pair+0x4/0x100", "read_pair+0x4/0x100"},
		{0xffffffff81000200, "helper+0x0/0xe00", "read_pair+0x100/0x100"},
		{0xffffffff81001000, "0xffffffff81001000", "helper+0xe00/0xe00"},
		{0xffffffff9f000fff, "schedule+0xfff/0x1000", "schedule+0xfff/0x1000"},
		{0xffffffffc000000f, "0xffffffffc000000f", "0xffffffffc000000f"},
		{0xffffffffc0000011, "helper+0x1/0x70 [fix]", "helper+0x1/0x70 [fix]"},
		{0xffffffffc00000ff, "helper+0x7f/0x80 [fix]", "helper+0x7f/0x80 [fix]"},
		{0xffffffffffffffff, "top+0xff/0x100 [fix]", "top+0xff/0x100 [fix]"},
		{0x10, "0x10", "0x10"},
		{0, "0x0", "top+0x100/0x100 [fix]"},
	}
	for _, tt := range tests {
		if got := tab.Format(tt.addr); got != tt.want {
			t.Errorf("Format(%x) = %q, want %q", tt.addr, got, tt.want)
		}
		if got := tab.FormatReturn(tt.addr); got != tt.ret {
			t.Errorf("FormatReturn(%x) = %q, want %q", tt.addr, got, tt.ret)
		}
	}
}

// sympos counts by address in vmlinux and by symbol table order in a module.
func TestByName(t *testing.T) {
	tab := testTable(t)
	var got []string
	for _, r := range tab.ByName("helper") {
		got = append(got, tab.Format(r.Addr))
	}
	want := []string{"helper+0x0/0xc0", "helper+0x0/0xe00", "helper+0x0/0x80 [fix]", "helper+0x0/0x70 [fix]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ByName (-want +got):\n%s", diff)
	}
	if got := tab.Object("fix").ByName("helper")[0].Addr; got != 0xffffffffc0000080 {
		t.Errorf("sympos 1 of helper in fix is at %x, want the first in symbol table order", got)
	}
	if r := tab.ByName("weak_pair")[0]; r.Size != 0x100 || r.Name != "weak_pair" {
		t.Errorf("ByName(weak_pair) = %+v, want size 0x100 under its own name", r)
	}
}

func TestRemove(t *testing.T) {
	tab := testTable(t)
	before := tab.Clone()
	if !tab.Remove("fix") || tab.Remove("fix") {
		t.Error("Remove(fix) must succeed exactly once")
	}
	if got := tab.Format(0xffffffffc0000011); got != "0xffffffffc0000011" {
		t.Errorf("after Remove, Format = %q", got)
	}
	if got := before.Format(0xffffffffc0000011); got != "helper+0x1/0x70 [fix]" {
		t.Errorf("Remove changed the clone: %q", got)
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name    string
		regions []Region
		syms    []Symbol
		want    string
	}{
		{"empty", []Region{{5, 5}}, nil, "empty"},
		{"backwards", []Region{{5, 2}}, nil, "ends before it starts"},
		{"overlap", []Region{{0x10, 0x20}, {0x1f, 0x30}}, nil, "overlap"},
		{"nameless", nil, []Symbol{{Addr: 3}}, "no name"},
	}
	for _, tt := range tests {
		if _, err := NewObject(tt.name, tt.regions, tt.syms); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("NewObject %s: error %v, want %q", tt.name, err, tt.want)
		}
	}
	tab := testTable(t)
	again, _ := NewObject("fix", nil, nil)
	clash, _ := NewObject("clash", []Region{{0xffffffff81000fff, 0xffffffff81002000}}, nil)
	for _, o := range []*Object{again, clash} {
		if err := tab.Add(o); err == nil {
			t.Errorf("Add(%s) succeeded", o.Name())
		}
	}
}
