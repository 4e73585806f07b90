package shell

import (
	"fmt"
	"strconv"

	"klpemu/internal/machine"
)

const injectUsage = `inject [--cpu N] nmi|irq|softirq FUNC
Make a vCPU take an interrupt before the next instruction that it executes:
FUNC runs in that context, on the stack of that context, and returns. It gets
the interrupted registers (struct pt_regs *). An irq or softirq waits while the
vCPU has interrupts off, an NMI while it handles another.
  --cpu N   the vCPU; 0 by default`

const viewUsage = `view [--cpu N] [fresh|stale]
Say how a vCPU sees code that is being written, or print how each does.
  fresh     it sees every byte at once (the default)
  stale     it keeps what it has fetched until it serialises or is synced: the
            worst that the architecture allows
  --cpu N   only this vCPU; all by default`

func (s *System) smpCommands() []*Command {
	return []*Command{
		{Name: "inject", Usage: injectUsage, Run: s.runInject, UsageStatus: 2},
		{Name: "view", Usage: viewUsage, Run: s.runView, UsageStatus: 2},
	}
}

// cpuOption reads the --cpu of a command whose only option it is; -1: not given.
func (s *System) cpuOption(c *Ctx) (cpu int, args []string, status int, ok bool) {
	opts, args, status, ok := c.Getopt("+c:", map[string]byte{"cpu": 'c'})
	if !ok {
		return 0, nil, status, false
	}
	cpu = -1
	for _, o := range opts {
		n, err := strconv.Atoi(o.Arg)
		if err != nil || n < 0 || n >= len(s.m.CPUs()) {
			return 0, nil, c.Errorf("there is no cpu '%s'; the machine has %d, from 0", o.Arg, len(s.m.CPUs())), false
		}
		cpu = n
	}
	return cpu, args, 0, true
}

func (s *System) runInject(c *Ctx) int {
	cpu, args, status, ok := s.cpuOption(c)
	if !ok {
		return status
	}
	if len(args) != 2 {
		return c.UsageError("takes a context and a function")
	}
	for _, x := range []machine.Context{machine.InNMI, machine.InHardirq, machine.InSoftirq} {
		if args[0] != x.String() {
			continue
		}
		fn, err := s.lookupFunc(args[1])
		if err == nil {
			err = s.m.Inject(max(cpu, 0), x, fn.Addr)
		}
		if err != nil {
			return c.Errorf("%v", err)
		}
		return 0
	}
	return c.UsageError("'%s' is no interrupt context; take nmi, irq or softirq", args[0])
}

func (s *System) runView(c *Ctx) int {
	cpu, args, status, ok := s.cpuOption(c)
	if !ok {
		return status
	}
	if len(args) > 1 || len(args) == 1 && args[0] != "fresh" && args[0] != "stale" {
		return c.UsageError("takes fresh or stale")
	}
	for _, v := range s.m.CPUs() {
		if cpu >= 0 && v.ID() != cpu {
			continue
		}
		if len(args) == 1 {
			v.VCPU().SetStale(args[0] == "stale")
			continue
		}
		word := "fresh"
		if v.VCPU().Stale() {
			word = "stale"
		}
		fmt.Fprintf(c.Out(), "cpu %d: %s\n", v.ID(), word)
	}
	return 0
}
