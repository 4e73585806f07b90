package livepatch

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/ftrace"
	"klpemu/internal/smp"
	"klpemu/transition"
)

// enter runs the handler of an ops for a call of its function and says where
// the instruction pointer then is: "unmoved", or a new function. The context
// must be left as it was found.
func (r *rig) enter(o *Ops) string {
	r.Helper()
	const ip = readAt + siteOff + 5
	r.must(r.m.Store(ipSlot, 8, ip))
	bits := r.recursion
	r.core.ftraceHandler(o, ftrace.NewRegs(r.m, regsAt))
	if r.recursion != bits || r.preempt != 0 {
		r.Errorf("the handler left recursion bits %x, preempt count %d", r.recursion, r.preempt)
	}
	got, err := r.m.Load(ipSlot, 8)
	r.must(err)
	if got == ip {
		return "unmoved"
	}
	return fmt.Sprintf("new_%d", (got-newAt)/0x20)
}

func (r *rig) wantEnter(o *Ops, want string) {
	r.Helper()
	if got := r.enter(o); got != want {
		r.Errorf("the handler leads to %s, want %s", got, want)
	}
}

// stacked is an ops with functions on its stack, the last one newest.
func (r *rig) stacked(funcs ...*Func) *Ops {
	r.Helper()
	for _, f := range funcs {
		r.must(r.core.patchFunc(f))
	}
	r.log = nil
	return r.core.findOps(funcs[0].OldFunc)
}

func (r *rig) inTransition(f *Func) *Func {
	smp.WriteOnce(&r.bus, &f.transition, true, "test")
	return f
}

// state puts the calling task in a universe.
func (r *rig) state(s transition.PatchState) {
	other := transition.NewTask(0, "")
	r.engine = transition.NewEngine((*system)(r), &r.bus, nil)
	switch s {
	case transition.Idle:
		r.engine.Fork(other, r.task)
	default:
		r.engine.Init(s.Opposite())
	}
	if got, _ := r.task.Peek(); got != s {
		r.Fatalf("the task is in %v, want %v", got, s)
	}
}

func TestHandlerOutsideOfTransition(t *testing.T) {
	r := newRig(t)
	one, two := resolved("read", readAt, 1), resolved("read", readAt, 2)
	o := r.stacked(one, two)
	r.wantEnter(o, "new_2")
	// The flag of a lower version does not matter, nor does the task's state.
	r.inTransition(one)
	r.state(transition.Unpatched)
	r.wantEnter(o, "new_2")
	r.wantLog()
}

func TestHandlerInTransition(t *testing.T) {
	tests := []struct {
		name  string
		older bool
		state transition.PatchState
		want  string
		log   []string
	}{
		{"patched task", false, transition.Patched, "new_2", nil},
		{"patched task, older version", true, transition.Patched, "new_2", nil},
		{"unpatched task", false, transition.Unpatched, "unmoved", nil},
		{"unpatched task, older version", true, transition.Unpatched, "new_1", nil},
		{
			"idle task", false, transition.Idle, "new_2",
			[]string{"WARNING: klp_ftrace_handler: patch_state == KLP_TRANSITION_IDLE"},
		},
		{
			"idle task, older version", true, transition.Idle, "new_2",
			[]string{"WARNING: klp_ftrace_handler: patch_state == KLP_TRANSITION_IDLE"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			if tt.older {
				r.stacked(resolved("read", readAt, 1))
			}
			o := r.stacked(r.inTransition(resolved("read", readAt, 2)))
			r.state(tt.state)
			r.wantEnter(o, tt.want)
			r.wantLog(tt.log...)
			r.wantEnter(o, tt.want) // a WARN_ON_ONCE warns once
			r.wantLog()
		})
	}
}

// The step down goes to one version, whatever that one's own flag says.
func TestHandlerStepsDownOnce(t *testing.T) {
	r := newRig(t)
	o := r.stacked(
		resolved("read", readAt, 1), r.inTransition(resolved("read", readAt, 2)), r.inTransition(resolved("read", readAt, 3)),
	)
	r.state(transition.Unpatched)
	r.wantEnter(o, "new_2")
}

// A nop leads to the original: moving the instruction pointer to the function's
// start would enter the call site for ever.
func TestHandlerNop(t *testing.T) {
	r := newRig(t)
	nop := &Func{OldName: "read", OldFunc: readAt, NewFunc: readAt, NewSize: 0x20, Nop: true}
	o := r.stacked(resolved("read", readAt, 1), r.inTransition(nop))
	r.state(transition.Patched)
	r.wantEnter(o, "unmoved")
	r.state(transition.Unpatched)
	r.wantEnter(o, "new_1")
	// the other way round: the older version is the nop
	r = newRig(t)
	o = r.stacked(nop2(), r.inTransition(resolved("read", readAt, 1)))
	r.state(transition.Unpatched)
	r.wantEnter(o, "unmoved")
}

func nop2() *Func {
	return &Func{OldName: "read", OldFunc: readAt, NewFunc: readAt, NewSize: 0x20, Nop: true}
}

// Re-entered in one context, the handler has one more entry; then the original
// runs, whatever the task's universe, and a warning is the only trace.
func TestHandlerRefusesRecursion(t *testing.T) {
	r := newRig(t)
	o := r.stacked(resolved("read", readAt, 1))
	r.recursion = 1 << 3
	r.wantEnter(o, "new_1")
	r.wantLog()
	r.recursion = 1<<3 | 1<<4
	r.wantEnter(o, "unmoved")
	r.wantLog("WARNING: klp_ftrace_handler: bit < 0")
	r.wantEnter(o, "unmoved")
	r.wantLog()
}

func TestHandlerEmptyStack(t *testing.T) {
	r := newRig(t)
	r.wantEnter(&Ops{}, "unmoved")
	r.wantLog("WARNING: klp_ftrace_handler: !func")
	r.wantEnter(&Ops{}, "unmoved")
	r.wantLog()
}

// A function that leaves its stack while a handler stands on it still leads to
// the older version.
func TestHandlerStandsOnRemovedFunc(t *testing.T) {
	r := newRig(t)
	top := r.inTransition(resolved("read", readAt, 2))
	o := r.stacked(resolved("read", readAt, 1), top)
	r.state(transition.Unpatched)
	r.bus.SetHook(func(_ smp.Op, p smp.Point) {
		if p == "klp_ftrace_handler:patch_state" {
			r.bus.SetHook(nil)
			r.core.unpatchFunc(top)
		}
	})
	r.wantEnter(o, "new_1")
}

// The accesses of the handler, in order: each read barrier stands between the
// two reads that its writer's barrier orders.
func TestHandlerAccesses(t *testing.T) {
	r := newRig(t)
	o := r.stacked(resolved("read", readAt, 1), r.inTransition(resolved("read", readAt, 2)))
	r.state(transition.Unpatched)
	var got []string
	preempt := true
	r.bus.SetHook(func(op smp.Op, p smp.Point) {
		got = append(got, fmt.Sprint(op, " ", p))
		preempt = preempt && r.preempt == 1
	})
	r.enter(o)
	want := []string{
		"READ_ONCE klp_ftrace_handler:func_stack",
		"smp_rmb klp_ftrace_handler:1",
		"READ_ONCE klp_ftrace_handler:transition",
		"smp_rmb klp_ftrace_handler:2",
		"READ_ONCE klp_ftrace_handler:patch_state",
		"READ_ONCE klp_ftrace_handler:next",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("accesses (-want +got):\n%s", diff)
	}
	if !preempt {
		t.Error("preemption is on inside the handler; klp_synchronize_transition would not wait for it")
	}
	got = nil
	smp.WriteOnce(&smp.Bus{}, &o.FuncStack.All()[0].transition, false, "test")
	r.enter(o)
	want = want[:3]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("accesses outside of a transition (-want +got):\n%s", diff)
	}
}

func TestHandlerWithoutSaveArea(t *testing.T) {
	r := newRig(t)
	o := r.stacked(resolved("read", readAt, 1))
	r.core.ftraceHandler(o, ftrace.NewRegs(r.m, 0x1000))
	if len(r.log) != 1 {
		t.Errorf("log = %q, want a warning", r.log)
	}
}
