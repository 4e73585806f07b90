package ftrace

import "klpemu/internal/errno"

// CallDirect is call_direct_funcs, the handler of a DIRECT ops where the site
// has other users too: the trampoline is to go on to the direct function.
func CallDirect(_, _ uint64, o *Ops, regs *Regs) {
	if o.Direct != 0 {
		_ = regs.SetDirectCaller(o.Direct) // the save area was written by the trampoline
	}
}

// RegisterDirect is register_ftrace_direct: the sites that the ops' filter
// names call the function at addr themselves. fn is call_direct_funcs. Errors:
// EINVAL without a filter or a function, or where the ops has a handler or is
// registered; ENODEV for a site that does not exist; EBUSY for one that has a
// direct function; what Register refuses with.
func (f *Ftrace) RegisterDirect(o *Ops, fn, addr uint64) error {
	if o.Func != 0 || o.Flags&OpsEnabled != 0 || len(o.filter) == 0 || addr == 0 {
		return errno.EINVAL
	}
	for _, ip := range o.Filter() {
		switch r := f.Record(ip); {
		case r == nil:
			return errno.ENODEV
		case r.Flags&FlagDirect != 0:
			return errno.EBUSY
		}
	}
	handler := o.Handler
	o.Func, o.Handler, o.Direct = fn, CallDirect, addr
	o.Flags |= OpsDirect | OpsSaveRegs
	if err := f.Register(o); err != nil {
		o.Func, o.Handler, o.Direct = 0, handler, 0
		return err
	}
	return nil
}

// UnregisterDirect is unregister_ftrace_direct. Error: EINVAL where the ops is
// not registered; what Unregister refuses with.
func (f *Ftrace) UnregisterDirect(o *Ops) error {
	if o.Flags&OpsDirect == 0 || o.Flags&OpsEnabled == 0 {
		return errno.EINVAL
	}
	err := f.Unregister(o)
	o.Func, o.Direct = 0, 0
	return err
}

// ModifyDirect is modify_ftrace_direct: the sites of a DIRECT ops call another
// function. tmp is an ops without a handler that is on the sites meanwhile, so
// that they go by way of the list function, which finds the old function or the
// new one. Errors: EINVAL where the ops is not registered; what its own ops_func
// refuses with where a site has an IPMODIFY ops, too.
func (f *Ftrace) ModifyDirect(o, tmp *Ops, addr uint64) error {
	if o.Flags&OpsDirect == 0 || o.Flags&OpsEnabled == 0 {
		return errno.EINVAL
	}
	tmp.Flags |= OpsStub | OpsInitialized
	tmp.filter = o.filter
	if err := f.Register(tmp); err != nil {
		return err
	}
	err := f.shareAgain(o)
	if err == nil {
		o.Direct = addr
		f.bus.Yield("modify_ftrace_direct")
	}
	if uerr := f.Unregister(tmp); err == nil {
		err = uerr
	}
	tmp.filter = nil
	return err
}

// shareAgain is __ftrace_hash_update_ipmodify for another target of the same
// sites.
func (f *Ftrace) shareAgain(o *Ops) error {
	for _, ip := range o.Filter() {
		if r := f.Record(ip); r == nil || r.Flags&FlagDisabled != 0 || r.Flags&FlagIPModify == 0 {
			continue
		}
		if err := shareWithIPModify(o); err != nil {
			return err
		}
	}
	return nil
}
