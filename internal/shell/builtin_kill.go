package shell

import (
	"io"
	"strings"

	"klpemu/internal/errno"
)

// Killer is a Host that knows other processes than the shell.
type Killer interface {
	// Kill sends a signal; 0 only asks whether the process is there, which
	// is errno.ESRCH when it is not.
	Kill(pid, signal int) error
}

func runKill(c *Ctx) int {
	args := c.Args[1:]
	name, number := "TERM", 15
	if len(args) > 1 && args[0] == "-l" {
		return c.listSignals(args[1:])
	}
	if len(args) > 0 && args[0] == "-l" {
		for i, n := range signalNames() {
			if i > 0 {
				c.Out().WriteString(itoa(i) + ") SIG" + n + "\n")
			}
		}
		return 0
	}
	if len(args) > 0 && args[0] != "--" && strings.HasPrefix(args[0], "-") {
		sig := args[0][1:]
		args = args[1:]
		if (sig == "s" || sig == "n") && len(args) > 0 {
			sig, args = args[0], args[1:]
		}
		var ok bool
		if name, number, ok = SignalName(sig); !ok {
			return c.Errorf("%s: invalid signal specification", sig)
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		io.WriteString(c.Stderr, "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n")
		return 2
	}
	status := 0
	for _, a := range args {
		pid, ok := parseInt(a)
		if !ok {
			status = c.Errorf("%s: arguments must be process or job IDs", a)
			continue
		}
		if err := c.sh.kill(pid, name, number); err != nil {
			status = c.Errorf("(%d) - %s", pid, Reason(err))
		}
	}
	return status
}

// listSignals is kill -l with operands: names for numbers, numbers for names.
// The status of a command that a signal has ended stands for the signal.
func (c *Ctx) listSignals(args []string) int {
	status := 0
	for _, a := range args {
		n, isNumber := parseInt(a)
		if isNumber && n > 128 {
			a = itoa(n - 128)
		}
		name, number, ok := SignalName(a)
		switch {
		case !ok:
			status = c.Errorf("%s: invalid signal specification", a)
		case isNumber:
			c.Out().WriteString(name + "\n")
		default:
			c.Out().WriteString(itoa(number) + "\n")
		}
	}
	return status
}

// kill sends a signal to the shell itself or, by the Host, to another process.
func (s *Shell) kill(pid int, name string, number int) error {
	if pid == s.k.pid {
		if number != 0 {
			s.Signal(name)
		}
		return nil
	}
	if k, ok := s.k.host.(Killer); ok {
		return k.Kill(pid, number)
	}
	return errno.ESRCH
}
