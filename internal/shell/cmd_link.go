package shell

import (
	"path"
	"strings"

	"klpemu/internal/errno"
)

func runLn(c *Ctx) int {
	opts, args, st, ok := c.Getopt("sfnv", map[string]byte{"symbolic": 's', "force": 'f'})
	if !ok {
		return st
	}
	var symbolic, force bool
	for _, o := range opts {
		symbolic = symbolic || o.Flag == 's'
		force = force || o.Flag == 'f'
	}
	if !symbolic {
		return c.Errorf("hard links are not supported; use ln -s")
	}
	if len(args) == 0 {
		return c.UsageError("missing file operand")
	}
	to := path.Base(args[0])
	if len(args) > 1 {
		to = c.target(args[0], args[1])
	}
	if force {
		c.FS().Remove(c.Abs(to))
	}
	if err := c.FS().Symlink(args[0], c.Abs(to)); err != nil {
		return c.Errorf("failed to create symbolic link '%s': %s", to, Reason(err))
	}
	return 0
}

func runReadlink(c *Ctx) int {
	opts, args, st, ok := c.Getopt("femnqsz", map[string]byte{"canonicalize": 'f'})
	if !ok {
		return st
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	full := len(opts) > 0 || c.cmd.Name == "realpath"
	status := 0
	for _, a := range args {
		var to string
		var err error
		if full {
			to, err = c.FS().RealPath(c.Abs(a))
			if err == errno.ENOENT { // the last component may be missing
				if dir, derr := c.FS().RealPath(c.Abs(path.Dir(strings.TrimRight(a, "/")))); derr == nil {
					to, err = join(dir, path.Base(a)), nil
				}
			}
		} else {
			to, err = c.FS().Readlink(c.Abs(a))
		}
		if err != nil {
			status = 1
			if c.cmd.Name == "realpath" {
				c.Errorf("%s: %s", a, Reason(err))
			}
			continue
		}
		c.Out().WriteString(to + "\n")
	}
	return status
}
