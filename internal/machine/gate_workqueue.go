package machine

import (
	"klpemu/cpu"
)

// This file ends work and waits for it, and has the work queues themselves.

// workqueue is a workqueue_struct of a module.
type workqueue struct {
	name    string
	ordered bool // one work at a time
}

// flushWork is flush_work: it reports whether there was anything to wait for.
// flush_delayed_work first queues a work whose timer runs.
func flushWork(delayed bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		work := c.vcpu.Reg(cpu.RDI)
		waited := t.block.active
		if delayed && !waited {
			if d, ok := m.takeDelayed(work); ok {
				m.queueGuestWork(d)
			}
		}
		m.startWait(t, maxTimeout)
		if !m.workPending(work) && m.workerOf(work) == nil {
			return endWait(c, t, boolReg(waited))
		}
		return m.blockOn(c, t, taskUninterruptible, work)
	}
}

func (m *Machine) workPending(work uint64) bool {
	for _, w := range m.guestWork {
		if w.addr == work {
			return true
		}
	}
	return false
}

// grabPending is try_to_grab_pending: it takes a work off its queue, or stops
// its timer, and reports whether it was pending.
func (m *Machine) grabPending(work uint64) bool {
	_, was := m.takeDelayed(work)
	for i, w := range m.guestWork {
		if w.addr == work {
			m.guestWork = append(m.guestWork[:i:i], m.guestWork[i+1:]...)
			was = true
			break
		}
	}
	if was {
		m.clearPending(work)
	}
	return was
}

// gateCancelWork is cancel_work and cancel_delayed_work: it does not wait.
func (m *Machine) gateCancelWork(c *CPU, _ *Task) error {
	c.vcpu.SetReg(cpu.RAX, boolReg(m.grabPending(c.vcpu.Reg(cpu.RDI))))
	return nil
}

// gateCancelWorkSync is cancel_work_sync and cancel_delayed_work_sync: it reports
// whether the work was pending, once nobody runs it any more.
func (m *Machine) gateCancelWorkSync(c *CPU, t *Task) error {
	work := c.vcpu.Reg(cpu.RDI)
	was := m.grabPending(work)
	t.wasPending = was || t.block.active && t.wasPending
	m.startWait(t, maxTimeout)
	if w := m.workerOf(work); w == nil || w == t {
		return endWait(c, t, boolReg(t.wasPending))
	}
	return m.blockOn(c, t, taskUninterruptible, work)
}

// gateWorkBusy is work_busy: bit 0 pending, bit 1 running.
func (m *Machine) gateWorkBusy(c *CPU, _ *Task) error {
	work := c.vcpu.Reg(cpu.RDI)
	data, err := m.mem.Load(work, 8)
	if err != nil {
		return err
	}
	busy := data & workPendingBit
	if m.workerOf(work) != nil {
		busy |= 2
	}
	c.vcpu.SetReg(cpu.RAX, busy)
	return nil
}

const (
	workqueueSize = 320     // of what stands for a struct workqueue_struct
	wqOrdered     = 1 << 17 // __WQ_ORDERED
)

// gateAllocWorkqueue is alloc_workqueue(fmt, flags, max_active, ...).
func (m *Machine) gateAllocWorkqueue(c *CPU, _ *Task) error {
	name, err := m.sprintf(c, cpu.RDI, 3)
	if err != nil {
		return err
	}
	addr := m.alloc(workqueueSize)
	if addr != 0 {
		if m.workqueues == nil {
			m.workqueues = map[uint64]*workqueue{}
		}
		m.workqueues[addr] = &workqueue{name: name, ordered: c.vcpu.Reg(cpu.RSI)&wqOrdered != 0}
	}
	c.vcpu.SetReg(cpu.RAX, addr)
	return nil
}

// flushWorkqueue waits until all work of a queue is done. The queues of the
// system are one.
func flushWorkqueue(destroy bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		addr, wq := c.vcpu.Reg(cpu.RDI), m.workQueue(c, cpu.RDI)
		m.startWait(t, maxTimeout)
		for _, w := range m.guestWork {
			if w.wq == wq {
				return m.blockOn(c, t, taskUninterruptible, w.addr)
			}
		}
		for _, other := range m.tasks {
			if other.pool && other.work != 0 && other.workQueue == wq && other != t {
				return m.blockOn(c, t, taskUninterruptible, other.work)
			}
		}
		if destroy && wq != 0 {
			delete(m.workqueues, addr)
			m.release(addr)
		}
		return endWait(c, t, 0)
	}
}
