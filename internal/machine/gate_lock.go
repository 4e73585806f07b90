package machine

import (
	"klpemu/cpu"
)

// lockGates are kernel/locking: a mutex is the owner's task_struct at offset 0,
// a spinlock a word that is 1 while it is held.
func lockGates() []gate {
	return []gate{
		{"__mutex_init", (*Machine).gateMutexInit},
		{"mutex_lock", mutexLock(taskUninterruptible)},
		{"mutex_lock_interruptible", mutexLock(taskInterruptible)},
		{"mutex_trylock", (*Machine).gateMutexTrylock},
		{"mutex_unlock", (*Machine).gateMutexUnlock},
		{"_raw_spin_lock", (*Machine).gateSpinLock},
		{"_raw_spin_lock_irq", (*Machine).gateSpinLock},
		{"_raw_spin_lock_irqsave", (*Machine).gateSpinLock},
		{"_raw_spin_trylock", (*Machine).gateSpinTrylock},
		{"_raw_spin_unlock", (*Machine).gateSpinUnlock},
		{"_raw_spin_unlock_irq", (*Machine).gateSpinUnlock},
		{"_raw_spin_unlock_irqrestore", (*Machine).gateSpinUnlock},
		{"preempt_disable", func(m *Machine, _ *CPU, t *Task) error { return m.addPreempt(t, 1) }},
		{"preempt_enable", (*Machine).gatePreemptEnable},
	}
}

func (m *Machine) gateMutexInit(c *CPU, _ *Task) error {
	return m.mem.Store(c.vcpu.Reg(cpu.RDI), 8, 0)
}

// takeMutex makes t the owner of a free mutex.
func (m *Machine) takeMutex(lock uint64, t *Task) (bool, error) {
	owner, err := m.mem.Load(lock, 8)
	if err != nil || owner != 0 {
		return false, err
	}
	return true, m.mem.Store(lock, 8, t.handle)
}

func mutexLock(state uint32) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		if m.voluntary(c, t) {
			return nil
		}
		lock := c.vcpu.Reg(cpu.RDI)
		m.startWait(t, maxTimeout)
		took, err := m.takeMutex(lock, t)
		return m.lockedOrBlock(c, t, state, lock, took, err)
	}
}

// lockedOrBlock ends an attempt at a sleeping lock: with the lock, with the fault
// or the signal that came instead, or asleep until the lock is let go.
func (m *Machine) lockedOrBlock(c *CPU, t *Task, state uint32, lock uint64, took bool, err error) error {
	switch {
	case err != nil:
		t.block = blocking{}
		return err
	case took:
		return endWait(c, t, 0)
	case t.signalPendingState(state):
		return endWait(c, t, negErrno(eINTR))
	}
	return m.blockOn(c, t, state, lock)
}

const eINTR = 4

func negErrno(n int) uint64 { return uint64(-int64(n)) }

func (m *Machine) gateMutexTrylock(c *CPU, t *Task) error {
	took, err := m.takeMutex(c.vcpu.Reg(cpu.RDI), t)
	c.vcpu.SetReg(cpu.RAX, boolReg(took))
	return err
}

func (m *Machine) gateMutexUnlock(c *CPU, _ *Task) error {
	lock := c.vcpu.Reg(cpu.RDI)
	if err := m.mem.Store(lock, 8, 0); err != nil {
		return err
	}
	m.wakeKey(lock, 1)
	return nil
}

// takeSpinLock takes a free lock and switches preemption off.
func (m *Machine) takeSpinLock(c *CPU, t *Task) (bool, error) {
	lock := c.vcpu.Reg(cpu.RDI)
	v, err := m.load32(lock)
	if err != nil || v != 0 {
		return false, err
	}
	if err := m.addPreempt(t, 1); err != nil {
		return false, err
	}
	return true, m.store32(lock, 1)
}

// gateSpinLock spins by executing its trap again.
func (m *Machine) gateSpinLock(c *CPU, t *Task) error {
	took, err := m.takeSpinLock(c, t)
	if err == nil && !took {
		c.vcpu.SetRIP(c.vcpu.RIP() - uint64(len(vmcallBytes)))
		return nil
	}
	c.vcpu.SetReg(cpu.RAX, c.vcpu.Flags()) // _raw_spin_lock_irqsave returns the flags
	return err
}

func (m *Machine) gateSpinTrylock(c *CPU, t *Task) error {
	took, err := m.takeSpinLock(c, t)
	c.vcpu.SetReg(cpu.RAX, boolReg(took))
	return err
}

func (m *Machine) gateSpinUnlock(c *CPU, t *Task) error {
	if err := m.store32(c.vcpu.Reg(cpu.RDI), 0); err != nil {
		return err
	}
	return m.gatePreemptEnable(c, t)
}

func (m *Machine) gatePreemptEnable(_ *CPU, t *Task) error {
	if m.src.WarnOn(!m.preemptOff(t), "preempt_count_sub", "val > preempt_count()") {
		return nil
	}
	return m.addPreempt(t, -1)
}
