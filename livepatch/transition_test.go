package livepatch

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
	"klpemu/transition"
)

// A task that resists keeps the transition open; every attempt that fails
// queues another. Meanwhile each task has its own version.
func TestTransitionThatWaits(t *testing.T) {
	r := newRig(t)
	r.hold()
	p := patch("p1", "read", 1)
	r.must(r.core.Enable(p))
	r.wantLog(append(enableLog("p1"), "klp_try_switch_task: sh:100 is running")...)
	if r.core.TransitionPatch() != p || r.retries != 1 || !p.Enabled {
		t.Errorf("transition %v, %d retries", r.core.TransitionPatch(), r.retries)
	}
	if rep := r.core.LastReport(); rep.Complete || len(rep.Stragglers) != 1 || rep.Stragglers[0].Task != r.task {
		t.Errorf("report %+v", rep)
	}
	r.wantCalled(readAt, "original")
	r.core.TransitionWork()
	if r.retries != 2 {
		t.Errorf("%d retries, want 2", r.retries)
	}
	r.core.SwitchPoint(r.task) // it leaves the kernel
	r.wantCalled(readAt, "new_1")
	r.log = nil
	r.core.TransitionWork()
	r.wantLog(completeLog("p1")...)
	r.core.TransitionWork() // a late work item finds nothing to do
	r.wantLog()
	if r.retries != 2 {
		t.Errorf("%d retries, want 2", r.retries)
	}
}

// What must not be on a stack, by direction and by what lies below.
func TestStackRanges(t *testing.T) {
	own := func(n uint64, name string) transition.Range {
		return transition.Range{Start: newFunc(n), End: newFunc(n) + 0x10, Func: name}
	}
	original := func(fn uint64, name string) transition.Range {
		return transition.Range{Start: fn, End: fn + 0x20, Func: name}
	}
	want := func(r *rig, ranges ...transition.Range) {
		t.Helper()
		if diff := cmp.Diff(ranges, r.core.stackRanges()); diff != "" {
			t.Errorf("ranges (-want +got):\n%s", diff)
		}
	}
	r := newRig(t)
	want(r) // no transition
	r.hold()
	p1 := patch("p1", "read", 1, "write", 2)
	r.must(r.core.Enable(p1))
	want(r, original(readAt, "read"), original(writeAt, "write"))
	r.release()
	r.core.TransitionWork()

	// The next version: of read the older one must go, of write nothing changes.
	r.hold()
	p2 := &Patch{Mod: "p2", Objects: []*Object{object("", "read", 3), object("e1000", "xmit", 4)}}
	r.must(r.core.Enable(p2))
	want(r, own(1, "read"))         // the module is not loaded
	r.must(r.core.Store(p2, false)) // on the way back its own
	want(r, own(3, "read"))
	r.release()
	r.core.TransitionWork()

	// Disabling the lower one: its own, though it is not on top.
	r.enabled(patch("p3", "read", 5))
	r.hold()
	r.must(r.core.Store(p1, false))
	want(r, own(1, "read"), own(2, "write"))
}

// A nop on the way back stands for the original.
func TestStackRangeOfNop(t *testing.T) {
	r := newRig(t)
	r.enabled(patch("p1", "read", 1))
	p2 := patch("p2", "write", 2)
	p2.Replace = true
	r.hold()
	r.must(r.core.Enable(p2))
	want := []transition.Range{
		{Start: writeAt, End: writeAt + 0x20, Func: "write"},
		{Start: newFunc(1), End: newFunc(1) + 0x10, Func: "read"},
	}
	if diff := cmp.Diff(want, r.core.stackRanges()); diff != "" {
		t.Errorf("towards patched (-want +got):\n%s", diff)
	}
	r.must(r.core.Store(p2, false))
	want = []transition.Range{
		{Start: newFunc(2), End: newFunc(2) + 0x10, Func: "write"},
		{Start: readAt, End: readAt + 0x20, Func: "read"},
	}
	if diff := cmp.Diff(want, r.core.stackRanges()); diff != "" {
		t.Errorf("towards unpatched (-want +got):\n%s", diff)
	}
}

// A task that sleeps in the old function holds the transition up until it has
// left; cond_resched() lets it switch where it may.
func TestSleeperInOldFunction(t *testing.T) {
	r := newRig(t)
	r.stack = []uint64{readAt + 9}
	p := patch("p1", "read", 1)
	r.must(r.core.Enable(p))
	r.wantLog(append(enableLog("p1"), "klp_try_switch_task: sh:100 is sleeping on function read")...)
	r.core.CondResched(r.task)
	r.wantLog("klp_try_switch_task: sh:100 is sleeping on function read")
	r.stack = nil
	r.core.CondResched(r.task)
	if state, _ := r.task.Peek(); state != transition.Patched {
		t.Errorf("the task is %v after cond_resched()", state)
	}
	r.core.TransitionWork()
	r.wantLog(completeLog("p1")...)
	r.core.CondResched(r.task) // outside of a transition it is nothing
	r.wantLog()
}

// Reversing flips "enabled" at once and does not try to complete by itself.
func TestReverse(t *testing.T) {
	r := newRig(t)
	r.hold()
	p := patch("p1", "read", 1)
	r.must(r.core.Enable(p))
	r.log = nil
	r.must(r.core.Store(p, false))
	r.wantLog(
		"'p1': reversing transition from patching to unpatching",
		"klp_synchronize_transition",
		"'p1': starting unpatching transition",
	)
	if p.Enabled || r.core.TransitionPatch() != p || r.retries != 1 {
		t.Errorf("enabled %v, %d retries", p.Enabled, r.retries)
	}
	r.must(r.core.Store(p, true)) // and back again
	r.wantLog(
		"'p1': reversing transition from unpatching to patching",
		"klp_synchronize_transition",
		"'p1': starting patching transition",
	)
	r.must(r.core.Store(p, false))
	r.log = nil
	r.release()
	r.core.TransitionWork()
	r.wantLog(uncompleteLog("p1", 1)...)
	r.runWork()
	r.wantClean()
}

func TestForce(t *testing.T) {
	r := newRig(t)
	p := r.enabled(patch("p1", "read", 1))
	r.wantErr(r.core.StoreForce(p, true), errno.EINVAL) // not in transition
	r.must(r.core.StoreForce(p, false))                 // 0 is no request
	r.hold()
	r.must(r.core.Store(p, false))
	r.log = nil
	r.must(r.core.StoreForce(p, false))
	if p.Forced {
		t.Error("0 forced the transition")
	}
	r.must(r.core.StoreForce(p, true))
	r.wantLog("forcing remaining tasks to the patched state")
	if r.core.TransitionPatch() != p {
		t.Error("force completes by itself; that is left to the next attempt")
	}
	r.core.TransitionWork()
	r.wantLog(uncompleteLog("p1", 1)...)
	r.runWork()
	if r.refs["p1"] != 1 {
		t.Errorf("the module of a forced patch has %d references, want 1: it must stay", r.refs["p1"])
	}
	if p.InSysfs() {
		t.Error("the directory is still there")
	}
}

// Forced towards patched, only patches that are being replaced must stay.
func TestForceOfEnable(t *testing.T) {
	for _, replace := range []bool{false, true} {
		r := newRig(t)
		old := r.enabled(patch("p1", "read", 1))
		r.hold()
		p := patch("p2", "read", 2)
		p.Replace = replace
		r.must(r.core.Enable(p))
		r.must(r.core.StoreForce(p, true))
		if p.Forced || old.Forced != replace {
			t.Errorf("replace %v: forced new %v, old %v", replace, p.Forced, old.Forced)
		}
		r.core.TransitionWork()
		r.runWork()
		if r.refs["p1"] != 1 || r.refs["p2"] != 1 {
			t.Errorf("replace %v: references %v", replace, r.refs)
		}
	}
}
