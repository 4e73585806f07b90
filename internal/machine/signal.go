package machine

import (
	"klpemu/internal/errno"
)

// Results with which an interrupted system call asks to be started again
// (include/linux/errno.h); user space never sees them.
const (
	eRestartSys      = 512
	eRestartNoIntr   = 513
	eRestartNoHand   = 514
	eRestartBlock    = 516
	sigKill          = 9
	maxSignal        = 64
	sigStopFirst     = 19 // SIGSTOP SIGTSTP SIGTTIN SIGTTOU
	sigStopLast      = 22
	sigChld, sigCont = 17, 18
	sigUrg, sigWinch = 23, 28
	fatalSignals     = ^uint64(1<<sigChld | 1<<sigCont | 1<<sigUrg | 1<<sigWinch)
)

// signalPending is signal_pending(): a signal, or the notify signal with which
// a transition makes a user task pass its kernel exit.
func (t *Task) signalPending() bool { return t.signaled || t.signals != 0 }

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

// Kill is kill(2) of one task: with the signal's default action. Errors: EINVAL
// for a number that is no signal. Kernel threads, init and the shell's task take
// no signals.
func (m *Machine) Kill(t *Task, sig int) error {
	switch {
	case sig < 0 || sig > maxSignal:
		return errno.EINVAL
	case sig == 0 || t.Kthread || t.PID == 1 || t == m.shell || fatalSignals>>sig&1 == 0:
		return nil
	case sig >= sigStopFirst && sig <= sigStopLast:
		return errno.ENOSYS // stopped tasks are not modeled
	}
	t.signals |= 1 << sig
	mask := uint32(taskInterruptible)
	if sig == sigKill {
		mask |= taskWakeKill
	}
	m.wakeState(t, mask)
	return nil
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
	pending := t.signalPending()
	dies = t.signals&fatalSignals != 0
	t.signaled = false
	switch -int32(rax) {
	case eRestartSys, eRestartNoIntr, eRestartNoHand, eRestartBlock:
		restart = pending && !dies
	}
	return dies, restart
}
