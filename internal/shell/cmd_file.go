package shell

import (
	"io"
	"path"
	"strconv"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/vfs"
)

func fileCommands() []*Command {
	return []*Command{
		{Name: "basename", Usage: "basename NAME [SUFFIX]\nPrint NAME without its directory and SUFFIX.", Run: runBasename},
		{Name: "chmod", Usage: "chmod MODE FILE...\nSet the mode, octal or like u+x.", Run: runChmod},
		{Name: "cp", Usage: "cp [-r] SOURCE... DEST\nCopy files; -r: directories too.", Run: runCp},
		{Name: "dirname", Usage: "dirname NAME...\nPrint the directory part.", Run: runDirname},
		{Name: "ln", Usage: "ln -s TARGET NAME\nMake a symbolic link; -f: replace one.", Run: runLn},
		{Name: "mkdir", Usage: "mkdir [-p] [-m MODE] DIR...\nMake directories; -p: with those above, no error if there.", Run: runMkdir},
		{Name: "mktemp", Usage: "mktemp [-d] [TEMPLATE]\nMake a file (-d: a directory) with a new name.", Run: runMktemp},
		{Name: "mv", Usage: "mv SOURCE... DEST\nRename files.", Run: runMv},
		{Name: "readlink", Usage: "readlink [-f] FILE...\nPrint where a link leads; -f: the path without links.", Run: runReadlink},
		{Name: "realpath", Usage: "realpath FILE...\nPrint the path without links.", Run: runReadlink},
		{Name: "rm", Usage: "rm [-rf] FILE...\nRemove files; -r: directories too, -f: no errors for missing ones.", Run: runRm},
		{Name: "rmdir", Usage: "rmdir [-p] DIR...\nRemove empty directories.", Run: runRmdir},
		{Name: "tee", Usage: "tee [-a] [FILE]...\nCopy standard input to each FILE and to standard output; -a: append.", Run: runTee},
		{Name: "touch", Usage: "touch [-c] FILE...\nSet the modification time to now, and make files that are missing.", Run: runTouch},
	}
}

func runBasename(c *Ctx) int {
	_, args, st, ok := c.Getopt("+", nil)
	if !ok {
		return st
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	if len(args) > 2 {
		return c.UsageError("extra operand '%s'", args[2])
	}
	name := path.Base(args[0])
	if args[0] == "" {
		name = ""
	}
	if len(args) == 2 && name != args[1] {
		name = strings.TrimSuffix(name, args[1])
	}
	return c.Print(name + "\n")
}

func runDirname(c *Ctx) int {
	if len(c.Args) < 2 {
		return c.UsageError("missing operand")
	}
	for _, a := range c.Args[1:] {
		c.Out().WriteString(path.Dir(strings.TrimRight(a, "/")+strings.Repeat("/", boolStatus(strings.Trim(a, "/") != ""))) + "\n")
	}
	return 0
}

func runMkdir(c *Ctx) int {
	opts, args, st, ok := c.Getopt("pm:v", map[string]byte{"parents": 'p', "mode": 'm'})
	if !ok {
		return st
	}
	parents, perm := false, uint32(0o755)
	for _, o := range opts {
		switch o.Flag {
		case 'p':
			parents = true
		case 'm':
			n, err := strconv.ParseUint(o.Arg, 8, 12)
			if err != nil {
				return c.Errorf("invalid mode '%s'", o.Arg)
			}
			perm = uint32(n)
		}
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	status := 0
	for _, a := range args {
		var err error
		if parents {
			err = c.FS().MkdirAll(c.Abs(a), perm)
		} else if a == "" {
			err = errno.ENOENT
		} else {
			err = c.FS().Mkdir(c.Abs(a), perm)
		}
		if err != nil {
			status = c.Errorf("cannot create directory '%s': %s", a, Reason(err))
		}
	}
	return status
}

func runRmdir(c *Ctx) int {
	opts, args, st, ok := c.Getopt("pv", map[string]byte{"parents": 'p', "verbose": 'v'})
	if !ok {
		return st
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	parents := len(opts) > 0 && opts[0].Flag == 'p'
	status := 0
	for _, a := range args {
		for {
			if err := c.FS().Rmdir(c.Abs(a)); err != nil {
				status = c.Errorf("failed to remove '%s': %s", a, Reason(err))
				break
			}
			if a = path.Dir(a); !parents || a == "." || a == "/" {
				break
			}
		}
	}
	return status
}

func runRm(c *Ctx) int {
	opts, args, st, ok := c.Getopt("rRfvid", map[string]byte{"recursive": 'r', "force": 'f', "verbose": 'v', "dir": 'd'})
	if !ok {
		return st
	}
	var recursive, force, dir bool
	for _, o := range opts {
		switch o.Flag {
		case 'r', 'R':
			recursive = true
		case 'f':
			force = true
		case 'd':
			dir = true
		}
	}
	if len(args) == 0 {
		if force {
			return 0
		}
		return c.UsageError("missing operand")
	}
	status := 0
	for _, a := range args {
		i, err := c.FS().Lstat(c.Abs(a))
		switch {
		case err == errno.ENOENT && force:
		case err != nil:
			status = c.Errorf("cannot remove '%s': %s", a, Reason(err))
		case i.IsDir() && recursive:
			status = max(status, c.removeTree(a))
		case i.IsDir() && dir:
			if err := c.FS().Rmdir(c.Abs(a)); err != nil {
				status = c.Errorf("cannot remove '%s': %s", a, Reason(err))
			}
		case i.IsDir():
			status = c.Errorf("cannot remove '%s': Is a directory", a)
		default:
			if err := c.FS().Remove(c.Abs(a)); err != nil {
				status = c.Errorf("cannot remove '%s': %s", a, Reason(err))
			}
		}
	}
	return status
}

func (c *Ctx) removeTree(name string) int {
	status := 0
	list, err := c.FS().ReadDir(c.Abs(name))
	if err != nil {
		return c.Errorf("cannot remove '%s': %s", name, Reason(err))
	}
	for _, e := range list {
		p := join(name, e.Name)
		if e.IsDir() {
			status = max(status, c.removeTree(p))
		} else if err := c.FS().Remove(c.Abs(p)); err != nil {
			status = c.Errorf("cannot remove '%s': %s", p, Reason(err))
		}
	}
	if status == 0 {
		if err := c.FS().Rmdir(c.Abs(name)); err != nil {
			return c.Errorf("cannot remove '%s': %s", name, Reason(err))
		}
	}
	return status
}

func runTouch(c *Ctx) int {
	opts, args, st, ok := c.Getopt("camd:r:t:", map[string]byte{"no-create": 'c'})
	if !ok {
		return st
	}
	create := true
	for _, o := range opts {
		if o.Flag == 'c' {
			create = false
		}
	}
	if len(args) == 0 {
		return c.UsageError("missing file operand")
	}
	status := 0
	for _, a := range args {
		_, err := c.FS().Stat(c.Abs(a))
		if err == errno.ENOENT && create {
			var f *vfs.File
			if f, err = c.FS().Open(c.Abs(a), vfs.WriteOnly|vfs.Create, 0o644); err == nil {
				err = f.Close()
			}
		}
		if err == nil {
			err = c.FS().Touch(c.Abs(a), c.Now())
		}
		if err != nil && (create || err != errno.ENOENT) {
			status = c.Errorf("cannot touch '%s': %s", a, Reason(err))
		}
	}
	return status
}

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

func runTee(c *Ctx) int {
	opts, args, st, ok := c.Getopt("aip", map[string]byte{"append": 'a'})
	if !ok {
		return st
	}
	flags := vfs.WriteOnly | vfs.Create | vfs.Trunc
	for _, o := range opts {
		if o.Flag == 'a' {
			flags = vfs.WriteOnly | vfs.Create | vfs.Append
		}
	}
	status := 0
	files := make([]*desc, len(args))
	for i, a := range args {
		d, err := c.sh.open(a, flags)
		if err != nil {
			status = c.Errorf("%s: %s", a, Reason(err))
			continue
		}
		files[i] = d
	}
	data, err := io.ReadAll(c.Stdin)
	if err != nil {
		status = c.Errorf("read error: %s", Reason(err))
	}
	if len(data) > 0 {
		if _, err := c.Stdout.Write(data); err != nil {
			status = c.Errorf("'standard output': %s", Reason(err))
		}
	}
	for i, d := range files {
		if d == nil {
			continue
		}
		if len(data) > 0 {
			if _, err := d.w.Write(data); err != nil {
				status = c.Errorf("%s: %s", args[i], Reason(err))
			}
		}
		if err := d.close(); err != nil {
			status = c.Errorf("%s: %s", args[i], Reason(err))
		}
	}
	return status
}

func runMktemp(c *Ctx) int {
	opts, args, st, ok := c.Getopt("dup:qt", map[string]byte{"directory": 'd'})
	if !ok {
		return st
	}
	tmpl := "/tmp/tmp.XXXXXXXXXX"
	if len(args) > 0 {
		tmpl = args[0]
	}
	stem := strings.TrimRight(tmpl, "X")
	if len(tmpl)-len(stem) < 3 {
		return c.Errorf("too few X's in template '%s'", tmpl)
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	name := stem
	for range len(tmpl) - len(stem) {
		name += string(letters[c.sh.k.rng.IntN(len(letters))])
	}
	var err error
	if len(opts) > 0 && opts[0].Flag == 'd' {
		err = c.FS().Mkdir(c.Abs(name), 0o700)
	} else {
		err = c.FS().WriteFile(c.Abs(name), nil, 0o600)
	}
	if err != nil {
		return c.Errorf("failed to create file via template '%s': %s", tmpl, Reason(err))
	}
	return c.Print(name + "\n")
}

func runChmod(c *Ctx) int {
	args := c.Args[1:]
	if len(args) < 2 {
		return c.UsageError("missing operand")
	}
	status := 0
	for _, a := range args[1:] {
		i, err := c.FS().Stat(c.Abs(a))
		if err != nil {
			status = c.Errorf("cannot access '%s': %s", a, Reason(err))
			continue
		}
		perm, ok := parseMode(args[0], i.Perm)
		if !ok {
			return c.UsageError("invalid mode: '%s'", args[0])
		}
		if err := c.FS().Chmod(c.Abs(a), perm); err != nil {
			status = c.Errorf("changing permissions of '%s': %s", a, Reason(err))
		}
	}
	return status
}

// parseMode applies 755 or u+x,go-w to a mode.
func parseMode(v string, perm uint32) (uint32, bool) {
	if n, err := strconv.ParseUint(v, 8, 12); err == nil {
		return uint32(n), true
	}
	for clause := range strings.SplitSeq(v, ",") {
		at := strings.IndexAny(clause, "+-=")
		if at < 0 {
			return 0, false
		}
		who, bits := uint32(0), uint32(0)
		for _, w := range clause[:at] {
			m := map[rune]uint32{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[w]
			if m == 0 {
				return 0, false
			}
			who |= m
		}
		if who == 0 {
			who = 0o777
		}
		for _, p := range clause[at+1:] {
			m := map[rune]uint32{'r': 0o444, 'w': 0o222, 'x': 0o111}[p]
			if m == 0 {
				return 0, false
			}
			bits |= m
		}
		switch clause[at] {
		case '+':
			perm |= who & bits
		case '-':
			perm &^= who & bits
		default:
			perm = perm&^who | who&bits
		}
	}
	return perm, true
}
