package ftrace

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDispatch(t *testing.T) {
	r := started(t)
	var ran []string
	add := func(name string, fn, addr uint64, filter ...uint64) *Ops {
		o := r.ops(fn, addr, 0, filter...)
		o.Handler = func(ip, parent uint64, ops *Ops, regs *Regs) {
			if ops != o {
				t.Errorf("%s got the ops of another", name)
			}
			ran = append(ran, fmt.Sprintf("%s %x %x %x", name, ip, parent, regs.Addr))
		}
		return r.register(o)
	}
	add("all", handlerA, opsA)
	add("f only", handlerB, opsB, fSite)
	add("g only", handlerB, opsB+0x100, gSite)
	regs := NewRegs(r.m, dataAt+0x800)
	tests := []struct {
		name     string
		fn, ops  uint64
		ip       uint64
		want     []string
		wantWarn bool
	}{
		{"one ops by its trampoline", handlerB, opsB, fSite, []string{"f only ffffffff81000004 1 ffff888000000800"}, false},
		{"two ops with one gate", handlerB, opsB + 0x100, gSite, []string{"g only ffffffff81000024 1 ffff888000000800"}, false},
		{"the list, newest first", listAt, 0, fSite, []string{
			"f only ffffffff81000004 1 ffff888000000800", "all ffffffff81000004 1 ffff888000000800",
		}, false},
		{"the list where one ops is left", listAt, opsB, hSite, []string{"all ffffffff81000040 1 ffff888000000800"}, false},
		{"an ops that nobody registered", handlerB, opsB + 0x200, fSite, nil, true},
		{"an ops by another's gate", handlerA, opsB, fSite, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ran, r.log = nil, nil
			r.f.Dispatch(tt.fn, tt.ip, 1, tt.ops, regs)
			if diff := cmp.Diff(tt.want, ran); diff != "" {
				t.Errorf("handlers (-want +got):\n%s", diff)
			}
			if (r.log != nil) != tt.wantWarn {
				t.Errorf("log = %q", r.log)
			}
		})
	}
}

// A handler may take its ops off the list while the list is walked.
func TestDispatchWhileTheListChanges(t *testing.T) {
	r := started(t)
	n := 0
	var a, b *Ops
	a = r.ops(handlerA, opsA, 0, fSite)
	a.Handler = func(uint64, uint64, *Ops, *Regs) { n++ }
	b = r.ops(handlerB, opsB, 0, fSite)
	b.Handler = func(uint64, uint64, *Ops, *Regs) { r.must(r.f.Unregister(b)) }
	r.register(a)
	r.register(b)
	r.f.Dispatch(listAt, fSite, 0, 0, nil)
	if n != 1 || len(r.f.Ops()) != 1 {
		t.Errorf("the other handler ran %d times, %d ops left; want 1 and 1", n, len(r.f.Ops()))
	}
}

func TestRegs(t *testing.T) {
	r := newRig(t)
	regs := NewRegs(r.m, dataAt+0x800)
	r.must(r.m.Store(dataAt+0x800+0x80, 8, fAt))
	if ip, err := regs.IP(); err != nil || ip != fAt {
		t.Errorf("IP() = %x, %v", ip, err)
	}
	r.must(regs.SetIP(gAt))
	if ip, _ := r.m.Load(dataAt+0x880, 8); ip != gAt {
		t.Errorf("SetIP stored %x, want %x", ip, uint64(gAt))
	}
	if regs.Full() {
		t.Error("Full() with CS 0")
	}
	r.must(r.m.Store(dataAt+0x800+0x88, 8, 0x10))
	if !regs.Full() {
		t.Error("!Full() with CS 0x10")
	}
	bad := NewRegs(r.m, 0x1000)
	if _, err := bad.IP(); err == nil || bad.SetIP(0) == nil || bad.Full() {
		t.Error("a save area without memory works")
	}
}
