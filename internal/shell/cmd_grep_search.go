package shell

import (
	"io"
	"strings"

	"klpemu/internal/vfs"
)

// find gives the next match at or after a position: the leftmost, of these the
// longest; with -w one whose neighbours are not letters of words.
func (g *grepper) find(line string, from int) []int {
	var best []int
	for _, re := range g.res {
		m := g.findWord(re, line, from)
		if m != nil && (best == nil || m[0] < best[0] || m[0] == best[0] && m[1] > best[1]) {
			best = m
		}
	}
	return best
}

func (g *grepper) findWord(re *regex, line string, from int) []int {
	for from <= len(line) {
		m := re.FindFrom(line, from)
		if m == nil {
			return nil
		}
		lo, hi := m[0], m[1]
		if !g.word || wordAt(line, lo, hi) {
			return []int{lo, hi}
		}
		if hi = shorter(re, line, lo, hi); hi > lo {
			return []int{lo, hi}
		}
		from = lo + 1
	}
	return nil
}

// shorter tries the shorter matches at lo that end at the end of a word.
func shorter(re *regex, line string, lo, hi int) int {
	for hi--; hi > lo; hi-- {
		if m := re.FindFrom(line[:hi], lo); m != nil && m[0] == lo && m[1] == hi && wordAt(line, lo, hi) {
			return hi
		}
	}
	return lo
}

func wordAt(line string, lo, hi int) bool {
	return (lo == 0 || !wordByte(line[lo-1])) && (hi == len(line) || !wordByte(line[hi]))
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (g *grepper) files(args []string) {
	show := g.withName || !g.noName && (len(args) > 1 || g.recursive)
	if len(args) == 0 {
		if g.recursive {
			g.tree("", ".", show)
			return
		}
		args = []string{"-"}
	}
	if len(args) == 1 && g.recursive && !g.withName {
		if i, err := g.c.FS().Stat(g.c.Abs(args[0])); err == nil && !i.IsDir() {
			show = false
		}
	}
	for _, a := range args {
		g.operand(a, show)
		if g.quiet && g.matched || g.c.Stopped() {
			return
		}
	}
}

// operand searches a file of the command line.
func (g *grepper) operand(name string, show bool) {
	if name == "-" {
		g.file(name, g.label, show)
		return
	}
	i, err := g.c.FS().Stat(g.c.Abs(name))
	switch {
	case err != nil || !i.IsDir():
		if g.wanted(name) {
			g.file(name, name, show)
		}
	case g.skipDirs:
	case g.recursive:
		g.tree(name, name, show)
	default:
		if !g.silent {
			g.c.Errorf("%s: Is a directory", name)
		}
		g.status = 2
	}
}

// wanted reports whether --include and --exclude let a file through.
func (g *grepper) wanted(name string) bool {
	base := name[strings.LastIndexByte(name, '/')+1:]
	if anyGlob(g.exclude, base) || anyGlob(g.exclude, name) {
		return false
	}
	return len(g.include) == 0 || anyGlob(g.include, base)
}

func anyGlob(pats []string, name string) bool {
	for _, p := range pats {
		if matchPattern(p, name, false) {
			return true
		}
	}
	return false
}

// tree searches a directory; label begins the names of its files.
func (g *grepper) tree(label, dir string, show bool) {
	list, err := g.c.FS().ReadDir(g.c.Abs(dir))
	if err != nil {
		g.fileError(dir, err)
		return
	}
	for _, e := range list {
		if g.quiet && g.matched || g.c.Stopped() {
			return
		}
		name, shown := join(dir, e.Name), e.Name
		if label != "" {
			shown = join(label, e.Name)
		}
		if e.Type == vfs.Symlink && !g.follow {
			continue
		}
		i, err := g.c.FS().Stat(g.c.Abs(name))
		switch {
		case err == nil && i.IsDir():
			if !anyGlob(g.excludeDir, e.Name) {
				g.tree(shown, name, show)
			}
		case g.wanted(e.Name):
			g.file(name, shown, show)
		}
	}
}

func (g *grepper) fileError(name string, err error) {
	if !g.silent {
		g.c.Errorf("%s: %s", name, Reason(err))
	}
	g.status = 2
}

func (g *grepper) file(name, label string, show bool) {
	r, err := g.c.Open(name)
	if err != nil {
		g.fileError(name, err)
		return
	}
	err = g.search(r, label, show)
	r.Close()
	if err != nil {
		g.fileError(label, err)
	}
}

// grepFile is the search of one file.
type grepFile struct {
	g       *grepper
	label   string
	show    bool
	binary  bool
	n       int // lines read
	offset  int // of the line
	hits    int
	pending int // lines to print after a match
	last    int // the line printed last
	before  []grepLine
}

type grepLine struct {
	text   string
	n      int
	offset int
}

// search goes through one file.
func (g *grepper) search(r io.Reader, label string, show bool) error {
	f := &grepFile{g: g, label: label, show: show, last: -1}
	end := byte('\n')
	if g.zero {
		end = 0
	}
	_, err := scanRecords(r, end, func(line string, ended bool) bool {
		f.n++
		l := grepLine{line, f.n, f.offset}
		f.offset += len(line)
		if ended {
			f.offset++
		}
		if !g.zero && !g.text && strings.IndexByte(line, 0) >= 0 {
			f.binary = true
			for part := range strings.SplitSeq(line, "\x00") { // in a binary file NUL ends lines
				l.text = part
				if !f.line(l) {
					return false
				}
			}
			return true
		}
		return f.line(l) && !g.c.Stopped()
	})
	f.summary()
	return err
}

// line looks at a line and reports whether there is anything left to do.
func (f *grepFile) line(l grepLine) bool {
	g := f.g
	full := g.max >= 0 && f.hits >= g.max
	if full && f.pending == 0 {
		return false
	}
	m := g.find(l.text, 0)
	if (m != nil) == g.invert || f.binary && g.noBinary && !g.text {
		switch {
		case f.pending > 0:
			f.pending--
			f.print('-', l)
		case g.before > 0:
			if f.before = append(f.before, l); len(f.before) > g.before {
				f.before = f.before[1:]
			}
		}
		return true
	}
	if full {
		return false
	}
	f.hits++
	g.matched = true
	if g.quiet || g.names || g.without {
		return false
	}
	if g.count {
		return true
	}
	if f.binary && !g.text {
		g.out.WriteString("grep: " + f.label + ": binary file matches\n")
		return false
	}
	f.context(l)
	f.print(':', l)
	f.before, f.pending = nil, g.after
	return true
}

// context prints the lines before a match and the line between groups.
func (f *grepFile) context(l grepLine) {
	g := f.g
	if g.groups && g.printed && f.last != l.n-len(f.before)-1 && !g.noGroup {
		g.out.WriteString(g.color.paint("se", g.gap) + "\n")
	}
	for _, b := range f.before {
		f.print('-', b)
	}
}

func (f *grepFile) summary() {
	g := f.g
	switch {
	case g.quiet:
	case g.without && f.hits == 0, g.names && f.hits > 0:
		g.out.WriteString(g.color.paint("fn", f.label))
		if g.zeroName {
			g.out.WriteByte(0)
		} else {
			g.out.WriteByte('\n')
		}
	case g.count && !g.names && !g.without:
		if f.show {
			f.name(':')
		}
		g.out.WriteString(itoa(f.hits) + "\n")
	}
}
