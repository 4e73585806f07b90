package shell

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const timeoutUsage = `timeout [-s SIGNAL] [-k DURATION] [-v] [--preserve-status] DURATION COMMAND [ARG]...
Run COMMAND, and end it after DURATION of the machine's time. What is cut short
is a sleep; other commands end as they would, or at their limits.
Exit status is COMMAND's; 124 when it was ended, 125 after an error here, 126 or
127 when COMMAND could not be run, 137 after SIGKILL.`

// deadline is when a timeout ends its command. It is the error by which it does.
type deadline struct {
	at    time.Time
	outer *deadline
}

func (d *deadline) Error() string { return "timed out" }

// first gives the earliest deadline that is in force.
func (d *deadline) first() *deadline {
	if d == nil || d.outer == nil {
		return d
	}
	if o := d.outer.first(); !d.at.Before(o.at) {
		return o
	}
	return d
}

func runTimeout(c *Ctx) int {
	const preserve, foreground = 1, 2
	opts, args, st, ok := c.Getopt("+k:s:v\x01\x02", map[string]byte{"kill-after": 'k', "signal": 's', "verbose": 'v', "preserve-status": preserve, "foreground": foreground})
	if !ok {
		return st
	}
	signal, kept, verbose := "TERM", false, false
	for _, o := range opts {
		switch o.Flag {
		case 's':
			name, _, ok := SignalName(o.Arg)
			if !ok {
				return c.UsageError("%s: invalid signal", o.Arg)
			}
			signal = name
		case 'k':
			if _, ok := duration(o.Arg); !ok {
				return c.UsageError("invalid time interval '%s'", o.Arg)
			}
		case 'v':
			verbose = true
		case preserve:
			kept = true
		}
	}
	if len(args) < 2 {
		return c.badUsage()
	}
	d, ok := duration(args[0])
	if !ok {
		return c.UsageError("invalid time interval '%s'", args[0])
	}
	if st := c.runnable(args[1]); st != 0 {
		return st
	}
	if !c.runUntil(d, args[1:]) {
		return c.sh.status
	}
	if verbose {
		c.Errorf("sending signal %s to command '%s'", signal, args[1])
	}
	_, n, _ := SignalName(signal)
	if signal == "KILL" || kept {
		return 128 + n
	}
	return 124
}

// runUntil runs a command and reports whether it was cut short.
func (c *Ctx) runUntil(d time.Duration, args []string) bool {
	k := c.sh.k
	if d == 0 {
		c.sh.executeCommand(args)
		return false
	}
	dl := &deadline{at: c.Now().Add(d), outer: k.deadline}
	k.deadline = dl
	c.sh.executeCommand(args)
	k.deadline = dl.outer
	if k.err != error(dl) {
		return false
	}
	k.err = nil
	return true
}

// runnable reports a command that a tool cannot run: 127 or 126.
func (c *Ctx) runnable(name string) int {
	text, status := "", 0
	if strings.Contains(name, "/") {
		i, err := c.FS().Stat(c.Abs(name))
		switch {
		case err != nil:
			text, status = Reason(err), 127
		case i.IsDir() || i.Perm&0o111 == 0:
			text, status = "Permission denied", 126
		}
	} else if kind, _ := c.sh.kind(name); kind != "file" {
		cmd, ok := c.sh.find(name)
		if !ok || cmd.Builtin && !cmd.RawHelp && !slices.Contains([]string{"pwd", "kill", "printf", "true", "false"}, name) {
			text, status = "No such file or directory", 127
		}
	}
	if status != 0 {
		verb := "failed to run command '%s': %s"
		if c.cmd.Name == "nice" || c.cmd.Name == "env" {
			verb = "'%s': %s"
		}
		c.Errorf(verb, name, text)
	}
	return status
}

// sleep lets time pass, to the next deadline at most.
func (c *Ctx) sleep(d time.Duration) error {
	dl := c.sh.k.deadline.first()
	if dl == nil || !c.Now().Add(d).After(dl.at) {
		return c.Host().Sleep(d)
	}
	if err := c.Host().Sleep(max(0, dl.at.Sub(c.Now()))); err != nil {
		return err
	}
	c.Fail(dl)
	return nil
}

func runNohup(c *Ctx) int {
	if len(c.Args) < 2 {
		return c.UsageError("missing operand")
	}
	if st := c.runnable(c.Args[1]); st != 0 {
		return st
	}
	c.sh.executeCommand(c.Args[1:])
	return c.sh.status
}

// runNice runs a command; the machine's scheduler knows no priorities of users.
func runNice(c *Ctx) int {
	_, args, st, ok := c.Getopt("+n:", map[string]byte{"adjustment": 'n'})
	if !ok {
		return st
	}
	if len(args) == 0 {
		fmt.Fprintln(c.Out(), 0)
		return 0
	}
	if st := c.runnable(args[0]); st != 0 {
		return st
	}
	c.sh.executeCommand(args)
	return c.sh.status
}
