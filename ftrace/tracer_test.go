package ftrace

import (
	"testing"
	"time"

	"klpemu/internal/errno"
)

// fakeTask is a task and a CPU for handlers.
type fakeTask struct {
	bits    uint32
	level   int
	preempt int
	ret     []RetFrame
	stack   []uint64
}

func (x *fakeTask) TraceRecursion() *uint32 { return &x.bits }
func (x *fakeTask) InterruptLevel() int     { return x.level }
func (x *fakeTask) PreemptDisable()         { x.preempt++ }
func (x *fakeTask) PreemptEnable()          { x.preempt-- }
func (x *fakeTask) Stack() []uint64         { return append([]uint64(nil), x.stack...) }
func (x *fakeTask) RetStack() *[]RetFrame   { return &x.ret }
func (x *fakeTask) Place() Place            { return Place{PID: 7, Level: x.level, Preempt: x.preempt} }

// The list function protects itself by bits of its own, one for each context
// and one in reserve: a handler that calls a traced function does not end in a
// loop, an interrupt in its middle is served.
func TestListFunctionRecursion(t *testing.T) {
	r := started(t)
	task := &fakeTask{}
	r.f.context = func() Context { return task }
	depth, deepest := 0, 0
	o := r.ops(handlerA, opsA, 0, fSite)
	o.Handler = func(ip, parent uint64, _ *Ops, _ *Regs) {
		depth++
		deepest = max(deepest, depth)
		r.f.Dispatch(listAt, fSite, 0, 0, nil)
		depth--
	}
	r.register(o)
	r.f.Dispatch(listAt, fSite, 0, 0, nil)
	if deepest != 2 { // once more, for what the transition bit lets through
		t.Errorf("nested %d deep in a task, want 2", deepest)
	}
	inner := o.Handler
	o.Handler = func(ip, parent uint64, ops *Ops, regs *Regs) {
		if task.level < 3 {
			task.level++
			r.f.Dispatch(listAt, fSite, 0, 0, nil)
			task.level--
		}
		deepest++
	}
	_ = inner
	deepest = 0
	r.f.Dispatch(listAt, fSite, 0, 0, nil)
	if deepest != 4 || task.bits != 0 || task.preempt != 0 {
		t.Errorf("%d contexts served, want 4; bits %x, preempt_count %d left", deepest, task.bits, task.preempt)
	}
}

// An ops that asks for protection is called by the assist function.
func TestAssistFunction(t *testing.T) {
	r := started(t)
	const assist = coreAt + 0x180
	r.f.assistFunc = assist
	task := &fakeTask{}
	r.f.context = func() Context { return task }
	n := 0
	for _, flags := range []OpsFlags{OpsRecursion, OpsRCU} {
		o := r.ops(handlerA, opsA, flags, fSite)
		o.Handler = func(uint64, uint64, *Ops, *Regs) {
			n++
			if task.bits != 1<<(recursionList+recursionNormal) {
				t.Errorf("bits = %x", task.bits)
			}
		}
		r.register(o)
		r.wantCall(o.Trampoline().Addr+tmplCall, assist)
		r.f.Dispatch(assist, fSite, 0, opsA, nil)
		r.must(r.f.Unregister(o))
	}
	if n != 2 {
		t.Errorf("the handlers ran %d times", n)
	}
}

func TestTracers(t *testing.T) {
	r := started(t)
	task := &fakeTask{}
	now := time.Duration(0)
	tr := NewTracer(r.f, TracerConfig{
		Context: func() TraceContext { return task }, Now: func() time.Duration { now += time.Millisecond; return now },
		FuncGate: handlerA, GraphGate: handlerB, FuncOps: opsA, GraphOps: opsB, ReturnHook: nAt,
	})
	if tr.Current() != "nop" || !tr.On() {
		t.Errorf("at boot: %s, %v", tr.Current(), tr.On())
	}
	r.wantErr(tr.SetCurrent("blk"), errno.EINVAL)
	r.must(tr.SetHash(true, []uint64{fSite}))
	r.must(tr.SetCurrent("function"))
	r.must(tr.SetCurrent("function"))
	r.wantNop(gSite)
	regs := NewRegs(r.m, dataAt+0x800)
	slot := uint64(dataAt + 0xf00)
	r.must(r.m.Store(regs.Addr+regsSP, 8, slot))
	r.must(r.m.Store(slot, 8, gAt))

	r.f.Dispatch(handlerA, fSite, gAt, opsA, regs)
	tr.SetOn(false)
	r.f.Dispatch(handlerA, fSite, gAt, opsA, regs)
	tr.SetOn(true)
	events, written := tr.Events()
	if len(events) != 1 || written != 1 || events[0].IP != fSite || events[0].Parent != gAt || events[0].Place.Preempt != 0 {
		t.Errorf("events = %+v, %d written", events, written)
	}

	r.must(tr.SetCurrent("function_graph"))
	if events, _ := tr.Events(); len(events) != 0 {
		t.Error("the buffer survived a change of the tracer")
	}
	r.f.Dispatch(handlerA, fSite, gAt, opsA, regs) // was in the old trampoline
	r.f.Dispatch(handlerB, fSite, gAt, opsB, regs)
	if v, _ := r.m.Load(slot, 8); v != nAt {
		t.Errorf("the return address is %x", v)
	}
	if ret, ok := RealReturn(task.ret, slot); !ok || ret != gAt {
		t.Errorf("RealReturn = %x, %v", ret, ok)
	}
	r.must(tr.SetCurrent("nop")) // the function returns through us all the same
	if ret, ok := tr.ReturnToHandler(); !ok || ret != gAt {
		t.Errorf("ReturnToHandler = %x, %v", ret, ok)
	}
	if _, ok := tr.ReturnToHandler(); ok {
		t.Error("a return that nobody replaced")
	}
	if _, ok := RealReturn(task.ret, slot); ok {
		t.Error("RealReturn of a slot that is free again")
	}
	r.wantNop(fSite)
	if r.log != nil {
		t.Errorf("log = %q", r.log)
	}
}
