package machine

import "klpemu/ftrace"

// registerDirect is register_ftrace_direct(ops, addr).
func (m *Machine) registerDirect(o *ftrace.Ops, args [3]uint64) error {
	err := m.ftrace.RegisterDirect(o, m.core["call_direct_funcs"], args[0])
	if err == nil {
		return m.mem.Store(o.Addr+opsFunc, 8, o.Func)
	}
	return err
}

// unregisterDirect is unregister_ftrace_direct(ops, addr, free_filters).
func (m *Machine) unregisterDirect(o *ftrace.Ops, args [3]uint64) error {
	if err := m.ftrace.UnregisterDirect(o); err != nil {
		return err
	}
	o.Handler = m.guestHandler
	if err := m.mem.Store(o.Addr+opsFunc, 8, 0); err != nil || args[1]&1 == 0 {
		return err
	}
	return m.ftrace.SetFilterIPs(o, nil, false, true)
}
