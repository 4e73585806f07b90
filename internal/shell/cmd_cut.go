package shell

import (
	"strconv"
	"strings"
)

const cutUsage = `cut -d CHAR -f LIST [-s] [FILE]...
  or:  cut -c LIST | -b LIST [FILE]...
Print parts of lines: fields (-f) that end at CHAR (a tab), characters or bytes.
LIST is N, N-M, N-, -M, separated by commas. -s: only lines with CHAR.`

// ranges is a LIST of cut.
type ranges [][2]int

func parseRanges(v string) (r ranges, ok bool) {
	for part := range strings.SplitSeq(v, ",") {
		lo, hi, dash := strings.Cut(part, "-")
		from, to := 1, int(^uint(0)>>1)
		var err error
		if lo != "" {
			if from, err = strconv.Atoi(lo); err != nil || from < 1 {
				return nil, false
			}
			if !dash {
				to = from
			}
		}
		if hi != "" {
			if to, err = strconv.Atoi(hi); err != nil || to < from {
				return nil, false
			}
		}
		if lo == "" && hi == "" {
			return nil, false
		}
		r = append(r, [2]int{from, to})
	}
	return r, true
}

func (r ranges) has(n int) bool {
	for _, x := range r {
		if n >= x[0] && n <= x[1] {
			return true
		}
	}
	return false
}

func runCut(c *Ctx) int {
	opts, args, st, ok := c.Getopt("d:f:c:b:snO:", map[string]byte{"delimiter": 'd', "fields": 'f', "characters": 'c', "bytes": 'b',
		"only-delimited": 's', "complement": 'n', "output-delimiter": 'O'})
	if !ok {
		return st
	}
	sep, mode, only, not := "\t", byte(0), false, false
	join, hasJoin := "", false
	var r ranges
	for _, o := range opts {
		switch o.Flag {
		case 'd':
			if len([]rune(o.Arg)) != 1 {
				return c.UsageError("the delimiter must be a single character")
			}
			sep = o.Arg
		case 'f', 'c', 'b':
			mode = o.Flag
			if r, ok = parseRanges(o.Arg); !ok {
				return c.UsageError("invalid field value '%s'", o.Arg)
			}
		case 's':
			only = true
		case 'n':
			not = true
		case 'O':
			join, hasJoin = o.Arg, true
		}
	}
	if mode == 0 {
		return c.UsageError("you must specify a list of bytes, characters, or fields")
	}
	if !hasJoin && mode == 'f' {
		join = sep
	}
	return c.eachLine(args, func(line string, _ bool) bool {
		var parts []string
		switch {
		case mode == 'f' && !strings.Contains(line, sep):
			if !only {
				c.Out().WriteString(line + "\n")
			}
			return true
		case mode == 'f':
			parts = strings.Split(line, sep)
		default:
			parts = strings.Split(line, "")
		}
		var out []string
		for i, p := range parts {
			if r.has(i+1) != not {
				out = append(out, p)
			}
		}
		c.Out().WriteString(strings.Join(out, join) + "\n")
		return true
	})
}

// trSet expands a set of tr: ranges, classes, escapes.
func trSet(v string) ([]byte, bool) {
	var out []byte
	u := trUnescape(v)
	for i := 0; i < len(u); {
		if u[i].special && i+1 < len(u) && u[i+1].c == ':' && !u[i+1].quoted {
			end := -1
			var name []byte
			for j := i + 2; j+1 < len(u); j++ {
				if u[j].c == ':' && u[j+1].c == ']' {
					end = j
					break
				}
				name = append(name, u[j].c)
			}
			if end > 0 {
				set, ok := trClass(string(name))
				if !ok {
					return nil, false
				}
				out = append(out, set...)
				i = end + 2
				continue
			}
		}
		if i+2 < len(u) && u[i+1].c == '-' && !u[i+1].quoted {
			if u[i+2].c < u[i].c {
				return nil, false
			}
			for c := int(u[i].c); c <= int(u[i+2].c); c++ {
				out = append(out, byte(c))
			}
			i += 3
			continue
		}
		out = append(out, u[i].c)
		i++
	}
	return out, true
}

type trChar struct {
	c       byte
	quoted  bool // was escaped
	special bool // an unescaped '['
}

func trUnescape(v string) []trChar {
	var out []trChar
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			out = append(out, trChar{c: v[i], special: v[i] == '['})
			continue
		}
		i++
		if at := strings.IndexByte("abfnrtv", v[i]); at >= 0 {
			out = append(out, trChar{c: "\a\b\f\n\r\t\v"[at], quoted: true})
			continue
		}
		if n := digits(v[i:], 3, 8); n > 0 {
			val, _ := strconv.ParseUint(v[i:i+n], 8, 16)
			out = append(out, trChar{c: byte(val), quoted: true})
			i += n - 1
			continue
		}
		out = append(out, trChar{c: v[i], quoted: true})
	}
	return out
}

func trClass(name string) ([]byte, bool) {
	tests := map[string]func(c byte) bool{
		"digit":  func(c byte) bool { return c >= '0' && c <= '9' },
		"lower":  func(c byte) bool { return c >= 'a' && c <= 'z' },
		"upper":  func(c byte) bool { return c >= 'A' && c <= 'Z' },
		"alpha":  func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' },
		"alnum":  func(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' },
		"space":  func(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' },
		"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
		"cntrl":  func(c byte) bool { return c < ' ' || c == 127 },
		"print":  func(c byte) bool { return c >= ' ' && c < 127 },
		"graph":  func(c byte) bool { return c > ' ' && c < 127 },
		"xdigit": func(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' },
		"punct": func(c byte) bool {
			return c > ' ' && c < 127 && !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z')
		},
	}
	f, ok := tests[name]
	if !ok {
		return nil, false
	}
	var out []byte
	for c := range 256 {
		if f(byte(c)) {
			out = append(out, byte(c))
		}
	}
	return out, true
}

func runTr(c *Ctx) int {
	opts, args, st, ok := c.Getopt("+cCdst", map[string]byte{"complement": 'c', "delete": 'd', "squeeze-repeats": 's'})
	if !ok {
		return st
	}
	var not, del, squeeze bool
	for _, o := range opts {
		switch o.Flag {
		case 'c', 'C':
			not = true
		case 'd':
			del = true
		case 's':
			squeeze = true
		}
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	if len(args) == 1 && !del && !squeeze {
		return c.UsageError("missing operand after '%s'", args[0])
	}
	if len(args) > 2 || del && !squeeze && len(args) > 1 {
		return c.UsageError("extra operand '%s'", args[len(args)-1])
	}
	set1, ok1 := trSet(args[0])
	var set2 []byte
	ok2 := true
	if len(args) == 2 {
		set2, ok2 = trSet(args[1])
	}
	if !ok1 || !ok2 {
		return c.Errorf("invalid set")
	}
	data, err := readAll(c.Stdin)
	if err != nil {
		return c.Errorf("read error: %s", Reason(err))
	}
	c.Out().Write(translate(data, set1, set2, not, del, squeeze))
	return 0
}

func translate(data, set1, set2 []byte, not, del, squeeze bool) []byte {
	var in, squeezed [256]bool
	for _, b := range set1 {
		in[b] = true
	}
	if not {
		set1 = nil
		for i := range in {
			in[i] = !in[i]
			if in[i] {
				set1 = append(set1, byte(i))
			}
		}
	}
	var to [256]byte
	for i := range to {
		to[i] = byte(i)
	}
	if !del && len(set2) > 0 {
		for i, b := range set1 {
			to[b] = set2[min(i, len(set2)-1)]
		}
	}
	last := set2
	if len(set2) == 0 {
		last = set1
	}
	for _, b := range last {
		squeezed[b] = squeeze
	}
	out := make([]byte, 0, len(data))
	for _, b := range data {
		if del && in[b] {
			continue
		}
		b = to[b]
		if squeezed[b] && len(out) > 0 && out[len(out)-1] == b {
			continue
		}
		out = append(out, b)
	}
	return out
}

func runPaste(c *Ctx) int {
	opts, args, st, ok := c.Getopt("sd:", map[string]byte{"serial": 's', "delimiters": 'd'})
	if !ok {
		return st
	}
	serial, delims := false, []byte("\t")
	for _, o := range opts {
		if o.Flag == 's' {
			serial = true
		} else if d, _ := unescape(o.Arg, false); d != "" {
			delims = []byte(d)
		}
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	var cols [][]string
	rows := 0
	for _, a := range args {
		data, err := c.ReadFile(a)
		if err != nil {
			return c.Errorf("%s: %s", a, Reason(err))
		}
		var lines []string
		if len(data) > 0 {
			lines = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		}
		cols = append(cols, lines)
		rows = max(rows, len(lines))
	}
	if serial {
		for _, lines := range cols {
			for i, l := range lines {
				if i > 0 {
					c.Out().WriteByte(delims[(i-1)%len(delims)])
				}
				c.Out().WriteString(l)
			}
			c.Out().WriteByte('\n')
		}
		return 0
	}
	for r := range rows {
		for i, lines := range cols {
			if i > 0 {
				c.Out().WriteByte(delims[(i-1)%len(delims)])
			}
			if r < len(lines) {
				c.Out().WriteString(lines[r])
			}
		}
		c.Out().WriteByte('\n')
	}
	return 0
}
