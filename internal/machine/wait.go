package machine

import (
	"time"

	"klpemu/cpu"
)

// Bits of task_struct.__state (include/linux/sched.h).
const (
	taskInterruptible   = 0x001
	taskUninterruptible = 0x002
	taskStopped         = 0x004
	taskWakeKill        = 0x100
	taskNormal          = taskInterruptible | taskUninterruptible
	taskKillable        = taskWakeKill | taskUninterruptible
)

// blocking is how a task waits in a gate. A gate that blocks puts the task to
// sleep and runs again from its beginning when the task is woken, as the loops
// around schedule() in the kernel do.
type blocking struct {
	active   bool
	again    bool          // the trap is to be executed once more
	key      uint64        // guest address of what is waited for; 0: nothing that wakes by address
	deadline time.Duration // 0: none
	seq      uint64        // order of arrival
}

// startWait notes the deadline of a wait when its gate runs for the first time.
// A timeout of MAX_SCHEDULE_TIMEOUT or more has none.
func (m *Machine) startWait(t *Task, timeout time.Duration) {
	if t.block.active {
		return
	}
	t.block = blocking{active: true}
	if timeout < maxTimeout {
		t.block.deadline = m.Now() + max(timeout, 1)
	}
}

// maxTimeout stands for MAX_SCHEDULE_TIMEOUT: a wait that only a wake-up ends.
const maxTimeout = forever / 2

// jiffiesTimeout is a timeout in jiffies as C passes it.
func jiffiesTimeout(n uint64) time.Duration {
	if n >= uint64(maxTimeout/jiffy) {
		return maxTimeout
	}
	return time.Duration(n) * jiffy
}

// timedOut reports that the deadline of the running wait has passed.
func (m *Machine) timedOut(t *Task) bool {
	return t.block.deadline != 0 && m.Now() >= t.block.deadline
}

// remaining is what is left of the running wait.
func (m *Machine) remaining(t *Task) time.Duration {
	if t.block.deadline == 0 {
		return maxTimeout
	}
	return max(t.block.deadline-m.Now(), 0)
}

// endWait ends the wait of a gate, which returns rax.
func endWait(c *CPU, t *Task, rax uint64) error {
	t.block = blocking{}
	c.vcpu.SetReg(cpu.RAX, rax)
	return nil
}

// blockOn puts t to sleep until key is woken, a signal that the state admits
// arrives or the deadline passes; then the gate runs again.
func (m *Machine) blockOn(c *CPU, t *Task, state uint32, key uint64) error {
	m.waitSeq++
	t.block.key, t.block.again, t.block.seq = key, true, m.waitSeq
	t.setSleep(state)
	t.waitsOn = m.syms.Format(c.vcpu.RIP())
	m.setWake(t, t.block.deadline)
	m.schedule(c)
	return nil
}

// setWake sets when a sleep ends; 0 is never.
func (m *Machine) setWake(t *Task, at time.Duration) {
	t.wakeAt = at
	if at != 0 && (m.nextWake == 0 || at < m.nextWake) {
		m.nextWake = at
	}
}

// waitOn sets the condition that ends a task's wait; nil: it does not wait.
func (m *Machine) waitOn(t *Task, cond func() bool) {
	if t.waitFor != nil {
		m.waiters--
	}
	if cond != nil {
		m.waiters++
	}
	t.waitFor = cond
}

// setSleep makes t a sleeper in a state of the guest's.
func (t *Task) setSleep(state uint32) {
	t.state, t.sleepBits = Uninterruptible, state
	switch {
	case state&taskInterruptible != 0:
		t.state = Interruptible
	case state&taskStopped != 0:
		t.state = Stopped
	}
}

// rerun makes the gate at which t stands run again when t gets its CPU.
func (m *Machine) rerun(c *CPU, t *Task) {
	if t.block.again {
		t.block.again = false
		c.vcpu.SetRIP(c.vcpu.RIP() - uint64(len(vmcallBytes)))
	}
}

// wakeKey wakes the first of those who sleep on key, or all of them where n
// is 0.
func (m *Machine) wakeKey(key uint64, n int) {
	for woken := 0; n == 0 || woken < n; woken++ {
		var first *Task
		for _, t := range m.tasks {
			if t.block.key == key && t.sleeps() && (first == nil || t.block.seq < first.block.seq) {
				first = t
			}
		}
		if first == nil {
			return
		}
		m.wake(first)
	}
}

// sleeps reports whether the task is off its CPU until something wakes it.
func (t *Task) sleeps() bool {
	return t.state == Interruptible || t.state == Uninterruptible || t.state == Stopped
}

// wakeState is wake_up_state: it wakes a task whose state is in mask, also one
// that has only announced that it is going to sleep.
func (m *Machine) wakeState(t *Task, mask uint32) bool {
	switch {
	case t.state == Running && m.want(t)&mask != 0:
		m.setWant(t, 0)
		return true
	case t.sleeps() && t.sleepMask()&mask != 0:
		m.wake(t)
		return true
	}
	return false
}

// sleepMask is the __state of a sleeping task.
func (t *Task) sleepMask() uint32 {
	switch {
	case t.sleepBits != 0:
		return t.sleepBits
	case t.state == Interruptible:
		return taskInterruptible
	}
	return taskUninterruptible
}

// load32 and store32 reach the guest's struct fields; a bad pointer is the
// guest's fault, at the gate.
func (m *Machine) load32(addr uint64) (uint32, error) {
	v, err := m.mem.Load(addr, 4)
	return uint32(v), err
}

func (m *Machine) store32(addr uint64, v uint32) error { return m.mem.Store(addr, 4, uint64(v)) }
