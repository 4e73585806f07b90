package shell

import (
	"io"
	"path"
	"strconv"

	"klpemu/internal/errno"
	"klpemu/internal/vfs"
)

func fileCommands() []*Command {
	return []*Command{
		{Name: "basename", Usage: basenameUsage, Run: runBasename},
		{Name: "chmod", Usage: "chmod MODE FILE...\nSet the mode, octal or like u+x.", Run: runChmod},
		{Name: "cp", Usage: "cp [-r] SOURCE... DEST\nCopy files; -r: directories too.", Run: runCp},
		{Name: "dirname", Usage: dirnameUsage, Run: runDirname},
		{Name: "ln", Usage: "ln -s TARGET NAME\nMake a symbolic link; -f: replace one.", Run: runLn},
		{Name: "mkdir", Usage: "mkdir [-p] [-m MODE] DIR...\nMake directories; -p: with those above, no error if there.", Run: runMkdir},
		{Name: "mktemp", Usage: "mktemp [-d] [TEMPLATE]\nMake a file (-d: a directory) with a new name.", Run: runMktemp},
		{Name: "mv", Usage: "mv SOURCE... DEST\nRename files.", Run: runMv},
		{Name: "readlink", Usage: readlinkUsage, Run: runReadlink},
		{Name: "realpath", Usage: realpathUsage, Run: runReadlink},
		{Name: "rm", Usage: "rm [-rf] FILE...\nRemove files; -r: directories too, -f: no errors for missing ones.", Run: runRm},
		{Name: "rmdir", Usage: "rmdir [-p] DIR...\nRemove empty directories.", Run: runRmdir},
		{Name: "tee", Usage: "tee [-a] [FILE]...\nCopy standard input to each FILE and to standard output; -a: append.", Run: runTee},
		{Name: "touch", Usage: touchUsage, Run: runTouch},
	}
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
