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
		{"queue_work_on", queueWorkGate(cpu.RDX, cpu.RSI, cpu.RDI)},
		{"queue_work", queueWorkGate(cpu.RSI, cpu.RDI, noReg)},
		{"schedule_work", queueWorkGate(cpu.RDI, noReg, noReg)},
		{"flush_work", flushWork(false)},
		{"flush_delayed_work", flushWork(true)},
		{"cancel_work", (*Machine).gateCancelWork},
		{"cancel_work_sync", (*Machine).gateCancelWorkSync},
		{"cancel_delayed_work", (*Machine).gateCancelWork},
		{"cancel_delayed_work_sync", (*Machine).gateCancelWorkSync},
		{"work_busy", (*Machine).gateWorkBusy},
		{"alloc_workqueue", (*Machine).gateAllocWorkqueue},
		{"destroy_workqueue", flushWorkqueue(true)},
		{"__flush_workqueue", flushWorkqueue(false)},
		{"drain_workqueue", flushWorkqueue(false)},
	}
}

// noReg stands for an argument that a function does not take.
const noReg = cpu.Reg(255)

// guestWork is a work_struct that is queued.
type guestWork struct {
	addr uint64
	cpu  int
	wq   uint64 // the workqueue_struct; 0: one of the system's
}

// workPendingBit is WORK_STRUCT_PENDING: a work is queued, or its timer runs.
const workPendingBit = 1

// setPending is test_and_set_bit of a work's pending bit: it reports that the
// work was not pending.
func (m *Machine) setPending(work uint64) (bool, error) {
	data, err := m.mem.Load(work, 8)
	if err != nil || data&workPendingBit != 0 {
		return false, err
	}
	return true, m.mem.Store(work, 8, data|workPendingBit)
}

func (m *Machine) clearPending(work uint64) {
	if data, err := m.mem.Load(work, 8); err == nil {
		_ = m.mem.Store(work, 8, data&^workPendingBit) // loaded just now
	}
}

// queueGuestWork is __queue_work: the work is pending already.
func (m *Machine) queueGuestWork(w guestWork) {
	m.guestWork = append(m.guestWork, w)
	m.startGuestWork()
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

// workQueue is the queue that a request names; 0 for one of the system's.
func (m *Machine) workQueue(c *CPU, arg cpu.Reg) uint64 {
	if arg == noReg {
		return 0
	}
	if wq := c.vcpu.Reg(arg); m.workqueues[wq] != nil {
		return wq
	}
	return 0
}

func queueWorkGate(work, wq, on cpu.Reg) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, _ *Task) error {
		addr := c.vcpu.Reg(work)
		free, err := m.setPending(addr)
		if err != nil {
			return err
		}
		if free {
			m.queueGuestWork(guestWork{addr, m.workCPU(c, on), m.workQueue(c, wq)})
		}
		c.vcpu.SetReg(cpu.RAX, boolReg(free))
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
		if !m.mayRun(w) {
			continue
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

// mayRun reports that no worker runs a work already, and none another one of its
// queue, where that is ordered.
func (m *Machine) mayRun(w guestWork) bool {
	wq := m.workqueues[w.wq]
	for _, t := range m.tasks {
		if t.pool && t.work != 0 && (t.work == w.addr || wq != nil && wq.ordered && t.workQueue == w.wq) {
			return false
		}
	}
	return true
}

// nextWork takes the first queued work of a CPU that may run.
func (m *Machine) nextWork(onCPU int) (guestWork, bool) {
	for i, w := range m.guestWork {
		if w.cpu == onCPU && m.mayRun(w) {
			m.guestWork = append(m.guestWork[:i:i], m.guestWork[i+1:]...)
			return w, true
		}
	}
	return guestWork{}, false
}

func (m *Machine) workQueuedOn(onCPU int) bool {
	for _, w := range m.guestWork {
		if w.cpu == onCPU && m.mayRun(w) {
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
	t.work, t.workQueue = 0, 0
	if t.pool {
		if w, ok := m.nextWork(t.cpu); ok {
			t.work, t.workQueue, t.worked = w.addr, w.wq, true
			m.clearPending(w.addr) // set_work_pool_and_clear_pending
		}
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
