package shell

import (
	"sort"
	"strconv"
	"strings"
)

const sortUsage = `sort [OPTION]... [FILE]...
Print the lines of all files, sorted.
  -n  by number      -r  reversed       -u  without repeats
  -k N[,M][nr]  by fields N to M        -t CHAR  fields end at CHAR
  -f  ignore case    -h  numbers with K, M, G      -V  version numbers
  -b  ignore leading blanks   -s  stable   -c  only check   -o FILE  into FILE`

// sortKey is a key of sort: its fields and how they compare.
type sortKey struct {
	from, to             int // fields from 1; to 0 is the end of the line
	fromChar, toChar     int
	num, rev, fold       bool
	human, version, trim bool
	own                  bool // has options of its own
}

type sorter struct {
	keys   []sortKey
	all    sortKey
	sep    string
	unique bool
	stable bool
}

func runSort(c *Ctx) int {
	opts, args, st, ok := c.Getopt("nrufhVbsck:t:o:gdiMzS:T:", map[string]byte{"numeric-sort": 'n', "reverse": 'r', "unique": 'u', "ignore-case": 'f',
		"human-numeric-sort": 'h', "version-sort": 'V', "key": 'k', "field-separator": 't', "output": 'o', "stable": 's', "check": 'c'})
	if !ok {
		return st
	}
	s := &sorter{}
	out, check := "", false
	for _, o := range opts {
		switch o.Flag {
		case 'u':
			s.unique = true
		case 's':
			s.stable = true
		case 'c':
			check = true
		case 'o':
			out = o.Arg
		case 't':
			if s.sep = o.Arg; s.sep == `\0` {
				s.sep = "\x00"
			}
			if len(s.sep) != 1 {
				c.Errorf("multi-character tab '%s'", o.Arg)
				return 2
			}
		case 'k':
			k, ok := parseKey(o.Arg)
			if !ok {
				c.Errorf("invalid key specification '%s'", o.Arg)
				return 2
			}
			s.keys = append(s.keys, k)
		default:
			s.all.option(byte(o.Flag))
		}
	}
	var lines []string
	if st := c.sortLines(args, &lines); st != 0 {
		return st
	}
	s.inherit()
	if check {
		return c.sortCheck(s, lines, args)
	}
	sort.SliceStable(lines, func(i, j int) bool { return s.less(lines[i], lines[j]) })
	var b strings.Builder
	for i, l := range lines {
		if s.unique && i > 0 && s.equal(lines[i-1], l) {
			continue
		}
		b.WriteString(l + "\n")
	}
	if out != "" {
		if err := c.FS().WriteFile(c.Abs(out), []byte(b.String()), 0o644); err != nil {
			c.Errorf("open failed: %s: %s", out, Reason(err))
			return 2
		}
		return 0
	}
	c.Out().WriteString(b.String())
	return 0
}

func (c *Ctx) sortLines(args []string, lines *[]string) int {
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, a := range args {
		data, err := c.ReadFile(a)
		if err != nil {
			verb := "cannot read"
			if a == "-" {
				verb = "read failed"
			}
			c.Errorf("%s: %s: %s", verb, a, Reason(err))
			return 2
		}
		text := strings.TrimSuffix(string(data), "\n")
		if len(data) > 0 {
			*lines = append(*lines, strings.Split(text, "\n")...)
		}
	}
	return 0
}

func (c *Ctx) sortCheck(s *sorter, lines, args []string) int {
	name := "-"
	if len(args) > 0 {
		name = args[0]
	}
	for i := 1; i < len(lines); i++ {
		if s.less(lines[i], lines[i-1]) || s.unique && s.equal(lines[i-1], lines[i]) {
			c.Errorf("%s:%d: disorder: %s", name, i+1, lines[i])
			return 1
		}
	}
	return 0
}

func (k *sortKey) option(f byte) bool {
	switch f {
	case 'n', 'g':
		k.num = true
	case 'r':
		k.rev = true
	case 'f':
		k.fold = true
	case 'h':
		k.human = true
	case 'V':
		k.version = true
	case 'b':
		k.trim = true
	case 'd', 'i':
	default:
		return false
	}
	k.own = true
	return true
}

// parseKey parses N[.C][OPTS][,M[.C][OPTS]].
func parseKey(v string) (k sortKey, ok bool) {
	from, to, hasTo := strings.Cut(v, ",")
	if k.from, k.fromChar, ok = k.position(from); !ok || k.from == 0 {
		return k, false
	}
	if hasTo {
		if k.to, k.toChar, ok = k.position(to); !ok || k.to == 0 {
			return k, false
		}
	}
	return k, true
}

func (k *sortKey) position(v string) (field, char int, ok bool) {
	i := 0
	for i < len(v) && (v[i] >= '0' && v[i] <= '9' || v[i] == '.') {
		i++
	}
	f, ch, _ := strings.Cut(v[:i], ".")
	field, err := strconv.Atoi(f)
	if err != nil {
		return 0, 0, false
	}
	if ch != "" {
		if char, err = strconv.Atoi(ch); err != nil {
			return 0, 0, false
		}
	}
	for _, o := range []byte(v[i:]) {
		if !k.option(o) {
			return 0, 0, false
		}
	}
	return field, char, true
}

// inherit gives keys without options those of the whole.
func (s *sorter) inherit() {
	if len(s.keys) == 0 {
		s.all.from = 1
		s.keys = []sortKey{s.all}
		return
	}
	for i, k := range s.keys {
		if k.own {
			continue
		}
		a := s.all
		a.from, a.fromChar, a.to, a.toChar = k.from, k.fromChar, k.to, k.toChar
		s.keys[i] = a
	}
}

func (s *sorter) less(a, b string) bool {
	if n := s.compare(a, b); n != 0 {
		return n < 0
	}
	if s.stable || s.unique {
		return false
	}
	if s.all.rev {
		return b < a
	}
	return a < b
}

func (s *sorter) equal(a, b string) bool { return s.compare(a, b) == 0 }

// field gives the part of a line that a key compares.
func (s *sorter) field(k sortKey, line string) string {
	if k.from == 1 && k.to == 0 && k.fromChar == 0 {
		return line
	}
	start, _ := s.bounds(line, k.from)
	if k.fromChar > 0 {
		if k.trim {
			start += len(line[start:]) - len(strings.TrimLeft(line[start:], " \t"))
		}
		start = min(len(line), start+k.fromChar-1)
	}
	end := len(line)
	if k.to > 0 {
		lo, hi := s.bounds(line, k.to)
		end = hi
		if k.toChar > 0 {
			end = min(hi, lo+k.toChar)
		}
	}
	if start >= end {
		return ""
	}
	return line[start:end]
}

// bounds gives where field n is. Without -t a field begins with its blanks.
func (s *sorter) bounds(line string, n int) (lo, hi int) {
	at := 0
	for i := 1; ; i++ {
		hi = at
		if s.sep != "" {
			if end := strings.Index(line[at:], s.sep); end >= 0 {
				hi = at + end
			} else {
				hi = len(line)
			}
		} else {
			for hi < len(line) && isSpace(line[hi]) {
				hi++
			}
			for hi < len(line) && !isSpace(line[hi]) {
				hi++
			}
		}
		if i == n {
			return at, hi
		}
		if hi >= len(line) {
			return len(line), len(line)
		}
		at = hi + len(s.sep)
	}
}
