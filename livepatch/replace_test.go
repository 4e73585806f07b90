package livepatch

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/smp"
)

func (r *rig) replacing(p *Patch) *Patch {
	p.Replace = true
	return p
}

// A replacing patch takes every function of the older ones: its own version, or
// the original. It is the only one left when it is complete.
func TestReplace(t *testing.T) {
	r := newRig(t)
	p1 := r.enabled(&Patch{Mod: "p1", Objects: []*Object{withCallbacks(object("", "read", 1, "write", 2))}})
	p2 := r.enabled(patch("p2", "read", 3))
	r.hold()
	p3 := r.replacing(patch("p3", "read", 4))
	r.must(r.core.Enable(p3))
	// in transition: the nop is there, the old ones still run for this task
	r.wantStacks("ffffffff81000020 [nop new_2]", "ffffffff81000000 [new_4 new_3 new_1]")
	if diff := cmp.Diff([]string{"read,1", "write,1"}, dirs(p3.Objects[0])); diff != "" {
		t.Errorf("functions of the replacing patch (-want +got):\n%s", diff)
	}
	r.wantCalled(readAt, "new_3")
	r.wantCalled(writeAt, "new_2")
	r.core.SwitchPoint(r.task)
	r.wantCalled(readAt, "new_4")
	r.wantCalled(writeAt, "original")

	// The nop is the last of its stack when its turn comes: it goes by
	// detaching the handler.
	write := r.core.findOps(writeAt)
	r.bus.SetHook(func(_ smp.Op, p smp.Point) {
		if p == "klp_unpatch_func:unregistered" {
			if diff := cmp.Diff([]string{"nop"}, r.versions(write)); diff != "" {
				t.Errorf("stack when the handler is detached (-want +got):\n%s", diff)
			}
		}
	})
	r.log = nil
	r.core.TransitionWork()
	r.bus.SetHook(nil)
	r.wantLog( // no callbacks of those that are replaced
		"'p3': completing patching transition",
		"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops",
		"klp_synchronize_transition",
		"'p3': patching complete",
	)
	r.wantStacks("ffffffff81000000 [new_4]")
	r.wantSite(writeAt, "nop")
	if diff := cmp.Diff([]string{"read,1"}, dirs(p3.Objects[0])); diff != "" {
		t.Errorf("functions once it is complete (-want +got):\n%s", diff)
	}
	if p1.Enabled || p2.Enabled || !p3.Enabled {
		t.Errorf("enabled: %v %v %v", p1.Enabled, p2.Enabled, p3.Enabled)
	}
	if diff := cmp.Diff([]string{"p3"}, mods(r.core.Patches())); diff != "" {
		t.Errorf("klp_patches (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"klp_free_patch_work_fn", "klp_free_patch_work_fn"}, r.workNames); diff != "" {
		t.Errorf("work (-want +got):\n%s", diff)
	}
	r.runWork()
	if r.refs["p1"] != 0 || r.refs["p2"] != 0 || r.refs["p3"] != 1 {
		t.Errorf("references %v", r.refs)
	}
	r.release()
	r.must(r.core.Store(p3, false))
	r.runWork()
	r.wantClean()
}

func dirs(o *Object) []string {
	var names []string
	for _, f := range o.Funcs {
		names = append(names, f.DirName())
	}
	return names
}

// Objects that only older patches know are made for the nops and go with them.
func TestReplaceMakesObjects(t *testing.T) {
	r := newRig(t)
	r.enabled(&Patch{Mod: "p1", Objects: []*Object{object("e1000", "xmit", 1), object("", "read", 2)}})
	p := r.replacing(&Patch{Mod: "p2", Objects: []*Object{object("", "write", 3)}})
	r.hold()
	r.must(r.core.Enable(p))
	var got []string
	for _, o := range p.Objects {
		got = append(got, o.DirName())
	}
	if diff := cmp.Diff([]string{"vmlinux", "e1000"}, got); diff != "" {
		t.Errorf("objects in transition (-want +got):\n%s", diff)
	}
	if o := p.Objects[1]; !o.Dynamic || o.Patched || !o.Funcs[0].Nop {
		t.Errorf("object %+v", o)
	}
	if p.Objects[0].Dynamic {
		t.Error("vmlinux is the patch's own object")
	}
	r.release()
	r.core.TransitionWork()
	if len(p.Objects) != 1 || p.Objects[0].DirName() != "vmlinux" || len(p.Objects[0].Funcs) != 1 {
		t.Errorf("objects once it is complete: %+v", p.Objects)
	}
	r.wantStacks("ffffffff81000020 [new_3]")
}

// Positions 0 and 1 name the same function, so no nop is made for it.
func TestReplaceKnowsPositionOne(t *testing.T) {
	r := newRig(t)
	r.enabled(patchOf("p1", &Func{OldName: "read", OldSympos: 1, NewFunc: newFunc(1)}))
	p := r.replacing(patch("p2", "read", 2))
	r.hold()
	r.must(r.core.Enable(p))
	if n := len(p.Objects[0].Funcs); n != 1 {
		t.Errorf("%d functions, want 1", n)
	}
	r.wantStacks("ffffffff81000000 [new_2 new_1]")
}

// A replace that is turned back leaves the older patches as they were.
func TestReplaceReversed(t *testing.T) {
	r := newRig(t)
	p1 := r.enabled(patch("p1", "read", 1, "write", 2))
	r.hold()
	p2 := r.replacing(patch("p2", "read", 3))
	r.must(r.core.Enable(p2))
	r.must(r.core.Store(p2, false))
	r.release()
	r.core.TransitionWork()
	r.runWork()
	if !p1.Enabled || r.refs["p1"] != 1 || r.refs["p2"] != 0 {
		t.Errorf("enabled %v, references %v", p1.Enabled, r.refs)
	}
	r.wantStacks("ffffffff81000020 [new_2]", "ffffffff81000000 [new_1]")
	r.wantCalled(readAt, "new_1")
	r.wantCalled(writeAt, "new_2")
}

// A patch without replace leaves the others in place.
func TestNoReplace(t *testing.T) {
	r := newRig(t)
	r.enabled(patch("p1", "read", 1))
	p2 := r.enabled(patch("p2", "write", 2))
	if n := len(p2.Objects[0].Funcs); n != 1 {
		t.Errorf("%d functions, want 1", n)
	}
	r.wantCalled(readAt, "new_1")
}
