package cli

import (
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"klpemu/internal/machine"
	"klpemu/internal/scenario"
	"klpemu/internal/shell"
)

// applySettings applies the machine defaults of a scenario's front matter.
func applySettings(cfg *machine.Config, f *scenario.File) error {
	for _, set := range f.Settings {
		if set.Key == "title" {
			continue
		}
		n, err := strconv.ParseUint(set.Value, 0, 62)
		if err != nil {
			return fmt.Errorf("%s:%d: %s: '%s' is no number", f.Name, set.Line, set.Key, set.Value)
		}
		switch set.Key {
		case "cpus":
			cfg.CPUs = int(min(n, 1<<30))
		case "hz":
			cfg.Hz = n
		case "seed":
			if cfg.Seed == 0 {
				cfg.Seed = n
			}
		default:
			return fmt.Errorf("%s:%d: unknown setting '%s'; the front matter has title, cpus, hz and seed", f.Name, set.Line, set.Key)
		}
	}
	return nil
}

// fsys is a directory of the host, read-only.
type fsys = fs.FS

// sessionConfig describes a shell on a freshly booted machine.
type sessionConfig struct {
	dir     fsys
	blocks  []scenario.Block
	live    io.Writer // sees the console as it is written; may be nil
	name    string    // $0
	args    []string
	script  bool
	machine machine.Config
}

// hostSession is a shell on its machine.
type hostSession struct {
	shell   *shell.Shell
	system  *shell.System
	console *shell.Console
}

// maxOutput is how much one command may write to the console.
const maxOutput = 16 << 20

// newSession boots a machine and starts a shell on it.
func newSession(c sessionConfig) (*hostSession, error) {
	var sys *shell.System
	now := func() time.Time {
		if sys == nil {
			return shell.BootTime()
		}
		return sys.Now()
	}
	tree, err := scenario.NewFS(c.dir, c.blocks, now)
	if err != nil {
		return nil, err
	}
	console := shell.NewConsole(maxOutput, c.live)
	if sys, err = shell.NewSystem(tree, console, c.machine); err != nil {
		return nil, err
	}
	sh := shell.New(shell.Config{
		FS: tree, Host: sys, Console: console, Commands: sys.Commands(), Seed: c.machine.Seed,
		Dir: scenario.WorkDir, Name: c.name, Args: c.args, Script: c.script,
	})
	return &hostSession{sh, sys, console}, nil
}
