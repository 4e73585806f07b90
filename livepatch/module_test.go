package livepatch

import (
	"testing"

	"klpemu/internal/errno"
)

func TestModuleComesAndGoes(t *testing.T) {
	r := newRig(t)
	p := r.enabled(&Patch{Mod: "p1", Objects: []*Object{withCallbacks(object("e1000", "xmit", 1))}})
	if p.Objects[0].Loaded() || p.Objects[0].Patched || !p.Objects[0].InSysfs() {
		t.Errorf("object %+v", p.Objects[0])
	}
	r.load()
	r.must(r.core.ModuleComing("e1000"))
	r.wantLog(
		"applying patch 'p1' to loading module 'e1000'",
		"callback a1 of object 777, in transition: false",
		"callback a2 of object 777, in transition: false",
	)
	r.wantCalled(xmitAt, "new_1")
	if !p.Objects[0].Patched || !r.alive["e1000"] {
		t.Errorf("object %+v, alive %v", p.Objects[0], r.alive)
	}
	r.core.ModuleGoing("e1000")
	r.wantLog(
		"callback a3 of object 777, in transition: false",
		"reverting patch 'p1' on unloading module 'e1000'",
		"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops",
		"callback a4 of object 777, in transition: false",
	)
	r.wantSite(xmitAt, "nop")
	f := p.Objects[0].Funcs[0]
	if p.Objects[0].Loaded() || f.OldFunc != 0 || f.NewFunc == 0 || f.Patched || r.alive["e1000"] {
		t.Errorf("object %+v, func %+v", p.Objects[0], f)
	}
	r.must(r.core.ModuleComing("e1000")) // and again
	r.wantCalled(xmitAt, "new_1")
	r.must(r.core.Store(p, false))
	r.runWork()
	r.wantClean()
}

// A patch that comes after the module finds it loaded, if it is alive.
func TestModuleIsThere(t *testing.T) {
	for _, alive := range []bool{true, false} {
		r := newRig(t)
		r.load()
		r.alive["e1000"] = alive
		p := r.enabled(&Patch{Mod: "p1", Objects: []*Object{object("e1000", "xmit", 1)}})
		if p.Objects[0].Patched != alive {
			t.Errorf("alive %v: patched %v", alive, p.Objects[0].Patched)
		}
	}
}

// Each way in which a patch can fail for a module that comes: the module is
// refused, and the patches that were applied to it already leave it again.
func TestModuleIsRefused(t *testing.T) {
	tests := []struct {
		name  string
		old   string
		setup func(*rig)
		want  errno.Errno
		log   []string
	}{
		{"an unknown function", "nobody", func(*rig) {}, errno.EINVAL, []string{
			"symbol 'nobody' not found in symbol table",
			"failed to initialize patch 'p2' for module 'e1000' (-22)",
		}},
		{"pre_patch fails", "xmit", func(r *rig) { r.callbacks[cbPre] = -5 }, errno.EIO, []string{
			"applying patch 'p2' to loading module 'e1000'",
			"callback a1 of object 777, in transition: false",
			"pre-patch callback failed for object 'e1000'",
		}},
		{"it cannot be patched", "poll", func(*rig) {}, errno.EINVAL, []string{
			"applying patch 'p2' to loading module 'e1000'",
			"callback a1 of object 777, in transition: false",
			"failed to find location for function 'poll'",
			"failed to apply patch 'p2' to module 'e1000' (-22)",
			"callback a4 of object 777, in transition: false",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			first := r.enabled(&Patch{Mod: "p1", Objects: []*Object{object("e1000", "xmit", 1)}})
			r.enabled(&Patch{Mod: "p2", Objects: []*Object{withCallbacks(object("e1000", tt.old, 2))}})
			r.enabled(&Patch{Mod: "p3", Objects: []*Object{object("e1000", "xmit", 3)}})
			r.load()
			r.syms = append(r.syms, symbol{"e1000", "poll", modAt + 0x40, 0x20})
			tt.setup(r)
			r.wantErr(r.core.ModuleComing("e1000"), tt.want)
			want := append([]string{"applying patch 'p1' to loading module 'e1000'"}, tt.log...)
			r.wantLog(append(want,
				"patch 'p2' failed for module 'e1000', refusing to load module 'e1000'",
				"reverting patch 'p1' on unloading module 'e1000'",
				"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops",
			)...)
			r.wantSite(xmitAt, "nop")
			r.wantStacks()
			for _, p := range r.core.Patches() {
				if o := p.Objects[0]; o.Loaded() || o.Patched {
					t.Errorf("%s: object %+v", p.Mod, o)
				}
			}
			if r.alive["e1000"] || r.locked || !first.Enabled {
				t.Errorf("alive %v, locked %v", r.alive, r.locked)
			}
		})
	}
}

func TestModuleCalledVmlinux(t *testing.T) {
	r := newRig(t)
	r.wantErr(r.core.ModuleComing("vmlinux"), errno.EINVAL)
	r.wantLog("vmlinux.ko: invalid module name")
	if r.alive["vmlinux"] {
		t.Error("the module is alive")
	}
}

// During a transition a module that comes gets no post_patch, one that goes no
// pre_unpatch; its functions follow the caller's universe.
func TestModuleDuringTransition(t *testing.T) {
	r := newRig(t)
	r.hold()
	p := &Patch{Mod: "p1", Objects: []*Object{withCallbacks(object("e1000", "xmit", 1)), object("", "read", 2)}}
	r.must(r.core.Enable(p))
	r.load()
	r.log = nil
	r.must(r.core.ModuleComing("e1000"))
	r.wantLog("applying patch 'p1' to loading module 'e1000'", "callback a1 of object 777, in transition: true")
	r.wantSite(xmitAt, "call")
	r.wantCalled(xmitAt, "original")
	r.core.SwitchPoint(r.task)
	r.wantCalled(xmitAt, "new_1")
	r.core.ModuleGoing("e1000")
	r.wantLog(
		"reverting patch 'p1' on unloading module 'e1000'",
		"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks", "free ops",
		"callback a4 of object 777, in transition: true",
	)
	r.must(r.core.ModuleComing("e1000"))
	r.log = nil
	r.core.TransitionWork()
	r.wantLog(
		"'p1': completing patching transition",
		"klp_synchronize_transition",
		"callback a2 of object 777, in transition: true",
		"'p1': patching complete",
	)
}

// A nop of a module that goes forgets its address, which was the original's.
func TestModuleGoesWithNop(t *testing.T) {
	r := newRig(t)
	r.load()
	r.alive["e1000"] = true
	r.enabled(&Patch{Mod: "p1", Objects: []*Object{object("e1000", "xmit", 1)}})
	r.hold()
	p := r.replacing(patch("p2", "read", 2))
	r.must(r.core.Enable(p))
	nop := p.Objects[1].Funcs[0]
	if nop.NewFunc != xmitAt || nop.NewSize != 0x20 {
		t.Errorf("nop %+v", nop)
	}
	r.core.ModuleGoing("e1000")
	if nop.OldFunc != 0 || nop.NewFunc != 0 {
		t.Errorf("nop %+v", nop)
	}
	r.release()
	r.core.TransitionWork()
	r.wantStacks("ffffffff81000000 [new_2]")
}

// A module that no patch knows is alive, and that is all.
func TestModuleOfNobody(t *testing.T) {
	r := newRig(t)
	r.enabled(patch("p1", "read", 1))
	r.must(r.core.ModuleComing("other"))
	if !r.alive["other"] {
		t.Error("the module is not alive")
	}
	r.core.ModuleGoing("other")
	r.wantLog()
	r.wantCalled(readAt, "new_1")
}
