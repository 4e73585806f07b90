package machine

import (
	"fmt"

	"klpemu/ftrace"
	"klpemu/internal/errno"
)

// modifyDirect is modify_ftrace_direct(ops, addr).
func (m *Machine) modifyDirect(o *ftrace.Ops, args [3]uint64) error {
	if m.directTmp == nil {
		m.directTmp = &ftrace.Ops{Name: "ftrace_stub", Func: m.core["ftrace_stub"], Addr: m.core["direct_tmp_ops"]}
	}
	return m.ftrace.ModifyDirect(o, m.directTmp, args[0])
}

// opsFunc is a guest's ops_func: whether its DIRECT ops shares a function with an
// IPMODIFY ops.
func (m *Machine) opsFunc(fn uint64) func(*ftrace.Ops, ftrace.OpsCmd) error {
	if fn == 0 {
		return nil
	}
	return func(o *ftrace.Ops, cmd ftrace.OpsCmd) error {
		ret, err := m.callGuest(fn, o.Addr, uint64(cmd))
		if err != nil {
			m.failures = append(m.failures, err)
			return errno.EFAULT
		}
		switch n := int32(ret); {
		case n == 0:
			return nil
		case n < 0 && n >= -4095:
			return errno.Errno(-n)
		default:
			return fmt.Errorf("ops_func returned %d, which is no errno: %w", n, errno.EINVAL)
		}
	}
}

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
