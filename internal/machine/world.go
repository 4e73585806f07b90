package machine

import (
	"fmt"
	"time"

	"klpemu/cpu"
)

// LimitError says that a command has reached the limit of instructions.
type LimitError struct {
	Insns uint64
	Where string // what was waited for, and where each CPU stands
}

// Error names the limit and the flag that moves it.
func (e *LimitError) Error() string {
	return fmt.Sprintf("instruction limit of %d reached (--max-insns): %s", e.Insns, e.Where)
}

// runCPU runs the task on c for at most n instructions and returns how many it
// executed. It returns early when the task changes, when kernel work in Go
// happened, and at a gate: whoever called decides what runs next.
func (m *Machine) runCPU(c *CPU, n uint64) uint64 {
	t := c.curr
	m.takeInterrupt(c, t)
	if co := t.top(); co != nil && !co.inCall && !t.interrupted() {
		m.onCPU = c
		m.resume(co)
		m.afterKernelWork(c, t)
		m.onCPU = nil
		return 0
	}
	if t == c.idle && len(t.irqs) == 0 || t.inLimbo() {
		return 0
	}
	if t.inUser && t.proc == nil {
		if t.signals&fatalSignals != 0 { // on its way back from the tick
			m.exitTask(t)
			m.schedule(c)
			return 0
		}
		if t.stopPending() {
			m.klp.SwitchPoint(&t.Task)
			m.enterStop(c, t, stoppedInUser, 0)
		} else {
			m.enterSyscall(c, t)
		}
	}
	m.rerun(c, t)
	m.syncTasks()
	m.syncFlags(t)
	n = min(n, m.tick())
	if m.onInsn != nil {
		m.onInsn(c)
	}
	m.onCPU = c
	c.tsc = c.vcpu.Retired()
	var stop cpu.Stop
	if t.stepOver != 0 {
		stop = m.stepKprobe(c, t)
	} else {
		stop = c.vcpu.Run(n)
	}
	c.tsc = 0
	m.clock.rounds += stop.Count
	m.used += stop.Count
	m.stopped(c, t, stop)
	m.onCPU = nil
	return stop.Count
}

// stopped does what a CPU has stopped for.
func (m *Machine) stopped(c *CPU, t *Task, stop cpu.Stop) {
	switch stop.Kind {
	case cpu.StopGate:
		m.gate(c, t)
	case cpu.StopFault:
		m.fault(c, t, stop.Fault)
	case cpu.StopHalt:
		m.schedule(c)
	case cpu.StopBudget:
	}
}

// afterKernelWork puts a task off its CPU that its kernel work has made sleep
// or that has nothing left to do.
func (m *Machine) afterKernelWork(c *CPU, t *Task) {
	m.endJob(t)
	if c.curr != t {
		return
	}
	if t.state != Running || t.inLimbo() || t.isWorker() && len(t.calls) == 0 {
		m.finishWorker(t)
		m.schedule(c)
	}
}

// settle lets kernel work that is not delayed run, on every CPU that is idle
// or whose task gives way to it, without moving guest tasks.
func (m *Machine) settle() error {
	for {
		m.startWork()
		c := m.workerCPU()
		if c == nil {
			return nil
		}
		m.preempt(c)
		m.runCPU(c, m.budget())
		if m.budget() == 0 {
			return m.limit("kernel work")
		}
	}
}

// settleGuestWork lets the work that guest code has queued run until it sleeps,
// each kworker for one time slice at most.
func (m *Machine) settleGuestWork() error {
	m.startGuestWork()
	for _, c := range m.cpus {
		end := m.Now() + timeSlice
		for m.poolRunnable(c) && m.Now() < end {
			m.preempt(c)
			if !c.curr.pool {
				break // it waits for a task that does not give way
			}
			m.runCPU(c, min(m.budget(), m.clock.roundsUntil(end)))
			if m.budget() == 0 {
				return m.limit("kernel work")
			}
		}
	}
	return nil
}

// poolRunnable reports whether a kworker with guest work has c or waits for it.
func (m *Machine) poolRunnable(c *CPU) bool {
	if c.curr.pool && c.curr.state == Running {
		return true
	}
	for _, t := range c.queue {
		if t.pool {
			return true
		}
	}
	return false
}

// workerCPU is the first CPU on which a kworker has something to do. Work that
// a run has stopped at a yield point stays there.
func (m *Machine) workerCPU() *CPU {
	if co := m.worker.top(); co != nil && co.held {
		return nil
	}
	for _, c := range m.cpus {
		if c.curr.isWorker() && len(c.curr.calls) > 0 && c.curr.state == Running {
			return c
		}
		if !c.Idle() && !c.curr.inLimbo() {
			continue // it waits for a task that does not give way
		}
		for _, t := range c.queue {
			if t.isWorker() {
				return c
			}
		}
	}
	return nil
}

// interruptPoll is how many instructions run between two looks at Interrupt.
const interruptPoll = 1 << 20

// budget is how many instructions the command may execute before it is asked
// for again; 0 ends it.
func (m *Machine) budget() uint64 {
	if m.cfg.Interrupt != nil && m.cfg.Interrupt() {
		m.interrupted = true
		return 0
	}
	if m.used >= m.cfg.Limits.Insns {
		return 0
	}
	left := m.cfg.Limits.Insns - m.used
	if m.cfg.Interrupt != nil {
		left = min(left, interruptPoll)
	}
	return left
}

func (m *Machine) limit(waiting string) error {
	if m.interrupted {
		m.interrupted = false
		return fmt.Errorf("interrupted: %s", m.Standing())
	}
	m.cfg.Limited()
	return &LimitError{Insns: m.cfg.Limits.Insns, Where: waiting + "; " + m.Standing()}
}

// round moves the world by one step: every CPU with something to run executes
// one instruction, in order, and the clock advances by one. With one busy CPU
// many rounds go at once; most bounds them. Where nothing runs, time passes to
// the next thing that is due, at most to deadline.
func (m *Machine) round(most uint64, deadline time.Duration) (rounds uint64, idle bool) {
	m.syncTasks()
	m.check()
	m.expire()
	m.startWork()
	m.startGuestWork()
	for _, c := range m.cpus {
		m.passIdle(c)
		m.preempt(c)
		m.userWork(c)
	}
	busy := m.busyCPUs()
	if len(busy) == 0 {
		next, ok := m.nextEvent()
		if !ok || next > deadline {
			if deadline < forever-1 {
				m.clock.skipTo(deadline)
			}
			return 0, true
		}
		m.clock.skipTo(next)
		return 0, false
	}
	if len(busy) == 1 {
		n := min(most, m.budget(), m.roundsToEvent(deadline))
		if m.anyoneWaits() {
			n = min(n, waitPoll)
		}
		return m.runCPU(busy[0], n), false
	}
	if n := m.manyRounds(busy, most, deadline); n > 1 {
		return m.interleaveMany(busy, n), false
	}
	return m.interleave(busy), false
}

// waitPoll is how often, in rounds, conditions that kernel work waits for are
// looked at.
const waitPoll = 16

func (m *Machine) anyoneWaits() bool { return m.waiters > 0 }

// passIdle is the idle loop's way round: a CPU that idles and was woken passes
// the switch point.
func (m *Machine) passIdle(c *CPU) {
	if c.Idle() && c.woken {
		c.woken = false
		m.leaveIdle(c.idle)
	}
}

func (m *Machine) busyCPUs() []*CPU {
	m.busyBuf = m.busyBuf[:0]
	for _, c := range m.cpus {
		if len(c.queue) > 0 && c.Idle() {
			m.schedule(c)
		}
		if c.busy() && (m.only == nil || m.only == c) {
			m.busyBuf = append(m.busyBuf, c)
		}
	}
	return m.busyBuf
}

// busy reports whether the CPU has something to execute.
func (c *CPU) busy() bool {
	if len(c.curr.irqs) > 0 || c.willTake() {
		return true
	}
	return !c.Idle() && !c.curr.inLimbo()
}

// willTake reports whether an interrupt is pending that the CPU accepts.
func (c *CPU) willTake() bool {
	for _, p := range c.pending {
		if c.curr.takes(p.context, c.vcpu.Flags()) {
			return true
		}
	}
	return false
}

// nextEvent is when the next sleep, timer or delayed work is due.
func (m *Machine) nextEvent() (time.Duration, bool) {
	next, ok := m.nextTimer()
	if m.nextWake != 0 && (!ok || m.nextWake < next) {
		next, ok = m.nextWake, true
	}
	return next, ok
}

func (m *Machine) roundsToEvent(deadline time.Duration) uint64 {
	if next, ok := m.nextEvent(); ok && next < deadline {
		deadline = next
	}
	if deadline == forever {
		return 1 << 62
	}
	return m.clock.roundsUntil(deadline)
}

// forever is a deadline that does not come.
const forever = time.Duration(1<<63 - 1)

// Standing says where each CPU stands, for reports.
func (m *Machine) Standing() string {
	s := ""
	for i, c := range m.cpus {
		if i > 0 {
			s += ", "
		}
		if !c.online {
			s += fmt.Sprintf("cpu %d: offline", c.id)
			continue
		}
		s += fmt.Sprintf("cpu %d: %s", c.id, c.curr)
		if c.Idle() {
			s += " idle"
			continue
		}
		if c.curr.inUser {
			s += " in user mode"
			continue
		}
		s += " at " + m.syms.Format(c.vcpu.RIP())
		if c.curr.waitsOn != "" {
			s += " waits for " + c.curr.waitsOn
		}
	}
	for _, t := range m.tasks {
		if t.waitFor != nil && t.state != Running {
			s += fmt.Sprintf(", %s waits for %s", t, t.waitsOn)
		}
	}
	return s
}
