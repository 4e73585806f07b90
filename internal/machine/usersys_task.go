package machine

import (
	"encoding/binary"
	"errors"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// errNoProcess is a system call's function that something else has called.
var errNoProcess = errors.New("the task runs no program")

func sysGetpid(s *sysCall) uint64 { return uint64(s.t.PID) }

func sysGetppid(s *sysCall) uint64 { return uint64(s.m.shell.PID) }

// sysUname fills struct new_utsname: six texts of 65 bytes.
func sysUname(s *sysCall) uint64 {
	const width = 65
	b := make([]byte, 6*width)
	for i, text := range []string{"Linux", "klpemu", Release, "#1 SMP PREEMPT_DYNAMIC", "x86_64", "(none)"} {
		copy(b[i*width:(i+1)*width-1], text)
	}
	if s.p.user.Write(s.a[0], b) != nil {
		return minus(errno.EFAULT)
	}
	return 0
}

// sysPrctl knows PR_SET_NAME and PR_GET_NAME.
func sysPrctl(s *sysCall) uint64 {
	switch s.a[0] {
	case 15:
		name, err := s.p.user.ReadString(s.a[1], pageSize)
		if err != nil {
			return minus(errno.EFAULT)
		}
		s.m.setComm(s.t, name)
		return 0
	case 16:
		b := make([]byte, commLen+1)
		copy(b, s.t.Comm)
		if s.p.user.Write(s.a[1], b) != nil {
			return minus(errno.EFAULT)
		}
		return 0
	}
	return minus(errno.EINVAL)
}

// sysArchPrctl sets and reads the bases of fs and gs. In the kernel the user's
// gs base is the one that swapgs has put aside.
func sysArchPrctl(s *sysCall) uint64 {
	v := s.c.vcpu.State()
	switch s.a[0] {
	case 0x1001:
		v.KernelGSBase = s.a[1]
	case 0x1002:
		v.FSBase = s.a[1]
	case 0x1003, 0x1004:
		base := v.FSBase
		if s.a[0] == 0x1004 {
			base = v.KernelGSBase
		}
		if s.p.user.Store(s.a[1], 8, base) != nil {
			return minus(errno.EFAULT)
		}
		return 0
	default:
		return minus(errno.EINVAL)
	}
	if s.a[1] >= userEnd {
		return minus(errno.EPERM)
	}
	s.c.vcpu.SetState(v)
	return 0
}

// sysPrlimit reads limits: that of the stack, and none for the rest.
func sysPrlimit(s *sysCall) uint64 {
	if s.a[2] != 0 {
		return minus(errno.EPERM)
	}
	b := make([]byte, 16)
	soft := ^uint64(0)
	if s.a[1] == 3 {
		soft = userStackLimit
	}
	binary.LittleEndian.PutUint64(b, soft)
	binary.LittleEndian.PutUint64(b[8:], ^uint64(0))
	if s.a[3] != 0 && s.p.user.Write(s.a[3], b) != nil {
		return minus(errno.EFAULT)
	}
	return 0
}

// sysGetrandom gives bytes that follow from the machine's seed and its clock.
func sysGetrandom(s *sysCall) uint64 {
	b := make([]byte, min(s.a[1], 256))
	for i := range b {
		b[i] = byte(hashPointer(s.m.cfg.Seed+uint64(s.m.Now()), uint64(s.t.PID)<<16|uint64(i)))
	}
	if s.p.user.Write(s.a[0], b) != nil {
		return minus(errno.EFAULT)
	}
	return uint64(len(b))
}

func sysGetcpu(s *sysCall) uint64 {
	for i, v := range []uint64{uint64(s.c.id), 0} {
		if s.a[i] != 0 && s.p.user.Store(s.a[i], 4, v) != nil {
			return minus(errno.EFAULT)
		}
	}
	return 0
}

// gateExit is exit and exit_group: a process has one thread.
func (m *Machine) gateExit(c *CPU, t *Task) error {
	s, err := m.newSysCall(c, t)
	if err != nil {
		return err
	}
	m.exitProcess(c, t, int(s.a[0]&0xff))
	return nil
}

// gateSchedYield is sched_yield.
func (m *Machine) gateSchedYield(c *CPU, _ *Task) error {
	c.vcpu.SetReg(cpu.RAX, 0)
	m.schedule(c)
	return nil
}
