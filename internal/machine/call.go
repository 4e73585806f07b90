package machine

import (
	"errors"
	"fmt"
	"time"
)

// Call is one system call into fn from the shell's task. Only the shell's vCPU
// runs, until the task sleeps; then the world moves. It returns RAX.
// Errors: *GuestFault, *LimitError.
func (m *Machine) Call(fn uint64, args ...uint64) (uint64, error) {
	t := m.shell
	if len(args) > len(t.entry.args) {
		return 0, fmt.Errorf("a call passes at most %d arguments in registers, not %d", len(t.entry.args), len(args))
	}
	if m.InJob() {
		return m.callInJob(fn, args)
	}
	t.entry = entryPoint{fn: fn}
	copy(t.entry.args[:], args)
	t.returned, t.oopsed = false, false
	m.failures = nil
	if err := m.runShell(func() bool { return t.returned }); err != nil {
		return 0, m.abandon(t, err)
	}
	if t.oopsed {
		failure := m.failures[len(m.failures)-1]
		m.failures = m.failures[:len(m.failures)-1]
		return 0, failure
	}
	return t.exitStatus, nil
}

// callSize is the size of a call instruction with a 32-bit displacement.
const callSize = 5

// Do runs kernel work in Go as a system call of the shell's task, for example
// a write to a sysfs file. It may block; then the world moves.
func (m *Machine) Do(name string, work func()) error {
	t := m.shell
	if m.running != nil { // already inside kernel work, which can block itself
		m.doInJob(work)
		return nil
	}
	t.inUser = false
	c := m.cpus[t.cpu]
	m.claimCPU(c, t)
	// Behind the call of do_syscall_64: where guest code that the work calls
	// finds its return address.
	m.placeInSyscall(t, callSize)
	co := m.begin(t, name, work)
	err := m.runShell(func() bool { return co.done })
	if err != nil {
		return m.abandon(t, err)
	}
	t.inUser = true
	m.klp.SwitchPoint(&t.Task)
	return nil
}

// claimCPU makes the shell the current task of its CPU; a task that ran there
// is preempted where it stands.
func (m *Machine) claimCPU(c *CPU, t *Task) {
	prev := c.curr
	if prev == t {
		return
	}
	m.switchTo(c, t)
	if prev == c.idle {
		m.leaveIdle(prev)
	} else if prev.state == Running && !prev.inLimbo() {
		m.enqueueFirst(prev)
	}
}

// runShell runs the shell's task until done; while it sleeps, the world moves.
func (m *Machine) runShell(done func() bool) error {
	t := m.shell
	c := m.cpus[t.cpu]
	for !done() {
		if m.budget() == 0 {
			return m.limit("the command has not ended")
		}
		if t.state == Running {
			m.claimCPU(c, t)
			m.runCPU(c, m.budget())
			continue
		}
		if _, idle := m.round(m.budget(), forever-1); idle && t.state != Running {
			return m.limit(fmt.Sprintf("the command waits for %s, and nothing else is due", t.waitsOn))
		}
	}
	m.claimCPU(c, t)
	return nil
}

// abandon leaves what the shell's task was doing when a limit was reached; why
// is what the command is told. Guest code alone is ended as by an oops: nothing
// of the kernel depends on it. Kernel work that is in its middle is not cut off,
// as it would keep its locks: it goes on as a task of its own, which is what a
// shell's child would be that hangs in a system call.
func (m *Machine) abandon(t *Task, why error) error {
	if len(t.calls) > 0 {
		if pid, err := m.detach(t); err == nil {
			return fmt.Errorf("%w; it goes on as pid %d", why, pid)
		}
	}
	for i := len(t.calls) - 1; i >= 0; i-- {
		t.calls[i].stop()
	}
	if m.klpOwner == t {
		m.klpMutex, m.klpOwner = false, nil
	}
	t.calls, t.entry = nil, entryPoint{}
	t.state, t.wakeAt, t.waitsOn = Running, 0, ""
	m.waitOn(t, nil)
	t.inUser, t.traceRecursion, t.irqs, t.retStack = true, 0, nil, nil
	t.sleepBits, t.signaled, t.block, t.inInterrupt = 0, false, blocking{}, false
	m.setWant(t, 0)
	m.setPreempt(t, 0)
	m.leaveQueues(t)
	m.claimCPU(m.cpus[t.cpu], t)
	return why
}

// detach gives the shell a new task, with its pid, and makes the old one a job.
func (m *Machine) detach(t *Task) (pid int, err error) {
	sh, err := m.newTask(t.PID, t.Comm, t.cpu)
	if err != nil {
		return 0, err
	}
	pid = m.takePID()
	t.PID = pid
	m.storePID(t)
	t.prio, t.job = prioNormal, &job{}
	if m.jobs == nil {
		m.jobs = map[int]*job{}
	}
	m.jobs[pid] = t.job
	c := m.cpus[t.cpu]
	if c.queued(t) {
		c.dequeue(t)
		m.enqueue(t)
	}
	sh.prio, sh.inUser = prioShell, true
	m.placeOnStack(sh, m.sym.syscall)
	m.engine.Fork(&t.Task, &sh.Task)
	m.setParent(t, sh)
	m.shell = sh
	m.sortTasks()
	m.claimCPU(c, sh)
	m.klp.SwitchPoint(&sh.Task)
	return pid, nil
}

// Sleep lets d of virtual time pass while the shell's task sleeps.
func (m *Machine) Sleep(d time.Duration) error {
	if d < 0 {
		return errors.New("cannot sleep for a negative time")
	}
	deadline := m.Now() + d
	if deadline < 0 {
		return errors.New("cannot sleep that long")
	}
	if m.running != nil {
		m.sleepInJob(deadline)
		return nil
	}
	return m.moveWorldStep(func() (bool, error) {
		return m.Now() >= deadline, nil
	}, func() { m.round(1<<62, deadline) })
}

// moveWorldStep moves all vCPUs, the shell's task asleep, by step until stop
// says so.
func (m *Machine) moveWorldStep(stop func() (bool, error), step func()) error {
	t := m.shell
	t.state = Interruptible
	c := m.cpus[t.cpu]
	if c.curr == t {
		m.schedule(c)
	}
	defer func() {
		t.state = Running
		m.claimCPU(c, t)
	}()
	m.wakeIdle()
	for {
		done, err := stop()
		if done || err != nil {
			return err
		}
		if m.budget() == 0 {
			return m.limit("the world has not come to rest")
		}
		step()
	}
}

// wakeIdle makes every idle CPU pass its switch point: when the world moves,
// time passes, and a tick wakes them.
func (m *Machine) wakeIdle() {
	for _, c := range m.cpus {
		c.woken = true
	}
}
