package machine

import (
	"klpemu/cpu"
	"klpemu/internal/errno"
)

// sysRestart is __NR_restart_syscall.
const sysRestart = 219

// maxSyscall is more than the largest number in syscallNames.
const maxSyscall = 335

// syscallName is arch/x86/entry/syscalls/syscall_64.tbl, as far as programs can
// use it: what has no name here is not implemented.
func syscallName(nr uint64) string {
	switch nr {
	case 0:
		return "read"
	case 1:
		return "write"
	case 3:
		return "close"
	case 5:
		return "newfstat"
	case 9:
		return "mmap"
	case 10:
		return "mprotect"
	case 11:
		return "munmap"
	case 12:
		return "brk"
	case 13:
		return "rt_sigaction"
	case 14:
		return "rt_sigprocmask"
	case 15:
		return "rt_sigreturn"
	case 16:
		return "ioctl"
	case 20:
		return "writev"
	case 24:
		return "sched_yield"
	case 34:
		return "pause"
	case 35:
		return "nanosleep"
	case 39:
		return "getpid"
	case 60:
		return "exit"
	case 62:
		return "kill"
	case 63:
		return "newuname"
	case 89:
		return "readlink"
	case 96:
		return "gettimeofday"
	case 102:
		return "getuid"
	case 104:
		return "getgid"
	case 107:
		return "geteuid"
	case 108:
		return "getegid"
	case 110:
		return "getppid"
	case 157:
		return "prctl"
	case 158:
		return "arch_prctl"
	case 186:
		return "gettid"
	case 200:
		return "tkill"
	case 201:
		return "time"
	case 218:
		return "set_tid_address"
	case sysRestart:
		return "restart_syscall"
	case 228:
		return "clock_gettime"
	case 230:
		return "clock_nanosleep"
	case 231:
		return "exit_group"
	case 234:
		return "tgkill"
	case 262:
		return "newfstatat"
	case 267:
		return "readlinkat"
	case 273:
		return "set_robust_list"
	case 302:
		return "prlimit64"
	case 309:
		return "getcpu"
	case 318:
		return "getrandom"
	}
	return ""
}

// sysCall is one system call of a process in a gate.
type sysCall struct {
	m *Machine
	c *CPU
	t *Task
	p *process
	a [6]uint64
}

// minus is a negative errno as a system call returns it.
func minus(e errno.Errno) uint64 { return uint64(-int64(e)) }

// ptRegsOrig is orig_ax in struct pt_regs.
const ptRegsOrig = 0x78

// sysGates are the system calls that are done in Go. A kernel image that has a
// function of the name goes before them.
func sysGates() []gate {
	gates := []gate{
		{"x64_sys_call", (*Machine).gateSysCall},
		{"exit_to_user_mode_loop", (*Machine).gateUserExit},
		{"__x64_sys_rt_sigreturn", (*Machine).gateSigreturn},
		{"__x64_sys_nanosleep", (*Machine).gateNanosleep},
		{"__x64_sys_clock_nanosleep", (*Machine).gateNanosleep},
		{"__x64_sys_restart_syscall", (*Machine).gateNanosleep},
		{"__x64_sys_pause", (*Machine).gatePause},
		{"__x64_sys_sched_yield", (*Machine).gateSchedYield},
		{"__x64_sys_exit", (*Machine).gateExit},
		{"__x64_sys_exit_group", (*Machine).gateExit},
	}
	for _, s := range simpleCalls() {
		gates = append(gates, gate{"__x64_sys_" + s.name, sysGate(s.run)})
	}
	return gates
}

// simpleCall is a system call that returns at once.
type simpleCall struct {
	name string
	run  func(s *sysCall) uint64
}

func simpleCalls() []simpleCall {
	zero := func(*sysCall) uint64 { return 0 }
	return []simpleCall{
		{"ni_syscall", func(*sysCall) uint64 { return minus(errno.ENOSYS) }},
		{"read", sysRead}, {"write", sysWrite}, {"writev", sysWritev}, {"close", sysClose},
		{"newfstat", sysNewfstat}, {"newfstatat", sysNewfstatat}, {"ioctl", sysIoctl},
		{"readlink", sysReadlink}, {"readlinkat", sysReadlinkat},
		{"mmap", sysMmap}, {"mprotect", sysMprotect}, {"munmap", sysMunmap}, {"brk", sysBrk},
		{"rt_sigaction", sysSigaction}, {"rt_sigprocmask", sysSigprocmask},
		{"kill", sysKill}, {"tkill", sysKill}, {"tgkill", sysTgkill},
		{"clock_gettime", sysClockGettime}, {"gettimeofday", sysGettimeofday}, {"time", sysTime},
		{"getpid", sysGetpid}, {"gettid", sysGetpid}, {"getppid", sysGetppid},
		{"getuid", zero}, {"getgid", zero}, {"geteuid", zero}, {"getegid", zero},
		{"newuname", sysUname}, {"prctl", sysPrctl}, {"arch_prctl", sysArchPrctl},
		{"set_tid_address", sysGetpid}, {"set_robust_list", zero}, {"prlimit64", sysPrlimit},
		{"getrandom", sysGetrandom}, {"getcpu", sysGetcpu},
	}
}

// newSysCall reads the arguments out of the pt_regs in %rdi.
func (m *Machine) newSysCall(c *CPU, t *Task) (*sysCall, error) {
	s := &sysCall{m: m, c: c, t: t, p: t.proc}
	if s.p == nil {
		return nil, errNoProcess
	}
	regs := c.vcpu.Reg(cpu.RDI)
	for i, at := range []uint64{0x70, 0x68, 0x60, 0x38, 0x48, 0x40} { // di si dx r10 r8 r9
		v, err := m.mem.Load(regs+at, 8)
		if err != nil {
			return nil, err
		}
		s.a[i] = v
	}
	return s, nil
}

func sysGate(run func(s *sysCall) uint64) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		s, err := m.newSysCall(c, t)
		if err != nil {
			return err
		}
		c.vcpu.SetReg(cpu.RAX, run(s))
		return nil
	}
}

// gateSysCall finds the function of the system call in regs->orig_ax.
func (m *Machine) gateSysCall(c *CPU, t *Task) error {
	if t.proc == nil {
		return errNoProcess
	}
	t.inUser = false
	nr, err := m.mem.Load(c.vcpu.Reg(cpu.RDI)+ptRegsOrig, 8)
	if err != nil {
		return err
	}
	fn := m.core["__x64_sys_ni_syscall"]
	if nr < maxSyscall && syscallName(nr) != "" {
		if addr, ok := m.resolveGlobal("__x64_sys_" + syscallName(nr)); ok {
			fn = addr
		}
	}
	c.vcpu.SetReg(cpu.RAX, fn)
	return nil
}

// gateUserExit is exit_to_user_mode_loop: the switch point, then signals.
// The registers that user mode gets are in the pt_regs in %rdi.
func (m *Machine) gateUserExit(c *CPU, t *Task) error {
	if t.proc == nil {
		return errNoProcess
	}
	regs := c.vcpu.Reg(cpu.RDI)
	s, orig, err := m.loadRegs(regs)
	if err != nil {
		return err
	}
	t.inUser = true
	m.setWant(t, 0)
	m.klp.SwitchPoint(&t.Task)
	t.exitStatus = s.R[cpu.RAX]
	now := c.vcpu.State()
	s.User, s.FSBase, s.GSBase, s.KernelGSBase = true, now.FSBase, now.KernelGSBase, now.GSBase
	if m.deliverSignals(c, t, &s, int64(orig)) != goesOn {
		return nil
	}
	if err := m.storeRegs(regs, s); err != nil {
		return err
	}
	c.vcpu.SetReg(cpu.RAX, boolReg(s.R[cpu.RCX] == s.RIP && s.R[cpu.R11] == s.Flags))
	if m.needResched(c) {
		m.schedule(c)
	}
	return nil
}

// loadRegs reads a struct pt_regs.
func (m *Machine) loadRegs(at uint64) (s cpu.State, orig uint64, err error) {
	words := make([]uint64, ptRegsSize/8)
	for i := range words {
		if words[i], err = m.mem.Load(at+uint64(i)*8, 8); err != nil {
			return s, 0, err
		}
	}
	for _, r := range ptRegsLayout() {
		s.R[r.reg] = words[r.at/8]
	}
	s.RIP, s.Flags = words[ptRegsIP/8], words[ptRegsFlags/8]
	return s, words[ptRegsOrig/8], nil
}

// storeRegs writes a struct pt_regs; the selectors stay.
func (m *Machine) storeRegs(at uint64, s cpu.State) error {
	put := func(off, v uint64) error { return m.mem.Store(at+off, 8, v) }
	for _, r := range ptRegsLayout() {
		if err := put(r.at, s.R[r.reg]); err != nil {
			return err
		}
	}
	if err := put(ptRegsIP, s.RIP); err != nil {
		return err
	}
	return put(ptRegsFlags, s.Flags)
}
