package ftrace

// Dispatch runs what a trampoline called: a gate with the four arguments of an
// ftrace handler. For the list function every ops that covers the site runs,
// newest first; for the gate of one ops only the ops that the trampoline names.
//
// An ops that is being unregistered still runs for those who were in its
// trampoline already. A trampoline that names no ops at all is a breach of the
// model and is reported; the original function runs.
func (f *Ftrace) Dispatch(fn, ip, parentIP, ops uint64, regs *Regs) {
	if fn == f.listFunc {
		f.protected(func() { f.listDispatch(ip, parentIP, regs) })
		return
	}
	for _, list := range [][]*Ops{f.ops, f.leaving} {
		for _, o := range list {
			if o.Addr != ops || f.OpsFunc(o) != fn {
				continue
			}
			if fn == f.assistFunc {
				f.protected(func() { o.Handler(ip, parentIP, o, regs) })
			} else {
				o.Handler(ip, parentIP, o, regs)
			}
			return
		}
	}
	f.log.WarnOn(true, "ftrace_ops_assist_func", "!op")
}

// protected runs the body of the list or assist function, unless the context
// is in it already.
func (f *Ftrace) protected(body func()) {
	if f.context == nil {
		body()
		return
	}
	c := f.context()
	bit := listTrylock(c)
	if bit < 0 {
		return
	}
	defer TestRecursionUnlock(c, bit)
	body()
}

// listDispatch is __ftrace_ops_list_func. A handler may change the list: that
// makes a new one.
func (f *Ftrace) listDispatch(ip, parentIP uint64, regs *Regs) {
	for _, o := range f.ops {
		if o.Flags&OpsStub == 0 && o.covers(ip) {
			o.Handler(ip, parentIP, o, regs)
		}
	}
}

// OpsFunc is ftrace_ops_get_func: what the trampoline of an ops calls. An ops
// that wants protection from recursion is called by the assist function.
func (f *Ftrace) OpsFunc(o *Ops) uint64 {
	if o.Flags&(OpsRecursion|OpsRCU) != 0 && f.assistFunc != 0 {
		return f.assistFunc
	}
	return o.Func
}
