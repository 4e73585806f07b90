package shell

import (
	"strconv"
	"strings"
)

const foldUsage = `fold [-bs] [-w WIDTH] [FILE]...
Break lines at WIDTH columns (80); -s: at blanks, -b: count bytes.`

func runFold(c *Ctx) int {
	if len(c.Args) > 1 && len(c.Args[1]) > 1 && c.Args[1][0] == '-' && digitsOf(c.Args[1][1:]) == len(c.Args[1])-1 {
		c.Args[1] = "-w" + c.Args[1][1:]
	}
	opts, args, st, ok := c.Getopt("bsw:", map[string]byte{"bytes": 'b', "spaces": 's', "width": 'w'})
	if !ok {
		return st
	}
	f := &folder{width: 80}
	for _, o := range opts {
		switch o.Flag {
		case 'b':
			f.bytes = true
		case 's':
			f.spaces = true
		case 'w':
			if f.width, ok = parseInt(o.Arg); !ok || f.width < 1 {
				return c.Errorf("invalid number of columns: '%s'%s", o.Arg, outOfRange(ok))
			}
		}
	}
	return c.eachText(args, func(text string) {
		for text != "" {
			line, rest, nl := strings.Cut(text, "\n")
			text = rest
			c.Out().WriteString(f.line(line))
			if nl {
				c.Out().WriteByte('\n')
			}
		}
	})
}

// outOfRange is what GNU adds for a number that is one, but too small.
func outOfRange(isNumber bool) string {
	if isNumber {
		return ": Numerical result out of range"
	}
	return ""
}

type folder struct {
	bytes, spaces bool
	width         int
}

func (f *folder) line(line string) string {
	var out strings.Builder
	start, col := 0, 0
	for i := 0; i < len(line); i++ {
		next := f.column(col, line[i])
		if next > f.width && i > start {
			end := i
			if f.spaces {
				if at := strings.LastIndexAny(line[start:i], " \t"); at >= 0 {
					end = start + at + 1
				}
			}
			out.WriteString(line[start:end] + "\n")
			start, col = end, 0
			for _, ch := range []byte(line[start:i]) {
				col = f.column(col, ch)
			}
			i--
			continue
		}
		col = next
	}
	return out.String() + line[start:]
}

// column is where the cursor stands after a character.
func (f *folder) column(col int, ch byte) int {
	switch {
	case f.bytes:
		return col + 1
	case ch == '\b':
		return max(0, col-1)
	case ch == '\r':
		return 0
	case ch == '\t':
		return col + 8 - col%8
	}
	return col + 1
}

const expandUsage = `expand [-i] [-t N | -t LIST] [FILE]...
Turn tabs into blanks; -i: only those a line begins with.`

const unexpandUsage = `unexpand [-a] [--first-only] [-t N | -t LIST] [FILE]...
Turn the blanks a line begins with into tabs; -a, -t: all that reach a tab stop.`

// tabStops are the columns of -t.
type tabStops struct {
	every int
	list  []int
}

// parseTabs parses -t; the text is an error.
func parseTabs(v string) (t tabStops, text string) {
	for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(part)
		switch {
		case err != nil:
			return t, "tab size contains invalid character(s): '" + v + "'"
		case n <= 0:
			return t, "tab size cannot be 0"
		case len(t.list) > 0 && n <= t.list[len(t.list)-1]:
			return t, "tab sizes must be ascending"
		}
		t.list = append(t.list, n)
	}
	if len(t.list) == 1 {
		t.every, t.list = t.list[0], nil
	}
	return t, ""
}

// next is the first stop behind a column; 0 where there is none.
func (t tabStops) next(col int) int {
	if t.every > 0 {
		return col + t.every - col%t.every
	}
	for _, n := range t.list {
		if n > col {
			return n
		}
	}
	return 0
}

// tabOptions parses what expand and unexpand share.
func (c *Ctx) tabOptions(short string, long map[string]byte) (t tabStops, flags string, args []string, status int, ok bool) {
	for i, a := range c.Args[1:] {
		if len(a) > 1 && a[0] == '-' && strings.Trim(a[1:], "0123456789,") == "" {
			c.Args[i+1] = "-t" + a[1:]
		}
	}
	t.every = 8
	opts, args, status, ok := c.Getopt(short, long)
	for _, o := range opts {
		flags += string(o.Flag)
		if o.Flag == 't' {
			text := ""
			if t, text = parseTabs(o.Arg); text != "" {
				return t, "", nil, c.Errorf("%s", text), false
			}
		}
	}
	return t, flags, args, status, ok
}

func runExpand(c *Ctx) int {
	t, flags, args, st, ok := c.tabOptions("it:", map[string]byte{"initial": 'i', "tabs": 't'})
	if !ok {
		return st
	}
	initial := strings.Contains(flags, "i")
	return c.eachText(args, func(text string) {
		col, blank := 0, true
		for _, ch := range []byte(text) {
			switch {
			case ch == '\t' && (blank || !initial):
				stop := max(t.next(col), col+1)
				c.Out().WriteString(strings.Repeat(" ", stop-col))
				col = stop
				continue
			case ch == '\n':
				col, blank = -1, true
			case ch == '\b':
				col = max(-1, col-2)
			case ch != ' ':
				blank = false
			}
			c.Out().WriteByte(ch)
			col++
		}
	})
}

func runUnexpand(c *Ctx) int {
	const first = 1
	t, flags, args, st, ok := c.tabOptions("at:\x01", map[string]byte{"all": 'a', "tabs": 't', "first-only": first})
	if !ok {
		return st
	}
	all := strings.ContainsAny(flags, "at") && !strings.Contains(flags, "\x01")
	return c.eachText(args, func(text string) {
		for text != "" {
			line, rest, nl := strings.Cut(text, "\n")
			text = rest
			c.Out().WriteString(t.unexpand(line, all))
			if nl {
				c.Out().WriteByte('\n')
			}
		}
	})
}

// unexpand turns runs of blanks that reach a stop into tabs; a single blank
// stays one unless another follows it.
func (t tabStops) unexpand(line string, all bool) string {
	var b strings.Builder
	col, blank := 0, true
	for i := 0; i < len(line); {
		if line[i] != ' ' && line[i] != '\t' || !all && !blank {
			blank = false
			b.WriteByte(line[i])
			col++
			i++
			continue
		}
		end := col
		j := i
		for ; j < len(line) && (line[j] == ' ' || line[j] == '\t'); j++ {
			if line[j] == '\t' {
				end = max(t.next(end), end+1)
			} else {
				end++
			}
		}
		for stop := t.next(col); stop > 0 && stop <= end; stop = t.next(col) {
			if stop == col+1 && end == stop && line[i] == ' ' {
				break
			}
			b.WriteByte('\t')
			col = stop
		}
		b.WriteString(strings.Repeat(" ", end-col))
		col, i = end, j
	}
	return b.String()
}
