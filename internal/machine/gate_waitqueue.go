package machine

import (
	"klpemu/cpu"
)

// waitqueueGates are kernel/sched/wait.c as wait_event() and its relatives use
// it. Who waits on a queue is kept here; the list_head in guest memory stays
// empty.
func waitqueueGates() []gate {
	return []gate{
		{"__init_waitqueue_head", (*Machine).gateInitList},
		{"init_wait_entry", (*Machine).gateInitWaitEntry},
		{"prepare_to_wait", prepareToWait(false)},
		{"prepare_to_wait_exclusive", prepareToWait(true)},
		{"prepare_to_wait_event", (*Machine).gatePrepareToWaitEvent},
		{"finish_wait", (*Machine).gateFinishWait},
		{"__wake_up", (*Machine).gateWakeUp},
	}
}

// wqEntry is a wait_queue_entry that is on a queue.
type wqEntry struct {
	task      *Task
	addr      uint64 // of the guest's struct
	exclusive bool
}

const (
	wqFlagExclusive = 1
	wqPrivateAt     = 8 // wait_queue_entry.private
)

func (m *Machine) gateInitWaitEntry(c *CPU, t *Task) error {
	entry, flags := c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI)
	if err := m.store32(entry, uint32(flags)); err != nil {
		return err
	}
	return m.mem.Store(entry+wqPrivateAt, 8, t.handle)
}

// queueWaiter puts an entry on its queue unless it is there; exclusive waiters
// go behind all others.
func (m *Machine) queueWaiter(wq, entry uint64, t *Task, exclusive bool) {
	list := m.waitqueues[wq]
	for _, e := range list {
		if e.addr == entry {
			return
		}
	}
	e := wqEntry{t, entry, exclusive}
	if exclusive {
		m.waitqueues[wq] = append(list, e)
		return
	}
	m.waitqueues[wq] = append([]wqEntry{e}, list...)
}

func (m *Machine) dequeueWaiter(wq, entry uint64) {
	list := m.waitqueues[wq]
	for i, e := range list {
		if e.addr == entry {
			list = append(list[:i:i], list[i+1:]...)
			break
		}
	}
	if len(list) == 0 {
		delete(m.waitqueues, wq)
		return
	}
	m.waitqueues[wq] = list
}

func prepareToWait(exclusive bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		v := c.vcpu
		m.queueWaiter(v.Reg(cpu.RDI), v.Reg(cpu.RSI), t, exclusive)
		m.setWant(t, uint32(v.Reg(cpu.RDX)))
		return nil
	}
}

// gatePrepareToWaitEvent is prepare_to_wait_event: a pending signal takes the
// entry off the queue and gives -ERESTARTSYS.
func (m *Machine) gatePrepareToWaitEvent(c *CPU, t *Task) error {
	v := c.vcpu
	wq, entry, state := v.Reg(cpu.RDI), v.Reg(cpu.RSI), uint32(v.Reg(cpu.RDX))
	flags, err := m.load32(entry)
	if err != nil {
		return err
	}
	if t.signalPendingState(state) {
		m.dequeueWaiter(wq, entry)
		v.SetReg(cpu.RAX, restartSys)
		return nil
	}
	m.queueWaiter(wq, entry, t, flags&wqFlagExclusive != 0)
	m.setWant(t, state)
	v.SetReg(cpu.RAX, 0)
	return nil
}

func (m *Machine) gateFinishWait(c *CPU, t *Task) error {
	m.setWant(t, 0)
	m.dequeueWaiter(c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI))
	return nil
}

// gateWakeUp is __wake_up(wq, mode, nr_exclusive, key): all who wait, but at
// most nr of the exclusive ones. Who is woken leaves the queue.
func (m *Machine) gateWakeUp(c *CPU, _ *Task) error {
	v := c.vcpu
	wq, mode, nr := v.Reg(cpu.RDI), uint32(v.Reg(cpu.RSI)), int32(v.Reg(cpu.RDX))
	woken := uint64(0)
	for _, e := range append([]wqEntry(nil), m.waitqueues[wq]...) {
		if !m.wakeState(e.task, mode) {
			continue
		}
		woken++
		m.dequeueWaiter(wq, e.addr)
		if e.exclusive {
			if nr--; nr == 0 {
				break
			}
		}
	}
	v.SetReg(cpu.RAX, woken)
	return nil
}
