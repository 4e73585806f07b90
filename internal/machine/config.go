package machine

import (
	"fmt"
	"slices"

	"klpemu/internal/obj"
)

// Defaults of a machine.
const (
	DefaultCPUs    = 2
	DefaultHz      = 1_000_000
	DefaultInsns   = 100_000_000
	DefaultMemory  = 256 << 20
	DefaultTasks   = 1024
	maxCPUs        = 64
	maxHz          = 1_000_000_000_000
	logLines       = 16384 // lines kept for dmesg
	defaultLogging = 7     // console_loglevel: all but debug
)

// Limits bound what a scenario may use of its host.
type Limits struct {
	Insns  uint64 // guest instructions of one command
	Memory uint64 // bytes of guest memory
	Tasks  int    // open tasks
}

// Config describes a machine to boot.
type Config struct {
	CPUs   int    // 0: DefaultCPUs
	Hz     uint64 // instructions in a second; 0: DefaultHz
	Seed   uint64
	Limits Limits // zero fields take their defaults

	Preempt  Preemption
	Unwinder Unwinder
	// NoLivepatch is a kernel without CONFIG_LIVEPATCH.
	NoLivepatch bool
	// Check looks at the properties of the livepatch core at every step.
	Check   bool
	Offline []int // vCPUs that are there but not online; never CPU 0

	// Kernel is the kernel image; none boots the built-in kernel.
	Kernel []*obj.File
	// NaivePoke writes call sites byte by byte without int3, to show why the
	// kernel does not.
	NaivePoke bool
	// LowBase links the image at low addresses, for objects that were not
	// compiled with -mcmodel=kernel.
	LowBase bool

	// Interrupt, where it is set, is asked now and then whether the command
	// is to be ended: Ctrl-C of an interactive shell.
	Interrupt func() bool

	// Limited, where it is set, is told of each command that has failed at the
	// limit of instructions.
	Limited func()

	// Console receives each line that the kernel prints on its console.
	Console func(line string)
}

func (c *Config) offline(id int) bool { return slices.Contains(c.Offline, id) }

func (c *Config) fill() error {
	if c.CPUs == 0 {
		c.CPUs = DefaultCPUs
	}
	if c.Hz == 0 {
		c.Hz = DefaultHz
	}
	if c.CPUs < 1 || c.CPUs > maxCPUs {
		return fmt.Errorf("a machine has 1 to %d cpus, not %d", maxCPUs, c.CPUs)
	}
	for _, n := range c.Offline {
		if n < 1 || n >= c.CPUs {
			return fmt.Errorf("cpu %d cannot be offline: the machine has %d cpus, and cpu 0 is always online", n, c.CPUs)
		}
	}
	if c.Hz > maxHz {
		return fmt.Errorf("a clock has at most %d instructions in a second, not %d", uint64(maxHz), c.Hz)
	}
	if c.Limits.Insns == 0 {
		c.Limits.Insns = DefaultInsns
	}
	if c.Limits.Memory == 0 {
		c.Limits.Memory = DefaultMemory
	}
	if c.Limits.Tasks == 0 {
		c.Limits.Tasks = DefaultTasks
	}
	if c.Limited == nil {
		c.Limited = func() {}
	}
	if c.Console == nil {
		c.Console = func(string) {}
	}
	return nil
}
