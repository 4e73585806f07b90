package shell

import (
	"path"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/vfs"
)

// target gives where a source goes: into DEST when that is a directory.
func (c *Ctx) target(src, dst string) string {
	if i, err := c.FS().Stat(c.Abs(dst)); err == nil && i.IsDir() {
		return join(dst, path.Base(src))
	}
	return dst
}

// sources checks the operands of cp and mv.
func (c *Ctx) sources(args []string) (src []string, dst string, status int) {
	if len(args) == 0 {
		return nil, "", c.UsageError("missing file operand")
	}
	if len(args) == 1 {
		return nil, "", c.UsageError("missing destination file operand after '%s'", args[0])
	}
	src, dst = args[:len(args)-1], args[len(args)-1]
	if i, err := c.FS().Stat(c.Abs(dst)); len(src) > 1 && (err != nil || !i.IsDir()) {
		return nil, "", c.Errorf("target '%s': %s", dst, errno.ENOTDIR)
	}
	return src, dst, 0
}

func runCp(c *Ctx) int {
	opts, args, st, ok := c.Getopt("rRafpvdT", map[string]byte{"recursive": 'r', "archive": 'a', "force": 'f'})
	if !ok {
		return st
	}
	recursive := false
	for _, o := range opts {
		recursive = recursive || strings.IndexByte("rRa", o.Flag) >= 0
	}
	src, dst, st := c.sources(args)
	if st != 0 {
		return st
	}
	status := 0
	for _, a := range src {
		status = max(status, c.copy(a, c.target(a, dst), recursive))
	}
	return status
}

func (c *Ctx) copy(src, dst string, recursive bool) int {
	i, err := c.FS().Stat(c.Abs(src))
	if err != nil {
		return c.Errorf("cannot stat '%s': %s", src, Reason(err))
	}
	if i.IsDir() {
		if !recursive {
			return c.Errorf("-r not specified; omitting directory '%s'", src)
		}
		return c.copyDir(src, dst, i)
	}
	a, errA := c.FS().RealPath(c.Abs(src))
	b, errB := c.FS().RealPath(c.Abs(dst))
	if errA == nil && errB == nil && a == b {
		return c.Errorf("'%s' and '%s' are the same file", src, dst)
	}
	data, err := c.ReadFile(src)
	if err != nil {
		return c.Errorf("error reading '%s': %s", src, Reason(err))
	}
	if err := c.FS().WriteFile(c.Abs(dst), data, i.Perm); err != nil {
		if err == errno.ENOENT || err == errno.EACCES || err == errno.EISDIR || err == errno.ENOTDIR {
			return c.Errorf("cannot create regular file '%s': %s", dst, Reason(err))
		}
		return c.Errorf("error writing '%s': %s", dst, Reason(err))
	}
	return 0
}

func (c *Ctx) copyDir(src, dst string, i vfs.Info) int {
	list, err := c.FS().ReadDir(c.Abs(src))
	if err != nil {
		return c.Errorf("cannot access '%s': %s", src, Reason(err))
	}
	if s := cleanLogical(c.Abs(src)); strings.HasPrefix(cleanLogical(c.Abs(dst))+"/", s+"/") {
		return c.Errorf("cannot copy a directory, '%s', into itself, '%s'", src, dst)
	}
	if err := c.FS().Mkdir(c.Abs(dst), i.Perm); err != nil && err != errno.EEXIST {
		return c.Errorf("cannot create directory '%s': %s", dst, Reason(err))
	}
	status := 0
	for _, e := range list {
		status = max(status, c.copy(join(src, e.Name), join(dst, e.Name), true))
		if c.Stopped() {
			return 1
		}
	}
	return status
}

func runMv(c *Ctx) int {
	_, args, st, ok := c.Getopt("fnvT", map[string]byte{"force": 'f'})
	if !ok {
		return st
	}
	src, dst, st := c.sources(args)
	if st != 0 {
		return st
	}
	status := 0
	for _, a := range src {
		to := c.target(a, dst)
		if _, err := c.FS().Lstat(c.Abs(a)); err != nil {
			status = c.Errorf("cannot stat '%s': %s", a, Reason(err))
			continue
		}
		if err := c.FS().Rename(c.Abs(a), c.Abs(to)); err != nil {
			status = c.Errorf("cannot move '%s' to '%s': %s", a, to, Reason(err))
		}
	}
	return status
}
