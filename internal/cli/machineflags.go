package cli

import (
	"fmt"
	"math"
	"strings"

	"github.com/spf13/pflag"

	"klpemu/internal/machine"
	"klpemu/internal/scenario"
	"klpemu/internal/shell"
)

// machineFlags are the options of the commands that boot a machine with a
// shell: its seed and what a command may use of the host. 0 is "not given":
// a scenario's front matter decides, else the default.
type machineFlags struct {
	seed                          uint64
	check                         bool
	insns, memory, tasks          uint64
	commands, output, pipe, depth uint64
}

// add defines the flags.
func (m *machineFlags) add(f *pflag.FlagSet) {
	f.Uint64Var(&m.seed, "seed", 0, "seed of everything that is random")
	f.BoolVar(&m.check, "check", false, "check the properties of the livepatch core at every step")
	for _, l := range []struct {
		to    *uint64
		name  string
		usage string
	}{
		{&m.insns, "max-insns", "guest instructions of one command (default 100000000)"},
		{&m.memory, "max-memory", "bytes of guest memory (default 268435456)"},
		{&m.tasks, "max-tasks", "open tasks (default 1024)"},
		{&m.commands, "max-commands", "commands and loop rounds in one command line (default 1000000)"},
		{&m.output, "max-output", "bytes that one command line prints (default 16777216)"},
		{&m.pipe, "max-pipe", "bytes in a pipe or a variable (default 16777216)"},
		{&m.depth, "max-depth", "nested functions and subshells (default 400)"},
	} {
		f.Var(positive{l.to}, l.name, l.usage)
	}
}

// positive is the value of a flag that is a number from 1.
type positive struct{ n *uint64 }

func (p positive) String() string {
	if p.n == nil || *p.n == 0 {
		return ""
	}
	return fmt.Sprint(*p.n)
}

func (p positive) Type() string { return "N" }

func (p positive) Set(s string) error {
	var n uint64
	if _, err := fmt.Sscan(s, &n); err != nil || n < 1 || n > math.MaxInt64 {
		return fmt.Errorf("'%s' is no number from 1", s)
	}
	*p.n = n
	return nil
}

// apply puts the flags, and below them the front matter of f (which may be
// nil), into a session's configuration.
func (m *machineFlags) apply(c *sessionConfig, f *scenario.File) error {
	if f != nil {
		if err := applySettings(c, f); err != nil {
			return err
		}
		var err error
		if c.limits, err = f.Limits(); err != nil {
			return err
		}
	}
	c.machine.Check = c.machine.Check || m.check
	if m.seed != 0 {
		c.machine.Seed = m.seed
	}
	override(&c.machine.Limits.Insns, m.insns)
	override(&c.machine.Limits.Memory, m.memory)
	overrideInt(&c.machine.Limits.Tasks, m.tasks)
	overrideInt(&c.limits.Commands, m.commands)
	overrideInt(&c.limits.Output, m.output)
	overrideInt(&c.limits.Pipe, m.pipe)
	overrideInt(&c.limits.Depth, m.depth)
	return nil
}

func override(to *uint64, n uint64) {
	if n != 0 {
		*to = n
	}
}

func overrideInt(to *int, n uint64) {
	if n != 0 {
		*to = int(min(n, math.MaxInt32))
	}
}

// applySettings applies the machine defaults of a scenario's front matter.
func applySettings(c *sessionConfig, f *scenario.File) error {
	for _, set := range f.Settings {
		if err := applySetting(c, set); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", f.Name, set.Line, set.Key, err)
		}
	}
	return nil
}

func applySetting(c *sessionConfig, set scenario.Setting) error {
	switch set.Key {
	case "title":
		return nil
	case "image":
		c.images = strings.Fields(set.Value)
		return nil
	}
	var n uint64
	if err := (positive{&n}).Set(set.Value); err != nil {
		return err
	}
	switch set.Key {
	case "cpus":
		c.machine.CPUs = int(min(n, math.MaxInt32))
	case "hz":
		c.machine.Hz = n
	case "seed":
		c.machine.Seed = n
	case "max-insns":
		c.machine.Limits.Insns = n
	case "max-memory":
		c.machine.Limits.Memory = n
	}
	return nil // the shell's limits are read by scenario.File.Limits
}

// bootImages reads the images that the front matter names from the session's
// own files.
func bootImages(cfg *machine.Config, tree interface {
	ReadFile(name string) ([]byte, error)
}, images []string) error {
	for _, name := range images {
		data, err := tree.ReadFile(scenario.WorkDir + "/" + name)
		if err != nil {
			return fmt.Errorf("image %s: %s", name, shell.Reason(err))
		}
		f, err := machine.ParseObject(name, data)
		if err != nil {
			return fmt.Errorf("image: %w", err)
		}
		cfg.Kernel = append(cfg.Kernel, f)
	}
	return nil
}
