package machine

import (
	"math"
	"time"

	"klpemu/cpu"
)

// rwsemGates are kernel/locking/rwsem.c, semaphore.c and the locks of spinlock.c
// with readers. A rw_semaphore is its count: readers count by 256, a writer is
// bit 0; a rwlock the same way.
func rwsemGates() []gate {
	const (
		uint = taskUninterruptible
		intr = taskInterruptible
	)
	gates := []gate{
		fnGate("__init_rwsem", (*Machine).initRwsem),
		{"down_read", rwsemDown(false, uint)},
		{"down_read_interruptible", rwsemDown(false, intr)},
		{"down_read_killable", rwsemDown(false, taskKillable)},
		{"down_write", rwsemDown(true, uint)},
		{"down_write_killable", rwsemDown(true, taskKillable)},
		fnGate("down_read_trylock", rwsemTry(false)),
		fnGate("down_write_trylock", rwsemTry(true)),
		fnGate("up_read", rwsemUp(-rwReader)),
		fnGate("up_write", rwsemUp(-rwWriter)),
		fnGate("downgrade_write", rwsemUp(rwReader-rwWriter)),
		{"down", semDown(uint, false)},
		{"down_interruptible", semDown(intr, false)},
		{"down_killable", semDown(taskKillable, false)},
		{"down_timeout", semDown(uint, true)},
		fnGate("down_trylock", (*Machine).semTry),
		fnGate("up", (*Machine).semUp),
		fnGate("mutex_is_locked", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			owner, err := m.mem.Load(a[0], 8)
			return boolReg(owner&^7 != 0), err
		}),
		{"mutex_lock_killable", mutexLock(taskKillable)},
	}
	for _, suffix := range []string{"", "_bh", "_irq", "_irqsave"} {
		gates = append(gates, gate{"_raw_read_lock" + suffix, rwLock(false)}, gate{"_raw_write_lock" + suffix, rwLock(true)})
	}
	for _, suffix := range []string{"", "_bh", "_irq", "_irqrestore"} {
		gates = append(gates, gate{"_raw_read_unlock" + suffix, rwUnlock(-rwReader)}, gate{"_raw_write_unlock" + suffix, rwUnlock(-rwWriter)})
	}
	return append(gates,
		gate{"_raw_spin_lock_bh", (*Machine).gateSpinLock},
		gate{"_raw_spin_unlock_bh", (*Machine).gateSpinUnlock},
		gate{"_raw_spin_trylock_bh", (*Machine).gateSpinTrylock},
		fnGate("__local_bh_enable_ip", func(m *Machine, t *Task, a guestArgs) (uint64, error) {
			return 0, m.addPreempt(t, -int32(min(uint64(uint32(a[1])), math.MaxInt32)))
		}),
	)
}

// What readers and a writer count for (RWSEM_READER_BIAS, RWSEM_WRITER_LOCKED).
const (
	rwWriter = 1
	rwReader = 0x100

	rwsemWaitList = 24
	semCountAt    = 4
)

func (m *Machine) initRwsem(_ *Task, a guestArgs) (uint64, error) {
	if err := m.mem.Write(a[0], make([]byte, rwsemWaitList)); err != nil {
		return 0, err
	}
	return 0, m.listInit(a[0] + rwsemWaitList)
}

// takeRW takes the lock for a reader or a writer, where it is free for that.
func (m *Machine) takeRW(lock uint64, write bool, size int) (bool, error) {
	v, err := m.mem.Load(lock, size)
	switch {
	case err != nil, write && v != 0, v&rwWriter != 0:
		return false, err
	case write:
		return true, m.mem.Store(lock, size, rwWriter)
	}
	return true, m.mem.Store(lock, size, v+rwReader)
}

func rwsemDown(write bool, state uint32) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		if m.voluntary(c, t) {
			return nil
		}
		sem := c.vcpu.Reg(cpu.RDI)
		m.startWait(t, maxTimeout)
		took, err := m.takeRW(sem, write, 8)
		return m.lockedOrBlock(c, t, state, sem, took, err)
	}
}

func rwsemTry(write bool) func(*Machine, *Task, guestArgs) (uint64, error) {
	return func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
		took, err := m.takeRW(a[0], write, 8)
		return boolReg(took), err
	}
}

func rwsemUp(n int64) func(*Machine, *Task, guestArgs) (uint64, error) {
	return func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
		v, err := m.mem.Load(a[0], 8)
		if err != nil {
			return 0, err
		}
		if m.src.WarnOn(int64(v)+n < 0, "up_write", "the semaphore is not held") {
			return 0, nil
		}
		err = m.mem.Store(a[0], 8, uint64(int64(v)+n))
		m.wakeKey(a[0], 0)
		return 0, err
	}
}

// rwLock spins by executing its trap again.
func rwLock(write bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		took, err := m.takeRW(c.vcpu.Reg(cpu.RDI), write, 4)
		if err != nil {
			return err
		}
		if !took {
			c.vcpu.SetRIP(c.vcpu.RIP() - uint64(len(vmcallBytes)))
			return nil
		}
		c.vcpu.SetReg(cpu.RAX, c.vcpu.Flags())
		return m.addPreempt(t, 1)
	}
}

func rwUnlock(n int64) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		lock := c.vcpu.Reg(cpu.RDI)
		v, err := m.load32(lock)
		if err != nil {
			return err
		}
		if err := m.store32(lock, uint32(int64(v)+n)); err != nil {
			return err
		}
		return m.gatePreemptEnable(c, t)
	}
}

// takeSem counts a semaphore down.
func (m *Machine) takeSem(sem uint64) (bool, error) {
	n, err := m.load32(sem + semCountAt)
	if err != nil || int32(n) <= 0 {
		return false, err
	}
	return true, m.store32(sem+semCountAt, n-1)
}

func semDown(state uint32, timeout bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		if m.voluntary(c, t) {
			return nil
		}
		sem := c.vcpu.Reg(cpu.RDI)
		limit := time.Duration(maxTimeout)
		if timeout {
			limit = jiffiesTimeout(c.vcpu.Reg(cpu.RSI))
		}
		m.startWait(t, limit)
		took, err := m.takeSem(sem)
		if err == nil && !took && m.timedOut(t) && !t.signalPendingState(state) {
			return endWait(c, t, negErrno(eTIME))
		}
		return m.lockedOrBlock(c, t, state, sem, took, err)
	}
}

const eTIME = 62

// semTry is down_trylock: 0 where it took the semaphore.
func (m *Machine) semTry(_ *Task, a guestArgs) (uint64, error) {
	took, err := m.takeSem(a[0])
	return boolReg(!took), err
}

func (m *Machine) semUp(_ *Task, a guestArgs) (uint64, error) {
	n, err := m.load32(a[0] + semCountAt)
	if err != nil {
		return 0, err
	}
	err = m.store32(a[0]+semCountAt, n+1)
	m.wakeKey(a[0], 1)
	return 0, err
}
