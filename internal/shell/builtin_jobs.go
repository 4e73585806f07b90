package shell

import (
	"strings"

	"klpemu/internal/errno"
)

func runJobs(c *Ctx) int {
	for i, pid := range c.sh.jobs {
		c.Out().WriteString("[" + itoa(i+1) + "] " + itoa(pid) + "\n")
	}
	return 0
}

// AnyWaiter is a Host that can wait for whichever job ends first.
type AnyWaiter interface {
	// WaitAny lets the world move until one of the jobs has ended.
	WaitAny(pids []int) (pid, status int, err error)
}

// waitAny is wait -n: the next of some jobs, or of all, that ends.
func (s *Shell) waitAny(c *Ctx, args []string) int {
	pids := append([]int(nil), s.jobs...)
	if len(args) > 0 {
		pids = nil
		for _, a := range args {
			pids = append(pids, s.jobPid(a))
		}
	}
	if len(pids) == 0 {
		return 127
	}
	any, ok := s.k.host.(AnyWaiter)
	if !ok {
		return s.waitFor(c, pids[0], itoa(pids[0]))
	}
	pid, status, err := any.WaitAny(pids)
	switch {
	case err == errno.ECHILD:
		return 127
	case err != nil:
		return c.Errorf("%s", Reason(err))
	}
	s.forgetJob(pid)
	return status
}

// jobPid is the pid that a pid or %JOB stands for.
func (s *Shell) jobPid(a string) int {
	n, ok := parseInt(strings.TrimPrefix(a, "%"))
	if ok && strings.HasPrefix(a, "%") && n >= 1 && n <= len(s.jobs) {
		return s.jobs[n-1]
	}
	return n
}

func (s *Shell) forgetJob(pid int) {
	for i, p := range s.jobs {
		if p == pid {
			s.jobs = append(s.jobs[:i:i], s.jobs[i+1:]...)
			return
		}
	}
}

func runWait(c *Ctx) int {
	s := c.sh
	if len(c.Args) > 1 && c.Args[1] == "-n" {
		return s.waitAny(c, c.Args[2:])
	}
	if len(c.Args) == 1 {
		for len(s.jobs) > 0 {
			pid := s.jobs[0]
			s.jobs = s.jobs[1:]
			if _, err := s.k.host.Wait(pid); err != nil && err != errno.ECHILD {
				return c.Errorf("%d: %s", pid, Reason(err))
			}
		}
		return 0
	}
	status := 0
	for _, a := range c.Args[1:] {
		status = s.waitFor(c, s.jobPid(a), a)
	}
	return status
}

func (s *Shell) waitFor(c *Ctx, pid int, as string) int {
	st, err := s.k.host.Wait(pid)
	switch {
	case err == errno.ECHILD:
		c.Errorf("pid %s is not a child of this shell", as)
		return 127
	case err != nil:
		return c.Errorf("%s: %s", as, Reason(err))
	}
	s.forgetJob(pid)
	return st
}
