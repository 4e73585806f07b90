package machine

import (
	"time"

	"klpemu/cpu"
)

// completionGates are kernel/sched/completion.c. A struct completion is its
// count, at offset 0; who waits is known by the address.
func completionGates() []gate {
	const (
		intr = taskInterruptible
		uint = taskUninterruptible
	)
	return []gate{
		{"init_completion", (*Machine).gateInitCompletion},
		{"__init_swait_queue_head", (*Machine).gateInitList},
		{"complete", (*Machine).gateComplete},
		{"complete_all", (*Machine).gateCompleteAll},
		{"completion_done", (*Machine).gateCompletionDone},
		{"try_wait_for_completion", (*Machine).gateTryWait},
		{"wait_for_completion", waitForCompletion(uint, false)},
		{"wait_for_completion_timeout", waitForCompletion(uint, true)},
		{"wait_for_completion_interruptible", waitForCompletion(intr, false)},
		{"wait_for_completion_interruptible_timeout", waitForCompletion(intr, true)},
		{"wait_for_completion_killable", waitForCompletion(taskKillable, false)},
	}
}

// completeAllDone is the count that complete_all() leaves: UINT_MAX.
const completeAllDone = 1<<32 - 1

// Offsets in struct completion and struct wait_queue_head.
const (
	swaitAt    = 8 // completion.wait
	listAt     = 8 // the list_head behind a spinlock
	restartSys = ^uint64(eRestartSys - 1)
)

func (m *Machine) gateInitCompletion(c *CPU, _ *Task) error {
	x := c.vcpu.Reg(cpu.RDI)
	if err := m.store32(x, 0); err != nil {
		return err
	}
	return m.initList(x + swaitAt)
}

// gateInitList is the init function of a lock with a list behind it.
func (m *Machine) gateInitList(c *CPU, _ *Task) error { return m.initList(c.vcpu.Reg(cpu.RDI)) }

func (m *Machine) initList(head uint64) error {
	if err := m.store32(head, 0); err != nil {
		return err
	}
	list := head + listAt
	if err := m.mem.Store(list, 8, list); err != nil {
		return err
	}
	return m.mem.Store(list+8, 8, list)
}

func (m *Machine) gateComplete(c *CPU, _ *Task) error {
	x := c.vcpu.Reg(cpu.RDI)
	done, err := m.load32(x)
	if err != nil {
		return err
	}
	if done != completeAllDone {
		if err := m.store32(x, done+1); err != nil {
			return err
		}
	}
	m.wakeKey(x, 1)
	return nil
}

func (m *Machine) gateCompleteAll(c *CPU, _ *Task) error {
	x := c.vcpu.Reg(cpu.RDI)
	if err := m.store32(x, completeAllDone); err != nil {
		return err
	}
	m.wakeKey(x, 0)
	return nil
}

func (m *Machine) gateCompletionDone(c *CPU, _ *Task) error {
	done, err := m.load32(c.vcpu.Reg(cpu.RDI))
	c.vcpu.SetReg(cpu.RAX, boolReg(done != 0))
	return err
}

func (m *Machine) gateTryWait(c *CPU, _ *Task) error {
	took, err := m.takeCompletion(c.vcpu.Reg(cpu.RDI))
	c.vcpu.SetReg(cpu.RAX, boolReg(took))
	return err
}

// takeCompletion counts a completion down if it is there.
func (m *Machine) takeCompletion(x uint64) (bool, error) {
	done, err := m.load32(x)
	if err != nil || done == 0 {
		return false, err
	}
	if done != completeAllDone {
		err = m.store32(x, done-1)
	}
	return true, err
}

// waitForCompletion is do_wait_for_common: with a timeout it returns what is
// left of it, at least 1, or 0; without one 0. A signal gives -ERESTARTSYS.
func waitForCompletion(state uint32, timeout bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		if m.voluntary(c, t) {
			return nil
		}
		x := c.vcpu.Reg(cpu.RDI)
		limit := time.Duration(maxTimeout)
		if timeout {
			limit = jiffiesTimeout(c.vcpu.Reg(cpu.RSI))
		}
		m.startWait(t, limit)
		took, err := m.takeCompletion(x)
		switch {
		case err != nil:
			t.block = blocking{}
			return err
		case took && timeout:
			return endWait(c, t, max(uint64(m.remaining(t)/jiffy), 1))
		case took:
			return endWait(c, t, 0)
		case t.signalPendingState(state):
			return endWait(c, t, restartSys)
		case m.timedOut(t):
			return endWait(c, t, 0)
		}
		return m.blockOn(c, t, state, x)
	}
}

func boolReg(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
