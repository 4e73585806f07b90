package shell

import (
	"fmt"
	"strconv"
	"strings"

	"klpemu/internal/machine"
)

const bootUsage = `boot [--cpus N] [--offline LIST] [--preempt MODEL] [--hz N] [--naive-poke] [IMAGE...]
Restart the machine with kernel images (.s, .o), linked together; without one
a small built-in kernel boots, whose functions /proc/kallsyms lists.
  --cpus N   vCPUs (default 2)
  --offline LIST   vCPUs that are there but not online, as 2,3
  --preempt MODEL  none, voluntary or full: where a task in the kernel can lose
                   its CPU (default voluntary)
  --hz N     instructions in a second of virtual time (default 1000000)
  --naive-poke  write call sites byte by byte, without int3, to see what goes wrong`

func (s *System) bootCommands() []*Command {
	return []*Command{{Name: "boot", Usage: bootUsage, Run: s.runBoot}}
}

func (s *System) runBoot(c *Ctx) int {
	opts, args, status, ok := c.Getopt("+c:h:o:p:N", map[string]byte{"cpus": 'c', "hz": 'h', "offline": 'o', "preempt": 'p', "naive-poke": 'N'})
	if !ok {
		return status
	}
	cfg := s.cfg
	cfg.NaivePoke = false
	if len(args) > 0 {
		cfg.Kernel = nil
	}
	for _, o := range opts {
		if o.Flag == 'o' || o.Flag == 'p' {
			if err := bootModel(&cfg, o); err != nil {
				return c.Errorf("%v", err)
			}
			continue
		}
		if o.Flag == 'N' {
			cfg.NaivePoke = true
			continue
		}
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

// bootModel reads --offline and --preempt.
func bootModel(cfg *machine.Config, o Opt) error {
	if o.Flag == 'p' {
		p, err := machine.ParsePreemption(o.Arg)
		cfg.Preempt = p
		return err
	}
	cfg.Offline = nil
	for _, word := range strings.Split(o.Arg, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return fmt.Errorf("'%s' is no list of cpus; write it as 2,3", o.Arg)
		}
		cfg.Offline = append(cfg.Offline, n)
	}
	return nil
}
