package shell

import (
	"bufio"
	"strings"
)

const grepUsage = `grep [OPTION]... PATTERN [FILE]...
Print the lines of each FILE that match PATTERN.
  -E, -G, -F  extended or basic regular expressions, or fixed strings
  -e PATTERN, -f FILE  patterns, or a file of them
  -i  ignore case     -w  whole words      -x  whole lines      -v  the others
  -c  only a count    -l, -L  only names of files with or without a match
  -o  only the part that matched           -m N  stop after N lines
  -q  no output       -s  no messages about files
  -n  line numbers    -b  byte offsets     -H, -h  with or without names of files
  -A N, -B N, -C N, -N  lines after, before, around
  -r, -R  directories, too; --include=GLOB, --exclude=GLOB, --exclude-dir=GLOB
  -a  a binary file is text       -I  a binary file has no match
  -z  lines end in NUL            -Z  names of files do
  -T  align with tabs             --label=NAME  of standard input
  --color[=always|never|auto]     colours; auto is never: no command has a terminal
  --group-separator=TEXT, --no-group-separator
Exit status is 0 with a match, 1 without, 2 after an error.
Perl's expressions (-P) are not supported.`

const grepHint = "Usage: grep [OPTION]... PATTERNS [FILE]...\n"

// grepper is a running grep.
type grepper struct {
	c                                                                *Ctx
	matcher                                                          byte // E, F, G
	fold, invert, word, line, count, names, without                  bool
	quiet, silent, number, offset, only, recursive, follow, skipDirs bool
	text, noBinary, zero, zeroName, tabs, noGroup, withName, noName  bool
	groups                                                           bool // lines around were asked for
	max, after, before                                               int
	label, gap                                                       string
	include, exclude, excludeDir                                     []string
	color                                                            *grepColors
	pats                                                             []string
	res                                                              []*regex
	status                                                           int
	matched                                                          bool
	printed                                                          bool // something was printed: a gap needs a separator
	out                                                              *bufio.Writer
}

// Options that have no letter of their own.
const (
	grepInclude = iota + 1
	grepExclude
	grepExcludeDir
	grepColor
	grepLabel
	grepGap
	grepNoGap
	grepBinary
	grepIgnored
	grepCase
)

const grepShort = "EFGPe:f:ivywxclLqsnobHhm:rRA:B:C:azZITUuVd:D:0123456789" +
	"\x01:\x02:\x03:\x04::\x05:\x06:\x07\x08:\x09\x0a"

func grepLong() map[string]byte {
	return map[string]byte{"extended-regexp": 'E', "fixed-strings": 'F', "basic-regexp": 'G', "perl-regexp": 'P',
		"regexp": 'e', "file": 'f', "ignore-case": 'i', "no-ignore-case": grepCase, "invert-match": 'v', "word-regexp": 'w',
		"line-regexp": 'x', "count": 'c', "files-with-matches": 'l', "files-without-match": 'L', "quiet": 'q', "silent": 'q',
		"no-messages": 's', "line-number": 'n', "byte-offset": 'b', "only-matching": 'o', "with-filename": 'H',
		"no-filename": 'h', "max-count": 'm', "recursive": 'r', "dereference-recursive": 'R', "after-context": 'A',
		"before-context": 'B', "context": 'C', "text": 'a', "null-data": 'z', "null": 'Z', "initial-tab": 'T',
		"binary": 'U', "directories": 'd', "devices": 'D', "version": 'V', "include": grepInclude, "exclude": grepExclude,
		"exclude-dir": grepExcludeDir, "color": grepColor, "colour": grepColor, "label": grepLabel,
		"group-separator": grepGap, "no-group-separator": grepNoGap, "binary-files": grepBinary, "line-buffered": grepIgnored}
}

func runGrep(c *Ctx) int {
	opts, args, st, ok := c.Getopt(grepShort, grepLong())
	if !ok {
		return st
	}
	g := &grepper{c: c, max: -1, gap: "--", label: "(standard input)", out: c.Out()}
	if st, done := g.options(opts); done {
		return st
	}
	if g.pats == nil {
		if len(args) == 0 {
			return c.badUsage()
		}
		g.pats, args = append(g.pats, strings.Split(args[0], "\n")...), args[1:]
	}
	if err := g.compile(); err != nil {
		c.Errorf("%v", err)
		return 2
	}
	if g.max != 0 {
		g.files(args)
	}
	switch {
	case g.status == 2 && !(g.quiet && g.matched):
		return 2
	case g.matched:
		return 0
	}
	return 1
}

// options applies the options; done ends grep with a status.
func (g *grepper) options(opts []Opt) (status int, done bool) {
	digits := ""
	for i, o := range opts {
		if o.Flag >= '0' && o.Flag <= '9' {
			if i == 0 || opts[i-1].Flag < '0' || opts[i-1].Flag > '9' {
				digits = ""
			}
			digits += string(o.Flag)
			o = Opt{'C', digits}
		}
		if st, done := g.option(o); done {
			return st, true
		}
	}
	return 0, false
}

func (g *grepper) option(o Opt) (status int, done bool) {
	bools := map[byte]*bool{'i': &g.fold, 'y': &g.fold, 'v': &g.invert, 'w': &g.word, 'x': &g.line, 'c': &g.count,
		'l': &g.names, 'L': &g.without, 'q': &g.quiet, 's': &g.silent, 'n': &g.number, 'b': &g.offset, 'o': &g.only,
		'a': &g.text, 'I': &g.noBinary, 'z': &g.zero, 'Z': &g.zeroName, 'T': &g.tabs, grepNoGap: &g.noGroup}
	if p, ok := bools[o.Flag]; ok {
		*p = true
		return 0, false
	}
	switch o.Flag {
	case 'E', 'F', 'G', 'P':
		return g.dialect(o.Flag)
	case 'e':
		g.pats = append(g.pats, strings.Split(o.Arg, "\n")...)
	case 'f':
		return g.patternFile(o.Arg)
	case 'm', 'A', 'B', 'C':
		return g.numeric(o)
	case 'H', 'h':
		g.withName, g.noName = o.Flag == 'H', o.Flag == 'h'
	case 'r', 'R':
		g.recursive, g.follow = true, o.Flag == 'R'
	case 'd', grepBinary, grepColor:
		return g.choice(o)
	case 'V':
		return g.c.Print("grep (klpemu) of GNU grep 3.8's options\n"), true
	case 'u':
		g.c.Errorf("warning: --unix-byte-offsets (-u) is obsolete")
	case grepCase:
		g.fold = false
	case grepInclude:
		g.include = append(g.include, o.Arg)
	case grepExclude:
		g.exclude = append(g.exclude, o.Arg)
	case grepExcludeDir:
		g.excludeDir = append(g.excludeDir, strings.TrimRight(o.Arg, "/"))
	case grepLabel:
		g.label = o.Arg
	case grepGap:
		g.gap = o.Arg
	}
	return 0, false
}

func (g *grepper) dialect(flag byte) (status int, done bool) {
	switch {
	case flag == 'P':
		g.c.Errorf("Perl matching (-P) is not supported by klpemu; use -E")
		return 2, true
	case g.matcher != 0 && g.matcher != flag:
		g.c.Errorf("conflicting matchers specified")
		return 2, true
	}
	g.matcher = flag
	return 0, false
}

func (g *grepper) patternFile(name string) (status int, done bool) {
	data, err := g.c.ReadFile(name)
	if err != nil {
		g.c.Errorf("%s: %s", name, Reason(err))
		return 2, true
	}
	if g.pats == nil {
		g.pats = []string{} // there was a -f
	}
	if len(data) > 0 {
		g.pats = append(g.pats, strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")...)
	}
	return 0, false
}

func (g *grepper) numeric(o Opt) (status int, done bool) {
	n, ok := parseInt(o.Arg)
	if !ok || n < 0 && o.Flag != 'm' {
		if o.Flag == 'm' {
			g.c.Errorf("invalid max count")
		} else {
			g.c.Errorf("%s: invalid context length argument", o.Arg)
		}
		return 2, true
	}
	g.groups = g.groups || o.Flag != 'm'
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
	return 0, false
}

// choice is an option whose argument is one of a few words.
func (g *grepper) choice(o Opt) (status int, done bool) {
	switch {
	case o.Flag == grepColor && (o.Arg == "always" || o.Arg == "yes" || o.Arg == "force"):
		g.color = newGrepColors(g.c)
	case o.Flag == grepColor && strings.Contains("|never|no|none|auto|tty|if-tty||", "|"+o.Arg+"|"):
		g.color = nil
	case o.Flag == grepBinary && o.Arg == "text":
		g.text = true
	case o.Flag == grepBinary && o.Arg == "without-match":
		g.noBinary = true
	case o.Flag == grepBinary && o.Arg == "binary":
	case o.Flag == 'd' && o.Arg == "skip":
		g.skipDirs = true
	case o.Flag == 'd' && o.Arg == "recurse":
		g.recursive = true
	case o.Flag == 'd' && o.Arg == "read":
		g.recursive = false
	case o.Flag == grepBinary:
		g.c.Errorf("invalid argument '%s' for '--binary-files'", o.Arg)
		return 2, true
	case o.Flag == 'd':
		g.c.Errorf("invalid argument '%s' for '--directories'", o.Arg)
		return 2, true
	default:
		return g.c.badUsage(), true
	}
	return 0, false
}

// compile joins the patterns into one expression. Those with back-references
// stay alone: their groups are counted from one.
func (g *grepper) compile() error {
	flags := regexFlags{extended: g.matcher == 'E', fold: g.fold, warn: func(text string) { g.c.Errorf("warning: %s", text) }}
	joined := &reNode{kind: reAlt}
	own, groups := false, 0
	for _, pat := range g.pats {
		if g.matcher == 'F' {
			joined.subs = append(joined.subs, g.wholeLine(fixedTree(pat)))
			continue
		}
		p := &reParser{pat: pat, flags: flags}
		tree, err := p.parse()
		if err != nil {
			return err
		}
		tree = g.wholeLine(tree)
		if p.own {
			re, err := newRegex(tree, p.groups, true, flags, g.c.Fail)
			if err != nil {
				return err
			}
			g.res = append(g.res, re)
			continue
		}
		joined.subs = append(joined.subs, tree)
		groups = max(groups, p.groups)
	}
	if len(joined.subs) == 0 {
		return nil // -f of an empty file matches nothing
	}
	re, err := newRegex(joined, groups, own, flags, g.c.Fail)
	g.res = append(g.res, re)
	return err
}

// wholeLine adds what -x asks for.
func (g *grepper) wholeLine(n *reNode) *reNode {
	if !g.line {
		return n
	}
	return &reNode{kind: reCat, subs: []*reNode{{kind: reAssert, r: reBol}, {kind: reAlt, subs: []*reNode{n}}, {kind: reAssert, r: reEol}}}
}

func fixedTree(pat string) *reNode {
	n := &reNode{kind: reCat}
	for _, r := range pat {
		n.subs = append(n.subs, &reNode{kind: reChar, r: r})
	}
	return n
}
