package machine

import (
	"strings"

	"klpemu/cpu"
	"klpemu/ftrace"
	"klpemu/internal/errno"
)

// Places in struct ftrace_ops (include/linux/ftrace.h, 6.12; Debian's layout).
const (
	opsFunc       = 0
	opsFlags      = 16
	opsTrampoline = 144
	opsFuncAt     = 192 // ops_func
	opsDirectAt   = 208 // direct_call
)

// opsSettable are the flags that the owner of an ops may set.
const opsSettable = ftrace.OpsDynamic | ftrace.OpsSaveRegs | ftrace.OpsSaveRegsIf | ftrace.OpsRecursion | ftrace.OpsStub |
	ftrace.OpsIPModify | ftrace.OpsRCU | ftrace.OpsPermanent

// guestOps is the ftrace_ops at a guest address, as ftrace knows it.
func (m *Machine) guestOps(addr uint64) *ftrace.Ops {
	if o := m.opsByAddr[addr]; o != nil {
		return o
	}
	if m.opsByAddr == nil {
		m.opsByAddr = map[uint64]*ftrace.Ops{}
	}
	o := &ftrace.Ops{Addr: addr, Handler: m.guestHandler}
	m.opsByAddr[addr] = o
	return o
}

// guestHandler calls a handler that is guest code, for the list and the assist
// function.
func (m *Machine) guestHandler(ip, parent uint64, o *ftrace.Ops, regs *ftrace.Regs) {
	if _, err := m.callGuest(o.Func, ip, parent, o.Addr, regs.Addr); err != nil {
		m.failures = append(m.failures, err)
	}
}

// syncOps reads what the owner of an ops has set in it.
func (m *Machine) syncOps(o *ftrace.Ops) error {
	fn, err := m.mem.Load(o.Addr+opsFunc, 8)
	if err != nil {
		return err
	}
	flags, err := m.mem.Load(o.Addr+opsFlags, 8)
	if err != nil {
		return err
	}
	ask, err := m.mem.Load(o.Addr+opsFuncAt, 8)
	if err != nil {
		return err
	}
	o.OpsFunc = m.opsFunc(ask)
	if o.Flags&ftrace.OpsEnabled == 0 {
		o.Func, o.Flags = fn, ftrace.OpsFlags(flags)&opsSettable|ftrace.OpsInitialized
		if sym, ok := m.syms.Lookup(o.Addr); !ok || sym.Object != vmlinux {
			o.Flags |= ftrace.OpsDynamic // !is_kernel_core_data
		}
	}
	return nil
}

// storeOps writes back what ftrace has changed.
func (m *Machine) storeOps(o *ftrace.Ops) {
	_ = m.mem.Store(o.Addr+opsFlags, 8, uint64(o.Flags)) // read before
	at := m.ftrace.TrampolineOf(o)
	_ = m.mem.Store(o.Addr+opsTrampoline, 8, at)
	_ = m.mem.Store(o.Addr+opsDirectAt, 8, o.Direct)
}

// opsGate is a gate whose first argument is a struct ftrace_ops and that may
// wait. What work returns becomes %eax.
func opsGate(name string, work func(m *Machine, o *ftrace.Ops, args [3]uint64) error) gate {
	return gate{name, func(m *Machine, c *CPU, t *Task) error {
		o := m.guestOps(c.vcpu.Reg(cpu.RDI))
		args := [3]uint64{c.vcpu.Reg(cpu.RSI), c.vcpu.Reg(cpu.RDX), c.vcpu.Reg(cpu.RCX)}
		if err := m.syncOps(o); err != nil {
			return err
		}
		m.gateWork(t, name, func() uint64 {
			err := work(m, o, args)
			m.storeOps(o)
			return errnoResult(err)
		})
		return nil
	}}
}

// ftraceGates are the functions by which modules use ftrace.
func ftraceGates() []gate {
	return []gate{
		opsGate("register_ftrace_function", func(m *Machine, o *ftrace.Ops, _ [3]uint64) error {
			m.guestHandlers++
			err := m.ftrace.Register(o)
			if err != nil {
				m.guestHandlers--
			}
			return err
		}),
		opsGate("unregister_ftrace_function", func(m *Machine, o *ftrace.Ops, _ [3]uint64) error {
			err := m.ftrace.Unregister(o)
			if err == nil {
				m.guestHandlers--
			}
			return err
		}),
		opsGate("register_ftrace_direct", (*Machine).registerDirect),
		opsGate("unregister_ftrace_direct", (*Machine).unregisterDirect),
		opsGate("modify_ftrace_direct", (*Machine).modifyDirect),
		opsGate("ftrace_set_filter_ip", func(m *Machine, o *ftrace.Ops, a [3]uint64) error {
			return m.ftrace.SetFilterIPs(o, []uint64{a[0]}, int32(a[1]) != 0, int32(a[2]) != 0)
		}),
		opsGate("ftrace_set_filter_ips", func(m *Machine, o *ftrace.Ops, a [3]uint64) error {
			return m.setFilterIPs(o, a, m.cpus[m.current().cpu].vcpu.Reg(cpu.R8))
		}),
		opsGate("ftrace_set_filter", setByName(true)),
		opsGate("ftrace_set_notrace", setByName(false)),
		opsGate("ftrace_free_filter", func(m *Machine, o *ftrace.Ops, _ [3]uint64) error {
			return m.ftrace.SetFilterIPs(o, nil, false, true)
		}),
	}
}

// setByName is ftrace_set_regex: a glob of function names, its length, reset.
func setByName(filter bool) func(m *Machine, o *ftrace.Ops, a [3]uint64) error {
	return func(m *Machine, o *ftrace.Ops, a [3]uint64) error {
		set, old := m.ftrace.SetNotraceIPs, o.Notrace
		if filter {
			set, old = m.ftrace.SetFilterIPs, o.Filter
		}
		if m.ftrace.Killed() {
			return errno.ENODEV
		}
		var ips []uint64
		if int32(a[2]) == 0 {
			for _, ip := range old() {
				if m.ftrace.Record(ip) != nil { // not of a module that has gone
					ips = append(ips, ip)
				}
			}
		}
		if a[0] != 0 {
			buf := make([]byte, min(a[1], maxGlob))
			if err := m.mem.Read(a[0], buf); err != nil {
				return errno.EFAULT
			}
			found := false
			if ips, found = m.MatchRecords(ips, strings.TrimRight(string(buf), "\x00"), nil); !found {
				return errno.EINVAL
			}
		}
		return set(o, ips, false, true)
	}
}

const maxGlob = 1024

// setFilterIPs is ftrace_set_filter_ips(ops, ips, cnt, remove, reset).
func (m *Machine) setFilterIPs(o *ftrace.Ops, a [3]uint64, reset uint64) error {
	if a[1] > maxFilterIPs {
		return errno.ENOMEM
	}
	ips := make([]uint64, a[1])
	for i := range ips {
		ip, err := m.mem.Load(a[0]+uint64(8*i), 8)
		if err != nil {
			return errno.EFAULT
		}
		ips[i] = ip
	}
	return m.ftrace.SetFilterIPs(o, ips, int32(a[2]) != 0, int32(reset) != 0)
}

const maxFilterIPs = 1 << 20
