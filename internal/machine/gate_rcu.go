package machine

// rcuGates are kernel/rcu. A reader is a task whose rcu_read_lock_nesting is not
// zero; what waits for readers waits for those that were there when it began.
func rcuGates() []gate {
	gates := []gate{
		fnGate("__rcu_read_lock", rcuNesting(1)),
		fnGate("__rcu_read_unlock", rcuNesting(-1)),
		fnGate("call_rcu", (*Machine).callRCU),
		fnGate("call_rcu_hurry", (*Machine).callRCU),
		fnGate("kvfree_call_rcu", (*Machine).freeRCU),
		workGate("rcu_barrier", (*Machine).rcuBarrier),
	}
	for _, name := range []string{"synchronize_rcu", "synchronize_rcu_expedited", "synchronize_net"} {
		gates = append(gates, workGate(name, func(m *Machine, _ *Task, _ guestArgs) uint64 {
			m.synchronizeRCU(name)
			return 0
		}))
	}
	return gates
}

// rcuFuncAt is rcu_head.func.
const rcuFuncAt = 8

func rcuNesting(n int32) func(*Machine, *Task, guestArgs) (uint64, error) {
	return func(m *Machine, t *Task, _ guestArgs) (uint64, error) {
		at := t.handle + m.lay.task.rcuNesting
		v, err := m.load32(at)
		if err != nil || m.src.WarnOn(int32(v)+n < 0, "__rcu_read_unlock", "rcu_read_lock_nesting < 0") {
			return 0, err
		}
		return 0, m.store32(at, v+uint32(n))
	}
}

// rcuReader reports that a task is in a read-side critical section.
func (m *Machine) rcuReader(t *Task) bool {
	v, _ := m.load32(t.handle + m.lay.task.rcuNesting) // mapped since newTask
	return int32(v) > 0
}

// synchronizeRCU waits for the readers that are there now.
func (m *Machine) synchronizeRCU(name string) {
	var readers []*Task
	self := m.running.task
	for _, t := range m.tasks {
		if t != self && m.rcuReader(t) {
			readers = append(readers, t)
		}
	}
	if len(readers) == 0 {
		return
	}
	m.waitUntil(name, func() bool {
		for len(readers) > 0 && (readers[0].state == Dead || !m.rcuReader(readers[0])) {
			readers = readers[1:]
		}
		return len(readers) == 0
	})
}

// callRCU is call_rcu(head, func): func(head) runs after a grace period.
func (m *Machine) callRCU(_ *Task, a guestArgs) (uint64, error) {
	head, fn := a[0], a[1]
	if err := m.mem.Store(head+rcuFuncAt, 8, fn); err != nil {
		return 0, err
	}
	m.afterRCU(func() { klpGuest{m}.Call(fn, head) })
	return 0, nil
}

// freeRCU is kvfree_call_rcu(head, ptr).
func (m *Machine) freeRCU(_ *Task, a guestArgs) (uint64, error) {
	m.afterRCU(func() { m.release(a[1]) })
	return 0, nil
}

func (m *Machine) afterRCU(f func()) {
	m.rcuCallbacks++
	m.queueWork("rcu_core", func() {
		m.synchronizeRCU("rcu_core")
		f()
		m.rcuCallbacks--
	})
}

// rcuBarrier waits until all callbacks that were queued have run.
func (m *Machine) rcuBarrier(*Task, guestArgs) uint64 {
	if m.rcuCallbacks > 0 {
		m.waitUntil("rcu_barrier", func() bool { return m.rcuCallbacks == 0 })
	}
	return 0
}
