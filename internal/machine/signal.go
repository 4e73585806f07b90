package machine

import (
	"math/bits"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// Results with which an interrupted system call asks to be started again
// (include/linux/errno.h); user space never sees them.
const (
	eRestartSys    = 512
	eRestartNoIntr = 513
	eRestartNoHand = 514
	eRestartBlock  = 516
)

// Signals, and sets of them by what their default action is.
const (
	sigKill          = 9
	maxSignal        = 64
	sigChld, sigCont = 17, 18
	sigUrg, sigWinch = 23, 28
	ignoredSignals   = uint64(1<<sigChld | 1<<sigCont | 1<<sigUrg | 1<<sigWinch)
	stopSignals      = uint64(0xf << 19)                                                       // STOP TSTP TTIN TTOU
	dumpSignals      = uint64(1<<3 | 1<<4 | 1<<5 | 1<<6 | 1<<7 | 1<<8 | 1<<11 | 3<<24 | 1<<31) // SIG_KERNEL_COREDUMP_MASK
	fatalSignals     = ^(ignoredSignals | stopSignals)
)

// signalPending is signal_pending(): a signal, or the notify signal with which
// a transition makes a user task pass its kernel exit.
func (t *Task) signalPending() bool { return t.signaled || t.deliverable() != 0 }

// signalPendingState is signal_pending_state(): whether a pending signal ends a
// sleep in state.
func (t *Task) signalPendingState(state uint32) bool {
	switch {
	case state&taskInterruptible != 0:
		return t.signalPending()
	case state&taskWakeKill != 0:
		return t.signals&(1<<sigKill) != 0
	}
	return false
}

// Kill is kill(2) of one task: with the signal's default action, or the handler
// of a program. Errors: EINVAL
// for a number that is no signal. Kernel threads, init and the shell's task take
// no signals.
func (m *Machine) Kill(t *Task, sig int) error {
	if sig < 0 || sig > maxSignal {
		return errno.EINVAL
	}
	if sig == 0 || t.Kthread || t.PID == 1 || t == m.shell {
		return nil
	}
	if t.proc != nil {
		m.killProcess(t, sig)
		return nil
	}
	bit := uint64(1) << sig
	switch {
	case sig == sigCont:
		m.resumeStopped(t)
	case bit&ignoredSignals != 0:
	case bit&stopSignals != 0:
		if t.stopped == 0 {
			t.signals |= bit
			m.wakeState(t, taskInterruptible)
		}
	default:
		m.sendFatal(t, sig)
	}
	return nil
}

// sendFatal is complete_signal for a signal that ends the task: without a core
// dump it becomes SIGKILL, which also ends a killable sleep. A stopped task gets
// to know of anything but SIGKILL only when it goes on.
func (m *Machine) sendFatal(t *Task, sig int) {
	t.signals |= 1 << sig
	switch {
	case t.stopped != 0 && sig != sigKill:
	case dumpSignals>>sig&1 != 0:
		m.wakeState(t, taskInterruptible)
	default:
		if t.endsBy == 0 {
			t.endsBy = sig
		}
		t.signals |= 1 << sigKill
		t.stopped = 0
		m.wakeState(t, taskInterruptible|taskWakeKill)
	}
}

// resumeStopped is SIGCONT (prepare_signal): stop signals that are pending are
// forgotten, and a stopped task goes on.
func (m *Machine) resumeStopped(t *Task) {
	t.signals &^= stopSignals
	t.stopped = 0
	m.wakeState(t, taskStopped)
}

// stopPending reports that the task is to stop at its kernel exit.
func (t *Task) stopPending() bool { return t.signals&stopSignals != 0 }

// Who a stopped task returns to.
const (
	stoppedInSyscall = 1 + iota
	stoppedInUser
)

// enterStop takes a task that is about to return to user mode into
// do_signal_stop. from says where it comes from; result is what its system call
// has returned.
func (m *Machine) enterStop(c *CPU, t *Task, from uint8, result uint64) {
	t.signals &^= stopSignals
	t.inUser, t.stopped = false, from
	v := c.vcpu
	if from == stoppedInUser {
		v.SetRIP(m.core["asm_sysvec_reschedule_ipi"])
		v.SetReg(cpu.RSP, t.stack-ptRegsSize-8)
		return
	}
	m.placeInSyscall(t, 0)
	v.SetReg(cpu.RAX, m.core["syscall_exit_to_user_mode"])
	v.SetReg(cpu.RDI, result)
	t.restartable = true
}

// signalGates is the part of kernel/signal.c that a task can be seen in.
func signalGates() []gate {
	return []gate{
		{"do_signal_stop", (*Machine).gateSignalStop},
		{"asm_sysvec_reschedule_ipi", (*Machine).gateUserReturn},
	}
}

func (m *Machine) gateSignalStop(c *CPU, t *Task) error {
	if t.stopped == 0 {
		return endWait(c, t, 1)
	}
	return m.blockOn(c, t, taskStopped|taskWakeKill, 0)
}

// gateUserReturn is the end of an interrupt that came in user mode.
func (m *Machine) gateUserReturn(c *CPU, t *Task) error {
	if t.proc != nil {
		m.leaveStop(c, t)
		return nil
	}
	t.inUser = true
	m.klp.SwitchPoint(&t.Task)
	if m.needResched(c) {
		m.schedule(c)
	}
	return nil
}

// userModeInJob is where a command in the background would be in user mode:
// there it stops, or ends by a signal.
func (m *Machine) userModeInJob(t *Task) {
	for t.signals&fatalSignals == 0 && (t.stopPending() || t.stopped != 0) {
		t.signals &^= stopSignals
		t.stopped = stoppedInUser
		t.setSleep(taskStopped | taskWakeKill)
		t.waitsOn = "SIGCONT"
		m.parkFor(parkSleep)
	}
	if t.signals&fatalSignals != 0 {
		t.job.status = killedStatus + t.endingSignal()
		panic(closed{})
	}
}

// killedStatus and the signal's number are the exit status of a command that a
// signal has ended.
const killedStatus = 128

// endingSignal is the signal that ends the task.
func (t *Task) endingSignal() int {
	if t.endsBy != 0 {
		return t.endsBy
	}
	return bits.TrailingZeros64(t.signals & fatalSignals)
}

// notifySignal is set_notify_signal: no signal that the task would see, but an
// interruptible sleep ends and the task goes by its kernel exit.
func (m *Machine) notifySignal(t *Task) {
	t.signaled = true
	m.wakeState(t, taskInterruptible)
	m.cpus[t.cpu].woken = true
}

// deliver is the signal half of exit_to_user_mode_loop, which comes after the
// switch point: it reports whether a signal ends the task, and whether the
// interrupted system call starts again. Functions that return an int leave it
// in eax.
func (t *Task) deliver(rax uint64) (dies, restart bool) {
	pending := t.signalPending() || t.restartable
	dies = t.signals&fatalSignals != 0
	t.signaled, t.restartable = false, false
	switch -int32(rax) {
	case eRestartSys, eRestartNoIntr, eRestartNoHand, eRestartBlock:
		restart = pending && !dies
	}
	return dies, restart
}
