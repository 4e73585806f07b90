package transition

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/smp"
)

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
		"READ_ONCE klp_sched_try_switch_key",
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

// Start until an attempt completes.

func TestCondReschedHook(t *testing.T) {
	r := started(t)
	r.bad[r.tasks[1]] = errors.New("stuck")
	r.e.TryComplete(nil)
	if !smp.Peek(&r.e.hooked) {
		t.Error("the hook is off while a task is left")
	}
	delete(r.bad, r.tasks[1])
	r.e.TryComplete(nil)
	if smp.Peek(&r.e.hooked) {
		t.Error("the hook is on after completion")
	}
	r.e.Clear()
	r.e.SchedTrySwitch(r.tasks[0], func() []Range { t.Error("the hook is taken"); return nil })
}

func TestTaskAccessors(t *testing.T) {
	r := started(t)
	if r.tasks[0].PatchState(&r.bus, "p") != Unpatched || !r.tasks[0].PatchPending(&r.bus, "p") {
		t.Error("accessors disagree with the state")
	}
}
