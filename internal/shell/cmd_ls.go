package shell

import (
	"fmt"
	"path"
	"sort"
	"strings"

	"klpemu/internal/vfs"
)

const lsUsage = `ls [OPTION]... [FILE]...
List files, the current directory by default.
  -a  also names that begin with .     -A  the same, without . and ..
  -l  long format   -g, -o, -G  without owner, or group    -n  numeric owner
  -1  one name a line (that is the default)    -m  with commas
  -d  directories themselves           -R  directories below, too
  -F  a letter for the type            -p  / after directories
  -r  reverse order   -t  newest first   -S  largest first   -X  by ending
  -v  version numbers -U  unsorted       -f  unsorted, all
  -i  inode numbers   -s  sizes in blocks   -h, --si  sizes for people
  -L  what links lead to                 -Q  names in quotes
  -I, --ignore, --hide GLOB   -B  without names that end in ~
  --time-style=STYLE, --full-time, --group-directories-first, --color[=WHEN]
Colours are never printed: no command has a terminal.`

type lister struct {
	c                                                                                 *Ctx
	all, almost, long, self, recursive, classify, slash, reverse, inode, human, deref bool
	si, blocks, numeric, noOwner, noGroup, commas, quote, dirsFirst, fileType, argDir bool
	order                                                                             byte
	ignore, hide                                                                      []string
	style                                                                             string
	status                                                                            int
	first                                                                             bool
}

// Options of ls without a letter.
const (
	lsColor = iota + 1
	lsDirsFirst
	lsHide
	lsSort
	lsStyle
	lsFull
	lsSI
	lsIndicator
	lsFileType
	lsFormat
)

func runLs(c *Ctx) int {
	opts, args, st, ok := c.Getopt("alAd1RFrtSUihnLpgoCxmQbBXvkHfGsNqcuw:I:T:\x01::\x02\x03:\x04:\x05:\x06\x07\x08:\x09\x0a:", map[string]byte{"all": 'a', "almost-all": 'A', "directory": 'd', "recursive": 'R',
		"reverse": 'r', "classify": 'F', "inode": 'i', "human-readable": 'h', "dereference": 'L', "numeric-uid-gid": 'n', "color": lsColor,
		"group-directories-first": lsDirsFirst, "hide": lsHide, "ignore": 'I', "sort": lsSort, "time-style": lsStyle, "full-time": lsFull, "si": lsSI,
		"indicator-style": lsIndicator, "file-type": lsFileType, "size": 's', "quote-name": 'Q', "no-group": 'G', "ignore-backups": 'B',
		"escape": 'b', "literal": 'N', "kibibytes": 'k', "width": 'w', "dereference-command-line": 'H', "format": lsFormat})
	if !ok {
		return st
	}
	l := &lister{c: c, first: true}
	for _, o := range opts {
		if text := l.option(o); text != "" {
			return c.UsageError("%s", text)
		}
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	l.operands(args)
	return l.status
}

// option applies an option; the text is an error.
func (l *lister) option(o Opt) string {
	bools := map[byte]*bool{'a': &l.all, 'A': &l.almost, 'l': &l.long, 'd': &l.self, 'R': &l.recursive, 'F': &l.classify,
		'p': &l.slash, 'r': &l.reverse, 'i': &l.inode, 'h': &l.human, 'L': &l.deref, 'm': &l.commas, 'Q': &l.quote, 's': &l.blocks,
		'G': &l.noGroup, 'H': &l.argDir, lsDirsFirst: &l.dirsFirst, lsFileType: &l.fileType}
	if p, ok := bools[o.Flag]; ok {
		*p = true
		return ""
	}
	switch o.Flag {
	case 't', 'S', 'U', 'X', 'v':
		l.order = o.Flag
	case 'f':
		l.order, l.all = 'U', true
	case 'n':
		l.long, l.numeric = true, true
	case 'g':
		l.long, l.noOwner = true, true
	case 'o':
		l.long, l.noGroup = true, true
	case '1', 'C', 'x':
		l.commas = false
	case 'B':
		l.ignore = append(l.ignore, "*~")
	case 'I':
		l.ignore = append(l.ignore, o.Arg)
	case lsHide:
		l.hide = append(l.hide, o.Arg)
	case lsSI:
		l.human, l.si = true, true
	case lsFull:
		l.long, l.style = true, "full-iso"
	case lsStyle:
		l.style = o.Arg
		if !strings.HasPrefix(o.Arg, "+") && !strings.Contains(" full-iso long-iso iso locale ", " "+o.Arg+" ") {
			return "invalid argument '" + o.Arg + "' for 'time style'"
		}
	case lsSort:
		f, ok := map[string]byte{"none": 'U', "size": 'S', "time": 't', "version": 'v', "extension": 'X', "name": 0}[o.Arg]
		if !ok {
			return "invalid argument '" + o.Arg + "' for '--sort'"
		}
		l.order = f
	case lsIndicator:
		l.slash, l.classify, l.fileType = o.Arg == "slash", o.Arg == "classify", o.Arg == "file-type"
	case lsFormat:
		l.long, l.commas = o.Arg == "long" || o.Arg == "verbose", o.Arg == "commas"
	case lsColor:
		if strings.Contains("|always|yes|force|", "|"+o.Arg+"|") && o.Arg != "" {
			return "colours are not supported by klpemu"
		}
	}
	return ""
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
	l.sort(files, "")
	l.sort(dirs, "")
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
		if i.Name[0] == '.' && !l.all && !l.almost || anyGlob(l.ignore, i.Name) || !l.all && !l.almost && anyGlob(l.hide, i.Name) {
			continue
		}
		if l.deref {
			if d, err := l.c.FS().Stat(l.c.Abs(join(name, i.Name))); err == nil {
				d.Name, i = i.Name, d
			}
		}
		out = append(out, i)
	}
	l.sort(out, name)
	return out
}

// leadsToDir reports a directory, or a link to one.
func (l *lister) leadsToDir(i vfs.Info, dir string) bool {
	if i.Type != vfs.Symlink {
		return i.IsDir()
	}
	to, err := l.c.FS().Stat(l.c.Abs(join(dir, i.Name)))
	return err == nil && to.IsDir()
}

func (l *lister) sort(list []vfs.Info, dir string) {
	if l.order == 'U' {
		return
	}
	sort.SliceStable(list, func(a, b int) bool {
		x, y := list[a], list[b]
		if l.reverse {
			x, y = y, x
		}
		if da, db := l.dirsFirst && l.leadsToDir(list[a], dir), l.dirsFirst && l.leadsToDir(list[b], dir); da != db {
			return da
		}
		switch {
		case l.order == 'v':
			return compareVersion(x.Name, y.Name) < 0
		case l.order == 'X' && path.Ext(x.Name) != path.Ext(y.Name):
			return path.Ext(x.Name) < path.Ext(y.Name)
		case l.order == 't' && !x.Mtime.Equal(y.Mtime):
			return x.Mtime.After(y.Mtime)
		case l.order == 'S' && x.Size != y.Size:
			return x.Size > y.Size
		}
		return x.Name < y.Name
	})
}

func listCommands() []*Command {
	return []*Command{
		{Name: "ls", Usage: lsUsage, Run: runLs, UsageStatus: 2},
		{Name: "stat", Usage: statUsage, Run: runStat},
		{Name: "find", Usage: findUsage, Run: runFind},
	}
}
