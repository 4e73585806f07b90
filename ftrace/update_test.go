package ftrace

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
	"klpemu/internal/smp"
)

// what names what an address would have a CPU call.
func (r *rig) what(at uint64) string {
	names := map[uint64]string{
		listAt: "list", handlerA: "A", handlerB: "B", callerAt: "caller", regsAt: "regs",
		trampAt: "tramp0", trampAt + 0x1000: "tramp1", coreAt + 0x30: "stub",
	}
	b := r.bytes(at, siteSize)
	var text [siteSize]byte
	copy(text[:], b)
	switch {
	case text == nop5:
		return "nop"
	case b[0] == int3:
		return fmt.Sprintf("int3 % x", b[1:])
	case names[callTarget(at, text)] != "":
		return names[callTarget(at, text)]
	}
	return fmt.Sprintf("% x", b)
}

// record notes, at each point that another CPU may see, what has changed since
// the last one.
func (r *rig) record(places map[string]uint64, order []string) *[]string {
	var (
		trace []string
		last  = map[string]string{}
	)
	read := func(name string) string {
		if name == "op" {
			v, err := r.m.Load(traceOpAt, 8)
			r.must(err)
			return fmt.Sprintf("%x", v)
		}
		return r.what(places[name])
	}
	for _, name := range order {
		last[name] = read(name)
	}
	r.bus.SetHook(func(_ smp.Op, p smp.Point) {
		for _, name := range order {
			if now := read(name); now != last[name] {
				trace = append(trace, fmt.Sprintf("%s: %s = %s", p, name, now))
				last[name] = now
			}
		}
	})
	return &trace
}

// The order of ftrace_modify_all_code. Were the sites changed first, a site
// would for a moment call a function that does not filter for it.
func TestUpdateOrder(t *testing.T) {
	r := started(t)
	r.text.full = true // without trampolines of their own the sites use the common one
	places := map[string]uint64{"call": callerAt + tmplCall, "regs_call": regsAt + tmplCall, "f": fSite}
	order := []string{"call", "regs_call", "op", "f"}
	a := r.ops(handlerA, opsA, 0, fSite)
	b := r.ops(handlerB, opsB, OpsSaveRegs, fSite)

	step := func(name string, do func() error, want []string) {
		t.Helper()
		trace := r.record(places, order)
		r.must(do())
		r.bus.SetHook(nil)
		var settled []string
		for _, line := range *trace {
			if !strings.Contains(line, "int3 ") {
				settled = append(settled, line)
			}
		}
		if diff := cmp.Diff(want, settled); diff != "" {
			t.Errorf("%s: trace (-want +got):\n%s", name, diff)
		}
	}
	step("the first ops", func() error { return r.f.Register(a) }, []string{
		"text_poke_bp_batch:first: call = list",
		"text_poke_bp_batch:first: regs_call = list",
		"text_poke_bp_batch:first: f = caller",
		"ftrace_modify_all_code:function_trace_op: op = ffff888000000100",
		"text_poke_bp_batch:first: call = A",
		"text_poke_bp_batch:first: regs_call = A",
	})
	step("the second ops", func() error { return r.f.Register(b) }, []string{
		"text_poke_bp_batch:first: call = list",
		"text_poke_bp_batch:first: regs_call = list",
		"text_poke_bp_batch:first: f = regs",
	})
	step("the first goes", func() error { return r.f.Unregister(a) }, []string{
		"ftrace_modify_all_code:function_trace_op: op = ffff888000000200",
		"text_poke_bp_batch:first: call = B",
		"text_poke_bp_batch:first: regs_call = B",
	})
	step("the second goes", func() error { return r.f.Unregister(b) }, []string{
		"text_poke_bp_batch:first: call = list",
		"text_poke_bp_batch:first: regs_call = list",
		"text_poke_bp_batch:first: f = nop",
	})
}

// An ops that may go away is called through the list from the common
// trampolines, whoever else there is.
func TestDynamicOpsIsCalledThroughTheList(t *testing.T) {
	r := started(t)
	r.register(r.ops(handlerA, opsA, klpFlags, fSite))
	r.wantCall(callerAt+tmplCall, listAt)
	r.wantCall(regsAt+tmplCall, listAt)
	if op, _ := r.m.Load(traceOpAt, 8); op != 0 {
		t.Errorf("function_trace_op = %x, want 0", op)
	}
}

// Every byte of a site at every point of an update.
func TestPokeSteps(t *testing.T) {
	r := started(t)
	o := r.ops(handlerA, opsA, klpFlags, fSite)
	r.register(r.ops(handlerB, opsB, klpFlags, gSite)) // the common trampolines have settled
	tramp := uint64(trampAt + 0x1000)
	call := r.call(fSite, tramp)
	tail := fmt.Sprintf("% x", call[1:])

	trace := r.record(map[string]uint64{"f": fSite}, []string{"f"})
	r.must(r.f.Register(o))
	want := []string{
		"text_poke_bp_batch:int3: f = int3 1f 44 00 00",
		"text_poke_bp_batch:tail: f = int3 " + tail,
		"text_poke_bp_batch:first: f = tramp1",
	}
	if diff := cmp.Diff(want, *trace); diff != "" {
		t.Errorf("nop to call (-want +got):\n%s", diff)
	}
	trace = r.record(map[string]uint64{"f": fSite}, []string{"f"})
	r.must(r.f.Unregister(o))
	want = []string{
		"text_poke_bp_batch:int3: f = int3 " + tail,
		"text_poke_bp_batch:tail: f = int3 1f 44 00 00",
		"text_poke_bp_batch:first: f = nop",
	}
	if diff := cmp.Diff(want, *trace); diff != "" {
		t.Errorf("call to nop (-want +got):\n%s", diff)
	}
}

// Every site is verified before any is written. What is wrong ends ftrace and
// names the change that was under way.
func TestUpdateVerifiesFirst(t *testing.T) {
	tests := []struct {
		name string
		do   func(r *rig, o *Ops) error
		want string
	}{
		{"nop to call", func(r *rig, o *Ops) error {
			r.poke(gSite, []byte{0x0f, 0x1f, 0x44, 0x00, 0x08})
			return r.f.Register(o)
		}, bugCall},
		{"call to another call", func(r *rig, o *Ops) error {
			r.register(r.ops(handlerB, opsB, 0, fSite, gSite))
			r.poke(gSite, r.call(gSite, fAt))
			return r.f.Register(o)
		}, bugUpdate},
		{"call to nop", func(r *rig, o *Ops) error {
			r.register(o)
			r.poke(gSite, nop5[:])
			return r.f.Unregister(o)
		}, bugNop},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := started(t)
			o := r.ops(handlerA, opsA, klpFlags, fSite, gSite)
			r.wantErr(tt.do(r, o), errno.ENODEV)
			if !r.f.Killed() || len(r.f.Ops()) > 1 || len(r.f.Ops()) == 1 && r.f.Ops()[0] == o {
				t.Errorf("killed = %v, ops = %v", r.f.Killed(), r.f.Ops())
			}
			found := false
			for _, line := range r.log {
				found = found || line == tt.want
			}
			if !found {
				t.Errorf("log has no %q: %q", tt.want, r.log)
			}
			if r.bytes(fSite, 1)[0] == int3 || r.bytes(gSite, 1)[0] == int3 {
				t.Error("a site was written though another was wrong")
			}
		})
	}
}

// A call that does not reach its target is never written.
func TestCallOutOfReach(t *testing.T) {
	tests := []struct {
		at, target uint64
		ok         bool
	}{
		{dataAt, dataAt + siteSize + 1<<31 - 1, true},
		{dataAt, dataAt + siteSize + 1<<31, false},
		{dataAt, dataAt + siteSize - 1<<31, true},
		{dataAt, dataAt + siteSize - 1<<31 - 1, false},
		{^uint64(0) - 4, 0, true}, // wraps round
	}
	for _, tt := range tests {
		text, ok := callTo(tt.at, tt.target)
		if ok != tt.ok {
			t.Errorf("callTo(%x, %x) reaches: %v, want %v", tt.at, tt.target, ok, tt.ok)
		}
		if ok && callTarget(tt.at, text) != tt.target {
			t.Errorf("callTarget(callTo(%x, %x)) = %x", tt.at, tt.target, callTarget(tt.at, text))
		}
	}
}
