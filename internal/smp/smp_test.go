package smp

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type item struct {
	name string
	node Node[item]
}

func newItem(name string) *item {
	it := &item{name: name}
	it.node.Owner = it
	return it
}

func names(l *List[item]) []string {
	var out []string
	for _, it := range l.All() {
		out = append(out, it.name)
	}
	return out
}

func TestListOrderAndRemoval(t *testing.T) {
	tests := []struct {
		name   string
		remove []string
		want   []string
	}{
		{"none", nil, []string{"c", "b", "a"}},
		{"newest", []string{"c"}, []string{"b", "a"}},
		{"middle", []string{"b"}, []string{"c", "a"}},
		{"oldest", []string{"a"}, []string{"c", "b"}},
		{"all", []string{"b", "c", "a"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var (
				b Bus
				l List[item]
			)
			items := map[string]*item{}
			for _, n := range []string{"a", "b", "c"} {
				items[n] = newItem(n)
				l.AddRCU(&b, &items[n].node, "add")
			}
			for _, n := range tt.remove {
				l.DelRCU(&b, &items[n].node, "del")
			}
			if diff := cmp.Diff(tt.want, names(&l)); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			if l.Len() != len(tt.want) {
				t.Errorf("Len() = %d, want %d", l.Len(), len(tt.want))
			}
		})
	}
}

// A reader that stands on a node while it is removed must still reach the
// older version (SEMANTICS A.2, klp_ftrace_handler (b)).
func TestRemovedNodeKeepsNext(t *testing.T) {
	var (
		b Bus
		l List[item]
	)
	old, top := newItem("old"), newItem("top")
	l.AddRCU(&b, &old.node, "add")
	l.AddRCU(&b, &top.node, "add")
	l.DelRCU(&b, &top.node, "del")
	if got := top.node.Next(&b, "next"); got != old {
		t.Errorf("next of the removed node = %v, want old", got)
	}
	l.DelRCU(&b, &top.node, "again") // a second removal must change nothing
	if diff := cmp.Diff([]string{"old"}, names(&l)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestHookSeesEveryAccess(t *testing.T) {
	var (
		b    Bus
		flag Shared[bool]
		seen []string
	)
	b.SetHook(func(op Op, p Point) { seen = append(seen, fmt.Sprint(op, " ", p)) })
	WriteOnce(&b, &flag, true, "set")
	b.Wmb("pair")
	b.Rmb("pair")
	if !ReadOnce(&b, &flag, "get") {
		t.Error("ReadOnce = false after WriteOnce(true)")
	}
	if !TestAndClear(&b, &flag, "clear") || Peek(&flag) {
		t.Error("TestAndClear did not return and clear the flag")
	}
	b.Mb("full")
	b.Yield("here")
	want := []string{
		"WRITE_ONCE set", "smp_wmb pair", "smp_rmb pair", "READ_ONCE get",
		"smp_mb clear", "smp_mb full", "yield here",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("accesses (-want +got):\n%s", diff)
	}
}
