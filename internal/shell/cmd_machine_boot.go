package shell

import (
	"fmt"
	"strconv"
	"strings"

	"klpemu/internal/machine"
)

const bootUsage = `boot [--cpus N] [--offline LIST] [--preempt MODEL] [--unwinder KIND] [--hz N] [--naive-poke] [--no-livepatch] [IMAGE...]
Restart the machine with kernel images (.s, .o), linked together; without one
a small built-in kernel boots, whose functions /proc/kallsyms lists.
  --cpus N   vCPUs (default 2)
  --offline LIST   vCPUs that are there but not online, as 2,3
  --preempt MODEL  none, voluntary or full: where a task in the kernel can lose
                   its CPU (default voluntary)
  --unwinder KIND  orc, fp or guess: how the kernel walks stacks (default orc: by
                   unwind data; fp: by frame pointers; guess: never reliably)
  --no-livepatch   a kernel without CONFIG_LIVEPATCH
  --hz N     instructions in a second of virtual time (default 1000000)
  --naive-poke  write call sites byte by byte, without int3, to see what goes wrong`

func (s *System) bootCommands() []*Command {
	return []*Command{{Name: "boot", Usage: bootUsage, Run: s.runBoot}}
}

func (s *System) runBoot(c *Ctx) int {
	opts, args, status, ok := c.Getopt("+c:h:o:p:u:LN", map[string]byte{
		"cpus": 'c', "hz": 'h', "offline": 'o', "preempt": 'p', "unwinder": 'u', "naive-poke": 'N', "no-livepatch": 'L',
	})
	if !ok {
		return status
	}
	cfg := s.cfg
	cfg.NaivePoke, cfg.NoLivepatch, cfg.Unwinder = false, false, machine.UnwinderORC
	if len(args) > 0 {
		cfg.Kernel = nil
	}
	for _, o := range opts {
		switch o.Flag {
		case 'o', 'p', 'u':
			if err := bootModel(&cfg, o); err != nil {
				return c.Errorf("%v", err)
			}
			continue
		case 'N':
			cfg.NaivePoke = true
			continue
		case 'L':
			cfg.NoLivepatch = true
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

// bootModel reads --offline, --preempt and --unwinder.
func bootModel(cfg *machine.Config, o Opt) (err error) {
	switch o.Flag {
	case 'p':
		cfg.Preempt, err = machine.ParsePreemption(o.Arg)
		return err
	case 'u':
		cfg.Unwinder, err = machine.ParseUnwinder(o.Arg)
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
