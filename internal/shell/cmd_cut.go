package shell

import (
	"strconv"
	"strings"
)

const cutUsage = `cut -f LIST [-d CHAR] [-s] [FILE]...
  or:  cut -c LIST | -b LIST [FILE]...
Print parts of lines: fields (-f) that end at CHAR (a tab), characters or bytes.
LIST is N, N-M, N-, -M, separated by commas or blanks.
  -s  only lines with CHAR       --complement  all but LIST
  -z  lines end in NUL           --output-delimiter=TEXT`

// ranges is a LIST of cut.
type ranges [][2]int

// parseRanges parses a LIST; the error is a text of GNU's.
func parseRanges(v string, mode byte) (ranges, string) {
	what, numbered := "byte/character offset", "byte/character positions are numbered from 1"
	invalid := "invalid byte or character range"
	if mode == 'f' {
		what, numbered, invalid = "field value", "fields are numbered from 1", "invalid field range"
	}
	var r ranges
	for part := range strings.SplitSeq(strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' {
			return ','
		}
		return r
	}, v), ",") {
		lo, hi, dash := strings.Cut(part, "-")
		switch {
		case strings.Contains(hi, "-"):
			return nil, invalid
		case dash && lo == "" && hi == "":
			return nil, "invalid range with no endpoint: -"
		case !dash && lo == "":
			return nil, numbered
		}
		from, to := 1, int(^uint(0)>>1)
		for _, end := range []struct {
			text string
			n    *int
		}{{lo, &from}, {hi, &to}} {
			if end.text == "" {
				continue
			}
			n, err := strconv.ParseUint(end.text, 10, 62)
			if err != nil {
				return nil, "invalid " + what + " '" + end.text + "'"
			}
			*end.n = int(n)
		}
		if !dash {
			to = from
		}
		if from == 0 {
			return nil, numbered
		}
		if to < from {
			return nil, "invalid decreasing range"
		}
		r = append(r, [2]int{from, to})
	}
	return r, ""
}

func (r ranges) has(n int) bool {
	for _, x := range r {
		if n >= x[0] && n <= x[1] {
			return true
		}
	}
	return false
}

// begins reports whether a range begins at n, and none before it reaches n-1.
func (r ranges) begins(n int) bool {
	start := false
	for _, x := range r {
		start = start || x[0] == n
	}
	return start && !r.joins(n)
}

// joins reports whether one range holds both n-1 and n.
func (r ranges) joins(n int) bool {
	for _, x := range r {
		if n-1 >= x[0] && n <= x[1] {
			return true
		}
	}
	return false
}

// cutter is a running cut.
type cutter struct {
	mode      byte
	list      ranges
	sep, join string
	hasSep    bool
	hasJoin   bool
	only, not bool
	end       string
}

func runCut(c *Ctx) int {
	opts, args, st, ok := c.Getopt("d:f:c:b:snz\x01\x02:", map[string]byte{"delimiter": 'd', "fields": 'f', "characters": 'c', "bytes": 'b',
		"only-delimited": 's', "complement": 1, "output-delimiter": 2, "zero-terminated": 'z'})
	if !ok {
		return st
	}
	u := &cutter{sep: "\t", end: "\n"}
	for _, o := range opts {
		if text := u.option(o); text != "" {
			return c.UsageError("%s", text)
		}
	}
	switch {
	case u.mode == 0:
		return c.UsageError("you must specify a list of bytes, characters, or fields")
	case u.mode != 'f' && u.hasSep:
		return c.UsageError("an input delimiter may be specified only when operating on fields")
	case u.mode != 'f' && u.only:
		return c.UsageError("suppressing non-delimited lines makes sense\n\tonly when operating on fields")
	}
	if !u.hasJoin && u.mode == 'f' {
		u.join = u.sep
	}
	return c.eachText(args, func(text string) {
		if u.mode == 'f' && u.sep == u.end {
			c.Out().WriteString(u.line(strings.TrimSuffix(text, u.end)) + u.end)
			return
		}
		for text != "" {
			line, rest, _ := strings.Cut(text, u.end)
			text = rest
			if u.mode == 'f' && u.only && !strings.Contains(line, u.sep) {
				continue
			}
			c.Out().WriteString(u.line(line) + u.end)
		}
	})
}

// option applies an option; the text is an error.
func (u *cutter) option(o Opt) string {
	switch o.Flag {
	case 'd':
		switch {
		case len([]rune(o.Arg)) > 1:
			return "the delimiter must be a single character"
		case o.Arg == "":
			o.Arg = "\x00"
		}
		u.sep, u.hasSep = o.Arg, true
	case 'f', 'c', 'b':
		if u.mode != 0 {
			return "only one list may be specified"
		}
		u.mode = o.Flag
		list, text := parseRanges(o.Arg, u.mode)
		u.list = list
		return text
	case 's':
		u.only = true
	case 'z':
		u.end = "\x00"
	case 1:
		u.not = true
	case 2:
		u.join, u.hasJoin = o.Arg, true
		if o.Arg == "" {
			u.join = "\x00"
		}
	}
	return ""
}

// line cuts a line.
func (u *cutter) line(line string) string {
	if u.mode == 'f' {
		if !strings.Contains(line, u.sep) {
			return line
		}
		var out []string
		for i, p := range strings.Split(line, u.sep) {
			if u.list.has(i+1) != u.not {
				out = append(out, p)
			}
		}
		return strings.Join(out, u.join)
	}
	var b strings.Builder
	for i := 1; i <= len(line); i++ {
		if u.list.has(i) == u.not {
			continue
		}
		starts := u.list.begins(i)
		if u.not {
			starts = i > 1 && u.list.has(i-1)
		}
		if b.Len() > 0 && starts {
			b.WriteString(u.join)
		}
		b.WriteByte(line[i-1])
	}
	return b.String()
}

// eachText calls f with the text of each file.
func (c *Ctx) eachText(files []string, f func(text string)) int {
	if len(files) == 0 {
		files = []string{"-"}
	}
	status := 0
	for _, name := range files {
		data, err := c.ReadFile(name)
		if err != nil {
			status = c.Errorf("%s: %s", name, Reason(err))
			continue
		}
		f(string(data))
	}
	return status
}
