package machine

import (
	"time"

	"klpemu/cpu"
)

const (
	millisecond = time.Millisecond
	second      = time.Second
)

// gateSchedule is schedule(): a task in TASK_RUNNING lets others run; one that
// has set another state sleeps in it, unless a signal is pending that the state
// admits. The threads of every kernel sleep until there is work for them.
func (m *Machine) gateSchedule(c *CPU, t *Task) error {
	if err := m.atomic(t); err != nil {
		return err
	}
	t.quiesced++ // also of one that runs on
	want := m.want(t)
	m.setWant(t, 0)
	switch {
	case t.isBootTask():
		want = taskInterruptible
	case t.pool && !m.workQueuedOn(t.cpu):
		want = taskInterruptible
	}
	if want != 0 && !t.signalPendingState(want) {
		t.setSleep(want)
		t.waitsOn, t.wakeAt = m.syms.Format(c.vcpu.RIP()), 0
	}
	m.schedule(c)
	return nil
}

// gateCondResched is cond_resched(): while a transition is in progress it is a
// switch point with a stack check (klp_sched_try_switch). With full preemption
// it does nothing else.
func (m *Machine) gateCondResched(c *CPU, t *Task) error {
	if t.context() != InTask || m.preemptOff(t) {
		c.vcpu.SetReg(cpu.RAX, 0) // should_resched: not with preemption off
		return nil
	}
	m.klp.CondResched(&t.Task)
	resched := m.needResched(c) && !m.preemptOff(t)
	c.vcpu.SetReg(cpu.RAX, boolReg(resched))
	if resched {
		m.schedule(c)
	}
	return nil
}

// timeoutGate is schedule_timeout_*: it sleeps in a state for %rdi jiffies or
// until something wakes the task, and returns the jiffies that are left.
func timeoutGate(state uint32) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		if err := m.atomic(t); err != nil {
			return err
		}
		woken := t.block.active
		m.startWait(t, jiffiesTimeout(c.vcpu.Reg(cpu.RDI)))
		if woken || c.vcpu.Reg(cpu.RDI) == 0 || t.signalPendingState(state) {
			return endWait(c, t, m.jiffiesLeft(t))
		}
		return m.blockOn(c, t, state, 0)
	}
}

// gateScheduleTimeout is schedule_timeout: it sleeps in the state that the task
// has set. One that has set none comes back at once, as in the kernel.
func (m *Machine) gateScheduleTimeout(c *CPU, t *Task) error {
	if t.block.active {
		return endWait(c, t, m.jiffiesLeft(t))
	}
	want := m.want(t)
	m.setWant(t, 0)
	m.startWait(t, jiffiesTimeout(c.vcpu.Reg(cpu.RDI)))
	if want == 0 || t.signalPendingState(want) {
		err := endWait(c, t, m.jiffiesLeft(t))
		m.schedule(c)
		return err
	}
	return m.blockOn(c, t, want, 0)
}

// jiffiesLeft is what is left of a wait, rounded up; MAX_SCHEDULE_TIMEOUT for
// one without a deadline.
func (m *Machine) jiffiesLeft(t *Task) uint64 {
	if t.block.deadline == 0 {
		return 1<<63 - 1
	}
	return uint64((m.remaining(t) + jiffy - 1) / jiffy)
}

// sleepGate is msleep and its kind: it sleeps for %edi units, whatever wakes
// it; only a signal ends an interruptible one, which returns what is left.
func sleepGate(state uint32, unit time.Duration) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		if m.voluntary(c, t) {
			return nil
		}
		m.startWait(t, time.Duration(uint32(c.vcpu.Reg(cpu.RDI)))*unit)
		switch {
		case m.timedOut(t):
			return endWait(c, t, 0)
		case t.signalPendingState(state):
			return endWait(c, t, uint64((m.remaining(t)+unit-1)/unit))
		}
		return m.blockOn(c, t, state, 0)
	}
}

// tick brings the guest's jiffies up to date and returns how many instructions
// may run until they change.
func (m *Machine) tick() uint64 {
	now := m.Now()
	j := uint64(now / jiffy)
	if v := jiffiesOf(now); v != m.jiffiesNow {
		m.jiffiesNow = v
		_ = m.mem.Store(m.jiffies, 8, v) // mapped at boot
	}
	return m.clock.roundsUntil(time.Duration(j+1) * jiffy)
}
