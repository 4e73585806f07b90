package ftrace

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func optionTracer(r *rig, task *fakeTask) *Tracer {
	return NewTracer(r.f, TracerConfig{
		Context: func() TraceContext { return task }, Now: func() time.Duration { return 0 },
		FuncGate: handlerA, StackGate: handlerB, GraphGate: handlerB, FuncOps: opsA, GraphOps: opsB, ReturnHook: nAt,
	})
}

// With func_stack_trace the tracer has another handler, also where it is
// changed while the tracer runs; its own trampoline stands as a marker in the
// stack.
func TestStackTrace(t *testing.T) {
	r := started(t)
	task := &fakeTask{}
	tr := optionTracer(r, task)
	r.must(tr.SetHash(true, []uint64{fSite}))
	r.must(tr.SetCurrent("function"))
	tramp := tr.funcs.Trampoline()
	r.wantCall(tramp.Addr+tmplCall, handlerA)
	r.must(tr.SetStackTrace(true))
	r.must(tr.SetStackTrace(true))
	if tr.funcs.Trampoline() != tramp || !tr.StackTrace() {
		t.Error("the trampoline of an ops that is never freed was replaced")
	}
	r.wantCall(tramp.Addr+tmplCall, handlerB)
	task.stack = []uint64{tramp.Addr + 5, fSite + siteSize, gAt}
	r.f.Dispatch(handlerB, fSite, gAt, opsA, nil)
	events, _ := tr.Events()
	if len(events) != 2 || events[1].Kind != EventStack {
		t.Fatalf("events = %+v", events)
	}
	if diff := cmp.Diff([]uint64{TrampolineMarker, fSite + siteSize, gAt}, events[1].Stack); diff != "" {
		t.Errorf("stack (-want +got):\n%s", diff)
	}
	r.must(tr.SetCurrent("nop"))
	r.must(tr.SetStackTrace(false))
	r.wantCall(tramp.Addr+tmplCall, handlerA)
	r.wantNop(fSite)
}

// set_graph_function: a function that is not named is followed only inside one
// that is.
func TestGraphFunctions(t *testing.T) {
	r := started(t)
	task := &fakeTask{}
	tr := optionTracer(r, task)
	tr.SetGraphFunctions(true, []uint64{gSite})
	if diff := cmp.Diff([]uint64{gSite}, tr.GraphFunctions(true)); diff != "" {
		t.Error(diff)
	}
	r.must(tr.SetCurrent("function_graph"))
	regs := NewRegs(r.m, dataAt+0x800)
	enter := func(site, slot uint64) {
		t.Helper()
		r.must(r.m.Store(regs.Addr+regsSP, 8, slot))
		r.f.Dispatch(handlerB, site, gAt, opsB, regs)
	}
	const slot = dataAt + 0xf00
	enter(fSite, slot)
	if len(task.ret) != 0 {
		t.Error("followed without being named")
	}
	enter(gSite, slot)
	enter(fSite, slot-8)
	if len(task.ret) != 2 {
		t.Errorf("%d functions are followed, want 2", len(task.ret))
	}
	tr.SetGraphFunctions(true, nil)
	tr.ReturnToHandler()
	tr.ReturnToHandler()
	enter(fSite, slot)
	if len(task.ret) != 1 {
		t.Error("without a name every function is followed")
	}
}

// The records of each table lie in groups of a power of two pages.
func TestTotals(t *testing.T) {
	for _, test := range []struct{ records, pages, groups int }{
		{0, 0, 0}, {1, 1, 1}, {256, 1, 1}, {257, 2, 1}, {3 * 256, 3, 2}, {40339, 158, 5},
	} {
		f := &Ftrace{tables: []*recordTable{{recs: make([]*Record, test.records)}}}
		if n, pages, groups := f.Totals(); n != test.records || pages != test.pages || groups != test.groups {
			t.Errorf("%d records: %d pages, %d groups; want %d, %d", n, pages, groups, test.pages, test.groups)
		}
	}
}
