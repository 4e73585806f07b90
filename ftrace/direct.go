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
