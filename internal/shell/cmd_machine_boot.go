package shell

import (
	"strconv"
)

const bootUsage = `boot [--cpus N] [--hz N] [IMAGE...]
Restart the machine with kernel images (.s, .o), linked together; without one
a small built-in kernel boots.
  --cpus N   vCPUs (default 2)
  --hz N     instructions in a second of virtual time (default 1000000)`

func (s *System) bootCommands() []*Command {
	return []*Command{{Name: "boot", Usage: bootUsage, Run: s.runBoot}}
}

func (s *System) runBoot(c *Ctx) int {
	opts, args, status, ok := c.Getopt("+c:h:", map[string]byte{"cpus": 'c', "hz": 'h'})
	if !ok {
		return status
	}
	cfg := s.cfg
	cfg.Kernel = nil
	for _, o := range opts {
		n, err := strconv.ParseUint(o.Arg, 10, 62)
		if err != nil || n == 0 {
			return c.Errorf("'%s' is no number from 1", o.Arg)
		}
		if o.Flag == 'c' {
			cfg.CPUs = int(min(n, 1<<30))
		} else {
			cfg.Hz = n
		}
	}
	for _, name := range args {
		f, err := s.objectFile(c, name)
		if err != nil {
			return c.Errorf("%v", err)
		}
		cfg.Kernel = append(cfg.Kernel, f)
	}
	if err := s.Boot(cfg); err != nil {
		return c.Errorf("%v", err)
	}
	return 0
}
