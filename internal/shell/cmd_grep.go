package shell

import (
	"bufio"
	"io"
	"regexp"
	"strings"

	"klpemu/internal/vfs"
)

const grepUsage = `grep [OPTION]... PATTERN [FILE]...
Print the lines of each FILE that match PATTERN.
  -E  extended regular expressions    -F  fixed strings      -e PATTERN
  -f FILE  patterns from FILE         -i  ignore case
  -v  lines that do not match         -w  whole words        -x  whole lines
  -c  only a count    -l  only names of files   -L  names of files without a match
  -q  no output       -s  no messages about files
  -n  line numbers    -o  only the part that matched
  -H  with the name of the file       -h  without
  -m N  stop after N lines            -r  directories too
  -A N, -B N, -C N  lines after, before, around
Exit status is 0 with a match, 1 without, 2 after an error.`

const grepHint = "Usage: grep [OPTION]... PATTERNS [FILE]...\n"

type grepper struct {
	c                                                                *Ctx
	fixed, extended, fold, invert, word, line, count, names, without bool
	quiet, silent, number, only, recursive, withName, noName         bool
	max, after, before                                               int
	pats                                                             []string
	re                                                               *regexp.Regexp
	status                                                           int
	matched                                                          bool
	printed                                                          bool // something was printed: a gap needs "--"
	out                                                              *bufio.Writer
}

func runGrep(c *Ctx) int {
	opts, args, st, ok := c.Getopt("EFGPe:f:ivywxclLqsnoHhm:rRA:B:C:az", map[string]byte{"extended-regexp": 'E', "fixed-strings": 'F', "basic-regexp": 'G',
		"regexp": 'e', "file": 'f', "ignore-case": 'i', "invert-match": 'v', "word-regexp": 'w', "line-regexp": 'x', "count": 'c',
		"files-with-matches": 'l', "files-without-match": 'L', "quiet": 'q', "silent": 'q', "no-messages": 's', "line-number": 'n',
		"only-matching": 'o', "with-filename": 'H', "no-filename": 'h', "max-count": 'm', "recursive": 'r',
		"after-context": 'A', "before-context": 'B', "context": 'C', "text": 'a'})
	if !ok {
		return st
	}
	g := &grepper{c: c, max: -1, out: c.Out()}
	hasPat := false
	for _, o := range opts {
		if o.Flag == 'e' || o.Flag == 'f' {
			hasPat = true
		}
		if st := g.option(o); st != 0 {
			return st
		}
	}
	if !hasPat {
		if len(args) == 0 {
			return c.badUsage()
		}
		g.pats, args = append(g.pats, strings.Split(args[0], "\n")...), args[1:]
	}
	if err := g.compile(); err != nil {
		c.Errorf("%v", err)
		return 2
	}
	g.files(args)
	switch {
	case g.status == 2 && !(g.quiet && g.matched):
		return 2
	case g.matched:
		return 0
	}
	return 1
}

func (g *grepper) option(o Opt) int {
	bools := map[byte]*bool{'E': &g.extended, 'F': &g.fixed, 'i': &g.fold, 'y': &g.fold, 'v': &g.invert, 'w': &g.word, 'x': &g.line, 'c': &g.count,
		'l': &g.names, 'L': &g.without, 'q': &g.quiet, 's': &g.silent, 'n': &g.number, 'o': &g.only, 'r': &g.recursive, 'R': &g.recursive,
		'H': &g.withName, 'h': &g.noName}
	if p, ok := bools[o.Flag]; ok {
		*p = true
		return 0
	}
	switch o.Flag {
	case 'P':
		g.extended = true // the part of Perl's that Go's regexps share
	case 'e':
		g.pats = append(g.pats, strings.Split(o.Arg, "\n")...)
	case 'f':
		data, err := g.c.ReadFile(o.Arg)
		if err != nil {
			g.c.Errorf("%s: %s", o.Arg, Reason(err))
			return 2
		}
		if len(data) > 0 {
			g.pats = append(g.pats, strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")...)
		}
	case 'm', 'A', 'B', 'C':
		n, ok := parseInt(o.Arg)
		if !ok || n < 0 && o.Flag != 'm' {
			if o.Flag == 'm' {
				g.c.Errorf("invalid max count")
			} else {
				g.c.Errorf("%s: invalid context length argument", o.Arg)
			}
			return 2
		}
		switch o.Flag {
		case 'm':
			g.max = n
		case 'A':
			g.after = n
		case 'B':
			g.before = n
		default:
			g.after, g.before = n, n
		}
	}
	return 0
}

// compile joins the patterns into one expression.
func (g *grepper) compile() error {
	if len(g.pats) == 0 {
		return nil // -f of an empty file matches nothing
	}
	parts := make([]string, len(g.pats))
	for i, p := range g.pats {
		if g.fixed {
			parts[i] = regexp.QuoteMeta(p)
			continue
		}
		// Compile each alone: a bracket must not reach into the next one.
		if _, err := compileRegexp(p, g.extended, false); err != nil {
			return err
		}
		t, err := translateRegexp(p, g.extended)
		if err != nil {
			return err
		}
		parts[i] = t
	}
	expr := "(?:" + strings.Join(parts, "|") + ")"
	if g.line {
		expr = "^(?:" + expr + ")$"
	}
	if g.fold {
		expr = "(?i)" + expr
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return regexpError(err)
	}
	re.Longest()
	g.re = re
	return nil
}

// find gives the next match at or after a position; with -w one whose
// neighbours are not letters of words.
func (g *grepper) find(line string, from int) []int {
	if g.re == nil {
		return nil
	}
	for from <= len(line) {
		m := g.re.FindStringIndex(line[from:])
		if m == nil {
			return nil
		}
		lo, hi := from+m[0], from+m[1]
		if !g.word || wordAt(line, lo, hi) {
			return []int{lo, hi}
		}
		if hi = g.shorter(line, lo, hi); hi > lo {
			return []int{lo, hi}
		}
		from = lo + 1
	}
	return nil
}

// shorter tries the shorter matches at lo that end at the end of a word.
func (g *grepper) shorter(line string, lo, hi int) int {
	for hi--; hi > lo; hi-- {
		if m := g.re.FindStringIndex(line[lo:hi]); m != nil && m[0] == 0 && m[1] == hi-lo && wordAt(line, lo, hi) {
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
	if len(args) == 0 {
		if !g.recursive {
			g.file("-", "(standard input)", g.withName)
			return
		}
		args = []string{"."}
	}
	show := g.withName || !g.noName && (len(args) > 1 || g.recursive)
	for _, a := range args {
		g.path(a, show)
		if g.quiet && g.matched || g.c.Stopped() {
			return
		}
	}
}

// path searches a file, or with -r a directory.
func (g *grepper) path(name string, show bool) {
	i, err := g.c.FS().Stat(g.c.Abs(name))
	if name == "-" || err != nil || !i.IsDir() {
		label := name
		if name == "-" {
			label = "(standard input)"
		}
		g.file(name, label, show)
		return
	}
	if !g.recursive {
		if !g.silent {
			g.c.Errorf("%s: Is a directory", name)
		}
		g.status = 2
		return
	}
	list, err := g.c.FS().ReadDir(g.c.Abs(name))
	if err != nil {
		g.fileError(name, err)
		return
	}
	for _, e := range list {
		if e.Type == vfs.Symlink || g.c.Stopped() {
			continue
		}
		g.path(join(name, e.Name), show)
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
		g.fileError(name, err)
	}
}

// search goes through one file.
func (g *grepper) search(r io.Reader, label string, show bool) error {
	hits, n, pending, last := 0, 0, 0, -1
	var before []string
	prefix := ""
	if show {
		prefix = label
	}
	_, err := scanLines(r, func(line string, _ bool) bool {
		n++
		m := g.find(line, 0)
		if (m != nil) == g.invert {
			if pending > 0 {
				pending--
				g.print(prefix, n, '-', line, nil)
				last = n
			} else if g.before > 0 {
				if before = append(before, line); len(before) > g.before {
					before = before[1:]
				}
			}
			return g.max < 0 || hits < g.max || pending > 0
		}
		if g.max >= 0 && hits >= g.max {
			return false
		}
		hits++
		g.matched = g.matched || !g.without
		if g.quiet || g.names || g.without {
			return false
		}
		if !g.count {
			g.context(prefix, n, last, before)
			g.print(prefix, n, ':', line, m)
			last, before = n, nil
			pending = g.after
		}
		return (g.max < 0 || hits < g.max || pending > 0) && !g.c.Stopped()
	})
	g.summary(label, prefix, hits)
	return err
}

// context prints the lines before a match and the line between groups.
func (g *grepper) context(prefix string, n, last int, before []string) {
	if (g.before > 0 || g.after > 0) && g.printed && last != n-len(before)-1 {
		g.out.WriteString("--\n")
	}
	for i, b := range before {
		g.print(prefix, n-len(before)+i, '-', b, nil)
	}
}

func (g *grepper) summary(label, prefix string, hits int) {
	switch {
	case g.quiet:
	case g.without:
		if hits == 0 {
			g.out.WriteString(label + "\n")
			g.matched = true
		}
	case g.names:
		if hits > 0 {
			g.out.WriteString(label + "\n")
		}
	case g.count:
		if prefix != "" {
			g.out.WriteString(prefix + ":")
		}
		g.out.WriteString(itoa(hits) + "\n")
	}
}

// print prints a line, or with -o what matched in it.
func (g *grepper) print(prefix string, n int, sep byte, line string, m []int) {
	if g.only && (m == nil || g.invert) {
		return
	}
	g.printed = true
	head := ""
	if prefix != "" {
		head = prefix + string(sep)
	}
	if g.number {
		head += itoa(n) + string(sep)
	}
	if !g.only {
		g.out.WriteString(head + line + "\n")
		return
	}
	for m != nil {
		if m[1] > m[0] {
			g.out.WriteString(head + line[m[0]:m[1]] + "\n")
		}
		m = g.find(line, max(m[1], m[0]+1))
	}
}
