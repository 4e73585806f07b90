package livepatch

import (
	"errors"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/smp"
	"klpemu/transition"
)

// findOps is klp_find_ops: the ops whose func_stack is for oldFunc, or nil.
// The key is the address of the first entry, so an ops on the list never has
// an empty stack.
//
// The kernel walks its list; here an index of the same list answers.
func (c *Core) findOps(oldFunc uint64) *Ops { return c.opsIndex[oldFunc] }

// ftraceHandler is klp_ftrace_handler: it decides which version of a patched
// function the calling task runs and points regs->ip at it. It takes no lock.
//
// The two read barriers pair with different writers: the first with the one in
// __klp_enable_patch (a function that is seen on the stack is seen with its
// transition flag), the second with the one in klp_init_transition (a flag
// that is seen means the task's own state has left Idle).
func (c *Core) ftraceHandler(o *Ops, regs *ftrace.Regs) {
	const fn = "klp_ftrace_handler"
	ctx := c.sched.Context()
	bit := ftrace.TestRecursionTrylock(ctx)
	if c.warnOnce(bit < 0, fn, "bit < 0") {
		return
	}
	defer ftrace.TestRecursionUnlock(ctx, bit)

	f := o.FuncStack.FirstOrNil(c.bus, "klp_ftrace_handler:func_stack")
	if c.warnOnce(f == nil, fn, "!func") {
		return
	}
	c.bus.Rmb("klp_ftrace_handler:1")
	if smp.ReadOnce(c.bus, &f.transition, "klp_ftrace_handler:transition") {
		if f = c.versionInTransition(f, ctx.Task()); f == nil {
			return // no older version: the original runs
		}
	}
	if f.Nop {
		return // regs->ip already leads to the original, past its call site
	}
	if err := regs.SetIP(f.NewFunc); err != nil {
		c.patchLog.WarnOn(true, fn, "ftrace_regs_set_instruction_pointer: "+err.Error())
	}
}

// versionInTransition is the middle of klp_ftrace_handler: the version that a
// task in its own universe runs while the newest one, top, is in transition.
// One step down is enough because one patch at a time is in transition. nil
// means the original. An Idle task is a breach of the protocol: it is reported
// and gets the newest version.
func (c *Core) versionInTransition(top *Func, t *transition.Task) *Func {
	c.bus.Rmb("klp_ftrace_handler:2")
	state := t.PatchState(c.bus, "klp_ftrace_handler:patch_state")
	c.warnOnce(state == transition.Idle, "klp_ftrace_handler", "patch_state == KLP_TRANSITION_IDLE")
	if state != transition.Unpatched {
		return top
	}
	return top.stackNode.Next(c.bus, "klp_ftrace_handler:next")
}

// patchFunc is klp_patch_func: f goes on top of its function's stack; the
// first version of a function also attaches the handler to the call site. The
// function is on the stack before the site can call the handler, which is what
// keeps the handler's stack from ever being empty.
//
// Errors: EINVAL where f is unresolved, is patched already, or has no call
// site; ENOMEM; or what ftrace refuses with.
func (c *Core) patchFunc(f *Func) error {
	const fn = "klp_patch_func"
	if c.patchLog.WarnOn(f.OldFunc == 0, fn, "!func->old_func") {
		return errno.EINVAL
	}
	if c.patchLog.WarnOn(f.Patched, fn, "func->patched") {
		return errno.EINVAL
	}
	if o := c.findOps(f.OldFunc); o != nil {
		o.FuncStack.AddRCU(c.bus, f.node(), "klp_patch_func:func_stack")
	} else if err := c.addOps(f); err != nil {
		return err
	}
	c.setPatched(f, true)
	return nil
}

// addOps is the branch of klp_patch_func for a function's first version.
func (c *Core) addOps(f *Func) error {
	const fn = "klp_patch_func"
	loc := c.ftrace.Location(f.OldFunc)
	if loc == 0 {
		c.patchLog.Err(fn, "failed to find location for function '%s'", f.OldName)
		return errno.EINVAL
	}
	if late := c.ftrace.Record(loc).Late; late != 0 {
		c.refuseLate(f, late)
		return errno.EINVAL
	}
	addr, fops, err := c.sched.AllocOps()
	if err != nil {
		return errno.ENOMEM
	}
	o := &Ops{}
	o.Fops = ftrace.Ops{
		Name: "klp_ftrace_handler", Func: c.handlerGate, Addr: fops,
		Flags: ftrace.OpsDynamic | ftrace.OpsIPModify | ftrace.OpsPermanent,
		Handler: func(_, _ uint64, _ *ftrace.Ops, regs *ftrace.Regs) {
			c.ftraceHandler(o, regs)
		},
	}
	c.ops = append([]*Ops{o}, c.ops...)
	c.opsIndex[f.OldFunc] = o
	o.FuncStack.AddRCU(c.bus, f.node(), "klp_patch_func:func_stack")
	if err := c.attach(o, f, loc); err != nil {
		o.FuncStack.DelRCU(c.bus, f.node(), "klp_patch_func:undo")
		c.removeOps(o, f.OldFunc)
		c.sched.FreeOps(addr)
		return err
	}
	c.opsAddr[o] = addr
	return nil
}

// refuseLate refuses an old call of mcount, which comes after the prologue: a
// replacement would run in the frame of the function it replaces. 6.12 cannot
// be built so; the refusal is the kernel's for a function without a site, with
// one line of ours.
func (c *Core) refuseLate(f *Func, offset uint64) {
	const fn = "klp_patch_func"
	c.patchLog.Err(fn, "failed to find location for function '%s'", f.OldName)
	log := c.patchLog
	log.Prefix = "klpemu: "
	log.Err(fn, "the call site of %s is at %s+0x%x, behind its prologue (mcount); compile it with -mfentry", f.OldName, f.OldName, offset)
}

// attach sets the filter first and registers second: no moment exists at which
// the ops would be called for other functions. An IPMODIFY clash therefore
// shows at registration.
func (c *Core) attach(o *Ops, f *Func, loc uint64) error {
	const fn = "klp_patch_func"
	if err := c.ftrace.SetFilterIP(&o.Fops, loc, false); err != nil {
		c.patchLog.Err(fn, "failed to set ftrace filter for function '%s' (%d)", f.OldName, errnoOf(err))
		return err
	}
	c.bus.Yield("klp_patch_func:filter")
	if err := c.ftrace.Register(&o.Fops); err != nil {
		c.patchLog.Err(fn, "failed to register ftrace handler for function '%s' (%d)", f.OldName, errnoOf(err))
		_ = c.ftrace.SetFilterIP(&o.Fops, loc, true) // the kernel ignores it as well
		return err
	}
	c.bus.Yield("klp_patch_func:registered")
	return nil
}

// unpatchFunc is klp_unpatch_func: f leaves its stack, wherever in it. With
// the last version the handler is detached first, then the stack empties.
func (c *Core) unpatchFunc(f *Func) {
	const fn = "klp_unpatch_func"
	if c.patchLog.WarnOn(!f.Patched, fn, "!func->patched") {
		return
	}
	if c.patchLog.WarnOn(f.OldFunc == 0, fn, "!func->old_func") {
		return
	}
	o := c.findOps(f.OldFunc)
	if c.patchLog.WarnOn(o == nil, fn, "!ops") {
		return
	}
	if o.FuncStack.Len() > 1 {
		o.FuncStack.DelRCU(c.bus, f.node(), "klp_unpatch_func:func_stack")
		c.setPatched(f, false)
		return
	}
	loc := c.ftrace.Location(f.OldFunc)
	if c.patchLog.WarnOn(loc == 0, fn, "!ftrace_loc") {
		return // as in the kernel, the function stays marked as patched
	}
	c.patchLog.WarnOn(c.ftrace.Unregister(&o.Fops) != nil, fn, "unregister_ftrace_function(&ops->fops)")
	c.bus.Yield("klp_unpatch_func:unregistered")
	c.patchLog.WarnOn(c.ftrace.SetFilterIP(&o.Fops, loc, true) != nil, fn, "ftrace_set_filter_ip(&ops->fops, ftrace_loc, 1, 0)")
	o.FuncStack.DelRCU(c.bus, f.node(), "klp_unpatch_func:func_stack")
	c.removeOps(o, f.OldFunc)
	c.sched.FreeOps(c.opsAddr[o])
	delete(c.opsAddr, o)
	c.setPatched(f, false)
}

func (c *Core) removeOps(o *Ops, oldFunc uint64) {
	delete(c.opsIndex, oldFunc)
	for i, other := range c.ops {
		if other == o {
			c.ops = append(c.ops[:i:i], c.ops[i+1:]...)
			return
		}
	}
}

// patchObject is klp_patch_object: all functions of an object or none.
func (c *Core) patchObject(o *Object) error {
	if c.patchLog.WarnOn(o.Patched, "klp_patch_object", "obj->patched") {
		return errno.EINVAL
	}
	for _, f := range o.Funcs {
		if err := c.patchFunc(f); err != nil {
			c.unpatchObject(o)
			return err
		}
	}
	o.Patched = true
	c.storeObject(o)
	return nil
}

// unpatchObject is klp_unpatch_object.
func (c *Core) unpatchObject(o *Object) { c.unpatchObjectFuncs(o, false) }

// unpatchObjectFuncs is __klp_unpatch_object: every patched function, or only
// the nops of an atomic replace. An object that exists for nops alone is no
// longer patched once they are gone.
func (c *Core) unpatchObjectFuncs(o *Object, nopsOnly bool) {
	for _, f := range o.Funcs {
		if nopsOnly && !f.Nop {
			continue
		}
		if f.Patched {
			c.unpatchFunc(f)
		}
	}
	if o.Dynamic || !nopsOnly {
		o.Patched = false
		c.storeObject(o)
	}
}

// unpatchObjects is klp_unpatch_objects.
func (c *Core) unpatchObjects(p *Patch) { c.unpatchPatched(p, false) }

// unpatchObjectsDynamic is klp_unpatch_objects_dynamic: it runs when an atomic
// replace completes, after the replaced patches have left the stacks.
func (c *Core) unpatchObjectsDynamic(p *Patch) { c.unpatchPatched(p, true) }

func (c *Core) unpatchPatched(p *Patch, nopsOnly bool) {
	for _, o := range p.Objects {
		if o.Patched {
			c.unpatchObjectFuncs(o, nopsOnly)
		}
	}
}

// node returns the func's link with its owner set.
func (f *Func) node() *smp.Node[Func] {
	f.stackNode.Owner = f
	return &f.stackNode
}

// errnoOf is the number that the kernel prints for an error: negative.
func errnoOf(err error) int {
	var e errno.Errno
	if errors.As(err, &e) {
		return -int(e)
	}
	return -int(errno.EINVAL)
}
