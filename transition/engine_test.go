package transition

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/smp"
	"klpemu/internal/trace"
)

// rig is a machine of a few tasks: what the engine needs, and no more.
type rig struct {
	*testing.T
	bus     smp.Bus
	e       *Engine
	tasks   []*Task
	idle    []*Task
	offline map[int]bool
	onCPU   map[*Task]bool
	current *Task
	stacks  map[*Task][]uint64
	bad     map[*Task]error
	log     []string
}

func (r *rig) Tasks() []*Task       { return r.tasks }
func (r *rig) IdleTasks() []*Task   { return r.idle }
func (r *rig) CPUOnline(c int) bool { return !r.offline[c] }
func (r *rig) OnCPU(t *Task) bool   { return r.onCPU[t] }
func (r *rig) Current() *Task       { return r.current }
func (r *rig) WakeIfIdle(cpu int)   { r.logf("wake cpu %d", cpu) }
func (r *rig) Signal(t *Task)       { r.logf("signal %d", t.PID) }

func (r *rig) ReliableStack(t *Task) ([]uint64, error) { return r.stacks[t], r.bad[t] }

func (r *rig) logf(format string, args ...any) { r.log = append(r.log, fmt.Sprintf(format, args...)) }

// newRig has tasks 1 and 2 and the idle task of one CPU.
func newRig(t *testing.T) *rig {
	r := &rig{
		T: t, offline: map[int]bool{}, onCPU: map[*Task]bool{},
		stacks: map[*Task][]uint64{}, bad: map[*Task]error{},
	}
	r.tasks = []*Task{NewTask(1, "init"), NewTask(2, "sh")}
	r.idle = []*Task{NewTask(0, "swapper/0")}
	r.idle[0].IsIdle = true
	r.e = NewEngine(r, &r.bus, func(e trace.Event) { r.logf("%s", e) })
	return r
}

func (r *rig) all() []*Task { return append(r.tasks[:len(r.tasks):len(r.tasks)], r.idle...) }

// wantTasks compares the state of every task, idle ones last; * is the flag.
func (r *rig) wantTasks(want ...string) {
	r.Helper()
	var got []string
	for _, t := range r.all() {
		state, pending := t.Peek()
		s := fmt.Sprintf("%s %d", t.Comm, state)
		if pending {
			s += "*"
		}
		got = append(got, s)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.Errorf("tasks (-want +got):\n%s", diff)
	}
}

func (r *rig) wantLog(want ...string) {
	r.Helper()
	if diff := cmp.Diff(want, r.log); diff != "" {
		r.Errorf("log (-want +got):\n%s", diff)
	}
	r.log = nil
}

// writes records the stores and barriers of do, with the state of task 1 and
// the target that another CPU would see at each.
func (r *rig) writes(do func()) []string {
	var got []string
	r.bus.SetHook(func(op smp.Op, p smp.Point) {
		if op == smp.OpRead {
			return
		}
		state, pending := r.tasks[0].Peek()
		got = append(got, fmt.Sprintf("%s %s: target=%d task=%d pending=%v", op, p, r.e.PeekTarget(), state, pending))
	})
	do()
	r.bus.SetHook(nil)
	return got
}

func (r *rig) wantWrites(do func(), want ...string) {
	r.Helper()
	if diff := cmp.Diff(want, r.writes(do)); diff != "" {
		r.Errorf("order of writes (-want +got):\n%s", diff)
	}
}

// started is a transition to Patched that is under way.
func started(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.e.Init(Patched)
	r.e.Start()
	return r
}

func TestStates(t *testing.T) {
	for s, want := range map[PatchState]string{Idle: "idle", Unpatched: "unpatched", Patched: "patched", 7: "invalid"} {
		if s.String() != want {
			t.Errorf("PatchState(%d) = %q, want %q", s, s, want)
		}
	}
	if Patched.Opposite() != Unpatched || Unpatched.Opposite() != Patched {
		t.Error("Opposite does not turn round")
	}
	for r, want := range map[Reason]string{
		Switched: "switched", Running: "is running", Unreliable: "has an unreliable stack",
		OnStack: "is sleeping on function", 9: "invalid",
	} {
		if r.String() != want {
			t.Errorf("Reason(%d) = %q, want %q", r, r, want)
		}
	}
}

func TestRangeIsHalfOpen(t *testing.T) {
	r := Range{Start: 0x100, End: 0x120}
	for addr, want := range map[uint64]bool{0xff: false, 0x100: true, 0x11f: true, 0x120: false} {
		if r.Contains(addr) != want {
			t.Errorf("[100,120) contains %x: %v", addr, !want)
		}
	}
}

// Target and states come before the barrier; nobody may switch yet.
func TestInit(t *testing.T) {
	r := newRig(t)
	r.wantTasks("init -1", "sh -1", "swapper/0 -1")
	r.wantWrites(func() { r.e.Init(Patched) },
		"WRITE_ONCE klp_init_transition:target: target=1 task=-1 pending=false",
		"WRITE_ONCE klp_init_transition:patch_state: target=1 task=0 pending=false",
		"WRITE_ONCE klp_init_transition:patch_state: target=1 task=0 pending=false",
		"WRITE_ONCE klp_init_transition:patch_state: target=1 task=0 pending=false",
		"smp_wmb klp_init_transition: target=1 task=0 pending=false",
	)
	r.wantTasks("init 0", "sh 0", "swapper/0 0")
	r.wantLog()

	r = newRig(t)
	r.e.Init(Unpatched)
	r.wantTasks("init 1", "sh 1", "swapper/0 1")
}

func TestInitTwiceWarns(t *testing.T) {
	r := started(t)
	r.e.Init(Unpatched)
	r.wantLog(
		"WARNING: klp_init_transition: klp_target_state != KLP_TRANSITION_IDLE",
		"WARNING: klp_init_transition: task->patch_state != KLP_TRANSITION_IDLE", // once, not for each task
	)
}

// Only tasks that are not in the target universe get the flag.
func TestStart(t *testing.T) {
	r := newRig(t)
	r.e.Init(Patched)
	smp.WriteOnce(&r.bus, &r.tasks[1].patchState, Patched, "test")
	r.wantWrites(r.e.Start,
		"WRITE_ONCE klp_start_transition:pending: target=1 task=0 pending=true",
		"WRITE_ONCE klp_start_transition:pending: target=1 task=0 pending=true",
	)
	r.wantTasks("init 0*", "sh 1", "swapper/0 0*")
}

func TestTryCompleteSwitchesAll(t *testing.T) {
	r := started(t)
	r.stacks[r.tasks[0]] = []uint64{0x500, 0x600}
	var report Report
	r.wantWrites(func() { report = r.e.TryComplete([]Range{{0x100, 0x120, "f"}}) },
		// the flag goes before the state changes
		"WRITE_ONCE klp_check_and_switch_task:pending: target=1 task=0 pending=false",
		"WRITE_ONCE klp_check_and_switch_task:patch_state: target=1 task=1 pending=false",
		"WRITE_ONCE klp_check_and_switch_task:pending: target=1 task=1 pending=false",
		"WRITE_ONCE klp_check_and_switch_task:patch_state: target=1 task=1 pending=false",
		"WRITE_ONCE klp_check_and_switch_task:pending: target=1 task=1 pending=false",
		"WRITE_ONCE klp_check_and_switch_task:patch_state: target=1 task=1 pending=false",
	)
	if !report.Complete || report.Attempt != 1 || report.Stragglers != nil || report.Signaled {
		t.Errorf("report %+v", report)
	}
	r.wantTasks("init 1", "sh 1", "swapper/0 1")
	r.wantLog()
}

func TestTryCompleteWithoutTarget(t *testing.T) {
	r := newRig(t)
	if rep := r.e.TryComplete(nil); rep.Complete || rep.Attempt != 0 {
		t.Errorf("report %+v, want none", rep)
	}
	r.wantLog("WARNING: klp_try_complete_transition: klp_target_state == KLP_TRANSITION_IDLE")
	if r.e.CanStart("klp_start_transition") {
		t.Error("CanStart without a target")
	}
}

// Each reason, its debug line and what the report says; a straggler does not
// keep the others from switching.
func TestStragglers(t *testing.T) {
	ranges := []Range{{0x100, 0x120, "f"}, {0x200, 0x220, "g"}}
	walk := errors.New("no frame")
	tests := []struct {
		name  string
		setup func(*rig)
		want  Straggler // its Task is filled in
		log   []string
	}{
		{
			"running on another CPU", func(r *rig) { r.onCPU[r.tasks[0]] = true },
			Straggler{Reason: Running}, []string{"livepatch: klp_try_switch_task: init:1 is running"},
		},
		{
			"unreliable", func(r *rig) { r.bad[r.tasks[0]] = walk },
			Straggler{Reason: Unreliable, Err: walk},
			[]string{"livepatch: klp_try_switch_task: init:1 has an unreliable stack"},
		},
		{
			"in a function", func(r *rig) { r.stacks[r.tasks[0]] = []uint64{0x500, 0x210} },
			Straggler{Reason: OnStack, Func: "g", Addr: 0x210},
			[]string{"livepatch: klp_try_switch_task: init:1 is sleeping on function g"},
		},
		{
			"in two functions: the patch's order counts, not the stack's",
			func(r *rig) { r.stacks[r.tasks[0]] = []uint64{0x210, 0x11f} },
			Straggler{Reason: OnStack, Func: "f", Addr: 0x11f},
			[]string{"livepatch: klp_try_switch_task: init:1 is sleeping on function f"},
		},
		{
			"running wins over its stack", func(r *rig) {
				r.onCPU[r.tasks[0]] = true
				r.bad[r.tasks[0]] = walk
			},
			Straggler{Reason: Running}, []string{"livepatch: klp_try_switch_task: init:1 is running"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := started(t)
			tt.setup(r)
			rep := r.e.TryComplete(ranges)
			tt.want.Task = r.tasks[0]
			if rep.Complete || len(rep.Stragglers) != 1 || rep.Stragglers[0] != tt.want {
				t.Errorf("report %+v, want straggler %+v", rep, tt.want)
			}
			r.wantLog(tt.log...)
			r.wantTasks("init 0*", "sh 1", "swapper/0 1")
		})
	}
}

// The task that the attempt runs in switches by its own stack.
func TestCurrentTaskIsNotRunning(t *testing.T) {
	r := started(t)
	r.current, r.onCPU[r.tasks[1]] = r.tasks[1], true
	if rep := r.e.TryComplete(nil); !rep.Complete {
		t.Errorf("report %+v", rep)
	}
	r = started(t)
	r.current, r.onCPU[r.tasks[1]] = r.tasks[1], true
	r.stacks[r.tasks[1]] = []uint64{0x100}
	if rep := r.e.TryComplete([]Range{{0x100, 0x101, "f"}}); rep.Complete || rep.Stragglers[0].Reason != OnStack {
		t.Errorf("report %+v", rep)
	}
}

// A task that is where it should be is not looked at.
func TestSwitchedTaskIsLeftAlone(t *testing.T) {
	r := started(t)
	r.e.UpdateTask(r.tasks[0])
	r.onCPU[r.tasks[0]], r.bad[r.tasks[0]] = true, errors.New("walked")
	if rep := r.e.TryComplete(nil); !rep.Complete {
		t.Errorf("report %+v", rep)
	}
	r.wantLog()
}

func TestIdleTasks(t *testing.T) {
	r := newRig(t)
	second, third := NewTask(0, "swapper/1"), NewTask(0, "swapper/2")
	second.IsIdle, second.IdleCPU = true, 1
	third.IsIdle, third.IdleCPU = true, 2
	r.idle = append(r.idle, second, third)
	r.offline[2] = true
	r.onCPU[second], r.onCPU[third] = true, true // an offline CPU's does not count as running
	r.e.Init(Patched)
	r.e.Start()
	rep := r.e.TryComplete(nil)
	if rep.Complete || len(rep.Stragglers) != 1 || rep.Stragglers[0].Task != second {
		t.Errorf("report %+v, want swapper/1", rep)
	}
	r.wantLog("livepatch: klp_try_switch_task: swapper/1:0 is running", "wake cpu 1")
	r.wantTasks("init 1", "sh 1", "swapper/0 1", "swapper/1 0*", "swapper/2 1")
	r.e.UpdateTask(second) // the idle loop goes round
	if !r.e.TryComplete(nil).Complete {
		t.Error("not complete after the idle loop went round")
	}
	r.wantLog()
}

// Signals go out at attempts 16, 31 and 46, to pending tasks that are not idle
// tasks; the message only the first time. A reversal counts anew.
func TestSignals(t *testing.T) {
	r := started(t)
	r.bad[r.tasks[1]] = errors.New("stuck")
	r.onCPU[r.idle[0]] = true
	type event struct {
		Attempt int
		Log     []string
	}
	attempts := func(n int) []event {
		var events []event
		for i := 1; i <= n; i++ {
			r.log = nil
			rep := r.e.TryComplete(nil)
			if rep.Attempt != i {
				t.Fatalf("attempt %d reports %d", i, rep.Attempt)
			}
			var said []string
			for _, l := range r.log {
				if l == "livepatch: signaling remaining tasks" || l == "signal 2" || l == "signal 0" || l == "signal 1" {
					said = append(said, l)
				}
			}
			if rep.Signaled != (said != nil) {
				t.Errorf("attempt %d: Signaled = %v, log %q", i, rep.Signaled, said)
			}
			if said != nil {
				events = append(events, event{i, said})
			}
		}
		return events
	}
	want := []event{
		{16, []string{"livepatch: signaling remaining tasks", "signal 2"}},
		{31, []string{"signal 2"}},
		{46, []string{"signal 2"}},
	}
	if diff := cmp.Diff(want, attempts(50)); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
	r.e.Reverse(func() {}, func() {})
	r.e.Start()
	r.bad[r.tasks[0]] = errors.New("stuck") // the one that had switched
	want = []event{{16, []string{"livepatch: signaling remaining tasks", "signal 1"}}}
	if diff := cmp.Diff(want, attempts(20)); diff != "" {
		t.Errorf("signals after a reversal (-want +got):\n%s", diff)
	}
}

// A switch point moves a pending task to the target of that moment, without a
// look at its stack; it does nothing to a task without the flag.
func TestUpdateTask(t *testing.T) {
	r := started(t)
	r.bad[r.tasks[0]] = errors.New("walked")
	r.wantWrites(func() { r.e.UpdateTask(r.tasks[0]) },
		"smp_mb klp_update_patch_state:pending: target=1 task=0 pending=false",
		"WRITE_ONCE klp_update_patch_state:patch_state: target=1 task=1 pending=false",
	)
	r.wantWrites(func() { r.e.UpdateTask(r.tasks[0]) },
		"smp_mb klp_update_patch_state:pending: target=1 task=1 pending=false",
	)
	r = newRig(t)
	r.e.UpdateTask(r.tasks[0])
	r.wantTasks("init -1", "sh -1", "swapper/0 -1")
}

func TestSchedTrySwitch(t *testing.T) {
	f := []Range{{0x100, 0x120, "f"}}
	asked := 0
	ranges := func() []Range { asked++; return f }

	r := newRig(t)
	r.e.SchedTrySwitch(r.tasks[0], ranges) // no transition: the hook is off
	r.wantTasks("init -1", "sh -1", "swapper/0 -1")

	r = started(t)
	r.stacks[r.tasks[0]] = []uint64{0x110}
	r.current, r.onCPU[r.tasks[0]] = r.tasks[0], true
	r.e.SchedTrySwitch(r.tasks[0], ranges)
	r.wantTasks("init 0*", "sh 0*", "swapper/0 0*")
	r.wantLog("livepatch: klp_try_switch_task: init:1 is sleeping on function f")
	r.stacks[r.tasks[0]] = nil
	var ops []string
	r.bus.SetHook(func(op smp.Op, p smp.Point) { ops = append(ops, fmt.Sprint(op, " ", p)) })
	r.e.SchedTrySwitch(r.tasks[0], ranges)
	want := []string{
		"READ_ONCE __klp_sched_try_switch:pending", "smp_rmb __klp_sched_try_switch",
		"WRITE_ONCE klp_check_and_switch_task:pending", "WRITE_ONCE klp_check_and_switch_task:patch_state",
	}
	if diff := cmp.Diff(want, ops); diff != "" {
		t.Errorf("accesses (-want +got):\n%s", diff)
	}
	r.wantTasks("init 1", "sh 0*", "swapper/0 0*")
	asked = 0
	r.e.SchedTrySwitch(r.tasks[0], ranges) // not pending any more
	if asked != 0 {
		t.Error("the ranges were computed for a task without the flag")
	}
}

// Reverse stops everybody, waits, flips, and only then may tasks move again.
// Those that had switched must go back; the others are there already.
func TestReverse(t *testing.T) {
	r := started(t)
	r.e.UpdateTask(r.tasks[0])
	r.log = nil
	r.wantWrites(func() {
		r.e.Reverse(
			func() { r.logf("synchronize, target %d", r.e.PeekTarget()) },
			func() { r.logf("enabled flips, target %d", r.e.PeekTarget()) },
		)
	},
		"WRITE_ONCE klp_reverse_transition:pending: target=1 task=1 pending=false",
		"WRITE_ONCE klp_reverse_transition:pending: target=1 task=1 pending=false",
		"WRITE_ONCE klp_reverse_transition:pending: target=1 task=1 pending=false",
		"WRITE_ONCE klp_reverse_transition:target: target=0 task=1 pending=false",
		"smp_wmb klp_reverse_transition: target=0 task=1 pending=false",
	)
	r.wantLog("synchronize, target 1", "enabled flips, target 1")
	r.wantTasks("init 1", "sh 0", "swapper/0 0")
	r.e.Start()
	r.wantTasks("init 1*", "sh 0", "swapper/0 0")
	if !r.e.TryComplete(nil).Complete {
		t.Error("the way back does not complete")
	}
	r.wantTasks("init 0", "sh 0", "swapper/0 0")
}

func TestForce(t *testing.T) {
	r := started(t)
	for _, task := range r.all() {
		r.onCPU[task], r.bad[task] = true, errors.New("walked")
	}
	r.e.Force()
	r.wantTasks("init 1", "sh 1", "swapper/0 1")
	if !r.e.TryComplete(nil).Complete {
		t.Error("not complete after force")
	}
}

func TestCancel(t *testing.T) {
	r := newRig(t)
	r.e.Init(Patched)
	r.e.Cancel()
	r.wantLog()
	if r.e.PeekTarget() != Unpatched {
		t.Errorf("target %v, want unpatched", r.e.PeekTarget())
	}
	r.wantTasks("init 0", "sh 0", "swapper/0 0") // no flag was ever set
	r.e.Cancel()
	r.wantLog("WARNING: klp_cancel_transition: klp_target_state != KLP_TRANSITION_PATCHED")
}

// A child is where its parent is, with the same duty.
func TestFork(t *testing.T) {
	r := started(t)
	child := NewTask(3, "child")
	r.e.Fork(r.tasks[0], child)
	if state, pending := child.Peek(); state != Unpatched || !pending {
		t.Errorf("child of a pending task: %v %v", state, pending)
	}
	r.e.UpdateTask(r.tasks[0])
	r.e.Fork(r.tasks[0], child)
	if state, pending := child.Peek(); state != Patched || pending {
		t.Errorf("child of a switched task: %v %v", state, pending)
	}
}

func TestResetAndClear(t *testing.T) {
	r := started(t)
	r.e.TryComplete(nil)
	r.e.Reset()
	r.wantTasks("init -1", "sh -1", "swapper/0 -1")
	if r.e.PeekTarget() != Patched {
		t.Error("Reset cleared the target; the callbacks come before that")
	}
	r.e.Clear()
	if r.e.Target() != Idle {
		t.Error("Clear left the target")
	}
	r.wantLog()
	r.e.Init(Unpatched) // the next transition begins without a warning
	r.wantLog()

	r = started(t)
	r.e.Reset()
	r.wantLog("WARNING: klp_complete_transition: test_tsk_thread_flag(task, TIF_PATCH_PENDING)")
}

// cond_resched() is a switch point only while a transition is under way: from
// Start until an attempt completes, or Clear.
func TestCondReschedHook(t *testing.T) {
	r := started(t)
	r.bad[r.tasks[1]] = errors.New("stuck")
	r.e.TryComplete(nil)
	if !r.e.hooked {
		t.Error("the hook is off while a task is left")
	}
	delete(r.bad, r.tasks[1])
	r.e.TryComplete(nil)
	if r.e.hooked {
		t.Error("the hook is on after completion")
	}
	r = started(t)
	r.e.Clear()
	if r.e.hooked {
		t.Error("the hook is on after Clear")
	}
	r.e.SchedTrySwitch(r.tasks[0], func() []Range { return nil })
	r.wantTasks("init 0*", "sh 0*", "swapper/0 0*")
}

func TestTaskAccessors(t *testing.T) {
	r := started(t)
	if r.tasks[0].PatchState(&r.bus, "p") != Unpatched || !r.tasks[0].PatchPending(&r.bus, "p") {
		t.Error("accessors disagree with the state")
	}
}
