package machine

import (
	"time"

	"klpemu/cpu"
	"klpemu/internal/errno"
	"klpemu/mem"
)

// userMem is the memory that a task's own addresses are in.
func (m *Machine) userMem(*Task) *mem.Memory { return m.mem }

func constant(v uint64) func(*Machine, *Task, guestArgs) (uint64, error) {
	return func(*Machine, *Task, guestArgs) (uint64, error) { return v, nil }
}

// timeGates are kernel/time. The wall clock begins at Config.Epoch.
func timeGates() []gate {
	now := func(offset func(*Machine) time.Duration, unit time.Duration) func(*Machine, *Task, guestArgs) (uint64, error) {
		return func(m *Machine, _ *Task, _ guestArgs) (uint64, error) {
			return uint64((m.Now() + offset(m)) / unit), nil
		}
	}
	boot := func(*Machine) time.Duration { return 0 }
	real := func(m *Machine) time.Duration { return time.Duration(bootEpoch) * time.Second }
	gates := []gate{
		fnGate("ktime_get_real_seconds", now(real, time.Second)),
		fnGate("ktime_get_real", now(real, 1)),
		fnGate("ktime_get_real_fast_ns", now(real, 1)),
		fnGate("ktime_get_seconds", now(boot, time.Second)),
		fnGate("ktime_get_with_offset", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			if a[0] == 0 { // TK_OFFS_REAL
				return uint64(m.Now() + real(m)), nil
			}
			return uint64(m.Now()), nil
		}),
		fnGate("ktime_get_ts64", timespec(boot)),
		fnGate("ktime_get_real_ts64", timespec(real)),
		fnGate("ktime_get_coarse_real_ts64", timespec(real)),
		fnGate("get_jiffies_64", func(m *Machine, _ *Task, _ guestArgs) (uint64, error) { return jiffiesOf(m.Now()), nil }),
		{"usleep_range_state", (*Machine).gateUsleepRange},
		{"__const_udelay", (*Machine).gateConstUdelay},
		{"__udelay", delayGate(time.Microsecond)},
		{"__ndelay", delayGate(1)},
	}
	for _, name := range []string{"ktime_get", "ktime_get_raw", "ktime_get_mono_fast_ns", "sched_clock", "local_clock", "ktime_get_coarse_with_offset"} {
		gates = append(gates, fnGate(name, now(boot, 1)))
	}
	return gates
}

// bootEpoch is the wall clock at boot, in seconds since 1970: the day Linux 6.12
// came out.
const bootEpoch = 1731880800

func timespec(offset func(*Machine) time.Duration) func(*Machine, *Task, guestArgs) (uint64, error) {
	return func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
		t := m.Now() + offset(m)
		if err := m.mem.Store(a[0], 8, uint64(t/time.Second)); err != nil {
			return 0, err
		}
		return 0, m.mem.Store(a[0]+8, 8, uint64(t%time.Second))
	}
}

// gateUsleepRange is usleep_range_state(min, max, state): it sleeps for min.
func (m *Machine) gateUsleepRange(c *CPU, t *Task) error {
	if m.voluntary(c, t) {
		return nil
	}
	d := time.Duration(min(c.vcpu.Reg(cpu.RDI), uint64(maxTimeout/time.Microsecond))) * time.Microsecond
	state := uint32(c.vcpu.Reg(cpu.RDX))
	m.startWait(t, d)
	if m.timedOut(t) || t.signalPendingState(state) {
		return endWait(c, t, 0)
	}
	return m.blockOn(c, t, state, 0)
}

// delayGate is udelay(): the task spins until the time has passed.
func delayGate(unit time.Duration) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		return m.spinFor(c, t, time.Duration(min(c.vcpu.Reg(cpu.RDI), uint64(time.Second/unit)))*unit)
	}
}

// gateConstUdelay is __const_udelay(xloops): a second is 2^32 of them.
func (m *Machine) gateConstUdelay(c *CPU, t *Task) error {
	loops := min(c.vcpu.Reg(cpu.RDI), 1<<32)
	return m.spinFor(c, t, time.Duration(loops*uint64(time.Second)>>32))
}

func (m *Machine) spinFor(c *CPU, t *Task, d time.Duration) error {
	if t.spinUntil == 0 {
		t.spinUntil = m.Now() + d
	}
	if m.Now() < t.spinUntil {
		c.vcpu.SetRIP(c.vcpu.RIP() - uint64(len(vmcallBytes)))
		return nil
	}
	t.spinUntil = 0
	return nil
}

// randomGates are drivers/char/random.c: a generator that the machine's seed
// starts.
func randomGates() []gate {
	word := func(mask uint64) func(*Machine, *Task, guestArgs) (uint64, error) {
		return func(m *Machine, _ *Task, _ guestArgs) (uint64, error) { return m.random() & mask, nil }
	}
	bytes := func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
		buf := make([]byte, min(a[1], kmallocMax))
		for i := range buf {
			buf[i] = byte(m.random() >> 32)
		}
		return 0, m.mem.Write(a[0], buf)
	}
	return []gate{
		fnGate("get_random_u8", word(0xff)), fnGate("get_random_u16", word(0xffff)),
		fnGate("get_random_u32", word(0xffffffff)), fnGate("get_random_u64", word(^uint64(0))),
		fnGate("__get_random_u32_below", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			return m.random() % max(uint64(uint32(a[0])), 1), nil
		}),
		fnGate("get_random_bytes", bytes),
		fnGate("get_random_bytes_wait", bytes),
		fnGate("wait_for_random_bytes", constant(0)),
	}
}

func (m *Machine) random() uint64 {
	m.randomCount++
	return hashPointer(m.randomCount, m.cfg.Seed+0x72616e64)
}

// miscGates are the small ones: capabilities, per-CPU memory, module references.
func miscGates() []gate {
	gates := []gate{
		fnGate("pcpu_alloc_noprof", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.allocPercpu(a[0], a[1]), nil }),
		fnGate("free_percpu", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			m.src.WarnOn(a[0] != 0 && !m.freePercpu(a[0]), "free_percpu", "no per-cpu allocation")
			return 0, nil
		}),
		fnGate("__module_get", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			if mod := m.moduleAt(a[0]); mod != nil {
				mod.Refs++
			}
			return 0, nil
		}),
		fnGate("module_refcount", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			if mod := m.moduleAt(a[0]); mod != nil {
				return uint64(mod.Refs), nil
			}
			return 0, nil
		}),
		fnGate("__fortify_panic", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			m.src.WarnOn(true, "__fortify_report", fmtFortify(a))
			return 0, &kernelBug{where: "lib/string_helpers.c:1048"}
		}),
		fnGate("sprint_symbol", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			text := m.syms.Format(a[1])
			return uint64(len(text)), m.mem.Write(a[0], append([]byte(text), 0))
		}),
		fnGate("alloc_cpumask_var_node", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			mask := m.alloc(cpumaskSize)
			return boolReg(mask != 0), m.mem.Store(a[0], 8, mask)
		}),
		fnGate("free_cpumask_var", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			m.release(a[0])
			return 0, nil
		}),
		fnGate("__request_module", constant(negErrno(int(errno.ENOENT)))),
		fnGate("debug_locks_off", constant(0)),
		fnGate("add_taint", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			m.addTaint(1<<(a[0]&31), a[1] != 0)
			return 0, nil
		}),
		fnGate("is_module_address", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			sym, ok := m.syms.Lookup(a[0])
			return boolReg(ok && sym.Module() != ""), nil
		}),
	}
	for _, name := range []string{"capable", "ns_capable", "capable_wrt_inode_uidgid", "ns_capable_noaudit"} {
		gates = append(gates, fnGate(name, constant(1))) // root
	}
	return gates
}

// cpumaskSize is the size of a cpumask of NR_CPUS bits.
const cpumaskSize = 1024
