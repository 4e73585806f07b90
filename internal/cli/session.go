package cli

import (
	"io"
	"io/fs"
	"time"

	"klpemu/internal/machine"
	"klpemu/internal/scenario"
	"klpemu/internal/shell"
)

// fsys is a directory of the host, read-only.
type fsys = fs.FS

// sessionConfig describes a shell on a freshly booted machine.
type sessionConfig struct {
	dir     fsys
	blocks  []scenario.Block
	live    io.Writer // sees the console as it is written; may be nil
	name    string    // $0
	args    []string
	env     []string // NAME=VALUE
	script  bool
	quiet   bool // without the kernel's messages
	machine machine.Config
	limits  shell.Limits
	images  []string // kernel images among the session's files
}

// hostSession is a shell on its machine.
type hostSession struct {
	shell   *shell.Shell
	system  *shell.System
	console *shell.Console
}

// defaultOutput is how much one command may write to the console where nothing
// else is said.
func defaultOutput(l shell.Limits) int {
	if l.Output != 0 {
		return l.Output
	}
	return 16 << 20
}

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
	if err := bootImages(&c.machine, tree, c.images); err != nil {
		return nil, err
	}
	console := shell.NewConsole(defaultOutput(c.limits), c.live)
	if c.quiet {
		console.HideKernel()
	}
	if sys, err = shell.NewSystem(tree, console, c.machine); err != nil {
		return nil, err
	}
	sh := shell.New(shell.Config{
		FS: tree, Host: sys, Console: console, Commands: sys.Commands(), Seed: c.machine.Seed,
		Dir: scenario.WorkDir, Name: c.name, Args: c.args, Env: c.env, Script: c.script,
		Limits: c.limits, LimitFlags: true,
	})
	return &hostSession{sh, sys, console}, nil
}
