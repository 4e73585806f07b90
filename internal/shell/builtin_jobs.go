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

func runWait(c *Ctx) int {
	s := c.sh
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
		pid := 0
		if n, ok := parseInt(strings.TrimPrefix(a, "%")); ok {
			pid = n
			if strings.HasPrefix(a, "%") && n >= 1 && n <= len(s.jobs) {
				pid = s.jobs[n-1]
			}
		}
		status = s.waitFor(c, pid, a)
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
	for i, p := range s.jobs {
		if p == pid {
			s.jobs = append(s.jobs[:i:i], s.jobs[i+1:]...)
			break
		}
	}
	return st
}
