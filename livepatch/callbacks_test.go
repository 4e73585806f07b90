package livepatch

import (
	"testing"

	"klpemu/internal/errno"
)

const (
	cbPre, cbPost, cbPreUn, cbPostUn = 0xa1, 0xa2, 0xa3, 0xa4
	objAddr                          = 0x777
)

func withCallbacks(o *Object) *Object {
	o.Callbacks = Callbacks{PrePatch: cbPre, PostPatch: cbPost, PreUnpatch: cbPreUn, PostUnpatch: cbPostUn}
	o.Addr = objAddr
	return o
}

// Callbacks run inside of the transition: before "starting", and before
// "complete".
func TestCallbacks(t *testing.T) {
	r := newRig(t)
	p := &Patch{Mod: "p1", Objects: []*Object{withCallbacks(object("", "read", 1)), withCallbacks(object("e1000", "xmit", 2))}}
	r.must(r.core.Enable(p))
	r.wantLog(
		"enabling patch 'p1'",
		"'p1': initializing patching transition",
		"callback a1 of object 777, in transition: true",
		"'p1': starting patching transition",
		"'p1': completing patching transition",
		"klp_synchronize_transition",
		"callback a2 of object 777, in transition: true",
		"'p1': patching complete",
	)
	r.must(r.core.Store(p, false))
	r.wantLog(
		"'p1': initializing unpatching transition",
		"callback a3 of object 777, in transition: true",
		"'p1': starting unpatching transition",
		"'p1': completing unpatching transition",
		"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops",
		"klp_synchronize_transition",
		"callback a4 of object 777, in transition: true",
		"'p1': unpatching complete",
	)
	r.runWork()
	r.wantClean()
}

// A pre_patch that fails ends the enabling with its error. post_unpatch is owed
// to objects whose pre_patch has succeeded, and to no other.
func TestPrePatchFails(t *testing.T) {
	r := newRig(t)
	r.load()
	r.alive["e1000"] = true
	first, second := withCallbacks(object("", "read", 1)), withCallbacks(object("e1000", "xmit", 2))
	second.Callbacks.PrePatch, second.Callbacks.PostUnpatch = 0xb1, 0xb4
	second.Addr = 0x888
	r.callbacks[0xb1] = -int32(errno.ENODEV)
	p := &Patch{Mod: "p1", Objects: []*Object{first, second}}
	r.wantErr(r.core.Enable(p), errno.ENODEV)
	r.wantLog(
		"enabling patch 'p1'",
		"'p1': initializing patching transition",
		"callback a1 of object 777, in transition: true",
		"callback b1 of object 888, in transition: true",
		"pre-patch callback failed for object 'e1000'",
		"failed to enable patch 'p1'",
		"'p1': canceling patching transition, going to unpatch",
		"'p1': completing unpatching transition",
		"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops",
		"klp_synchronize_transition",
		"callback a4 of object 777, in transition: true",
		"'p1': unpatching complete",
	)
	r.wantClean()
}

// post_unpatch alone is owed, too; and it is owed once.
func TestPostUnpatchWithoutPrePatch(t *testing.T) {
	r := newRig(t)
	o := object("", "read", 1)
	o.Callbacks.PostUnpatch = cbPostUn
	p := r.enabled(&Patch{Mod: "p1", Objects: []*Object{o}})
	r.must(r.core.Store(p, false))
	n := 0
	for _, l := range r.log {
		if l == "callback a4 of object 0, in transition: true" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("post_unpatch ran %d times, want once: %q", n, r.log)
	}
	r.log = nil
	r.core.postUnpatch(o)
	r.wantLog()
}

// A reversed enable runs no pre_unpatch, but post_unpatch.
func TestCallbacksOfReversal(t *testing.T) {
	r := newRig(t)
	r.hold()
	p := &Patch{Mod: "p1", Objects: []*Object{withCallbacks(object("", "read", 1))}}
	r.must(r.core.Enable(p))
	r.must(r.core.Store(p, false))
	r.log = nil
	r.release()
	r.core.TransitionWork()
	r.wantLog(
		"'p1': completing unpatching transition",
		"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops",
		"klp_synchronize_transition",
		"callback a4 of object 777, in transition: true",
		"'p1': unpatching complete",
	)
	// A reversed disable: pre_unpatch has run, then post_patch comes again.
	r = newRig(t)
	p = r.enabled(&Patch{Mod: "p1", Objects: []*Object{withCallbacks(object("", "read", 1))}})
	r.hold()
	r.must(r.core.Store(p, false))
	r.must(r.core.Store(p, true))
	r.release()
	r.core.TransitionWork()
	r.wantLog(
		"'p1': initializing unpatching transition",
		"callback a3 of object 777, in transition: true",
		"'p1': starting unpatching transition",
		"klp_try_switch_task: sh:100 is running",
		"'p1': reversing transition from unpatching to patching",
		"klp_synchronize_transition",
		"'p1': starting patching transition",
		"'p1': completing patching transition",
		"klp_synchronize_transition",
		"callback a2 of object 777, in transition: true",
		"'p1': patching complete",
	)
}
