package machine

import (
	"klpemu/transition"
)

// This file is the guest's view of tasks: a task_struct for each, at the
// offsets of the profile. Go's state is the truth for everything but __state,
// which code sets by inline functions before it sleeps.

// Bits of thread_info.flags (arch/x86/include/asm/thread_info.h).
const (
	tifSigPending   = 1 << 2
	tifNeedResched  = 1 << 3
	tifPatchPending = 1 << 13
	tifNotifySignal = 1 << 17
)

// task_struct.flags, exit_state and the dead state (include/linux/sched.h).
const (
	pfIdle         = 0x00000002
	pfKthread      = 0x00200000
	exitDead       = 0x10
	taskDead       = 0x80
	defaultPrio    = 120
	maxFreeStructs = 16 // how many stay unused before one is used again
)

// taskStructs hands out the memory of task_structs. One that is freed stays as
// it is for a while, as under RCU.
type taskStructs struct {
	next uint64
	free []uint64
}

func (m *Machine) newTaskStruct() (uint64, error) {
	p := &m.taskStructs
	if len(p.free) > maxFreeStructs {
		addr := p.free[0]
		p.free = p.free[1:]
		return addr, m.mem.Write(addr, make([]byte, m.lay.task.size))
	}
	size := (m.lay.task.size + pageSize - 1) &^ (pageSize - 1)
	addr := max(p.next, taskBase)
	if err := m.mem.Map(addr, size, permRW); err != nil {
		return 0, err
	}
	p.next = addr + size
	return addr, nil
}

// taskStructFor is the memory of a new task's structure: that of the first idle
// task is a variable of the kernel.
func (m *Machine) taskStructFor(pid, onCPU int) (uint64, error) {
	if pid == 0 && onCPU == 0 {
		addr := m.core["init_task"]
		return addr, m.listInit(addr + m.lay.task.tasks)
	}
	return m.newTaskStruct()
}

// fillTaskStruct writes what does not change in a task's life, or what only Go
// changes.
func (m *Machine) fillTaskStruct(t *Task, canary uint64) {
	l := &m.lay.task
	list := t.handle + l.tasks
	flags := uint64(0)
	if t.IsIdle {
		flags |= pfIdle
	}
	for _, f := range []struct {
		at, v uint64
		size  int
	}{
		{l.state, 0, 4}, {l.stack, t.stack - stackSize, 8}, {l.usage, 2, 4}, {l.pf, flags, 4},
		{l.cpu, uint64(t.cpu), 4}, {l.prio, defaultPrio, 4}, {l.staticPrio, defaultPrio, 4},
		{l.normalPrio, defaultPrio, 4}, {l.pid, uint64(t.PID), 4}, {l.tgid, uint64(t.PID), 4},
		{l.canary, canary, 8}, {l.groupLeader, t.handle, 8}, {l.realParent, m.core["init_task"], 8},
		{l.parent, m.core["init_task"], 8}, {l.realCred, m.core["init_cred"], 8}, {l.cred, m.core["init_cred"], 8},
		{l.tasks, list, 8}, {l.tasks + 8, list, 8}, {l.startTime, uint64(m.Now()), 8},
		{l.patchState, 1<<32 - 1, 4},
	} {
		_ = m.mem.Store(t.handle+f.at, f.size, f.v) // mapped by the caller
	}
	_ = m.mem.Write(t.handle+l.comm, append([]byte(t.Comm), 0))
	if !t.IsIdle {
		_ = m.listAddTail(list, m.core["init_task"]+l.tasks)
	}
	m.handles[t.handle] = t
}

// storePID writes a pid that has changed.
func (m *Machine) storePID(t *Task) {
	l := &m.lay.task
	_ = m.store32(t.handle+l.pid, uint32(t.PID)) // mapped since newTask
	_ = m.store32(t.handle+l.tgid, uint32(t.PID))
}

// setParent notes who has forked t, and that it is a kernel thread.
func (m *Machine) setParent(t, parent *Task) {
	l := &m.lay.task
	_ = m.mem.Store(t.handle+l.realParent, 8, parent.handle) // mapped since newTask
	_ = m.mem.Store(t.handle+l.parent, 8, parent.handle)
	if t.Kthread {
		_ = m.store32(t.handle+l.pf, pfKthread)
	}
}

// dropTaskStruct is what release_task does to the structure. A kernel thread's
// stays for kthread_stop().
func (m *Machine) dropTaskStruct(t *Task) {
	l := &m.lay.task
	_ = m.store32(t.handle+l.state, taskDead)
	_ = m.store32(t.handle+l.exitState, exitDead)
	_ = m.store32(t.handle+l.exitCode, uint32(t.exitStatus))
	_ = m.listDelInit(t.handle + l.tasks)
	if !t.Kthread {
		m.freeTaskStruct(t)
	}
}

func (m *Machine) freeTaskStruct(t *Task) {
	delete(m.handles, t.handle)
	m.taskStructs.free = append(m.taskStructs.free, t.handle)
}

// want is the __state that a running task has set for its next schedule().
func (m *Machine) want(t *Task) uint32 {
	v, _ := m.load32(t.handle + m.lay.task.state) // mapped since newTask
	return v
}

// setWant is set_current_state().
func (m *Machine) setWant(t *Task, state uint32) {
	_ = m.store32(t.handle+m.lay.task.state, state) // mapped since newTask
}

// storeTaskState writes the state of a task that leaves its CPU.
func (m *Machine) storeTaskState(t *Task) {
	if t.sleeps() {
		m.setWant(t, t.sleepMask())
	}
}

// syncTasks writes through what Go has changed since the last time: patch
// states and thread flags.
func (m *Machine) syncTasks() {
	if m.mirrored == m.bus.Writes() {
		return
	}
	m.mirrored = m.bus.Writes()
	for _, c := range m.cpus {
		m.syncTask(c.idle)
	}
	for _, t := range m.tasks {
		m.syncTask(t)
	}
}

func (m *Machine) syncTask(t *Task) {
	state, _ := t.Peek()
	if state != t.mirror.patchState {
		t.mirror.patchState = state
		_ = m.store32(t.handle+m.lay.task.patchState, uint32(int32(state))) // mapped since newTask
	}
	m.syncFlags(t)
}

// syncFlags writes thread_info.flags where a bit of ours has changed.
func (m *Machine) syncFlags(t *Task) {
	flags := uint64(0)
	_, pending := t.Peek()
	for _, f := range []struct {
		on  bool
		bit uint64
	}{
		{pending, tifPatchPending}, {t.signals != 0, tifSigPending}, {t.signaled, tifNotifySignal},
		{m.cpus[t.cpu].curr == t && m.needResched(m.cpus[t.cpu]), tifNeedResched},
	} {
		if f.on {
			flags |= f.bit
		}
	}
	if flags == t.mirror.flags {
		return
	}
	const ours = tifPatchPending | tifSigPending | tifNotifySignal | tifNeedResched
	old, _ := m.mem.Load(t.handle+m.lay.task.flags, 8) // mapped since newTask
	_ = m.mem.Store(t.handle+m.lay.task.flags, 8, old&^ours|flags)
	t.mirror.flags = flags
}

// taskMirror is what was last written to a task_struct.
type taskMirror struct {
	patchState transition.PatchState
	flags      uint64
}
