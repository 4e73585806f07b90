package livepatch

import "klpemu/internal/errno"

// prePatch is klp_pre_patch_callback. post_unpatch is owed from here on if the
// callback succeeded or there is none.
func (c *Core) prePatch(o *Object) error {
	var err error
	if fn := o.Callbacks.PrePatch; fn != 0 {
		if ret := c.sched.Callback(fn, o.Addr); ret != 0 {
			err = errno.Errno(-ret)
		}
	}
	o.Callbacks.postUnpatchEnabled = err == nil
	c.storeObject(o)
	return err
}

// postPatch is klp_post_patch_callback.
func (c *Core) postPatch(o *Object) { c.callback(o.Callbacks.PostPatch, o) }

// preUnpatch is klp_pre_unpatch_callback.
func (c *Core) preUnpatch(o *Object) { c.callback(o.Callbacks.PreUnpatch, o) }

// postUnpatch is klp_post_unpatch_callback.
func (c *Core) postUnpatch(o *Object) {
	if o.Callbacks.postUnpatchEnabled {
		c.callback(o.Callbacks.PostUnpatch, o)
	}
	o.Callbacks.postUnpatchEnabled = false
	c.storeObject(o)
}

func (c *Core) callback(fn uint64, o *Object) {
	if fn != 0 {
		c.sched.Callback(fn, o.Addr)
	}
}
