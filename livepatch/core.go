package livepatch

import (
	"fmt"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/smp"
	"klpemu/internal/trace"
	"klpemu/transition"
)

// Config is what a Core is made of.
type Config struct {
	Bus         *smp.Bus
	Sink        trace.Sink
	Ftrace      *ftrace.Ftrace
	Engine      *transition.Engine
	Resolver    Resolver
	Modules     Modules
	Scheduler   Scheduler
	HandlerGate uint64 // address of klp_ftrace_handler

	// Guest is the guest's side of the structures; nil keeps them in Go alone.
	Guest Guest
	// Relocator writes livepatch relocations; nil where no patch has any.
	Relocator Relocator
	// NoReliableStack is !klp_have_reliable_stack(): the architecture cannot
	// tell whether a stack trace is reliable.
	NoReliableStack bool
}

// Core is the state of kernel/livepatch of one machine.
type Core struct {
	layout      Layout // of structures that bring none of their own
	bus         *smp.Bus
	log         trace.Source // core.c
	patchLog    trace.Source // patch.c
	transLog    trace.Source // transition.c
	ftrace      *ftrace.Ftrace
	engine      *transition.Engine
	syms        Resolver
	mods        Modules
	sched       Scheduler
	handlerGate uint64
	stateLog    trace.Source // state.c
	shadowLog   trace.Source // shadow.c
	guest       Guest
	relocator   Relocator
	unreliable  bool

	patches         []*Patch // klp_patches, oldest first
	dirs            []*Patch // patches with a directory in sysfs
	ops             []*Ops   // klp_ops, newest first
	opsIndex        map[uint64]*Ops
	shadow          shadowTable
	opsAddr         map[*Ops]uint64
	transitionPatch *Patch // klp_transition_patch
	lastReport      transition.Report
	warned          map[string]bool // WARN_ON_ONCE sites that fired
}

// NewCore returns a Core without patches.
func NewCore(c Config) *Core {
	source := func(file string) trace.Source {
		return trace.Source{Sink: c.Sink, File: "kernel/livepatch/" + file, Prefix: "livepatch: "}
	}
	return &Core{
		bus: c.Bus, log: source("core.c"), patchLog: source("patch.c"), transLog: source("transition.c"),
		ftrace: c.Ftrace, engine: c.Engine, syms: c.Resolver, mods: c.Modules, sched: c.Scheduler,
		handlerGate: c.HandlerGate, stateLog: source("state.c"), shadowLog: source("shadow.c"),
		guest: c.Guest, relocator: c.Relocator, unreliable: c.NoReliableStack,
		layout: DefaultLayout(), opsIndex: map[uint64]*Ops{}, opsAddr: map[*Ops]uint64{}, warned: map[string]bool{},
	}
}

// Patches returns klp_patches, oldest first.
func (c *Core) Patches() []*Patch { return c.patches }

// Dirs returns the patches that have a directory in sysfs, in the order in
// which the directories were made.
func (c *Core) Dirs() []*Patch { return c.dirs }

// OpsList returns the list of klp_ops, newest first.
func (c *Core) OpsList() []*Ops { return c.ops }

// TransitionPatch is klp_transition_patch, nil outside of a transition.
func (c *Core) TransitionPatch() *Patch { return c.transitionPatch }

// LastReport is the outcome of the last attempt to complete a transition.
func (c *Core) LastReport() transition.Report { return c.lastReport }

// warnOnce is WARN_ON_ONCE.
func (c *Core) warnOnce(cond bool, fn, text string) bool {
	return c.warnOnceIn(c.patchLog, cond, fn, text)
}

func (c *Core) warnOnceIn(log trace.Source, cond bool, fn, text string) bool {
	if cond && !c.warned[fn+text] {
		c.warned[fn+text] = true
		log.WarnOn(true, fn, text)
	}
	return cond
}

// Enable is klp_enable_patch. A nil error means that the transition has
// started, not that every task is patched. Errors: EINVAL for a patch that is
// malformed, not marked or not compatible; ENODEV where the module is going;
// EBUSY where another transition is running; EEXIST for names used twice; else
// what a symbol, a callback or ftrace refused with.
func (c *Core) Enable(p *Patch) error {
	if err := c.checkPatch(p); err != nil {
		return err
	}
	if c.unreliable {
		c.log.Warn("klp_enable_patch", "This architecture doesn't have support for the livepatch consistency model.")
		c.log.Warn("klp_enable_patch", "The livepatch transition may never complete.")
	}
	c.sched.Lock()
	if !c.compatible(p) {
		c.log.Err("klp_enable_patch", "Livepatch patch (%s) is not compatible with the already installed livepatches.", p.Mod)
		c.sched.Unlock()
		return errno.EINVAL
	}
	if !c.mods.Get(p.Mod) {
		c.sched.Unlock()
		return errno.ENODEV
	}
	p.Enabled, p.Forced = false, false
	c.storePatch(p)
	err := c.initPatch(p)
	if err == nil {
		err = c.enablePatch(p)
	}
	if err != nil {
		c.freePatchStart(p)
		c.sched.Unlock()
		c.freePatchFinish(p)
		return err
	}
	c.sched.Unlock()
	return nil
}

// checkPatch is the checks of klp_enable_patch before it takes its lock.
func (c *Core) checkPatch(p *Patch) error {
	if p == nil || p.Mod == "" || p.Objects == nil {
		return errno.EINVAL
	}
	for _, o := range p.Objects {
		if o.Funcs == nil {
			return errno.EINVAL
		}
	}
	if !c.mods.Marked(p.Mod) {
		c.log.Err("klp_enable_patch", "module %s is not marked as a livepatch module", p.Mod)
		return errno.EINVAL
	}
	return nil
}

// enablePatch is __klp_enable_patch. The write barrier puts func->transition,
// which initTransition has set, before the stores that publish a function on
// its stack; it pairs with the first smp_rmb of klp_ftrace_handler.
func (c *Core) enablePatch(p *Patch) error {
	const fn = "__klp_enable_patch"
	if c.transitionPatch != nil {
		return errno.EBUSY
	}
	if c.log.WarnOn(p.Enabled, fn, "patch->enabled") {
		return errno.EINVAL
	}
	c.log.Notice(fn, "enabling patch '%s'", p.Mod)
	c.initTransition(p, transition.Patched)
	c.bus.Wmb("__klp_enable_patch")
	for _, o := range p.Objects {
		if !o.Loaded() {
			continue
		}
		if err := c.enableObject(fn, o); err != nil {
			c.log.Warn(fn, "failed to enable patch '%s'", p.Mod)
			c.cancelTransition()
			return err
		}
	}
	c.startTransition()
	c.setEnabled(p, true)
	c.tryComplete()
	return nil
}

func (c *Core) enableObject(fn string, o *Object) error {
	if err := c.prePatch(o); err != nil {
		c.log.Warn(fn, "pre-patch callback failed for object '%s'", o.DirName())
		return err
	}
	if err := c.patchObject(o); err != nil {
		c.log.Warn(fn, "failed to patch object '%s'", o.DirName())
		return err
	}
	return nil
}

// disablePatch is __klp_disable_patch.
func (c *Core) disablePatch(p *Patch) error {
	if c.log.WarnOn(!p.Enabled, "__klp_disable_patch", "!patch->enabled") {
		return errno.EINVAL
	}
	if c.transitionPatch != nil {
		return errno.EBUSY
	}
	c.initTransition(p, transition.Unpatched)
	for _, o := range p.Objects {
		if o.Patched {
			c.preUnpatch(o)
		}
	}
	c.bus.Wmb("__klp_disable_patch")
	c.startTransition()
	c.setEnabled(p, false)
	c.tryComplete()
	return nil
}

// Store is a write of on to the patch's "enabled" file (enabled_store):
// disabling, or reversing a transition in either direction. A patch that is
// disabled cannot be enabled again.
func (c *Core) Store(p *Patch, on bool) error {
	c.sched.Lock()
	defer c.sched.Unlock()
	switch {
	case p.Enabled == on:
		return errno.EINVAL
	case p == c.transitionPatch:
		c.reverseTransition()
		return nil
	case !on:
		return c.disablePatch(p)
	}
	return errno.EINVAL
}

// StoreForce is a write of on to the patch's "force" file (force_store).
func (c *Core) StoreForce(p *Patch, on bool) error {
	if !on {
		return nil
	}
	c.sched.Lock()
	defer c.sched.Unlock()
	if p != c.transitionPatch {
		return errno.EINVAL
	}
	c.forceTransition()
	return nil
}

// freePatchStart is klp_free_patch_start: under the lock, the patch leaves the
// list and the directories of its objects go.
func (c *Core) freePatchStart(p *Patch) {
	c.patches = without(c.patches, p)
	p.listed = false
	for _, o := range p.Objects {
		o.added = false
	}
	c.freeDynamic(p)
}

// freePatchFinish is klp_free_patch_finish: outside the lock, the directory
// goes and the module may go, unless a task was forced out of it.
func (c *Core) freePatchFinish(p *Patch) {
	c.dirs = without(c.dirs, p)
	p.added = false
	if !p.Forced {
		c.mods.Put(p.Mod)
	}
}

// freePatchAsync is klp_free_patch_async: the end may be running inside the
// patch's own sysfs file, so a work item does it.
func (c *Core) freePatchAsync(p *Patch) {
	c.freePatchStart(p)
	c.sched.QueueWork("klp_free_patch_work_fn", func() { c.freePatchFinish(p) })
}

func without(list []*Patch, p *Patch) []*Patch {
	for i, other := range list {
		if other == p {
			return append(list[:i:i], list[i+1:]...)
		}
	}
	return list
}

func funcDirName(name string, sympos uint64) string {
	return fmt.Sprintf("%s,%d", name, max(sympos, 1))
}
