package shell

import (
	"strings"

	"klpemu/internal/errno"
)

// runPushd is pushd DIR, and without DIR an exchange of the two newest.
func runPushd(c *Ctx) int {
	s := c.sh
	dir, rest := "", s.dirs
	switch {
	case len(c.Args) > 2:
		return c.Errorf("too many arguments")
	case len(c.Args) == 2:
		dir = c.Args[1]
	case len(s.dirs) == 0:
		return c.Errorf("no other directory")
	default:
		dir, rest = s.dirs[0], s.dirs[1:]
	}
	old := s.dir
	if st := c.changeDir(dir); st != 0 {
		return st
	}
	s.dirs = append([]string{old}, rest...)
	return runDirs(c)
}

func runPopd(c *Ctx) int {
	s := c.sh
	if len(s.dirs) == 0 {
		return c.Errorf("directory stack empty")
	}
	if st := c.changeDir(s.dirs[0]); st != 0 {
		return st
	}
	s.dirs = s.dirs[1:]
	return runDirs(c)
}

func runDirs(c *Ctx) int {
	var out []string
	for _, d := range append([]string{c.sh.dir}, c.sh.dirs...) {
		if rest, ok := strings.CutPrefix(d, c.sh.Var("HOME")); ok && (rest == "" || rest[0] == '/') {
			d = "~" + rest
		}
		out = append(out, d)
	}
	return c.Print(strings.Join(out, " ") + "\n")
}

// changeDir is cd as another command does it.
func (c *Ctx) changeDir(dir string) int {
	args := c.Args
	c.Args = []string{"cd", "--", dir}
	st := runCd(c)
	c.Args = args
	return st
}

func runCd(c *Ctx) int {
	s := c.sh
	args := c.Args[1:]
	physical := false
	for len(args) > 0 && (args[0] == "-P" || args[0] == "-L" || args[0] == "--") {
		physical = args[0] == "-P"
		args = args[1:]
	}
	if len(args) > 1 {
		return c.Errorf("too many arguments")
	}
	dir, show := s.Var("HOME"), false
	if len(args) == 1 {
		dir = args[0]
	}
	if dir == "-" {
		if s.oldDir == "" {
			return c.Errorf("OLDPWD not set")
		}
		dir, show = s.oldDir, true
	}
	full := cleanLogical(s.abs(dir))
	if i, err := s.k.fs.Stat(s.abs(dir)); err != nil {
		return c.Errorf("%s: %s", dir, Reason(err))
	} else if !i.IsDir() {
		return c.Errorf("%s: %s", dir, errno.ENOTDIR)
	}
	if physical {
		if real, err := s.k.fs.RealPath(full); err == nil {
			full = real
		}
	}
	s.oldDir, s.dir = s.dir, full
	s.SetVar("OLDPWD", s.oldDir)
	s.SetVar("PWD", s.dir)
	if show {
		return c.Print(full + "\n")
	}
	return 0
}

// cleanLogical resolves "." and ".." by their letters, as cd -L does.
func cleanLogical(p string) string {
	var parts []string
	for part := range strings.SplitSeq(p, "/") {
		switch part {
		case "", ".":
		case "..":
			if len(parts) > 0 {
				parts = parts[:len(parts)-1]
			}
		default:
			parts = append(parts, part)
		}
	}
	return "/" + strings.Join(parts, "/")
}

func runPwd(c *Ctx) int {
	dir := c.sh.dir
	if len(c.Args) > 1 && c.Args[1] == "-P" {
		if real, err := c.FS().RealPath(dir); err == nil {
			dir = real
		}
	}
	return c.Print(dir + "\n")
}
