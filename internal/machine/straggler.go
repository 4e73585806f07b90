package machine

import (
	"fmt"
	"time"

	"klpemu/transition"
)

// Straggler is a task that has not switched yet, with what holds it now and
// what would let it go.
type Straggler struct {
	Task  *Task
	Where string // where it runs or sleeps
	Holds string // the function and the frame that hold it, or why its stack cannot be trusted; "" for nothing
	Needs string // what would switch it
}

// Stragglers returns the tasks that the running transition waits for, in the
// order in which the kernel tries them.
func (m *Machine) Stragglers() []Straggler {
	target := m.engine.PeekTarget()
	if target == transition.Idle {
		return nil
	}
	ranges := m.klp.StackRanges()
	var list []Straggler
	for _, t := range append(append([]*Task(nil), m.tasks...), m.IdleTasks()...) {
		if state, _ := t.Peek(); state != target {
			list = append(list, m.straggler(t, ranges))
		}
	}
	return list
}

func (m *Machine) straggler(t *Task, ranges []transition.Range) Straggler {
	s := Straggler{Task: t, Where: m.where(t)}
	tr := m.walk(t)
	if !tr.Reliable {
		s.Holds = fmt.Sprintf("its stack is unreliable at %s: %s", m.syms.FormatReturn(tr.At), tr.Why)
		s.Needs = needs(t, "", false)
		return s
	}
	for _, r := range ranges {
		for i, addr := range tr.Entries {
			if !r.Contains(addr) {
				continue
			}
			s.Holds = fmt.Sprintf("%s is on its stack: frame %d of %d, %s", r.Func, i+1, len(tr.Entries), m.frame(tr.Entries, i))
			s.Needs = needs(t, r.Func, true)
			return s
		}
	}
	s.Needs = "nothing holds it: the next attempt switches it"
	if m.runs(t) {
		s.Needs = "it was running: the next attempt that finds it off its CPU, or " + passage(t)
	}
	return s
}

// frame formats entry i of a stack: the innermost one is where the task stands,
// the others are return addresses.
func (m *Machine) frame(entries []uint64, i int) string {
	if i == 0 {
		return m.syms.Format(entries[0])
	}
	return m.syms.FormatReturn(entries[i])
}

// runs reports whether a task has its CPU.
func (m *Machine) runs(t *Task) bool { return m.cpus[t.cpu].curr == t && t.state == Running }

// where says where a task runs or sleeps.
func (m *Machine) where(t *Task) string {
	switch {
	case t.IsIdle && !m.cpus[t.cpu].online:
		return fmt.Sprintf("its cpu %d is offline", t.cpu)
	case t.IsIdle && m.cpus[t.cpu].curr == t:
		return fmt.Sprintf("idles on cpu %d", t.cpu)
	case t.state == Stopped:
		return "is stopped (T) in " + m.Wchan(t)
	case t.sleeps():
		return fmt.Sprintf("sleeps (%s) in %s", t.StateLetter(), m.Wchan(t))
	case t.inUser:
		return fmt.Sprintf("is in user mode on cpu %d", t.cpu)
	}
	at := m.syms.Format(m.TaskRegs(t).RIP)
	switch {
	case m.runs(t):
		return fmt.Sprintf("runs on cpu %d at %s", t.cpu, at)
	case t.inInterrupt:
		return fmt.Sprintf("was preempted on cpu %d", t.cpu)
	}
	return fmt.Sprintf("waits for cpu %d at %s", t.cpu, at)
}

// passage is the switch point of a kind of task.
func passage(t *Task) string {
	switch {
	case t.IsIdle:
		return "the idle loop"
	case t.Kthread:
		return "cond_resched()"
	}
	return "its kernel exit"
}

// needs says what would release a task that fn, or an unreliable stack, holds.
func needs(t *Task, fn string, onStack bool) string {
	after := passage(t)
	switch {
	case t.Kthread && onStack:
		after = "then leaving " + fn + " and cond_resched() or another sleep"
	case t.Kthread:
		after = "then a stack that can be walked; else force"
	default:
		after = "then " + after
	}
	switch {
	case !t.sleeps() && t.Kthread && onStack:
		return "leaving " + fn + " and cond_resched() or a sleep"
	case !t.sleeps() && t.Kthread:
		return "a stack that can be walked; else force"
	case !t.sleeps():
		return passage(t)
	case t.state == Interruptible && t.Kthread:
		return "a wake-up (attempts 16, 31, ... make one), " + after
	case t.state == Interruptible:
		return "a signal (attempts 16, 31, ... fake one) or a wake-up, " + after
	case t.sleepBits&taskWakeKill != 0 && !t.Kthread:
		return "a wake-up or kill -9 (the fake signal does not end this sleep), " + after
	}
	return "a wake-up by whom it waits for (no signal ends this sleep), " + after
}

// StateLetter is the task's state as ps shows it.
func (t *Task) StateLetter() string {
	if t.state == Uninterruptible && t.sleepBits&taskNoload != 0 {
		return "I"
	}
	return t.state.Letter()
}

// taskNoload marks TASK_IDLE among the uninterruptible sleeps.
const taskNoload = 0x400

// Wchan is the function in which a task sleeps, "0" for one that does not
// (__get_wchan): the first that is not of the scheduler.
func (m *Machine) Wchan(t *Task) string {
	if !t.sleeps() {
		return "0"
	}
	for _, addr := range m.walk(t).Entries {
		if m.inSchedFunctions(addr) {
			continue
		}
		if r, ok := m.syms.Lookup(addr); ok {
			return r.Name
		}
		break
	}
	return "0"
}

// NextAttempt is when a transition is tried next; ok is false where no attempt
// is due.
func (m *Machine) NextAttempt() (at time.Duration, ok bool) {
	for _, t := range m.timers {
		if t.name == transitionWork {
			return t.due, true
		}
	}
	return 0, false
}

// KernelWaits says what kernel work in Go waits for, such as a grace period.
func (m *Machine) KernelWaits() []string {
	var waits []string
	for _, t := range m.tasks {
		if t.waitFor != nil && t.sleeps() {
			waits = append(waits, fmt.Sprintf("%s: %s", t, t.waitsOn))
		}
	}
	return waits
}

// CommText is the name in /proc/PID/comm: a kworker's ends with the queue whose
// work it runs, or ran last.
func (t *Task) CommText() string {
	switch {
	case t.pool && t.work != 0:
		return t.Comm + "+events"
	case t.pool && t.worked:
		return t.Comm + "-events"
	}
	return t.Comm
}
