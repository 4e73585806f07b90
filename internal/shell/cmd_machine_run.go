package shell

import (
	"fmt"
	"strconv"
	"strings"

	"klpemu/internal/machine"
	"klpemu/internal/trace"
)

const runUsage = `run [--cpu N] [COUNT] [--until COND] | run --list-points
Move the world by COUNT rounds of one instruction for each vCPU that has
something to run; without COUNT until all are idle or COND holds.
  --cpu N       only this vCPU
  --until COND  SYMBOL[+OFF] (a vCPU is about to execute it), point:NAME (a
                yield point), pid:N:sleeping|exited|switched, log:TEXT
  --list-points print the names of the yield points`

const stepUsage = `step [--cpu N] [COUNT] [--until COND]
The same as run, printing every instruction before it is executed; COUNT is 1
where there is no COND.`

func (s *System) runCommands() []*Command {
	return []*Command{
		{Name: "run", Usage: runUsage, Run: func(c *Ctx) int { return s.runRun(c, false) }, UsageStatus: 2},
		{Name: "step", Usage: stepUsage, Run: func(c *Ctx) int { return s.runRun(c, true) }, UsageStatus: 2},
	}
}

func (s *System) runRun(c *Ctx, step bool) int {
	opts, args, status, ok := c.Getopt("c:u:P", map[string]byte{"cpu": 'c', "until": 'u', "list-points": 'P'})
	if !ok {
		return status
	}
	o := machine.RunOptions{CPU: -1}
	for _, opt := range opts {
		if opt.Flag == 'P' {
			return c.Print(strings.Join(machine.Points(), "\n") + "\n")
		}
		if err := s.runOption(&o, opt); err != nil {
			return c.Errorf("%v", err)
		}
	}
	switch {
	case len(args) > 1:
		return c.UsageError("extra operand '%s'", args[1])
	case len(args) == 1:
		n, err := strconv.ParseUint(args[0], 0, 63)
		if err != nil {
			return c.Errorf("'%s' is no number of rounds", args[0])
		}
		if n == 0 {
			return 0
		}
		o.Count = n
	case step && o.Until == nil && o.UntilPoint == "":
		o.Count = 1
	}
	if step {
		o.Each = c.eachInsn(s.insnLine)
		o.Stop = c.Stopped
	}
	if err := s.m.Run(o); err != nil {
		return c.Errorf("%v", err)
	}
	return 0
}

// eachInsn writes the line of an instruction. A pipe or the console bounds what
// it takes; the same bound holds for lines that go nowhere.
func (c *Ctx) eachInsn(line func(*machine.CPU) string) func(*machine.CPU) {
	limit, n := c.sh.k.limits.Output, 0
	return func(cpu *machine.CPU) {
		if c.Stopped() {
			return
		}
		text := line(cpu) + "\n"
		if n += len(text); n > limit {
			c.Fail(&LimitError{What: "bytes of output", Limit: limit, Flag: "max-output"})
			return
		}
		if _, err := c.Out().WriteString(text); err != nil {
			c.WriteError(err)
		}
	}
}

func (s *System) runOption(o *machine.RunOptions, opt Opt) error {
	if opt.Flag == 'u' {
		return s.condition(o, opt.Arg)
	}
	n, err := strconv.Atoi(opt.Arg)
	if err != nil || n < 0 || n >= len(s.m.CPUs()) {
		return fmt.Errorf("there is no cpu '%s'; the machine has %d, from 0", opt.Arg, len(s.m.CPUs()))
	}
	o.CPU = n
	return nil
}

// condition reads a COND.
func (s *System) condition(o *machine.RunOptions, cond string) error {
	switch kind, rest, ok := strings.Cut(cond, ":"); {
	case ok && kind == "point":
		if !machine.IsPoint(rest) {
			return fmt.Errorf("there is no yield point '%s'; run --list-points names them", rest)
		}
		o.UntilPoint = rest
		return nil
	case ok && kind == "log":
		o.Until = s.logCondition(rest)
		return nil
	case ok && kind == "pid":
		return s.pidCondition(o, rest)
	}
	addr, err := s.number(cond)
	if err != nil {
		return err
	}
	o.Until = func() bool { return s.m.About(addr) }
	return nil
}

// logCondition holds once a line that contains text has been logged.
func (s *System) logCondition(text string) func() bool {
	seen := false
	s.m.Observe(func(e trace.Event) {
		if e.Kind != trace.Step && strings.Contains(e.String(), text) {
			seen = true
		}
	})
	m := s.m
	n := len(m.Log())
	return func() bool {
		for ; !seen && n < len(m.Log()); n++ {
			seen = strings.Contains(m.Log()[n].Text, text)
		}
		if seen {
			m.Observe(nil)
		}
		return seen
	}
}

func (s *System) pidCondition(o *machine.RunOptions, rest string) error {
	word, what, _ := strings.Cut(rest, ":")
	pid, err := strconv.Atoi(word)
	if err != nil {
		return fmt.Errorf("'%s' is no pid", word)
	}
	if s.m.Task(pid) == nil && !s.m.Exited(pid) {
		return fmt.Errorf("there is no task with pid %d", pid)
	}
	m := s.m
	switch what {
	case "sleeping":
		o.Until = func() bool {
			t := m.Task(pid)
			return t != nil && (t.State() == machine.Interruptible || t.State() == machine.Uninterruptible)
		}
	case "exited":
		o.Until = func() bool { return m.Exited(pid) }
	case "switched":
		o.Until = func() bool {
			t := m.Task(pid)
			if t == nil {
				return true
			}
			state, _ := t.Peek()
			return state == m.Engine().PeekTarget()
		}
	default:
		return fmt.Errorf("'%s' is no state of a task; take sleeping, exited or switched", what)
	}
	return nil
}
