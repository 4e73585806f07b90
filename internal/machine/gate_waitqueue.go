package machine

import (
	"klpemu/cpu"
)

// waitqueueGates are kernel/sched/wait.c. The list of a wait_queue_head is in
// guest memory, because inline functions look at it.
func waitqueueGates() []gate {
	return []gate{
		{"__init_waitqueue_head", (*Machine).gateInitList},
		{"init_wait_entry", (*Machine).gateInitWaitEntry},
		{"prepare_to_wait", prepareToWait(false)},
		{"prepare_to_wait_exclusive", prepareToWait(true)},
		{"prepare_to_wait_event", (*Machine).gatePrepareToWaitEvent},
		{"finish_wait", (*Machine).gateFinishWait},
		{"add_wait_queue", addWaitQueue(0)},
		{"add_wait_queue_exclusive", addWaitQueue(wqFlagExclusive)},
		{"remove_wait_queue", (*Machine).gateRemoveWaitQueue},
		{"__wake_up", wakeUpGate(cpu.RSI, cpu.RDX, cpu.RCX)},
		{"__wake_up_sync", wakeUpGate(cpu.RSI, noReg, noReg)},
		{"__wake_up_sync_key", wakeUpGate(cpu.RSI, noReg, cpu.RDX)},
		{"__wake_up_locked", wakeUpGate(cpu.RSI, cpu.RDX, noReg)},
		{"autoremove_wake_function", (*Machine).gateWakeFunction},
		{"default_wake_function", (*Machine).gateWakeFunction},
	}
}

// Places in struct wait_queue_entry.
const (
	wqFlagExclusive = 1
	wqPrivateAt     = 8
	wqFuncAt        = 16
	wqEntryAt       = 24
)

// gateInitWaitEntry is init_wait_entry(entry, flags).
func (m *Machine) gateInitWaitEntry(c *CPU, t *Task) error {
	entry, flags := c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI)
	if err := m.store32(entry, uint32(flags)); err != nil {
		return err
	}
	if err := m.mem.Store(entry+wqPrivateAt, 8, t.handle); err != nil {
		return err
	}
	if err := m.mem.Store(entry+wqFuncAt, 8, m.core["autoremove_wake_function"]); err != nil {
		return err
	}
	return m.listInit(entry + wqEntryAt)
}

// queueWaiter puts an entry on its queue unless it is on one; exclusive waiters
// go behind all others.
func (m *Machine) queueWaiter(wq, entry uint64, t *Task, exclusive bool) error {
	next, err := m.mem.Load(entry+wqEntryAt, 8)
	if err != nil || next != entry+wqEntryAt && next != 0 {
		return err
	}
	t.waitEntries = append(t.waitEntries, entry)
	if exclusive {
		return m.listAddTail(entry+wqEntryAt, wq+listAt)
	}
	return m.listAdd(entry+wqEntryAt, wq+listAt)
}

// dequeueWaiter takes an entry off its queue, where it is on one.
func (m *Machine) dequeueWaiter(entry uint64, t *Task) error {
	for i, e := range t.waitEntries {
		if e == entry {
			t.waitEntries = append(t.waitEntries[:i:i], t.waitEntries[i+1:]...)
			break
		}
	}
	next, err := m.mem.Load(entry+wqEntryAt, 8)
	if err != nil || next == entry+wqEntryAt || next == 0 {
		return err
	}
	return m.listDelInit(entry + wqEntryAt)
}

func prepareToWait(exclusive bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		v := c.vcpu
		entry := v.Reg(cpu.RSI)
		flags, err := m.load32(entry)
		if err != nil {
			return err
		}
		flags &^= wqFlagExclusive
		if exclusive {
			flags |= wqFlagExclusive
		}
		if err := m.store32(entry, flags); err != nil {
			return err
		}
		if err := m.queueWaiter(v.Reg(cpu.RDI), entry, t, exclusive); err != nil {
			return err
		}
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
		v.SetReg(cpu.RAX, restartSys)
		return m.dequeueWaiter(entry, t)
	}
	if err := m.queueWaiter(wq, entry, t, flags&wqFlagExclusive != 0); err != nil {
		return err
	}
	m.setWant(t, state)
	v.SetReg(cpu.RAX, 0)
	return nil
}

func (m *Machine) gateFinishWait(c *CPU, t *Task) error {
	m.setWant(t, 0)
	return m.dequeueWaiter(c.vcpu.Reg(cpu.RSI), t)
}

func addWaitQueue(flag uint32) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		wq, entry := c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI)
		flags, err := m.load32(entry)
		if err != nil {
			return err
		}
		if err := m.store32(entry, flags&^wqFlagExclusive|flag); err != nil {
			return err
		}
		if flag != 0 {
			return m.listAddTail(entry+wqEntryAt, wq+listAt)
		}
		return m.listAdd(entry+wqEntryAt, wq+listAt)
	}
}

func (m *Machine) gateRemoveWaitQueue(c *CPU, _ *Task) error {
	return m.listDelInit(c.vcpu.Reg(cpu.RSI) + wqEntryAt)
}

// waiter is an entry of a wait queue.
type waiter struct {
	entry, fn uint64
	exclusive bool
}

// waiters reads a wait queue, first to last. A queue that was never initialised
// is empty.
func (m *Machine) waitersOn(wq uint64) ([]waiter, error) {
	f := &fields{m: m}
	if first := f.word(wq + listAt); first == 0 || f.err != nil {
		return nil, f.err
	}
	entries, err := m.listEntries(wq + listAt)
	if err != nil {
		return nil, err
	}
	var list []waiter
	for _, e := range entries {
		at := e - wqEntryAt
		list = append(list, waiter{at, f.word(at + wqFuncAt), f.word(at)&wqFlagExclusive != 0})
	}
	return list, f.err
}

// wakeUpGate is __wake_up(wq, mode, nr_exclusive, key): every entry's function is
// called, but of the exclusive ones at most nr that wake somebody.
func wakeUpGate(mode, nr, key cpu.Reg) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		arg := func(r cpu.Reg, otherwise uint64) uint64 {
			if r == noReg {
				return otherwise
			}
			return c.vcpu.Reg(r)
		}
		list, err := m.waitersOn(c.vcpu.Reg(cpu.RDI))
		if err != nil {
			return err
		}
		w := wakeUp{m: m, mode: uint32(arg(mode, taskNormal)), left: int32(arg(nr, 1)), key: arg(key, 0)}
		for _, e := range list {
			if !m.ownWakeFunction(e.fn) { // a function of the guest's
				m.gateWork(t, "__wake_up", func() uint64 { return w.run(list) })
				return nil
			}
		}
		c.vcpu.SetReg(cpu.RAX, w.run(list))
		return nil
	}
}

// wakeUp is one run of __wake_up_common.
type wakeUp struct {
	m    *Machine
	mode uint32
	left int32
	key  uint64
}

func (w *wakeUp) run(list []waiter) uint64 {
	woken := uint64(0)
	for _, e := range list {
		var ret int32
		if w.m.ownWakeFunction(e.fn) {
			ret = w.m.wakeEntry(e.entry, e.fn, w.mode)
		} else {
			ret = klpGuest{w.m}.Call(e.fn, e.entry, uint64(w.mode), 0, w.key)
		}
		if ret < 0 {
			break
		}
		if ret == 0 {
			continue
		}
		woken++
		if e.exclusive {
			if w.left--; w.left == 0 {
				break
			}
		}
	}
	return woken
}

// ownWakeFunction reports that an entry's function is one of the kernel's.
func (m *Machine) ownWakeFunction(fn uint64) bool {
	return fn == 0 || fn == m.core["autoremove_wake_function"] || fn == m.core["default_wake_function"]
}

// wakeEntry is default_wake_function, and autoremove_wake_function: who is woken
// leaves the queue.
func (m *Machine) wakeEntry(entry, fn uint64, mode uint32) int32 {
	handle, err := m.mem.Load(entry+wqPrivateAt, 8)
	if err != nil {
		return 0
	}
	t := m.handles[handle]
	if t == nil || !m.wakeState(t, mode) {
		return 0
	}
	if fn != m.core["default_wake_function"] {
		_ = m.dequeueWaiter(entry, t) // read just now
	}
	return 1
}

// gateWakeFunction is autoremove_wake_function(entry, mode, flags, key) where
// guest code calls it.
func (m *Machine) gateWakeFunction(c *CPU, _ *Task) error {
	fn := m.core[m.gates[c.vcpu.RIP()].name]
	ret := m.wakeEntry(c.vcpu.Reg(cpu.RDI), fn, uint32(c.vcpu.Reg(cpu.RSI)))
	c.vcpu.SetReg(cpu.RAX, uint64(ret))
	return nil
}
