package livepatch

import (
	"fmt"
	"strings"
	"testing"

	"klpemu/internal/errno"
	"klpemu/transition"
)

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
