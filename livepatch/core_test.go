package livepatch

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
	"klpemu/internal/smp"
	"klpemu/transition"
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
		"WRITE_ONCE klp_check_and_switch_task:pending",
		"WRITE_ONCE klp_check_and_switch_task:patch_state",
		"WRITE_ONCE klp_check_and_switch_task:pending",
		"WRITE_ONCE klp_check_and_switch_task:patch_state",
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
		"WRITE_ONCE klp_check_and_switch_task:pending",
		"WRITE_ONCE klp_check_and_switch_task:patch_state",
		"WRITE_ONCE klp_check_and_switch_task:pending",
		"WRITE_ONCE klp_check_and_switch_task:patch_state",
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
func TestEnableRefuses(t *testing.T) {
	long := strings.Repeat("m", 56)
	tests := []struct {
		name string
		p    *Patch
		do   func(*rig)
		want errno.Errno
		log  []string
	}{
		{"no patch", nil, nil, errno.EINVAL, nil},
		{"no module", patch("", "read", 1), nil, errno.EINVAL, nil},
		{"no objects", &Patch{Mod: "p1"}, nil, errno.EINVAL, nil},
		{"an object without functions", &Patch{Mod: "p1", Objects: []*Object{{}}}, nil, errno.EINVAL, nil},
		{
			"not marked", patch("stranger", "read", 1), nil, errno.EINVAL,
			[]string{"module stranger is not marked as a livepatch module"},
		},
		{"a module that goes", patch("p1", "read", 1), func(r *rig) { r.going["p1"] = true }, errno.ENODEV, nil},
		{"no new function", patchOf("p1", &Func{OldName: "read"}), nil, errno.EINVAL, nil},
		{
			"a name of 512 characters", patchOf("p1", &Func{OldName: strings.Repeat("f", 512), NewFunc: newFunc(1)}), nil,
			errno.EINVAL, nil,
		},
		{
			"a name of 511 characters", patchOf("p1", &Func{OldName: strings.Repeat("f", 511), NewFunc: newFunc(1)}), nil,
			errno.EINVAL, []string{"symbol '" + strings.Repeat("f", 511) + "' not found in symbol table"},
		},
		{
			"a module name of 56 characters", &Patch{Mod: "p1", Objects: []*Object{object(long, "read", 1)}}, nil,
			errno.EINVAL, nil,
		},
		{
			"an empty name", patch("p1", "", 1), nil, errno.EINVAL,
			[]string{"symbol '' not found in symbol table"},
		},
		{
			"an unknown function", patch("p1", "nobody", 1), nil, errno.EINVAL,
			[]string{"symbol 'nobody' not found in symbol table"},
		},
		{
			"the second function is unknown", patch("p1", "read", 1, "nobody", 2), nil, errno.EINVAL,
			[]string{"symbol 'nobody' not found in symbol table"},
		},
		{
			"an ambiguous function", patch("p1", "dup", 1), nil, errno.EINVAL,
			[]string{"unresolvable ambiguity for symbol 'dup' in object '(null)'"},
		},
		{
			"a position behind the last", patchOf("p1", &Func{OldName: "dup", OldSympos: 3, NewFunc: newFunc(1)}), nil, errno.EINVAL,
			[]string{"symbol position 3 for symbol 'dup' in object 'vmlinux' not found"},
		},
		{
			"position 2 of a unique function", patchOf("p1", &Func{OldName: "read", OldSympos: 2, NewFunc: newFunc(1)}), nil, errno.EINVAL,
			[]string{"symbol position 2 for symbol 'read' in object 'vmlinux' not found"},
		},
		{
			"an unknown function with a position", patchOf("p1", &Func{OldName: "nobody", OldSympos: 2, NewFunc: newFunc(1)}), nil, errno.EINVAL,
			[]string{"symbol 'nobody' not found in symbol table"},
		},
		{
			"an old function without a size", patch("p1", "ghost", 1), func(r *rig) {
				r.syms = append(r.syms, symbol{"", "ghost", textAt + 0x900, 0})
			}, errno.ENOENT, []string{"kallsyms size lookup failed for 'ghost'"},
		},
		{
			"a new function without a size", patchOf("p1", &Func{OldName: "read", NewFunc: dataAt}), nil, errno.ENOENT,
			[]string{"kallsyms size lookup failed for 'read' replacement"},
		},
		{
			"a function twice", patch("p1", "read", 1, "read", 2), nil, errno.EEXIST, []string{
				"sysfs: cannot create duplicate filename '/kernel/livepatch/p1/vmlinux/read,1'",
				"kobject: kobject_add_internal failed for read,1 with -EEXIST, don't try to register things with the same name in the same directory.",
			},
		},
		{
			"a function twice, by positions 0 and 1",
			patchOf("p1", &Func{OldName: "read", NewFunc: newFunc(1)}, &Func{OldName: "read", OldSympos: 1, NewFunc: newFunc(2)}),
			nil, errno.EEXIST, []string{
				"sysfs: cannot create duplicate filename '/kernel/livepatch/p1/vmlinux/read,1'",
				"kobject: kobject_add_internal failed for read,1 with -EEXIST, don't try to register things with the same name in the same directory.",
			},
		},
		{
			"an object twice", &Patch{Mod: "p1", Objects: []*Object{object("", "read", 1), object("", "write", 2)}}, nil, errno.EEXIST, []string{
				"sysfs: cannot create duplicate filename '/kernel/livepatch/p1/vmlinux'",
				"kobject: kobject_add_internal failed for vmlinux with -EEXIST, don't try to register things with the same name in the same directory.",
			},
		},
		{
			"a module called vmlinux beside vmlinux", &Patch{Mod: "p1", Objects: []*Object{object("", "read", 1), object("vmlinux", "write", 2)}}, nil, errno.EEXIST, []string{
				"sysfs: cannot create duplicate filename '/kernel/livepatch/p1/vmlinux'",
				"kobject: kobject_add_internal failed for vmlinux with -EEXIST, don't try to register things with the same name in the same directory.",
			},
		},
		{
			"no call site", patch("p1", "read", 1, "bare", 2), nil, errno.EINVAL,
			join(failLog("p1", "failed to find location for function 'bare'",
				"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops",
				"failed to patch object 'vmlinux'"), uncompleteLog("p1", 0)),
		},
		{
			"tracing is switched off", patch("p1", "read", 1), func(r *rig) { r.must(r.ftrace.SetEnabled(false)) }, errno.EBUSY,
			join(failLog("p1", "failed to register ftrace handler for function 'read' (-16)", "free ops",
				"failed to patch object 'vmlinux'"), uncompleteLog("p1", 0)),
		},
		{
			"no memory", patch("p1", "read", 1), func(r *rig) { r.noMemory = true }, errno.ENOMEM,
			join(failLog("p1", "failed to patch object 'vmlinux'"), uncompleteLog("p1", 0)),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			if tt.do != nil {
				tt.do(r)
			}
			r.wantErr(r.core.Enable(tt.p), tt.want)
			r.wantLog(tt.log...)
			r.wantClean()
			if state, pending := r.task.Peek(); state != transition.Idle || pending {
				t.Errorf("the task is in %v, pending %v", state, pending)
			}
			if tt.p != nil && (tt.p.InSysfs() || tt.p.Enabled) {
				t.Errorf("patch %+v", tt.p)
			}
		})
	}
}

func patchOf(mod string, funcs ...*Func) *Patch {
	return &Patch{Mod: mod, Objects: []*Object{{Funcs: funcs}}}
}

func TestSymbolPositions(t *testing.T) {
	for pos, want := range map[uint64]uint64{1: dupAt, 2: dup2At} {
		r := newRig(t)
		p := patchOf("p1", &Func{OldName: "dup", OldSympos: pos, NewFunc: newFunc(1)})
		r.enabled(p)
		f := p.Objects[0].Funcs[0]
		if f.OldFunc != want || f.DirName() != fmt.Sprintf("dup,%d", pos) {
			t.Errorf("position %d: %x %s, want %x", pos, f.OldFunc, f.DirName(), want)
		}
	}
}

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
func TestCompatible(t *testing.T) {
	states := func(s ...uint64) []State {
		var list []State
		for i := 0; i < len(s); i += 2 {
			list = append(list, State{s[i], uint32(s[i+1])})
		}
		return list
	}
	tests := []struct {
		name     string
		old, new []State
		replace  bool
		want     bool
	}{
		{"none", nil, nil, true, true},
		{"the same version", states(7, 2), states(7, 2), true, true},
		{"a newer version", states(7, 2), states(7, 3), false, true},
		{"an older version", states(7, 2), states(7, 1), false, false},
		{"an older version, replacing", states(7, 2), states(7, 1), true, false},
		{"missing", states(7, 2), states(8, 1), false, true},
		{"missing, replacing", states(7, 2), states(8, 1), true, false},
		{"the second is missing, replacing", states(7, 2, 9, 1), states(7, 2), true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			old := patch("p1", "read", 1)
			old.States = tt.old
			r.enabled(old)
			p := patch("p2", "read", 2)
			p.States, p.Replace = tt.new, tt.replace
			err := r.core.Enable(p)
			if (err == nil) != tt.want {
				t.Fatalf("Enable = %v, want it to work: %v", err, tt.want)
			}
			if tt.want {
				return
			}
			r.wantErr(err, errno.EINVAL)
			r.wantLog("Livepatch patch (p2) is not compatible with the already installed livepatches.")
			r.wantCalled(readAt, "new_1")
			if r.refs["p2"] != 0 || p.InSysfs() {
				t.Errorf("references %d, in sysfs %v", r.refs["p2"], p.InSysfs())
			}
		})
	}
}

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
