package livepatch

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
	"klpemu/internal/smp"
)

// What every way through the core prints, as the kernel's log has it.

func enableLog(mod string) []string {
	return []string{
		fmt.Sprintf("enabling patch '%s'", mod),
		fmt.Sprintf("'%s': initializing patching transition", mod),
		fmt.Sprintf("'%s': starting patching transition", mod),
	}
}

func completeLog(mod string) []string {
	return []string{
		fmt.Sprintf("'%s': completing patching transition", mod),
		"klp_synchronize_transition",
		fmt.Sprintf("'%s': patching complete", mod),
	}
}

func disableLog(mod string) []string {
	return []string{
		fmt.Sprintf("'%s': initializing unpatching transition", mod),
		fmt.Sprintf("'%s': starting unpatching transition", mod),
	}
}

// uncompleteLog is a completion towards unpatched in which n ops go.

func uncompleteLog(mod string, n int) []string {
	log := []string{fmt.Sprintf("'%s': completing unpatching transition", mod)}
	for range n {
		log = append(log, "synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops")
	}
	return append(log, "klp_synchronize_transition", fmt.Sprintf("'%s': unpatching complete", mod))
}

func failLog(mod string, why ...string) []string {
	log := append(enableLog(mod)[:2:2], why...)
	return append(log,
		fmt.Sprintf("failed to enable patch '%s'", mod),
		fmt.Sprintf("'%s': canceling patching transition, going to unpatch", mod),
	)
}

func join(logs ...[]string) []string {
	var all []string
	for _, l := range logs {
		all = append(all, l...)
	}
	return all
}

func TestEnableAndDisable(t *testing.T) {
	r := newRig(t)
	p := patch("p1", "read", 1, "write", 2)
	r.must(r.core.Enable(p))
	r.wantLog(join(enableLog("p1"), completeLog("p1"))...)
	if !p.Enabled || !p.InSysfs() || !p.Objects[0].InSysfs() || !p.Objects[0].Patched || r.refs["p1"] != 1 {
		t.Errorf("patch %+v, references %d", p, r.refs["p1"])
	}
	if diff := cmp.Diff([]string{"p1"}, mods(r.core.Patches())); diff != "" {
		t.Errorf("klp_patches (-want +got):\n%s", diff)
	}
	r.wantCalled(readAt, "new_1")
	r.wantCalled(writeAt, "new_2")
	r.wantCalled(dupAt, "original")
	for _, f := range p.Objects[0].Funcs {
		if f.Transition() || f.OldSize != 0x20 || f.NewSize != 0x10 {
			t.Errorf("func %+v", f)
		}
	}
	r.log = nil

	r.must(r.core.Store(p, false))
	r.wantLog(join(disableLog("p1"), uncompleteLog("p1", 2))...)
	if p.Enabled || p.Objects[0].Patched || len(r.core.Patches()) != 0 {
		t.Errorf("patch %+v, klp_patches %v", p, r.core.Patches())
	}
	// The directory goes and the module is let go by a work item, because
	// this was a write to a file of that directory.
	if !p.InSysfs() || p.Objects[0].InSysfs() || r.refs["p1"] != 1 {
		t.Errorf("before the work: patch %+v, references %d", p, r.refs["p1"])
	}
	if diff := cmp.Diff([]string{"klp_free_patch_work_fn"}, r.workNames); diff != "" {
		t.Errorf("work (-want +got):\n%s", diff)
	}
	r.runWork()
	r.wantCalled(readAt, "original")
	r.wantClean()
}

func mods(patches []*Patch) []string {
	var names []string
	for _, p := range patches {
		names = append(names, p.Mod)
	}
	return names
}

// The order of the stores that a handler can see while a patch is enabled: all

// flags before the barrier, the barrier before the first function shows.

func TestEnableOrder(t *testing.T) {
	r := newRig(t)
	p := patch("p1", "read", 1, "write", 2)
	var got []string
	r.bus.SetHook(func(op smp.Op, at smp.Point) {
		if op == smp.OpRead || strings.HasPrefix(string(at), "text_poke") {
			return
		}
		got = append(got, fmt.Sprint(op, " ", at))
	})
	r.must(r.core.Enable(p))
	want := []string{
		"WRITE_ONCE klp_init_transition:target",
		"WRITE_ONCE klp_init_transition:patch_state",
		"WRITE_ONCE klp_init_transition:patch_state",
		"smp_wmb klp_init_transition",
		"WRITE_ONCE klp_init_transition:transition",
		"WRITE_ONCE klp_init_transition:transition",
		"smp_wmb __klp_enable_patch",
		"WRITE_ONCE klp_patch_func:func_stack",
		"yield klp_patch_func:filter",
		"yield klp_patch_func:registered",
		"WRITE_ONCE klp_patch_func:func_stack",
		"yield klp_patch_func:filter",
		"yield klp_patch_func:registered",
		"WRITE_ONCE klp_start_transition:pending",
		"WRITE_ONCE klp_start_transition:pending",
		"WRITE_ONCE klp_start_transition:klp_sched_try_switch_key",
		"WRITE_ONCE klp_check_and_switch_task:pending",
		"WRITE_ONCE klp_check_and_switch_task:patch_state",
		"WRITE_ONCE klp_check_and_switch_task:pending",
		"WRITE_ONCE klp_check_and_switch_task:patch_state",
		"WRITE_ONCE klp_try_complete_transition:klp_sched_try_switch_key",
		"WRITE_ONCE klp_complete_transition:transition",
		"WRITE_ONCE klp_complete_transition:transition",
		"WRITE_ONCE klp_complete_transition:patch_state",
		"WRITE_ONCE klp_complete_transition:patch_state",
		"WRITE_ONCE klp_complete_transition:target",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("enable (-want +got):\n%s", diff)
	}
	got = nil
	r.must(r.core.Store(p, false))
	want = []string{
		"WRITE_ONCE klp_init_transition:target",
		"WRITE_ONCE klp_init_transition:patch_state",
		"WRITE_ONCE klp_init_transition:patch_state",
		"smp_wmb klp_init_transition",
		"WRITE_ONCE klp_init_transition:transition",
		"WRITE_ONCE klp_init_transition:transition",
		"smp_wmb __klp_disable_patch",
		"WRITE_ONCE klp_start_transition:pending",
		"WRITE_ONCE klp_start_transition:pending",
		"WRITE_ONCE klp_start_transition:klp_sched_try_switch_key",
		"WRITE_ONCE klp_check_and_switch_task:pending",
		"WRITE_ONCE klp_check_and_switch_task:patch_state",
		"WRITE_ONCE klp_check_and_switch_task:pending",
		"WRITE_ONCE klp_check_and_switch_task:patch_state",
		"WRITE_ONCE klp_try_complete_transition:klp_sched_try_switch_key",
		"yield klp_unpatch_func:unregistered",
		"WRITE_ONCE klp_unpatch_func:func_stack",
		"yield klp_unpatch_func:unregistered",
		"WRITE_ONCE klp_unpatch_func:func_stack",
		"WRITE_ONCE klp_complete_transition:transition",
		"WRITE_ONCE klp_complete_transition:transition",
		"WRITE_ONCE klp_complete_transition:patch_state",
		"WRITE_ONCE klp_complete_transition:patch_state",
		"WRITE_ONCE klp_complete_transition:target",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("disable (-want +got):\n%s", diff)
	}
}

// Every reason for which a patch is refused: the errno, what is said, and that

// nothing stays behind.

// One patch at a time is in transition; the others are refused without a word.

func TestEnableDuringTransition(t *testing.T) {
	r := newRig(t)
	other := r.enabled(patch("p2", "write", 2))
	r.hold()
	p := patch("p1", "read", 1)
	r.must(r.core.Enable(p))
	r.log = nil
	third := patch("p3", "dup", 3)
	third.Objects[0].Funcs[0].OldSympos = 1
	r.wantErr(r.core.Enable(third), errno.EBUSY)
	r.wantErr(r.core.Store(other, false), errno.EBUSY)
	r.wantLog()
	if diff := cmp.Diff([]string{"p2", "p1"}, mods(r.core.Dirs())); diff != "" || r.refs["p3"] != 0 || !other.Enabled {
		t.Errorf("directories (-want +got):\n%s", diff)
	}
	if r.core.TransitionPatch() != p {
		t.Error("the transition is another's")
	}
}

func TestStore(t *testing.T) {
	r := newRig(t)
	p := r.enabled(patch("p1", "read", 1))
	r.wantErr(r.core.Store(p, true), errno.EINVAL) // enabled already
	r.must(r.core.Store(p, false))
	r.log = nil
	r.wantErr(r.core.Store(p, false), errno.EINVAL) // disabled already
	r.wantErr(r.core.Store(p, true), errno.EINVAL)  // there is no way back
	r.wantLog()
	r.runWork()
	r.wantClean()
}

func TestDisableOfDisabledWarns(t *testing.T) {
	r := newRig(t)
	r.wantErr(r.core.disablePatch(patch("p1", "read", 1)), errno.EINVAL)
	r.wantLog("WARNING: __klp_disable_patch: !patch->enabled")
	p := patch("p1", "read", 1)
	p.Enabled = true
	r.wantErr(r.core.enablePatch(p), errno.EINVAL)
	r.wantLog("WARNING: __klp_enable_patch: patch->enabled")
}

// States: what an installed patch changed, the new one must know in at least

// that version; only one that replaces must know all of them.

// Patches of one function: the newest runs; any may go, in any order.

func TestStackedPatches(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {1, 2, 0}, {2, 1, 0}, {1, 0, 2}} {
		r := newRig(t)
		var patches []*Patch
		left := map[int]bool{}
		for i := range 3 {
			patches = append(patches, r.enabled(patch(fmt.Sprintf("p%d", i+1), "read", i)))
			left[i] = true
			r.wantCalled(readAt, fmt.Sprintf("new_%d", i))
		}
		for _, i := range order {
			r.must(r.core.Store(patches[i], false))
			r.runWork()
			delete(left, i)
			want := "original"
			for j := range 3 {
				if left[j] {
					want = fmt.Sprintf("new_%d", j)
				}
			}
			if got := r.called(readAt); got != want {
				t.Errorf("order %v: after p%d is gone a call runs %s, want %s", order, i+1, got, want)
			}
		}
		r.wantClean()
	}
}
