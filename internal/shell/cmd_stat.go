package shell

import (
	"fmt"
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
