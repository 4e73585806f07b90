package shell

import (
	"time"

	"klpemu/internal/errno"
)

// Host is what the shell needs of the machine it runs on.
type Host interface {
	// Now is the machine's wall clock.
	Now() time.Time
	// Sleep lets the world move for d of virtual time.
	Sleep(d time.Duration) error
	// Pid is the process id of the running task: of the shell, or of the job
	// that calls.
	Pid() int
	// Start makes run a job and returns its process id. run may be called at
	// once or later, but never in parallel with anything of the shell.
	Start(name string, run func() int) (pid int, err error)
	// Wait lets the world move until the job has ended and gives its status;
	// errno.ECHILD for an unknown one.
	Wait(pid int) (status int, err error)
	// EndCommand is called when a command has ended and its files are closed.
	EndCommand()
}

// Still is a Host without a machine: its clock moves only by sleeping, and a
// job runs to its end at once.
type Still struct {
	ShellPid int       // 100 when 0
	Clock    time.Time // BootTime when zero
	jobs     map[int]int
	last     int
}

// BootTime is the wall clock at boot: the day Linux 6.12 came out.
func BootTime() time.Time { return time.Date(2024, time.November, 17, 22, 0, 0, 0, time.UTC) }

// Now is the clock.
func (h *Still) Now() time.Time {
	if h.Clock.IsZero() {
		h.Clock = BootTime()
	}
	return h.Clock
}

// Sleep moves the clock.
func (h *Still) Sleep(d time.Duration) error {
	h.Clock = h.Now().Add(d)
	return nil
}

// Pid is that of the shell, for jobs too.
func (h *Still) Pid() int {
	if h.ShellPid == 0 {
		return 100
	}
	return h.ShellPid
}

// Start runs the job to its end.
func (h *Still) Start(_ string, run func() int) (int, error) {
	if h.jobs == nil {
		h.jobs, h.last = map[int]int{}, h.Pid()
	}
	h.last++
	pid := h.last
	h.jobs[pid] = run()
	return pid, nil
}

// Wait gives the status of a job, once.
func (h *Still) Wait(pid int) (int, error) {
	st, ok := h.jobs[pid]
	if !ok {
		return 0, errno.ECHILD
	}
	delete(h.jobs, pid)
	return st, nil
}

// EndCommand does nothing.
func (h *Still) EndCommand() {}
