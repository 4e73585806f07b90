package machine

import (
	"time"

	"klpemu/cpu"
)

const (
	millisecond = time.Millisecond
	second      = time.Second
)

// gateSchedule is schedule() in state TASK_RUNNING: the task lets others run.
func (m *Machine) gateSchedule(c *CPU, t *Task) error {
	m.schedule(c)
	return nil
}

// gateCondResched is cond_resched(): while a transition is in progress it is a
// switch point with a stack check (klp_sched_try_switch).
func (m *Machine) gateCondResched(c *CPU, t *Task) error {
	m.klp.CondResched(&t.Task)
	resched := m.needResched(c)
	c.vcpu.SetReg(cpu.RAX, 0)
	if resched {
		c.vcpu.SetReg(cpu.RAX, 1)
		m.schedule(c)
	}
	return nil
}

// sleepGate is a function that sleeps for its argument times unit and returns
// 0, or what is left in units where it can be woken early.
func sleepGate(state TaskState, unit time.Duration, remaining bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		units := int64(c.vcpu.Reg(cpu.RDI))
		if !remaining || unit != jiffy {
			units = int64(uint32(units)) // msleep and ssleep take an unsigned int
		}
		d := forever / 2 // MAX_SCHEDULE_TIMEOUT
		if units >= 0 && units < int64(d/unit) {
			d = time.Duration(units) * unit
		}
		c.vcpu.SetReg(cpu.RAX, 0)
		if d == forever/2 {
			d = -1
		}
		m.sleep(t, state, d, m.syms.Format(c.vcpu.RIP()))
		m.schedule(c)
		return nil
	}
}
