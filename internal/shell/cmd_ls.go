package shell

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"klpemu/internal/vfs"
)

const lsUsage = `ls [OPTION]... [FILE]...
List files, the current directory by default.
  -a  also names that begin with .     -A  the same, without . and ..
  -l  long format                      -1  one name a line
  -d  directories themselves           -R  directories below, too
  -F  a letter for the type            -p  / after directories
  -r  reverse order   -t  newest first   -S  largest first   -U  unsorted
  -i  inode numbers   -h  sizes for people   -n  numeric owner
  -L  what links lead to`

type lister struct {
	c                                                                                 *Ctx
	all, almost, long, self, recursive, classify, slash, reverse, inode, human, deref bool
	order                                                                             byte
	status                                                                            int
	first                                                                             bool
}

func runLs(c *Ctx) int {
	opts, args, st, ok := c.Getopt("alAd1RFrtSUihnLpgoCx", map[string]byte{"all": 'a', "almost-all": 'A', "directory": 'd', "recursive": 'R',
		"reverse": 'r', "classify": 'F', "inode": 'i', "human-readable": 'h', "dereference": 'L', "numeric-uid-gid": 'n'})
	if !ok {
		return st
	}
	l := &lister{c: c, first: true}
	bools := map[byte]*bool{'a': &l.all, 'A': &l.almost, 'l': &l.long, 'n': &l.long, 'd': &l.self, 'R': &l.recursive, 'F': &l.classify,
		'p': &l.slash, 'r': &l.reverse, 'i': &l.inode, 'h': &l.human, 'L': &l.deref}
	for _, o := range opts {
		if p, ok := bools[o.Flag]; ok {
			*p = true
		}
		if strings.IndexByte("tSU", o.Flag) >= 0 {
			l.order = o.Flag
		}
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	l.operands(args)
	return l.status
}

// operands lists files first, then directories, each group sorted.
func (l *lister) operands(args []string) {
	var files, dirs []vfs.Info
	for _, a := range args {
		i, err := l.stat(a)
		if err != nil {
			l.c.Errorf("cannot access '%s': %s", a, Reason(err))
			l.status = 2
			continue
		}
		i.Name = a
		if i.IsDir() && !l.self {
			dirs = append(dirs, i)
		} else {
			files = append(files, i)
		}
	}
	l.sort(files)
	l.sort(dirs)
	l.print(files, "")
	l.first = len(files) == 0
	for _, d := range dirs {
		l.dir(d.Name, len(args) > 1 || l.recursive)
	}
}

// stat follows a link given as an operand, unless the long format shows it.
func (l *lister) stat(name string) (vfs.Info, error) {
	fs, p := l.c.FS(), l.c.Abs(name)
	if !l.deref && (l.long || l.self || l.classify) && !strings.HasSuffix(name, "/") {
		return fs.Lstat(p)
	}
	i, err := fs.Stat(p)
	if err != nil {
		return fs.Lstat(p)
	}
	return i, nil
}

func (l *lister) dir(name string, title bool) {
	if l.c.Stopped() {
		return
	}
	list, err := l.c.FS().ReadDir(l.c.Abs(name))
	if err != nil {
		l.c.Errorf("cannot open directory '%s': %s", name, Reason(err))
		l.status = max(l.status, 2)
		return
	}
	if title {
		if !l.first {
			l.c.Out().WriteByte('\n')
		}
		l.c.Out().WriteString(name + ":\n")
	}
	l.first = false
	shown := l.visible(name, list)
	if l.long {
		blocks := int64(0)
		for _, i := range shown {
			blocks += blocksOf(i)
		}
		fmt.Fprintf(l.c.Out(), "total %d\n", blocks/2)
	}
	l.print(shown, name)
	if !l.recursive {
		return
	}
	for _, i := range shown {
		if i.IsDir() && i.Name != "." && i.Name != ".." {
			l.dir(join(name, i.Name), true)
		}
	}
}

// visible gives what is shown of a directory, sorted.
func (l *lister) visible(name string, list []vfs.Info) []vfs.Info {
	var out []vfs.Info
	if l.all {
		for _, dot := range []string{".", ".."} {
			if i, err := l.c.FS().Stat(l.c.Abs(join(name, dot))); err == nil {
				i.Name = dot
				out = append(out, i)
			}
		}
	}
	for _, i := range list {
		if i.Name[0] == '.' && !l.all && !l.almost {
			continue
		}
		if l.deref {
			if d, err := l.c.FS().Stat(l.c.Abs(join(name, i.Name))); err == nil {
				d.Name, i = i.Name, d
			}
		}
		out = append(out, i)
	}
	l.sort(out)
	return out
}

func (l *lister) sort(list []vfs.Info) {
	if l.order == 'U' {
		return
	}
	sort.SliceStable(list, func(a, b int) bool {
		x, y := list[a], list[b]
		if l.reverse {
			x, y = y, x
		}
		switch {
		case l.order == 't' && !x.Mtime.Equal(y.Mtime):
			return x.Mtime.After(y.Mtime)
		case l.order == 'S' && x.Size != y.Size:
			return x.Size > y.Size
		}
		return x.Name < y.Name
	})
}

// blocksOf gives the 512-byte blocks a file would take on disk; files that are
// made when they are read take none.
func blocksOf(i vfs.Info) int64 {
	if i.Ino == 0 || i.Type == vfs.Symlink {
		return 0
	}
	return (i.Size + 4095) / 4096 * 8
}

// print writes entries, aligned in the long format.
func (l *lister) print(list []vfs.Info, dir string) {
	out := l.c.Out()
	var links, sizes, inos int
	for _, i := range list {
		links = max(links, len(itoa(i.Nlink)))
		sizes = max(sizes, len(l.size(i)))
		inos = max(inos, len(itoa(int(i.Ino))))
	}
	for _, i := range list {
		if l.inode {
			fmt.Fprintf(out, "%*d ", inos, i.Ino)
		}
		if !l.long {
			out.WriteString(i.Name + l.suffix(i) + "\n")
			continue
		}
		fmt.Fprintf(out, "%s %*d root root %*s %s %s", i, links, i.Nlink, sizes, l.size(i), lsTime(i.Mtime, l.c.Now()), i.Name)
		if i.Type == vfs.Symlink {
			if to, err := l.c.FS().Readlink(l.c.Abs(join(dir, i.Name))); err == nil {
				out.WriteString(" -> " + to)
			}
		}
		out.WriteString(l.suffix(i) + "\n")
	}
}

func (l *lister) size(i vfs.Info) string {
	if i.Type == vfs.CharDev {
		return fmt.Sprintf("%d, %3d", i.Major, i.Minor)
	}
	if l.human && i.Size >= 1024 {
		return humanSize(i.Size)
	}
	return itoa(int(i.Size))
}

// humanSize rounds up as -h does: 4.0K, 12K, 1.5M.
func humanSize(n int64) string {
	units, v := "KMGT", float64(n)
	u := -1
	for v >= 1024 && u < len(units)-1 {
		v /= 1024
		u++
	}
	if up := ceilTo(v, 10); up < 10 {
		return fmt.Sprintf("%.1f%c", up, units[u])
	}
	return fmt.Sprintf("%.0f%c", ceilTo(v, 1), units[u])
}

func ceilTo(v, unit float64) float64 {
	n := float64(int64(v * unit))
	if n < v*unit {
		n++
	}
	return n / unit
}

func (l *lister) suffix(i vfs.Info) string {
	switch {
	case i.IsDir() && (l.classify || l.slash):
		return "/"
	case !l.classify:
	case i.Type == vfs.Symlink && !l.long:
		return "@"
	case i.Type == vfs.Regular && i.Perm&0o111 != 0:
		return "*"
	}
	return ""
}

// lsTime is the date of the long format: files of more than half a year, or of
// the future, show the year.
func lsTime(t, now time.Time) string {
	age := now.Sub(t)
	if age < 0 || age > 182*24*time.Hour+12*time.Hour {
		return t.Format("Jan _2  2006")
	}
	return t.Format("Jan _2 15:04")
}

func listCommands() []*Command {
	return []*Command{
		{Name: "ls", Usage: lsUsage, Run: runLs, UsageStatus: 2},
		{Name: "stat", Usage: statUsage, Run: runStat},
		{Name: "find", Usage: findUsage, Run: runFind},
	}
}
