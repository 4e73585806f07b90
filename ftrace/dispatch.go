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
		f.listDispatch(ip, parentIP, regs)
		return
	}
	for _, list := range [][]*Ops{f.ops, f.leaving} {
		for _, o := range list {
			if o.Addr == ops && o.Func == fn {
				o.Handler(ip, parentIP, o, regs)
				return
			}
		}
	}
	f.log.WarnOn(true, "ftrace_ops_assist_func", "!op")
}

// listDispatch is __ftrace_ops_list_func. A handler may change the list: that
// makes a new one.
func (f *Ftrace) listDispatch(ip, parentIP uint64, regs *Regs) {
	for _, o := range f.ops {
		if o.covers(ip) {
			o.Handler(ip, parentIP, o, regs)
		}
	}
}
