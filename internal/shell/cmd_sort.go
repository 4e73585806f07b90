package shell

import (
	"hash/fnv"
	"sort"
	"strings"
)

const sortUsage = `sort [OPTION]... [FILE]...
Print the lines of all files, sorted.
  -n, -g  by number     -h  numbers with K, M, G     -V  version numbers
  -M  names of months   -R  by a hash                -r  reversed
  -d  blanks, letters and digits only    -i  printable characters only
  -f  ignore case       -b  ignore leading blanks
  -k N[.C][OPTS][,M[.C][OPTS]]  by fields N to M     -t CHAR  fields end at CHAR
  -u  without repeats   -s  stable       -m  merge sorted files
  -c, -C  only check, with or without a message
  -o FILE  into FILE    -z  lines end in NUL`

type sorter struct {
	c      *Ctx
	keys   []sortKey
	all    sortKey
	sep    string
	unique bool
	stable bool
	merge  bool
	check  byte
	out    string
	end    string
	hasOut bool
}

const (
	sortWord = iota + 1
	sortIgnored
)

func runSort(c *Ctx) int {
	opts, args, st, ok := c.Getopt("nrufhVbscCk:t:o:gdiMRmzS:T:\x01:\x02:\x03::", map[string]byte{"numeric-sort": 'n', "reverse": 'r', "unique": 'u', "ignore-case": 'f',
		"human-numeric-sort": 'h', "version-sort": 'V', "key": 'k', "field-separator": 't', "output": 'o', "stable": 's', "check": 3,
		"general-numeric-sort": 'g', "dictionary-order": 'd', "ignore-nonprinting": 'i', "month-sort": 'M', "random-sort": 'R', "merge": 'm',
		"zero-terminated": 'z', "ignore-leading-blanks": 'b', "buffer-size": 'S', "temporary-directory": 'T', "sort": sortWord,
		"parallel": sortIgnored, "random-source": sortIgnored, "batch-size": sortIgnored})
	if !ok {
		return st
	}
	s := &sorter{c: c, end: "\n"}
	for _, o := range opts {
		if text := s.option(o); text != "" {
			c.Errorf("%s", text)
			return 2
		}
	}
	if text := s.inherit(); text != "" {
		c.Errorf("%s", text)
		return 2
	}
	if s.check != 0 {
		return s.checkOrder(args)
	}
	if s.merge && len(args) > 1 {
		return s.mergeFiles(args)
	}
	var lines []string
	if st := c.sortLines(args, s.end, &lines); st != 0 || s.merge {
		return max(st, s.print(lines))
	}
	sort.SliceStable(lines, func(i, j int) bool { return s.less(lines[i], lines[j]) })
	return s.print(lines)
}

func (s *sorter) print(lines []string) int {
	var b strings.Builder
	for i, l := range lines {
		if s.unique && i > 0 && s.compare(lines[i-1], l) == 0 {
			continue
		}
		b.WriteString(l + s.end)
	}
	if s.hasOut {
		if err := s.c.FS().WriteFile(s.c.Abs(s.out), []byte(b.String()), 0o644); err != nil {
			s.c.Errorf("open failed: %s: %s", s.out, Reason(err))
			return 2
		}
		return 0
	}
	s.c.Out().WriteString(b.String())
	return 0
}

// mergeFiles is -m: the least of the files' next lines, again and again.
func (s *sorter) mergeFiles(args []string) int {
	files := make([][]string, len(args))
	for i, a := range args {
		if st := s.c.sortLines([]string{a}, s.end, &files[i]); st != 0 {
			return st
		}
	}
	var lines []string
	for {
		least := -1
		for i, f := range files {
			if len(f) > 0 && (least < 0 || s.less(f[0], files[least][0])) {
				least = i
			}
		}
		if least < 0 {
			return s.print(lines)
		}
		lines = append(lines, files[least][0])
		files[least] = files[least][1:]
	}
}

// option applies an option; the text is an error.
func (s *sorter) option(o Opt) string {
	switch o.Flag {
	case 'u':
		s.unique = true
	case 's':
		s.stable = true
	case 'm':
		s.merge = true
	case 'z':
		s.end = "\x00"
	case 'c', 'C':
		s.check = o.Flag
	case 3:
		s.check = 'c'
		if o.Arg == "quiet" || o.Arg == "silent" {
			s.check = 'C'
		}
	case 'o':
		s.out, s.hasOut = o.Arg, true
	case 't':
		switch {
		case o.Arg == "":
			return "empty tab"
		case o.Arg == `\0`:
			o.Arg = "\x00"
		case len(o.Arg) != 1:
			return "multi-character tab '" + o.Arg + "'"
		}
		s.sep = o.Arg
	case 'k':
		k, text := parseKey(o.Arg)
		s.keys = append(s.keys, k)
		return text
	case sortWord:
		f, ok := map[string]byte{"general-numeric": 'g', "human-numeric": 'h', "month": 'M', "numeric": 'n', "random": 'R', "version": 'V'}[o.Arg]
		if !ok {
			return "invalid argument '" + o.Arg + "' for '--sort'"
		}
		s.all.option(f, true, true)
	case 'S', 'T', sortIgnored:
	default:
		s.all.option(o.Flag, true, true)
	}
	return ""
}

// inherit gives keys without options those of the whole; the text is an error.
func (s *sorter) inherit() string {
	if len(s.keys) == 0 {
		s.all.from = 1
		s.keys = []sortKey{s.all}
	}
	for i, k := range s.keys {
		if !k.own {
			a := s.all
			a.from, a.fromChar, a.to, a.toChar = k.from, k.fromChar, k.to, k.toChar
			s.keys[i] = a
		}
		if text := s.keys[i].incompatible(); text != "" {
			return text
		}
	}
	return ""
}

// sortLines reads all lines of the files.
func (c *Ctx) sortLines(args []string, end string, lines *[]string) int {
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, a := range args {
		data, err := c.ReadFile(a)
		if err != nil {
			verb := "cannot read"
			if a == "-" || Reason(err) == "Is a directory" {
				verb = "read failed"
			}
			c.Errorf("%s: %s: %s", verb, a, Reason(err))
			return 2
		}
		if len(data) > 0 {
			*lines = append(*lines, strings.Split(strings.TrimSuffix(string(data), end), end)...)
		}
	}
	return 0
}

// checkOrder is -c and -C.
func (s *sorter) checkOrder(args []string) int {
	if len(args) > 1 {
		s.c.Errorf("extra operand '%s' not allowed with -%c", args[1], s.check)
		return 2
	}
	var lines []string
	if st := s.c.sortLines(args, s.end, &lines); st != 0 {
		return st
	}
	name := "-"
	if len(args) > 0 {
		name = args[0]
	}
	for i := 1; i < len(lines); i++ {
		if s.less(lines[i], lines[i-1]) || s.unique && s.compare(lines[i-1], lines[i]) == 0 {
			if s.check == 'c' {
				s.c.Errorf("%s:%d: disorder: %s", name, i+1, lines[i])
			}
			return 1
		}
	}
	return 0
}

// less orders two lines: by the keys, then as bytes.
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

func (s *sorter) compare(a, b string) int {
	for _, k := range s.keys {
		n := k.compare(s.field(k, a), s.field(k, b))
		if k.rev {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}

// field gives the part of a line that a key compares.
func (s *sorter) field(k sortKey, line string) string {
	start, _ := s.bounds(line, k.from)
	if k.trimFrom {
		start += leadingBlanks(line[start:])
	}
	if k.fromChar > 0 {
		start = min(len(line), start+k.fromChar-1)
	}
	end := len(line)
	if k.to > 0 {
		lo, hi := s.bounds(line, k.to)
		end = hi
		if k.toChar > 0 {
			if k.trimTo {
				lo += leadingBlanks(line[lo:])
			}
			end = min(len(line), lo+k.toChar)
		}
	}
	if start >= end {
		return ""
	}
	return line[start:end]
}

func leadingBlanks(v string) int { return len(v) - len(strings.TrimLeft(v, " \t")) }

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

// hashOrder orders by a hash, as -R does; equal lines stay together.
func hashOrder(v string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(v))
	return h.Sum64()
}
