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

const readlinkUsage = `readlink [-f | -e | -m] [-nqvz] FILE...
Print where links lead; -f: the path without links, whose last part may be
missing, -e: no part may, -m: any part may.`

const realpathUsage = `realpath [-e | -m] [-s] [-qz] [--relative-to=DIR] FILE...
Print paths without links (-s: with them); -e: no part may be missing, -m: any.`

// realer is a running readlink or realpath.
type realer struct {
	c                           *Ctx
	mode                        byte // 0: one link; f, e, m
	strip, quiet, verbose, bare bool
	end, base                   string
}

func runReadlink(c *Ctx) int {
	const relative = 1
	opts, args, st, ok := c.Getopt("femnqsvz\x01:", map[string]byte{"canonicalize": 'f', "canonicalize-existing": 'e', "canonicalize-missing": 'm',
		"no-newline": 'n', "quiet": 'q', "silent": 'q', "verbose": 'v', "zero": 'z', "strip": 's', "no-symlinks": 's', "relative-to": relative})
	if !ok {
		return st
	}
	r := &realer{c: c, end: "\n"}
	if c.cmd.Name == "realpath" {
		r.mode, r.verbose = 'f', true
	}
	for _, o := range opts {
		switch o.Flag {
		case 'f', 'e', 'm':
			r.mode = o.Flag
		case 's':
			r.strip = c.cmd.Name == "realpath"
			r.quiet = r.quiet || !r.strip
		case 'n':
			r.bare = true
		case 'q':
			r.quiet = true
		case 'v':
			r.verbose = true
		case 'z':
			r.end = "\x00"
		case relative:
			r.base = path.Clean(c.Abs(o.Arg))
		}
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	for _, a := range args {
		to, err := r.resolve(a)
		if err != nil {
			st = 1
			if r.verbose && !r.quiet {
				c.Errorf("%s: %s", a, Reason(err))
			}
			continue
		}
		if r.base != "" {
			to = relativeTo(r.base, to)
		}
		c.Out().WriteString(to)
		if !r.bare || len(args) > 1 {
			c.Out().WriteString(r.end)
		}
	}
	return st
}

func (r *realer) resolve(name string) (string, error) {
	fs, abs := r.c.FS(), r.c.Abs(name)
	switch {
	case name == "":
		return "", errno.ENOENT
	case r.mode == 0:
		return fs.Readlink(abs)
	case r.strip:
		return path.Clean(abs), nil
	}
	return r.real(abs, 0)
}

// real is the path without links, as far as parts may be missing.
func (r *realer) real(abs string, depth int) (string, error) {
	to, err := r.c.FS().RealPath(abs)
	if err != errno.ENOENT && !(err == errno.ENOTDIR && r.mode == 'm') || r.mode == 'e' || depth > 40 {
		return to, err
	}
	if link, lerr := r.c.FS().Readlink(abs); lerr == nil { // it leads nowhere
		if !strings.HasPrefix(link, "/") {
			link = join(path.Dir(abs), link)
		}
		return r.real(link, depth+1)
	}
	dir, err := r.c.FS().RealPath(path.Dir(abs))
	if err != nil && r.mode == 'm' {
		dir, err = r.real(path.Dir(abs), depth+1)
	}
	return join(dir, path.Base(abs)), err
}

// relativeTo is a path as seen from a directory.
func relativeTo(base, to string) string {
	a, b := strings.Split(strings.Trim(base, "/"), "/"), strings.Split(strings.Trim(to, "/"), "/")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	if len(a) == 1 && a[0] == "" {
		a = nil
	}
	if out := strings.Repeat("../", len(a)) + strings.Join(b, "/"); out != "" {
		return strings.TrimSuffix(out, "/")
	}
	return "."
}
