package machine

import (
	"encoding/binary"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// sigsetSize is sizeof(sigset_t) of the kernel.
const sigsetSize = 8

// sysSigaction is rt_sigaction: struct sigaction is handler, flags, restorer,
// mask, 8 bytes each.
func sysSigaction(s *sysCall) uint64 {
	sig := int(int32(s.a[0]))
	switch {
	case s.a[3] != sigsetSize || sig < 1 || sig > maxSignal:
		return minus(errno.EINVAL)
	case s.a[1] != 0 && (sig == sigKill || sig == sigStop):
		return minus(errno.EINVAL)
	}
	old := s.p.handlers[sig]
	le := binary.LittleEndian
	if s.a[1] != 0 {
		var b [32]byte
		if s.p.user.Read(s.a[1], b[:]) != nil {
			return minus(errno.EFAULT)
		}
		s.p.handlers[sig] = sigAction{handler: le.Uint64(b[:]), flags: le.Uint64(b[8:]), restorer: le.Uint64(b[16:]), mask: kernelMask(le.Uint64(b[24:]))}
		if s.p.ignored(sig) {
			s.t.signals &^= 1 << sig
		}
	}
	if s.a[2] != 0 {
		b := make([]byte, 0, 32)
		for _, v := range []uint64{old.handler, old.flags, old.restorer, userMask(old.mask)} {
			b = le.AppendUint64(b, v)
		}
		if s.p.user.Write(s.a[2], b) != nil {
			return minus(errno.EFAULT)
		}
	}
	return 0
}

// sysSigprocmask is rt_sigprocmask: SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK.
func sysSigprocmask(s *sysCall) uint64 {
	if s.a[3] != sigsetSize {
		return minus(errno.EINVAL)
	}
	old := s.p.blocked
	if s.a[1] != 0 {
		v, err := s.p.user.Load(s.a[1], 8)
		if err != nil {
			return minus(errno.EFAULT)
		}
		set := kernelMask(v)
		switch s.a[0] {
		case 0:
			s.p.blocked |= set
		case 1:
			s.p.blocked &^= set
		case 2:
			s.p.blocked = set
		default:
			return minus(errno.EINVAL)
		}
	}
	if s.a[2] != 0 && s.p.user.Store(s.a[2], 8, userMask(old)) != nil {
		return minus(errno.EFAULT)
	}
	return 0
}

func sysKill(s *sysCall) uint64 { return s.kill(s.a[0], s.a[1]) }

func sysTgkill(s *sysCall) uint64 { return s.kill(s.a[1], s.a[2]) }

// kill knows single processes.
func (s *sysCall) kill(pid, sig uint64) uint64 {
	t := s.m.Task(int(int32(pid)))
	if int32(pid) <= 0 || t == nil {
		return minus(errno.ESRCH)
	}
	return result(0, s.m.Kill(t, int(int32(sig))))
}

// gateSigreturn is rt_sigreturn: the registers of the frame become those that
// user mode gets.
func (m *Machine) gateSigreturn(c *CPU, t *Task) error {
	if t.proc == nil {
		return errNoProcess
	}
	regs := c.vcpu.Reg(cpu.RDI)
	s, _, err := m.loadRegs(regs)
	if err != nil {
		return err
	}
	if !t.proc.leaveHandler(&s) {
		m.exitProcess(c, t, killedStatus+sigSegv)
		return nil
	}
	c.vcpu.SetReg(cpu.RAX, s.R[cpu.RAX])
	if err := m.storeRegs(regs, s); err != nil {
		return err
	}
	return m.mem.Store(regs+ptRegsOrig, 8, ^uint64(0)) // no system call to start again
}
