package shell

import (
	"strconv"
	"strings"

	"klpemu/internal/errno"
)

const killUsage = `kill [-SIGNAL] PID...
Send a signal to tasks; TERM by default. Its default action is taken when the
task passes its kernel exit; one that sleeps interruptibly is woken.
  -l   list the signals' names`

func (s *System) killCommands() []*Command {
	return []*Command{{Name: "kill", Usage: killUsage, Run: s.runKill, UsageStatus: 2, Builtin: true}}
}

func (s *System) runKill(c *Ctx) int {
	args, sig := c.Args[1:], "TERM"
	if len(args) > 0 && args[0] == "-l" {
		return c.Print(strings.Join(signalNames()[1:], " ") + "\n")
	}
	switch {
	case len(args) > 1 && args[0] == "-s":
		sig, args = args[1], args[2:]
	case len(args) > 0 && args[0] != "--" && strings.HasPrefix(args[0], "-"):
		sig, args = args[0][1:], args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	name, number, ok := SignalName(sig)
	if sig == "0" {
		name, number, ok = "", 0, true
	}
	switch {
	case !ok:
		return c.Errorf("%s: invalid signal specification", sig)
	case len(args) == 0:
		return c.UsageError("missing pid")
	}
	status := 0
	for _, a := range args {
		if err := s.kill(c, a, name, number); err != nil {
			status = c.Errorf("(%s) - %s", a, Reason(err))
		}
	}
	return status
}

func (s *System) kill(c *Ctx, word, name string, number int) error {
	pid, err := strconv.Atoi(word)
	if err != nil {
		return errno.EINVAL
	}
	t := s.m.Task(pid)
	switch {
	case t == nil:
		return errno.ESRCH
	case t == s.m.Shell():
		c.sh.Signal(name)
		return nil
	}
	return s.m.Kill(t, number)
}
