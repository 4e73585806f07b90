package transition

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/smp"
)

// rig is a machine of a few tasks: what the engine needs, and no more.

// newRig has tasks 1 and 2 and the idle task of one CPU.

// wantTasks compares the state of every task, idle ones last; * is the flag.

// writes records the stores and barriers of do, with the state of task 1 and

// the target that another CPU would see at each.

// started is a transition to Patched that is under way.

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
		"WRITE_ONCE klp_start_transition:klp_sched_try_switch_key: target=1 task=0 pending=true",
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
		"WRITE_ONCE klp_try_complete_transition:klp_sched_try_switch_key: target=1 task=1 pending=false",
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
