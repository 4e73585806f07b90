package machine

import (
	"fmt"
	"time"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// A job is a command that runs beside the shell (`CMD &`): a task of its own
// whose work in Go is a coroutine. It makes progress while the world moves, and
// it can be stopped at every yield point that it passes.
type job struct {
	status int
	done   bool
}

// StartJob makes a task that does work in the background and returns its pid.
// It starts when the world next moves.
func (m *Machine) StartJob(comm string, work func() int) (int, error) {
	if err := m.WaitTasklist(); err != nil {
		return 0, err
	}
	t, err := m.newTask(m.nextPID, comm, m.emptiestCPU())
	if err != nil {
		return 0, err
	}
	m.nextPID++
	t.job = &job{}
	t.inUser = true
	m.placeOnStack(t, m.sym.syscall)
	m.engine.Fork(&m.shell.Task, &t.Task)
	if m.jobs == nil {
		m.jobs = map[int]*job{}
	}
	m.jobs[t.PID] = t.job
	j := t.job
	m.begin(t, comm, func() {
		m.userModeInJob(t) // a signal that came before it began
		j.status = work()
	})
	m.enqueue(t)
	return t.PID, nil
}

// WaitJob lets the world move until a job has ended and returns its status,
// once. Errors: ECHILD where there is no such job, *LimitError.
func (m *Machine) WaitJob(pid int) (int, error) {
	j := m.jobs[pid]
	if j == nil {
		return 0, errno.ECHILD
	}
	if err := m.waitJob(pid, j); err != nil {
		return 0, err
	}
	delete(m.jobs, pid)
	return j.status, nil
}

func (m *Machine) waitJob(pid int, j *job) error {
	if m.running != nil {
		m.waitUntil("do_wait", func() bool { return j.done })
		return nil
	}
	stuck := false
	return m.moveWorldStep(func() (bool, error) {
		if stuck && !j.done {
			return false, m.limit(fmt.Sprintf("job %d has not ended, and nothing is due", pid))
		}
		return j.done, nil
	}, func() { _, stuck = m.round(m.budget(), forever-1) })
}

// WaitAnyJob is WaitJob for whichever of some jobs ends first. Errors: ECHILD
// where none of them is there.
func (m *Machine) WaitAnyJob(pids []int) (pid, status int, err error) {
	first := func() (int, *job) {
		for _, pid := range pids {
			if j := m.jobs[pid]; j != nil && j.done {
				return pid, j
			}
		}
		return 0, nil
	}
	known := false
	for _, pid := range pids {
		known = known || m.jobs[pid] != nil
	}
	if !known {
		return 0, 0, errno.ECHILD
	}
	done := func() bool { _, j := first(); return j != nil }
	if m.running != nil {
		m.waitUntil("do_wait", done)
	} else {
		stuck := false
		err := m.moveWorldStep(func() (bool, error) {
			if stuck && !done() {
				return false, m.limit("no job has ended, and nothing is due")
			}
			return done(), nil
		}, func() { _, stuck = m.round(m.budget(), forever-1) })
		if err != nil {
			return 0, 0, err
		}
	}
	pid, j := first()
	delete(m.jobs, pid)
	return pid, j.status, nil
}

// InJob reports whether what runs now runs in a job.
func (m *Machine) InJob() bool { return m.running != nil && m.running.task.job != nil }

// CurrentPID is the pid of the task whose command runs: the shell's or a job's.
func (m *Machine) CurrentPID() int {
	if m.InJob() {
		return m.running.task.PID
	}
	return m.shell.PID
}

// endJob ends the task of a job that has nothing left to do.
func (m *Machine) endJob(t *Task) {
	if t.proc != nil {
		if !t.proc.started && len(t.calls) == 0 {
			m.enterProgram(t)
		}
		return
	}
	if t.job != nil && len(t.calls) == 0 && t.state != Dead {
		t.job.done = true
		m.exitTask(t)
	}
}

// doInJob is Do for kernel work that is inside a coroutine already. A job that
// is in user mode makes a system call of it.
func (m *Machine) doInJob(work func()) {
	t := m.running.task
	if t.job == nil || !t.inUser {
		work()
		return
	}
	t.inUser = false
	m.placeInSyscall(t, callSize)
	work()
	t.inUser = true
	m.klp.SwitchPoint(&t.Task)
	m.userModeInJob(t)
}

// placeInSyscall points the registers of the running task into the system call
// entry, its stack empty.
func (m *Machine) placeInSyscall(t *Task, offset uint64) {
	v := m.cpus[t.cpu].vcpu
	v.SetRIP(m.sym.syscall + offset)
	v.SetReg(cpu.RSP, t.stack-ptRegsSize-8)
}

// callInJob is Call from a job.
func (m *Machine) callInJob(fn uint64, args []uint64) (uint64, error) {
	co := m.running
	t := co.task
	t.entry = entryPoint{fn: fn}
	copy(t.entry.args[:], args)
	m.enterSyscall(m.cpus[t.cpu], t)
	co.inCall, co.failed = true, nil
	m.parkFor(parkGuest)
	t.entry, t.inUser = entryPoint{}, true
	m.userModeInJob(t)
	return co.result, co.failed
}

// sleepInJob is Sleep from a job.
func (m *Machine) sleepInJob(deadline time.Duration) {
	t := m.running.task
	for m.Now() < deadline {
		m.sleep(t, Interruptible, deadline-m.Now(), "hrtimer_nanosleep")
		m.parkFor(parkSleep)
		m.userModeInJob(t)
	}
}
