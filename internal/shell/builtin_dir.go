package shell

import (
	"strings"

	"klpemu/internal/errno"
)

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
