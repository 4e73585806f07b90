package shell

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"klpemu/internal/vfs"
)

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
	var links, sizes, inos, blocks int
	for _, i := range list {
		links = max(links, len(itoa(i.Nlink)))
		sizes = max(sizes, len(l.size(i)))
		inos = max(inos, len(itoa(int(i.Ino))))
		blocks = max(blocks, len(itoa(int(blocksOf(i)/2))))
	}
	if l.commas && !l.long {
		l.commaList(list)
		return
	}
	for _, i := range list {
		if l.inode {
			fmt.Fprintf(out, "%*d ", inos, i.Ino)
		}
		if l.blocks {
			fmt.Fprintf(out, "%*d ", blocks, blocksOf(i)/2)
		}
		if !l.long {
			out.WriteString(l.name(i.Name) + l.suffix(i) + "\n")
			continue
		}
		fmt.Fprintf(out, "%s %*d%s %*s %s %s", i, links, i.Nlink, l.owner(), sizes, l.size(i), l.time(i.Mtime), l.name(i.Name))
		if i.Type == vfs.Symlink {
			if to, err := l.c.FS().Readlink(l.c.Abs(join(dir, i.Name))); err == nil {
				out.WriteString(" -> " + l.name(to))
			}
		}
		out.WriteString(l.suffix(i) + "\n")
	}
}

// name is a name as it is printed.
func (l *lister) name(v string) string {
	if l.quote {
		return strconv.Quote(v)
	}
	return v
}

// owner is the columns of owner and group.
func (l *lister) owner() string {
	name := " root"
	if l.numeric {
		name = " 0"
	}
	switch {
	case l.noOwner && l.noGroup:
		return ""
	case l.noOwner || l.noGroup:
		return name
	}
	return name + name
}

// commaList is -m.
func (l *lister) commaList(list []vfs.Info) {
	col := 0
	for k, i := range list {
		text := l.name(i.Name) + l.suffix(i)
		if k > 0 {
			l.c.Out().WriteByte(',')
			if col += 2; col+len(text) >= 79 {
				l.c.Out().WriteByte('\n')
				col = 0
			} else {
				l.c.Out().WriteByte(' ')
			}
		}
		l.c.Out().WriteString(text)
		col += len(text)
	}
	if len(list) > 0 {
		l.c.Out().WriteByte('\n')
	}
}

// time is a date in the style that was asked for.
func (l *lister) time(t time.Time) string {
	switch l.style {
	case "full-iso":
		return statTime(t)
	case "long-iso":
		return t.Format("2006-01-02 15:04")
	case "iso":
		if old(t, l.c.Now()) {
			return t.Format("2006-01-02 ")
		}
		return t.Format("01-02 15:04")
	}
	if format, ok := strings.CutPrefix(l.style, "+"); ok {
		return strftime(format, t)
	}
	return lsTime(t, l.c.Now())
}

func (l *lister) size(i vfs.Info) string {
	if i.Type == vfs.CharDev {
		return fmt.Sprintf("%d, %3d", i.Major, i.Minor)
	}
	if l.si && i.Size >= 1000 {
		return humanSize(i.Size, 1000, "kMGT")
	}
	if l.human && !l.si && i.Size >= 1024 {
		return humanSize(i.Size, 1024, "KMGT")
	}
	return itoa(int(i.Size))
}

// humanSize rounds up as -h does: 4.0K, 12K, 1.5M.
func humanSize(n int64, base float64, units string) string {
	v := float64(n)
	u := -1
	for v >= base && u < len(units)-1 {
		v /= base
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
	case i.IsDir() && l.fileType:
		return "/"
	case i.Type == vfs.Symlink && !l.long && (l.classify || l.fileType):
		return "@"
	case !l.classify:
	case i.Type == vfs.Regular && i.Perm&0o111 != 0:
		return "*"
	}
	return ""
}

// lsTime is the date of the long format: files of more than half a year, or of
// the future, show the year.
func lsTime(t, now time.Time) string {
	if old(t, now) {
		return t.Format("Jan _2  2006")
	}
	return t.Format("Jan _2 15:04")
}

func old(t, now time.Time) bool {
	age := now.Sub(t)
	return age < 0 || age > 182*24*time.Hour+12*time.Hour
}
