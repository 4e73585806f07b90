package livepatch

import (
	"klpemu/internal/errno"
)

// ModuleComing is klp_module_coming: every installed patch that knows the
// module is applied to it at once, because nobody runs its code yet. An error
// refuses the module.
func (c *Core) ModuleComing(name string) error {
	const fn = "klp_module_coming"
	if name == "vmlinux" {
		c.log.Err(fn, "vmlinux.ko: invalid module name")
		return errno.EINVAL
	}
	c.sched.Lock()
	defer c.sched.Unlock()
	c.mods.MarkAlive(name, true)
	for _, p := range c.patches {
		o := p.object(name)
		if name == "" || o == nil {
			continue
		}
		if err := c.applyToModule(p, o); err != nil {
			c.log.Warn(fn, "patch '%s' failed for module '%s', refusing to load module '%s'", p.Mod, name, name)
			c.mods.MarkAlive(name, false)
			c.setLoaded(o, false)
			c.cleanupModulePatches(name, p)
			return err
		}
	}
	return nil
}

func (c *Core) applyToModule(p *Patch, o *Object) error {
	const fn = "klp_module_coming"
	c.setLoaded(o, true)
	if err := c.initObjectLoaded(p, o); err != nil {
		c.log.Warn(fn, "failed to initialize patch '%s' for module '%s' (%d)", p.Mod, o.Name, errnoOf(err))
		return err
	}
	c.log.Notice(fn, "applying patch '%s' to loading module '%s'", p.Mod, o.Name)
	if err := c.prePatch(o); err != nil {
		c.log.Warn(fn, "pre-patch callback failed for object '%s'", o.Name)
		return err
	}
	if err := c.patchObject(o); err != nil {
		c.log.Warn(fn, "failed to apply patch '%s' to module '%s' (%d)", p.Mod, o.Name, errnoOf(err))
		c.postUnpatch(o)
		return err
	}
	if p != c.transitionPatch {
		c.postPatch(o)
	}
	return nil
}

// ModuleGoing is klp_module_going.
func (c *Core) ModuleGoing(name string) {
	c.sched.Lock()
	defer c.sched.Unlock()
	c.mods.MarkAlive(name, false)
	c.cleanupModulePatches(name, nil)
}

// freeObjectLoaded is klp_free_object_loaded.
func (c *Core) freeObjectLoaded(o *Object) {
	c.setLoaded(o, false)
	for _, f := range o.Funcs {
		f.OldFunc = 0
		if f.Nop {
			f.NewFunc = 0
		}
		c.storeFunc(f)
	}
}

// cleanupModulePatches is klp_cleanup_module_patches_limited: each patch up to
// limit leaves the module.
func (c *Core) cleanupModulePatches(name string, limit *Patch) {
	for _, p := range c.patches {
		if p == limit {
			return
		}
		o := p.object(name)
		if name == "" || o == nil {
			continue
		}
		if p != c.transitionPatch {
			c.preUnpatch(o)
		}
		c.log.Notice("klp_cleanup_module_patches_limited", "reverting patch '%s' on unloading module '%s'", p.Mod, name)
		c.unpatchObject(o)
		c.postUnpatch(o)
		c.clearObjectRelocs(p, o)
		c.freeObjectLoaded(o)
	}
}
