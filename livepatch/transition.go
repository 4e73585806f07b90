package livepatch

import (
	"klpemu/internal/smp"
	"klpemu/transition"
)

// progress is the kernel's word for a transition towards s.
func progress(s transition.PatchState) string {
	if s == transition.Patched {
		return "patching"
	}
	return "unpatching"
}

// initTransition is klp_init_transition. The engine's half ends with the write
// barrier; the flags of the functions come after it.
func (c *Core) initTransition(p *Patch, target transition.PatchState) {
	c.transitionPatch = p
	c.transLog.Debug("klp_init_transition", "'%s': initializing %s transition", p.Mod, progress(target))
	c.engine.Init(target)
	p.eachFunc(func(f *Func) {
		smp.WriteOnce(c.bus, &f.transition, true, "klp_init_transition:transition")
		c.storeFunc(f)
	})
}

// startTransition is klp_start_transition.
func (c *Core) startTransition() {
	const fn = "klp_start_transition"
	c.engine.CanStart(fn)
	c.transLog.Notice(fn, "'%s': starting %s transition", c.transitionPatch.Mod, progress(c.engine.PeekTarget()))
	c.engine.Start()
}

// tryComplete is klp_try_complete_transition: one attempt, then either the end
// of the transition or another attempt in a second.
func (c *Core) tryComplete() {
	p := c.transitionPatch
	c.lastReport = c.engine.TryComplete(c.stackRanges())
	if !c.lastReport.Complete {
		c.sched.QueueTransitionWork()
		return
	}
	c.completeTransition()
	if !p.Enabled {
		c.freePatchAsync(p)
	} else if p.Replace {
		c.freeReplacedPatchesAsync(p)
	}
}

// TransitionWork is klp_transition_work_fn.
func (c *Core) TransitionWork() {
	c.sched.Lock()
	defer c.sched.Unlock()
	if c.transitionPatch != nil {
		c.tryComplete()
	}
}

// completeTransition is klp_complete_transition. The callbacks come before the
// message, and "transition" still reads 1 in them.
func (c *Core) completeTransition() {
	const fn = "klp_complete_transition"
	p, target := c.transitionPatch, c.engine.PeekTarget()
	c.transLog.Debug(fn, "'%s': completing %s transition", p.Mod, progress(target))
	if p.Replace && target == transition.Patched {
		c.unpatchReplacedPatches(p)
		c.discardNops(p)
	}
	if target == transition.Unpatched {
		c.unpatchObjects(p)
		c.sched.Synchronize() // nobody stands on a function that has left its stack
	}
	p.eachFunc(func(f *Func) {
		smp.WriteOnce(c.bus, &f.transition, false, "klp_complete_transition:transition")
		c.storeFunc(f)
	})
	if target == transition.Patched {
		c.sched.Synchronize() // nobody reads a state of Idle under an old flag
	}
	c.engine.Reset()
	for _, o := range p.Objects {
		if !o.Loaded() {
			continue
		}
		if target == transition.Patched {
			c.postPatch(o)
		} else {
			c.postUnpatch(o)
		}
	}
	c.transLog.Notice(fn, "'%s': %s complete", p.Mod, progress(target))
	c.engine.Clear()
	c.transitionPatch = nil
}

// cancelTransition is klp_cancel_transition: a patch that could not be applied
// whole goes back without a transition of its own.
func (c *Core) cancelTransition() {
	c.transLog.Debug("klp_cancel_transition", "'%s': canceling patching transition, going to unpatch", c.transitionPatch.Mod)
	c.engine.Cancel()
	c.completeTransition()
}

// reverseTransition is klp_reverse_transition. It does not try to complete: the
// delayed work does.
func (c *Core) reverseTransition() {
	p := c.transitionPatch
	from, to := progress(c.engine.PeekTarget()), progress(c.engine.PeekTarget().Opposite())
	c.transLog.Debug("klp_reverse_transition", "'%s': reversing transition from %s", p.Mod, from+" to "+to)
	c.engine.Reverse(c.sched.Synchronize, func() { c.setEnabled(p, !p.Enabled) })
	c.startTransition()
}

// forceTransition is klp_force_transition. Tasks may still stand in the code of
// patches that go away, so those patches' modules stay.
func (c *Core) forceTransition() {
	c.transLog.Warn("klp_force_transition", "forcing remaining tasks to the patched state")
	c.engine.Force()
	p := c.transitionPatch
	if c.engine.PeekTarget() == transition.Unpatched {
		c.setForced(p)
		return
	}
	if p.Replace {
		for _, other := range c.patches {
			if other != p {
				c.setForced(other)
			}
		}
	}
}

// unpatchReplacedPatches is klp_unpatch_replaced_patches: no transition and no
// callbacks of the replaced ones.
func (c *Core) unpatchReplacedPatches(p *Patch) {
	for _, old := range c.patches {
		if old == p {
			return
		}
		c.setEnabled(old, false)
		c.unpatchObjects(old)
	}
}

// discardNops is klp_discard_nops: with the replaced versions gone a nop is the
// last of its stack, so it is unpatched by detaching the handler.
func (c *Core) discardNops(p *Patch) {
	c.unpatchObjectsDynamic(p)
	objects := p.Objects[:0:0]
	for _, o := range p.Objects {
		if o.Dynamic {
			c.freeObject(o)
			continue
		}
		funcs := o.Funcs[:0:0]
		for _, f := range o.Funcs {
			if f.Nop {
				c.freeFunc(f)
				continue
			}
			funcs = append(funcs, f)
		}
		o.Funcs = funcs
		objects = append(objects, o)
	}
	p.Objects = objects
	c.linkPatch(p)
}

// freeReplacedPatchesAsync is klp_free_replaced_patches_async.
func (c *Core) freeReplacedPatchesAsync(p *Patch) {
	for _, old := range append([]*Patch(nil), c.patches...) {
		if old == p {
			return
		}
		c.freePatchAsync(old)
	}
}

// stackRanges is the choice of klp_check_stack_func for each function of the
// patch in transition: the version that a task must have left. On the way back
// that is the patch's own; on the way in it is the next older version, or the
// original where there is none.
func (c *Core) stackRanges() []transition.Range {
	if c.transitionPatch == nil {
		return nil
	}
	var ranges []transition.Range
	for _, o := range c.transitionPatch.Objects {
		if !o.Patched {
			continue
		}
		for _, f := range o.Funcs {
			ranges = append(ranges, c.stackRange(f))
		}
	}
	return ranges
}

func (c *Core) stackRange(f *Func) transition.Range {
	own := transition.Range{Start: f.NewFunc, End: f.NewFunc + f.NewSize, Func: f.OldName}
	if c.engine.PeekTarget() == transition.Unpatched {
		return own
	}
	o := c.findOps(f.OldFunc)
	if o == nil || o.FuncStack.Len() == 1 {
		return transition.Range{Start: f.OldFunc, End: f.OldFunc + f.OldSize, Func: f.OldName}
	}
	prev := f.stackNode.Next(c.bus, "klp_check_stack_func:next")
	if prev == nil {
		return transition.Range{Start: f.OldFunc, End: f.OldFunc + f.OldSize, Func: f.OldName}
	}
	return transition.Range{Start: prev.NewFunc, End: prev.NewFunc + prev.NewSize, Func: f.OldName}
}

// StackRanges are the functions that a task must have left to switch, for
// reports.
func (c *Core) StackRanges() []transition.Range { return c.stackRanges() }

// SwitchPoint is what a task passes at kernel exit and in the idle loop.
func (c *Core) SwitchPoint(t *transition.Task) { c.engine.UpdateTask(t) }

// CondResched is klp_sched_try_switch: what cond_resched() does in a
// transition.
func (c *Core) CondResched(t *transition.Task) { c.engine.SchedTrySwitch(t, c.stackRanges) }

func (p *Patch) eachFunc(visit func(*Func)) {
	for _, o := range p.Objects {
		for _, f := range o.Funcs {
			visit(f)
		}
	}
}
