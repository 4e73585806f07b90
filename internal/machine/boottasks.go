package machine

import (
	"fmt"

	"klpemu/cpu"
	"klpemu/transition"
)

// taskKey is what byTask is keyed by.
type taskKey = transition.Task

// firstPID is the pid of the shell's task; new tasks follow.
const firstPID = 100

// bootTask is a task that every machine has.
type bootTask struct {
	pid  int
	comm string
	fn   string // core function in which it waits
	user bool
}

// bootTasks is the list of tasks at boot, by pid. The kworker runs queued work.
func bootTasks() []bootTask {
	return []bootTask{
		{1, "init", "do_sigtimedwait", true},
		{2, "kthreadd", "kthreadd", false},
		{3, "rcu_preempt", "rcu_gp_kthread", false},
		{4, workerComm, "worker_thread", false},
	}
}

const workerComm = "kworker/0:0"

func (t *Task) isBootTask() bool { return t.PID < firstPID && !t.pool }

// kthreadd is the task that forks all kernel threads.
func (m *Machine) kthreadd() *Task { return m.Task(2) }

// freeBootPID is the lowest pid behind the boot tasks that nobody has.
func (m *Machine) freeBootPID() int {
	for pid := len(bootTasks()) + 1; pid < firstPID; pid++ {
		if m.Task(pid) == nil {
			return pid
		}
	}
	return m.takePID()
}

// startTasks makes the boot tasks and the shell's task. Each waiting task gets
// its stack by running there.
func (m *Machine) startTasks() error {
	for _, b := range bootTasks() {
		t, err := m.newTask(b.pid, b.comm, 0)
		if err != nil {
			return err
		}
		fn, ok := m.core[b.fn]
		if !ok {
			return fmt.Errorf("core text has no symbol %s", b.fn)
		}
		if b.user {
			m.placeOnStack(t, m.sym.syscall)
			t.regs.R[cpu.RAX] = fn
		} else {
			t.Kthread = true
			m.placeOnStack(t, m.sym.fork)
			t.regs.R[cpu.RBX] = fn
		}
		if err := m.park(m.cpus[0], t); err != nil {
			return err
		}
		t.state = Interruptible
		if b.comm == workerComm {
			m.worker, t.prio = t, prioWorker
		}
	}
	sh, err := m.newTask(m.takePID(), "sh", 0)
	if err != nil {
		return err
	}
	sh.prio, sh.inUser = prioShell, true
	m.placeOnStack(sh, m.sym.syscall)
	m.shell = sh
	c := m.cpus[0]
	m.setCurrent(c, sh)
	c.vcpu.SetState(sh.regs)
	return nil
}

func (m *Machine) takePID() int {
	pid := m.nextPID
	m.nextPID++
	return pid
}
