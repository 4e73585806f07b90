package livepatch

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/smp"
)

// wantStacks compares every klp_ops: its function and its versions.
func (r *rig) wantStacks(want ...string) {
	r.Helper()
	var got []string
	for _, o := range r.core.OpsList() {
		got = append(got, fmt.Sprintf("%x %v", o.OldFunc(), r.versions(o)))
		if o.FuncStack.Len() == 0 {
			r.Error("an ops is on the list with an empty stack")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.Errorf("klp_ops (-want +got):\n%s", diff)
	}
}

func TestPatchFuncRefuses(t *testing.T) {
	tests := []struct {
		name  string
		f     *Func
		setup func(*rig)
		want  errno.Errno
		log   []string
	}{
		{
			"unresolved", &Func{OldName: "read"}, nil, errno.EINVAL,
			[]string{"WARNING: klp_patch_func: !func->old_func"},
		},
		{
			"patched already", &Func{OldName: "read", OldFunc: readAt, Patched: true}, nil, errno.EINVAL,
			[]string{"WARNING: klp_patch_func: func->patched"},
		},
		{
			"no call site", resolved("bare", bareAt, 0), nil, errno.EINVAL,
			[]string{"failed to find location for function 'bare'"},
		},
		{
			"call site behind the prologue", resolved("late", lateAt, 0), nil, errno.EINVAL,
			[]string{
				"failed to find location for function 'late'",
				"klpemu: the call site of late is at late+0x4, behind its prologue (mcount); compile it with -mfentry",
			},
		},
		{
			"no memory", resolved("read", readAt, 0), func(r *rig) { r.noMemory = true }, errno.ENOMEM, nil,
		},
		{
			"ftrace is killed", resolved("read", readAt, 0), func(r *rig) {
				_ = r.ftrace.Init("", []ftrace.Site{{IP: bareAt}})
				r.log = nil
			}, errno.ENODEV,
			[]string{"failed to set ftrace filter for function 'read' (-19)", "free ops"},
		},
		{
			"ftrace is switched off", resolved("read", readAt, 0), func(r *rig) { r.must(r.ftrace.SetEnabled(false)) }, errno.EBUSY,
			[]string{"failed to register ftrace handler for function 'read' (-16)", "free ops"},
		},
		{
			"another may modify the ip", resolved("read", readAt, 0), func(r *rig) {
				other := &ftrace.Ops{Func: coreAt + 0x200, Flags: ftrace.OpsIPModify}
				r.must(r.ftrace.SetFilterIP(other, readAt, false))
				r.must(r.ftrace.Register(other))
			}, errno.EBUSY,
			[]string{"failed to register ftrace handler for function 'read' (-16)", "free ops"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			if tt.setup != nil {
				tt.setup(r)
			}
			patched, ops, text := tt.f.Patched, len(r.ftrace.Ops()), r.site(readAt)
			r.wantErr(r.core.patchFunc(tt.f), tt.want)
			r.wantLog(tt.log...)
			r.wantStacks()
			r.wantSite(readAt, text)
			if tt.f.Patched != patched || len(r.ftrace.Ops()) != ops {
				t.Errorf("patched = %v, %d ftrace_ops", tt.f.Patched, len(r.ftrace.Ops()))
			}
			if n := len(r.core.opsAddr); n != 0 {
				t.Errorf("%d klp_ops have memory", n)
			}
		})
	}
}

// The filter of an ops whose registration was refused is empty again.
func TestPatchFuncUndoesFilter(t *testing.T) {
	r := newRig(t)
	r.must(r.ftrace.SetEnabled(false))
	var o *Ops
	r.bus.SetHook(func(_ smp.Op, p smp.Point) {
		if p == "klp_patch_func:filter" {
			o = r.core.OpsList()[0]
			if diff := cmp.Diff([]uint64{readAt + siteOff}, o.Fops.Filter()); diff != "" {
				t.Errorf("filter before registration (-want +got):\n%s", diff)
			}
		}
	})
	r.wantErr(r.core.patchFunc(resolved("read", readAt, 0)), errno.EBUSY)
	if len(o.Fops.Filter()) != 0 || o.FuncStack.Len() != 0 {
		t.Errorf("filter %x, %d on the stack", o.Fops.Filter(), o.FuncStack.Len())
	}
}

// The first version of a function makes the ops and attaches it; the function
// is on the stack before the site can call anything.
func TestPatchFuncFirst(t *testing.T) {
	r := newRig(t)
	f := resolved("read", readAt, 1)
	var got []string
	r.bus.SetHook(func(_ smp.Op, p smp.Point) {
		if o := r.core.OpsList(); len(o) == 1 && len(p) > len("klp_patch_func") && p[:len("klp_patch_func")] == "klp_patch_func" {
			got = append(got, fmt.Sprintf("%s: stack %v, filter %x, ftrace_ops %d, site %s, patched %v",
				p, r.versions(o[0]), o[0].Fops.Filter(), len(r.ftrace.Ops()), r.site(readAt), f.Patched))
		}
	})
	r.must(r.core.patchFunc(f))
	want := []string{
		"klp_patch_func:func_stack: stack [new_1], filter [], ftrace_ops 0, site nop, patched false",
		"klp_patch_func:filter: stack [new_1], filter [ffffffff81000004], ftrace_ops 0, site nop, patched false",
		"klp_patch_func:registered: stack [new_1], filter [ffffffff81000004], ftrace_ops 1, site call, patched false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if !f.Patched {
		t.Error("the function is not marked as patched")
	}
	o := r.core.OpsList()[0]
	flags := ftrace.OpsDynamic | ftrace.OpsIPModify | ftrace.OpsPermanent
	if o.Fops.Flags&flags != flags || o.Fops.Flags&ftrace.OpsSaveRegs != 0 {
		t.Errorf("flags of the ftrace_ops are %x", o.Fops.Flags)
	}
	if o.Fops.Func != handlerGate || o.Fops.Addr != dataAt+0x100+32 {
		t.Errorf("ftrace_ops: func %x, address %x", o.Fops.Func, o.Fops.Addr)
	}
	r.wantLog()
}

// A second version is one pointer store: no filter, no registration, no poke.
func TestPatchFuncSecond(t *testing.T) {
	r := newRig(t)
	r.must(r.core.patchFunc(resolved("read", readAt, 1)))
	second := resolved("read", readAt, 2)
	var got []string
	r.bus.SetHook(func(op smp.Op, p smp.Point) { got = append(got, fmt.Sprint(op, " ", p)) })
	r.must(r.core.patchFunc(second))
	if diff := cmp.Diff([]string{"WRITE_ONCE klp_patch_func:func_stack"}, got); diff != "" {
		t.Errorf("accesses (-want +got):\n%s", diff)
	}
	if !second.Patched {
		t.Error("the function is not marked as patched")
	}
	r.wantStacks("ffffffff81000000 [new_2 new_1]")
	if n := len(r.ftrace.Ops()); n != 1 {
		t.Errorf("%d ftrace_ops, want 1", n)
	}
}

// An ops belongs to an address, not to a name.
func TestFindOps(t *testing.T) {
	r := newRig(t)
	r.must(r.core.patchFunc(resolved("read", readAt, 1)))
	r.must(r.core.patchFunc(resolved("write", writeAt, 2)))
	r.must(r.core.patchFunc(resolved("alias_of_read", readAt, 3)))
	r.wantStacks("ffffffff81000020 [new_2]", "ffffffff81000000 [new_3 new_1]")
	if r.core.findOps(dupAt) != nil {
		t.Error("findOps finds an ops for a function that nobody patched")
	}
	if (&Ops{}).OldFunc() != 0 {
		t.Error("an ops without functions has an address")
	}
}

func TestUnpatchFuncWarns(t *testing.T) {
	tests := []struct {
		name string
		f    *Func
		log  string
	}{
		{"not patched", resolved("read", readAt, 0), "WARNING: klp_unpatch_func: !func->patched"},
		{"unresolved", &Func{OldName: "read", Patched: true}, "WARNING: klp_unpatch_func: !func->old_func"},
		{"no ops", &Func{OldName: "read", OldFunc: readAt, Patched: true}, "WARNING: klp_unpatch_func: !ops"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.must(r.core.patchFunc(resolved("write", writeAt, 1)))
			patched := tt.f.Patched
			r.core.unpatchFunc(tt.f)
			r.wantLog(tt.log)
			r.wantStacks("ffffffff81000020 [new_1]")
			if tt.f.Patched != patched {
				t.Errorf("patched became %v", tt.f.Patched)
			}
		})
	}
}

// Any version may leave, wherever it sits; the site keeps its call as long as
// one is left.
func TestUnpatchFuncOfSeveral(t *testing.T) {
	tests := []struct {
		name   string
		remove int
		want   string
	}{
		{"top", 2, "[new_1 new_0]"},
		{"middle", 1, "[new_2 new_0]"},
		{"bottom", 0, "[new_2 new_1]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			funcs := []*Func{resolved("read", readAt, 0), resolved("read", readAt, 1), resolved("read", readAt, 2)}
			o := r.stacked(funcs...)
			var got []string
			r.bus.SetHook(func(op smp.Op, p smp.Point) { got = append(got, fmt.Sprint(op, " ", p)) })
			r.core.unpatchFunc(funcs[tt.remove])
			if diff := cmp.Diff([]string{"WRITE_ONCE klp_unpatch_func:func_stack"}, got); diff != "" {
				t.Errorf("accesses (-want +got):\n%s", diff)
			}
			r.bus.SetHook(nil)
			r.wantStacks("ffffffff81000000 " + tt.want)
			r.wantSite(readAt, "call")
			r.wantLog() // nobody waits here
			if funcs[tt.remove].Patched {
				t.Error("the function is still marked as patched")
			}
			for i, f := range funcs {
				if i != tt.remove {
					r.core.unpatchFunc(f)
				}
			}
			r.wantStacks()
			r.wantSite(readAt, "nop")
			if o.FuncStack.Len() != 0 {
				t.Error("the stack is not empty")
			}
		})
	}
}

// The last version: unregister, remove from the filter, unlink the function,
// unlink the ops, free. Until the unregistering is over, the stack must not be
// empty.
func TestUnpatchFuncLast(t *testing.T) {
	r := newRig(t)
	f := resolved("read", readAt, 1)
	o := r.stacked(f)
	state := func() string {
		return fmt.Sprintf("ftrace_ops %d, filter %x, stack %v, klp_ops %d, freed %x, patched %v",
			len(r.ftrace.Ops()), o.Fops.Filter(), r.versions(o), len(r.core.OpsList()), r.freed, f.Patched)
	}
	var got []string
	r.bus.SetHook(func(_ smp.Op, p smp.Point) {
		if len(p) > 16 && p[:16] == "klp_unpatch_func" {
			got = append(got, fmt.Sprintf("%s: %s", p, state()))
		}
	})
	r.core.unpatchFunc(f)
	got = append(got, "end: "+state())
	want := []string{
		"klp_unpatch_func:unregistered: ftrace_ops 0, filter [ffffffff81000004], stack [new_1], klp_ops 1, freed [], patched true",
		"klp_unpatch_func:func_stack: ftrace_ops 0, filter [], stack [], klp_ops 1, freed [], patched true",
		"end: ftrace_ops 0, filter [], stack [], klp_ops 0, freed [ffff888000000100], patched false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	r.wantLog("synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops")
	r.wantSite(readAt, "nop")
	if len(r.core.opsAddr) != 0 {
		t.Error("the core still knows the memory of the ops")
	}
}

// Without a location the kernel gives up half-way: the function stays patched
// and its ops registered.
func TestUnpatchFuncWithoutLocation(t *testing.T) {
	r := newRig(t)
	r.load()
	f := resolved("xmit", xmitAt, 1)
	r.stacked(f)
	r.ftrace.Release("e1000")
	r.core.unpatchFunc(f)
	r.wantLog("WARNING: klp_unpatch_func: !ftrace_loc")
	if !f.Patched {
		t.Error("the function is no longer marked as patched")
	}
	r.wantStacks("ffffffffc0100000 [new_1]")
	if len(r.ftrace.Ops()) != 1 || len(r.freed) != 0 {
		t.Error("the ops has been unregistered or freed")
	}
}

// After ftrace_kill neither step works; both warn, and the function leaves all
// the same.
func TestUnpatchFuncAfterKill(t *testing.T) {
	r := newRig(t)
	f := resolved("read", readAt, 1)
	r.stacked(f)
	_ = r.ftrace.Init("", []ftrace.Site{{IP: bareAt}})
	r.log = nil
	r.core.unpatchFunc(f)
	r.wantLog(
		"WARNING: klp_unpatch_func: unregister_ftrace_function(&ops->fops)",
		"WARNING: klp_unpatch_func: ftrace_set_filter_ip(&ops->fops, ftrace_loc, 1, 0)",
		"free ops",
	)
	if f.Patched {
		t.Error("the function is still marked as patched")
	}
	r.wantStacks()
	r.wantSite(readAt, "call") // sites are not restored
}

func TestPatchObject(t *testing.T) {
	r := newRig(t)
	o := &Object{Funcs: []*Func{resolved("read", readAt, 0), resolved("write", writeAt, 1)}}
	r.must(r.core.patchObject(o))
	if !o.Patched {
		t.Error("the object is not marked as patched")
	}
	r.wantStacks("ffffffff81000020 [new_1]", "ffffffff81000000 [new_0]")
	r.wantErr(r.core.patchObject(o), errno.EINVAL)
	r.wantLog("WARNING: klp_patch_object: obj->patched")
	r.core.unpatchObject(o)
	r.wantStacks()
	if o.Patched || o.Funcs[0].Patched || o.Funcs[1].Patched {
		t.Error("object or functions are still marked as patched")
	}
	r.log = nil
	r.core.unpatchObject(o) // harmless on what is not patched
	r.wantLog()
}

// All functions of an object or none.
func TestPatchObjectUndoes(t *testing.T) {
	r := newRig(t)
	o := &Object{Funcs: []*Func{
		resolved("read", readAt, 0), resolved("bare", bareAt, 1), resolved("write", writeAt, 2),
	}}
	r.wantErr(r.core.patchObject(o), errno.EINVAL)
	r.wantStacks()
	r.wantSite(readAt, "nop")
	for _, f := range o.Funcs {
		if f.Patched {
			t.Errorf("%s is marked as patched", f.OldName)
		}
	}
	if o.Patched {
		t.Error("the object is marked as patched")
	}
}

// Only nops leave, and only objects made for nops stop being patched; objects
// that are not patched are left alone.
func TestUnpatchObjectsDynamic(t *testing.T) {
	r := newRig(t)
	nop := &Func{OldName: "write", OldFunc: writeAt, NewFunc: writeAt, Nop: true}
	nop2 := &Func{OldName: "dup", OldFunc: dupAt, NewFunc: dupAt, Nop: true}
	static := &Object{Funcs: []*Func{resolved("read", readAt, 0), nop}}
	dynamic := &Object{Name: "m", Dynamic: true, Funcs: []*Func{nop2}}
	absent := &Object{Name: "absent", Funcs: []*Func{{OldName: "x", Nop: true, Patched: true}}}
	r.must(r.core.patchObject(static))
	r.must(r.core.patchObject(dynamic))
	p := &Patch{Objects: []*Object{static, dynamic, absent}}
	r.log = nil
	r.core.unpatchObjectsDynamic(p)
	if !static.Patched || dynamic.Patched {
		t.Errorf("patched: static %v, dynamic %v; want true and false", static.Patched, dynamic.Patched)
	}
	r.wantStacks("ffffffff81000000 [new_0]")
	r.core.unpatchObjects(p)
	r.wantStacks()
	for _, line := range r.log {
		if line[:4] == "WARN" {
			t.Errorf("log: %s", line)
		}
	}
}
