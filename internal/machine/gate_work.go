package machine

import (
	"fmt"

	"klpemu/cpu"
)

// workGates are kernel/workqueue.c for guest code. All queues are per-CPU
// queues of one pool each: what differs between them is not modeled.
func workGates() []gate {
	return []gate{
		{"assign_work", (*Machine).gateAssignWork},
		{"pwq_dec_nr_in_flight", (*Machine).gateWorkDone},
		{"queue_work_on", queueWorkGate(cpu.RDX, cpu.RDI)},
		{"queue_work", queueWorkGate(cpu.RSI, noReg)},
		{"schedule_work", queueWorkGate(cpu.RDI, noReg)},
		{"queue_delayed_work_on", queueDelayedGate(cpu.RDX, cpu.RDI, cpu.RCX)},
		{"schedule_delayed_work", queueDelayedGate(cpu.RDI, noReg, cpu.RSI)},
		{"delayed_work_timer_fn", (*Machine).gateDelayedTimer},
		{"flush_work", (*Machine).gateFlushWork},
		{"cancel_work_sync", (*Machine).gateCancelWork},
		{"cancel_delayed_work_sync", (*Machine).gateCancelWork},
		{"alloc_workqueue", (*Machine).gateAllocWorkqueue},
		{"destroy_workqueue", (*Machine).gateFlushWorkqueue},
		{"__flush_workqueue", (*Machine).gateFlushWorkqueue},
	}
}

// noReg stands for an argument that a function does not take.
const noReg = cpu.Reg(255)

// guestWork is a work_struct that is queued.
type guestWork struct {
	addr uint64
	cpu  int
}

// queueGuestWork is __queue_work; a work that is pending stays where it is.
func (m *Machine) queueGuestWork(addr uint64, onCPU int) bool {
	for _, w := range m.guestWork {
		if w.addr == addr {
			return false
		}
	}
	m.guestWork = append(m.guestWork, guestWork{addr, onCPU})
	m.startGuestWork()
	return true
}

// workCPU is the CPU of a queue request: the caller's unless it names one.
func (m *Machine) workCPU(c *CPU, arg cpu.Reg) int {
	if arg == noReg {
		return c.id
	}
	n := int(int32(c.vcpu.Reg(arg)))
	if n < 0 || n >= len(m.cpus) || !m.cpus[n].online {
		return c.id // WORK_CPU_UNBOUND
	}
	return n
}

func queueWorkGate(work, on cpu.Reg) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, _ *Task) error {
		v := c.vcpu
		v.SetReg(cpu.RAX, boolReg(m.queueGuestWork(v.Reg(work), m.workCPU(c, on))))
		return nil
	}
}

func delayedName(work uint64) string { return fmt.Sprintf("delayed_work_timer_fn %x", work) }

func queueDelayedGate(work, on, delay cpu.Reg) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, _ *Task) error {
		v := c.vcpu
		addr, onCPU, d := v.Reg(work), m.workCPU(c, on), jiffiesTimeout(v.Reg(delay))
		if m.timerPending(delayedName(addr)) {
			v.SetReg(cpu.RAX, 0)
			return nil
		}
		if d == 0 {
			v.SetReg(cpu.RAX, boolReg(m.queueGuestWork(addr, onCPU)))
			return nil
		}
		m.queueDelayed(delayedName(addr), m.Now()+d, func() { m.queueGuestWork(addr, onCPU) })
		v.SetReg(cpu.RAX, 1)
		return nil
	}
}

func (m *Machine) timerPending(name string) bool {
	for _, t := range m.timers {
		if t.name == name {
			return true
		}
	}
	return false
}

func (m *Machine) cancelTimer(name string) bool {
	for i, t := range m.timers {
		if t.name == name {
			m.timers = append(m.timers[:i:i], m.timers[i+1:]...)
			return true
		}
	}
	return false
}

// startGuestWork gives queued work to the kworkers of its CPU: an idle one, or
// a new one where all others sleep in their work.
func (m *Machine) startGuestWork() {
	for _, w := range m.guestWork {
		if m.workerOf(w.addr) != nil {
			continue // a work does not run on two workers
		}
		idle, busy := m.poolState(w.cpu)
		switch {
		case busy:
		case idle != nil:
			m.wake(idle)
		default:
			m.newPoolWorker(w.cpu)
		}
	}
}

// poolState finds an idle kworker of a CPU, and whether one is running or about
// to.
func (m *Machine) poolState(onCPU int) (idle *Task, busy bool) {
	for _, t := range m.tasks {
		switch {
		case !t.pool || t.cpu != onCPU:
		case t.state == Running:
			return nil, true
		case t.work == 0 && idle == nil:
			idle = t
		}
	}
	return idle, false
}

// newPoolWorker makes kworker/CPU:N. It takes a pid of the boot tasks' range
// where one is left, so that the pids of spawned tasks do not depend on it.
func (m *Machine) newPoolWorker(onCPU int) {
	n := 0
	if onCPU == m.worker.cpu {
		n = 1 // kworker/0:0 runs the kernel's own work
	}
	for _, t := range m.tasks {
		if t.pool && t.cpu == onCPU {
			n++
		}
	}
	t, err := m.newTask(m.freeBootPID(), fmt.Sprintf("kworker/%d:%d", onCPU, n), onCPU)
	if err != nil {
		return // the next wake-up of a worker takes the work
	}
	m.sortTasks()
	t.Kthread, t.pool = true, true
	m.engine.Fork(&m.kthreadd().Task, &t.Task)
	m.setParent(t, m.kthreadd())
	m.placeOnStack(t, m.sym.fork)
	t.regs.R[cpu.RBX] = m.core["worker_thread"]
	m.enqueue(t)
}

// nextWork takes the first queued work of a CPU that no other worker runs.
func (m *Machine) nextWork(onCPU int) uint64 {
	for i, w := range m.guestWork {
		if w.cpu == onCPU && m.workerOf(w.addr) == nil {
			m.guestWork = append(m.guestWork[:i:i], m.guestWork[i+1:]...)
			return w.addr
		}
	}
	return 0
}

func (m *Machine) workQueuedOn(onCPU int) bool {
	for _, w := range m.guestWork {
		if w.cpu == onCPU && m.workerOf(w.addr) == nil {
			return true
		}
	}
	return false
}

// workerOf is the kworker that runs a work now.
func (m *Machine) workerOf(work uint64) *Task {
	for _, t := range m.tasks {
		if t.pool && t.work == work && work != 0 {
			return t
		}
	}
	return nil
}

func (m *Machine) gateAssignWork(c *CPU, t *Task) error {
	t.work = 0
	if t.pool {
		t.work = m.nextWork(t.cpu)
	}
	if t.work != 0 {
		t.worked = true
	}
	c.vcpu.SetReg(cpu.RAX, t.work)
	return nil
}

func (m *Machine) gateWorkDone(_ *CPU, t *Task) error {
	work := t.work
	t.work = 0
	m.wakeKey(work, 0)
	m.startGuestWork()
	return nil
}

// gateFlushWork is flush_work: it reports whether there was anything to wait
// for.
func (m *Machine) gateFlushWork(c *CPU, t *Task) error {
	work := c.vcpu.Reg(cpu.RDI)
	waited := t.block.active
	m.startWait(t, maxTimeout)
	if !m.workPending(work) && m.workerOf(work) == nil {
		return endWait(c, t, boolReg(waited))
	}
	return m.blockOn(c, t, taskUninterruptible, work)
}

func (m *Machine) workPending(work uint64) bool {
	for _, w := range m.guestWork {
		if w.addr == work {
			return true
		}
	}
	return false
}

// gateCancelWork is cancel_work_sync and cancel_delayed_work_sync: it reports
// whether the work was pending.
func (m *Machine) gateCancelWork(c *CPU, t *Task) error {
	work := c.vcpu.Reg(cpu.RDI)
	if !t.block.active {
		t.wasPending = m.cancelTimer(delayedName(work))
		for i, w := range m.guestWork {
			if w.addr == work {
				m.guestWork = append(m.guestWork[:i:i], m.guestWork[i+1:]...)
				t.wasPending = true
				break
			}
		}
	}
	m.startWait(t, maxTimeout)
	if m.workerOf(work) == nil {
		return endWait(c, t, boolReg(t.wasPending))
	}
	return m.blockOn(c, t, taskUninterruptible, work)
}

// workqueueSize is the size of the guest's handle of a work queue.
const workqueueSize = 64

func (m *Machine) gateAllocWorkqueue(c *CPU, _ *Task) error {
	c.vcpu.SetReg(cpu.RAX, m.alloc(workqueueSize))
	return nil
}

// gateFlushWorkqueue waits until all guest work is done; which queue it was
// queued on is not kept.
func (m *Machine) gateFlushWorkqueue(c *CPU, t *Task) error {
	m.startWait(t, maxTimeout)
	for _, w := range m.guestWork {
		return m.blockOn(c, t, taskUninterruptible, w.addr)
	}
	for _, other := range m.tasks {
		if other.pool && other.work != 0 && other != t {
			return m.blockOn(c, t, taskUninterruptible, other.work)
		}
	}
	return endWait(c, t, 0)
}

// gateDelayedTimer is delayed_work_timer_fn(timer): the work is queued now.
func (m *Machine) gateDelayedTimer(c *CPU, _ *Task) error {
	m.queueGuestWork(c.vcpu.Reg(cpu.RDI)-delayedTimerAt, c.id)
	return nil
}

// delayedTimerAt is delayed_work.timer.
const delayedTimerAt = 32
