package machine

import (
	"encoding/binary"
	"math/bits"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// sigAction is struct k_sigaction.
type sigAction struct {
	handler, flags, restorer, mask uint64
}

// Handlers and flags of struct sigaction (arch/x86/include/uapi/asm/signal.h).
const (
	sigDfl = 0
	sigIgn = 1

	saRestorer  = 0x04000000
	saRestart   = 0x10000000
	saNodefer   = 0x40000000
	saResetHand = 0x80000000

	sigIll, sigTrap, sigFpe, sigSegv, sigStop = 4, 5, 8, 11, 19
)

// ignored reports whether a signal would be dropped (sig_ignored).
func (p *process) ignored(sig int) bool {
	switch p.handlers[sig].handler {
	case sigIgn:
		return true
	case sigDfl:
		return ignoredSignals>>sig&1 != 0
	}
	return false
}

// deliverable are the pending signals of t that are not blocked.
func (t *Task) deliverable() uint64 {
	if t.proc == nil {
		return t.signals
	}
	return t.signals &^ t.proc.blocked
}

// noSyscall stands for a system call's number where there was none.
const noSyscall = -1

// killProcess is send_signal to a task that runs a program.
func (m *Machine) killProcess(t *Task, sig int) {
	p, bit := t.proc, uint64(1)<<sig
	if sig == sigCont {
		m.resumeStopped(t)
	}
	blocked := p.blocked&bit != 0
	switch {
	case p.ignored(sig) && !blocked:
	case bit&stopSignals != 0 && t.stopped != 0:
	case p.handlers[sig].handler == sigDfl && !blocked && bit&fatalSignals != 0:
		m.sendFatal(t, sig)
	default:
		t.signals |= bit
		if !blocked && t.stopped == 0 {
			m.wakeState(t, taskInterruptible)
		}
	}
}

// delivered is what the delivery of signals leads to.
type delivered uint8

const (
	goesOn delivered = iota
	hasEnded
	hasStopped
)

// deliverSignals is arch_do_signal_or_restart for a process on its way to user
// mode with the registers s, which may change: a handler is entered, or the
// default action taken. nr is the system call that it returns from, which may
// have to start again.
func (m *Machine) deliverSignals(c *CPU, t *Task, s *cpu.State, nr int64) delivered {
	p := t.proc
	t.signaled = false
	for t.deliverable() != 0 {
		sig := bits.TrailingZeros64(t.deliverable())
		if t.signals&(1<<sigKill) != 0 {
			m.exitProcess(c, t, killedStatus+t.endingSignal())
			return hasEnded
		}
		t.signals &^= 1 << sig
		a := p.handlers[sig]
		switch {
		case p.ignored(sig):
			continue
		case a.handler == sigDfl && stopSignals>>sig&1 != 0:
			endSyscall(s, nr, false, false)
			p.resume = *s
			if k := c.vcpu.State(); k.User {
				k.User, k.GSBase, k.KernelGSBase = false, k.KernelGSBase, k.GSBase
				c.vcpu.SetState(k)
			}
			m.enterStop(c, t, stoppedInUser, 0)
			return hasStopped
		case a.handler == sigDfl:
			m.exitProcess(c, t, killedStatus+sig)
			return hasEnded
		}
		endSyscall(s, nr, true, a.flags&saRestart != 0)
		if !p.enterHandler(s, sig, a) {
			m.exitProcess(c, t, killedStatus+sigSegv)
			return hasEnded
		}
		return goesOn
	}
	endSyscall(s, nr, false, false)
	return goesOn
}

// leaveStop takes a process that was stopped back to user mode.
func (m *Machine) leaveStop(c *CPU, t *Task) {
	t.inUser = true
	m.klp.SwitchPoint(&t.Task)
	s := t.proc.resume
	if m.deliverSignals(c, t, &s, noSyscall) != goesOn {
		return
	}
	s.KernelGSBase = percpuAddr(c.id)
	c.vcpu.SetState(s)
	if m.needResched(c) {
		m.schedule(c)
	}
}

// endSyscall turns the results with which an interrupted system call asks to be
// started again into what user mode sees.
func endSyscall(s *cpu.State, nr int64, handler, restart bool) {
	if nr < 0 {
		return
	}
	again := uint64(nr)
	switch -int64(s.R[cpu.RAX]) {
	case eRestartSys:
		if handler && !restart {
			s.R[cpu.RAX] = minus(errno.EINTR)
			return
		}
	case eRestartNoIntr:
	case eRestartNoHand:
		if handler {
			s.R[cpu.RAX] = minus(errno.EINTR)
			return
		}
	case eRestartBlock:
		if handler {
			s.R[cpu.RAX] = minus(errno.EINTR)
			return
		}
		again = sysRestart
	default:
		return
	}
	s.R[cpu.RAX] = again
	s.RIP -= syscallSize
}

// syscallSize is the length of the syscall instruction.
const syscallSize = 2

// The signal frame: struct rt_sigframe without a place for the FPU, which no
// program here has (arch/x86/include/asm/sigframe.h).
const (
	frameUC       = 8            // struct ucontext
	frameMContext = frameUC + 40 // struct sigcontext_64
	frameSigmask  = frameMContext + 256
	frameSiginfo  = frameSigmask + 8
	sigFrameSize  = frameSiginfo + 128

	ucFlags = 6 // UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS
)

// mcontextRegs are the places of the general registers in struct sigcontext_64.
func mcontextRegs() []cpu.Reg {
	return []cpu.Reg{
		cpu.R8, cpu.R9, cpu.R10, cpu.R11, cpu.R12, cpu.R13, cpu.R14, cpu.R15,
		cpu.RDI, cpu.RSI, cpu.RBP, cpu.RBX, cpu.RDX, cpu.RAX, cpu.RCX, cpu.RSP,
	}
}

const (
	mcontextIP    = 128
	mcontextFlags = 136
	mcontextCS    = 144 // and ss at 150
)

// enterHandler is x64_setup_rt_frame: the registers go into a frame on the
// stack, and the handler begins. It reports whether there was room.
func (p *process) enterHandler(s *cpu.State, sig int, a sigAction) bool {
	if a.flags&saRestorer == 0 {
		return false
	}
	at := (s.R[cpu.RSP]-redZone-sigFrameSize)&^15 - 8
	b := make([]byte, sigFrameSize)
	le := binary.LittleEndian
	le.PutUint64(b, a.restorer)
	le.PutUint64(b[frameUC:], ucFlags)
	for i, r := range mcontextRegs() {
		le.PutUint64(b[frameMContext+8*i:], s.R[r])
	}
	le.PutUint64(b[frameMContext+mcontextIP:], s.RIP)
	le.PutUint64(b[frameMContext+mcontextFlags:], s.Flags)
	le.PutUint16(b[frameMContext+mcontextCS:], userCS)
	le.PutUint16(b[frameMContext+mcontextCS+6:], userSS)
	le.PutUint64(b[frameSigmask:], userMask(p.blocked))
	le.PutUint32(b[frameSiginfo:], uint32(sig))
	p.growStack(at)
	if p.user.Write(at, b) != nil {
		return false
	}
	p.blocked |= a.mask
	if a.flags&saNodefer == 0 {
		p.blocked |= 1 << sig
	}
	if a.flags&saResetHand != 0 {
		p.handlers[sig] = sigAction{}
	}
	s.R[cpu.RDI], s.R[cpu.RAX] = uint64(sig), 0
	s.R[cpu.RSI], s.R[cpu.RDX] = at+frameSiginfo, at+frameUC
	s.R[cpu.RSP], s.RIP = at, a.handler
	s.Flags &^= cpu.FlagDF | cpu.FlagRF | cpu.FlagTF
	return true
}

// leaveHandler is rt_sigreturn: the frame is where the handler has returned
// from, above the return address.
func (p *process) leaveHandler(s *cpu.State) bool {
	b := make([]byte, sigFrameSize)
	if p.user.Read(s.R[cpu.RSP]-8, b) != nil {
		return false
	}
	le := binary.LittleEndian
	for i, r := range mcontextRegs() {
		s.R[r] = le.Uint64(b[frameMContext+8*i:])
	}
	s.RIP = le.Uint64(b[frameMContext+mcontextIP:])
	s.Flags = le.Uint64(b[frameMContext+mcontextFlags:]) | cpu.FlagIF
	p.blocked = kernelMask(le.Uint64(b[frameSigmask:]))
	return true
}

// userMask and kernelMask turn a set of signals from ours, where bit N is
// signal N, into a sigset_t, where it is bit N-1, and back. SIGKILL and SIGSTOP
// cannot be in a mask.
func userMask(set uint64) uint64 { return set >> 1 }

func kernelMask(set uint64) uint64 { return set << 1 &^ (1<<sigKill | 1<<sigStop) }
