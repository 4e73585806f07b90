package shell

import (
	"fmt"
	"path"
	"strings"
	"time"

	"klpemu/internal/vfs"
)

const statUsage = `stat [-L] [-c FORMAT | --format=FORMAT | --printf=FORMAT] FILE...
Show what is known about files. In FORMAT:
  %a  mode in octal      %A  mode as ls -l     %f  mode in hexadecimal
  %n  name               %N  quoted name       %F  type
  %s  size in bytes      %b  blocks            %B  512       %o  4096
  %u %U  owner           %g %G  group          %h  links     %i  inode
  %y %Y  modification    %x %X %z %Z  the same`

func runStat(c *Ctx) int {
	opts, args, st, ok := c.Getopt("Lc:tfP:", map[string]byte{"format": 'c', "printf": 'P', "dereference": 'L', "terse": 't'})
	if !ok {
		return st
	}
	format, raw, follow := "", false, false
	for _, o := range opts {
		switch o.Flag {
		case 'c':
			format, raw = o.Arg+"\n", false
		case 'P':
			format, raw = o.Arg, true
			format, _ = unescape(format, false)
		case 'L':
			follow = true
		}
	}
	_ = raw
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	status := 0
	for _, a := range args {
		i, err := c.FS().Lstat(c.Abs(a))
		if follow {
			i, err = c.FS().Stat(c.Abs(a))
		}
		if err != nil {
			status = c.Errorf("cannot statx '%s': %s", a, Reason(err))
			continue
		}
		if format == "" {
			c.Out().WriteString(c.statDefault(a, i))
		} else {
			c.Out().WriteString(c.statFormat(format, a, i))
		}
	}
	return status
}

func fileType(i vfs.Info) string {
	switch i.Type {
	case vfs.Dir:
		return "directory"
	case vfs.Symlink:
		return "symbolic link"
	case vfs.CharDev:
		return "character special file"
	case vfs.NamePipe:
		return "fifo"
	}
	if i.Size == 0 {
		return "regular empty file"
	}
	return "regular file"
}

func statTime(t time.Time) string { return t.Format("2006-01-02 15:04:05.000000000 -0700") }

func (c *Ctx) statFormat(format, name string, i vfs.Info) string {
	var b strings.Builder
	for p := 0; p < len(format); p++ {
		if format[p] != '%' || p+1 == len(format) {
			b.WriteByte(format[p])
			continue
		}
		p++
		b.WriteString(c.statField(format[p], name, i))
	}
	return b.String()
}

func (c *Ctx) statField(f byte, name string, i vfs.Info) string {
	switch f {
	case 'a':
		return fmt.Sprintf("%o", i.Perm)
	case 'A':
		return i.String()
	case 'f':
		return fmt.Sprintf("%x", i.Mode())
	case 'n':
		return name
	case 'N':
		q := quoteAlways(name)
		if to, err := c.FS().Readlink(c.Abs(name)); err == nil {
			q += " -> " + quoteAlways(to)
		}
		return q
	case 'F':
		return fileType(i)
	case 's':
		return itoa(int(i.Size))
	case 'b':
		return itoa(int(blocksOf(i)))
	case 'B':
		return "512"
	case 'o':
		return "4096"
	case 'u', 'g':
		return "0"
	case 'U', 'G':
		return "root"
	case 'h':
		return itoa(i.Nlink)
	case 'i':
		return itoa(int(i.Ino))
	case 'd':
		return "1"
	case 'D':
		return "1"
	case 't':
		return fmt.Sprintf("%x", i.Major)
	case 'T':
		return fmt.Sprintf("%x", i.Minor)
	case 'y', 'x', 'z':
		return statTime(i.Mtime)
	case 'Y', 'X', 'Z':
		return itoa(int(i.Mtime.Unix()))
	case 'w':
		return "-"
	case 'W':
		return "0"
	case 'm':
		return "/"
	case '%':
		return "%"
	}
	return "?"
}

func (c *Ctx) statDefault(name string, i vfs.Info) string {
	title := name
	if to, err := c.FS().Readlink(c.Abs(name)); err == nil && i.Type == vfs.Symlink {
		title += " -> " + to
	}
	t := statTime(i.Mtime)
	return fmt.Sprintf("  File: %s\n  Size: %-10d\tBlocks: %-10d IO Block: 4096   %s\nDevice: 0,1\tInode: %-11d Links: %d\n"+
		"Access: (%04o/%s)  Uid: (    0/    root)   Gid: (    0/    root)\nAccess: %s\nModify: %s\nChange: %s\n Birth: -\n",
		title, i.Size, blocksOf(i), fileType(i), i.Ino, i.Nlink, i.Perm, i, t, t, t)
}

const findUsage = `find [PATH]... [-maxdepth N] [-mindepth N] [-name PATTERN] [-path PATTERN] [-type T] [-empty] [!] [-print] [-print0]
Print the paths below PATH that pass all tests.`

// findTest is one test of find.
type findTest struct {
	not bool
	ok  func(p string, i vfs.Info) bool
}

type finder struct {
	c        *Ctx
	min, max int
	tests    []findTest
	end      string
	status   int
}

func runFind(c *Ctx) int {
	f := &finder{c: c, max: maxNesting, end: "\n"}
	args := c.Args[1:]
	var paths []string
	for len(args) > 0 && args[0] != "!" && !strings.HasPrefix(args[0], "-") {
		paths, args = append(paths, args[0]), args[1:]
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	if st := f.parse(args); st != 0 {
		return st
	}
	for _, p := range paths {
		i, err := c.FS().Lstat(c.Abs(p))
		if err != nil {
			f.status = c.Errorf("'%s': %s", p, Reason(err))
			continue
		}
		i.Name = path.Base(p)
		f.walk(p, i, 0)
	}
	return f.status
}

func (f *finder) parse(args []string) int {
	not := false
	for len(args) > 0 {
		a := args[0]
		args = args[1:]
		arg := ""
		switch a {
		case "-name", "-iname", "-path", "-type", "-maxdepth", "-mindepth":
			if len(args) == 0 {
				return f.c.Errorf("missing argument to `%s'", a)
			}
			arg, args = args[0], args[1:]
		}
		var ok func(string, vfs.Info) bool
		switch a {
		case "!", "-not":
			not = !not
			continue
		case "-print", "-a", "-and":
			continue
		case "-print0":
			f.end = "\x00"
			continue
		case "-maxdepth", "-mindepth":
			n, good := parseInt(arg)
			if !good || n < 0 {
				return f.c.Errorf("Expected a positive decimal integer argument to %s, but got '%s'", a, arg)
			}
			if a == "-maxdepth" {
				f.max = n
			} else {
				f.min = n
			}
			continue
		case "-name", "-iname":
			ok = func(_ string, i vfs.Info) bool { return matchPattern(arg, i.Name, a == "-iname") }
		case "-path":
			ok = func(p string, _ vfs.Info) bool { return matchPattern(arg, p, false) }
		case "-type":
			ok = func(_ string, i vfs.Info) bool {
				return arg == "f" && i.Type == vfs.Regular || arg != "f" && arg == string(rune(i.Type))
			}
		case "-empty":
			ok = func(p string, i vfs.Info) bool {
				if i.IsDir() {
					l, err := f.c.FS().ReadDir(f.c.Abs(p))
					return err == nil && len(l) == 0
				}
				return i.Type == vfs.Regular && i.Size == 0
			}
		default:
			return f.c.Errorf("unknown predicate `%s'", a)
		}
		f.tests = append(f.tests, findTest{not, ok})
		not = false
	}
	return 0
}

func (f *finder) walk(p string, i vfs.Info, depth int) {
	if f.c.Stopped() {
		return
	}
	pass := depth >= f.min
	for _, t := range f.tests {
		pass = pass && t.ok(p, i) != t.not
	}
	if pass {
		f.c.Out().WriteString(p + f.end)
	}
	if !i.IsDir() || depth >= f.max {
		return
	}
	list, err := f.c.FS().ReadDir(f.c.Abs(p))
	if err != nil {
		f.status = f.c.Errorf("'%s': %s", p, Reason(err))
		return
	}
	for _, e := range list {
		f.walk(join(p, e.Name), e, depth+1)
	}
}
