package shell

import (
	"fmt"
	"slices"
	"strings"
)

const xargsUsage = `xargs [OPTION]... [COMMAND [ARG]...]
Run COMMAND (echo) with what standard input holds as further arguments.
  -0, -d CHAR  items end at NUL or CHAR    -a FILE  read FILE    -E WORD  the end
  -n N, -L N  at most N items or lines a run       -s N  at most N characters
  -I STR, -i[STR], -l[N]  STR ({}) in ARGs is an item, a line
  -r  not without items     -t  show each run     -x  stop where -s is too small
-P is read and changes nothing: runs come one after the other; -p is refused.`

// xarg is an item; last says that a line ends with it.
type xarg struct {
	text string
	last bool
}

// xarger is a running xargs.
type xarger struct {
	c                 *Ctx
	items, lines      int // of -n and -L
	chars             int
	repl, sep, file   string
	end               string
	hasSep, hasEnd    bool
	empty, show, exit bool
	status            int
	stop              bool
}

func runXargs(c *Ctx) int {
	opts, cmd, st, ok := c.Getopt("+n:I:0rtL:d:a:E:e::s:P:i::l::xp", map[string]byte{"null": '0', "no-run-if-empty": 'r', "delimiter": 'd', "arg-file": 'a',
		"eof": 'e', "max-chars": 's', "max-procs": 'P', "replace": 'i', "max-lines": 'l', "max-args": 'n', "verbose": 't', "exit": 'x', "interactive": 'p'})
	if !ok {
		return st
	}
	x := &xarger{c: c, chars: 128 << 10, file: "-"}
	for _, o := range opts {
		if text := x.option(o); text != "" {
			return c.Errorf("%s", text)
		}
	}
	if len(cmd) == 0 {
		cmd = []string{"echo"}
	}
	data, err := c.ReadFile(x.file)
	if err != nil {
		return c.Errorf("Cannot open input file '%s': %s", x.file, Reason(err))
	}
	items, err := x.split(string(data))
	x.runAll(cmd, items, err != nil)
	if err != nil {
		c.Errorf("%v", err)
		return 1
	}
	return x.status
}

// option applies an option; the text is an error.
func (x *xarger) option(o Opt) string {
	number := func(to *int) string {
		n, ok := parseInt(o.Arg)
		switch {
		case !ok:
			return fmt.Sprintf("invalid number \"%s\" for -%c option\nTry 'xargs --help' for more information.", o.Arg, o.Flag)
		case n < 1:
			return fmt.Sprintf("value %s for -%c option should be >= 1\nTry 'xargs --help' for more information.", o.Arg, o.Flag)
		}
		*to = n
		return ""
	}
	switch o.Flag {
	case 'n':
		x.lines, x.repl = 0, ""
		return number(&x.items)
	case 'L', 'l':
		if o.Flag == 'l' && o.Arg == "" {
			o.Arg = "1"
		}
		x.items, x.repl = 0, ""
		return number(&x.lines)
	case 's':
		return number(&x.chars)
	case 'I', 'i':
		if x.repl = o.Arg; x.repl == "" {
			x.repl = "{}"
		}
		x.items, x.lines = 0, 0
	case '0':
		x.sep, x.hasSep = "\x00", true
	case 'd':
		v, _ := unescape(o.Arg, false)
		if len(v) != 1 {
			return "Invalid input delimiter specification " + o.Arg + ": the delimiter must be either a single character or an escape sequence starting with \\."
		}
		x.sep, x.hasSep = v, true
	case 'a':
		x.file = o.Arg
	case 'E', 'e':
		x.end, x.hasEnd = o.Arg, o.Arg != ""
	case 'r':
		x.empty = true
	case 't':
		x.show = true
	case 'x':
		x.exit = true
	case 'p':
		return "-p is not supported by klpemu: nobody is there to answer"
	}
	return ""
}

func (x *xarger) runAll(cmd []string, items []xarg, broken bool) {
	if x.repl != "" {
		for _, it := range items {
			args := make([]string, len(cmd))
			for i, a := range cmd {
				args[i] = strings.ReplaceAll(a, x.repl, it.text)
			}
			if x.stop {
				return
			}
			x.run(args)
		}
		return
	}
	if len(items) == 0 && (x.empty || broken) {
		return
	}
	for first := true; (first || len(items) > 0) && !x.stop; first = false {
		n := x.batch(cmd, items)
		args := slices.Clone(cmd)
		for _, it := range items[:n] {
			args = append(args, it.text)
		}
		if n == 0 && len(items) > 0 {
			x.c.Errorf("argument line too long")
			x.status = 1
			return
		}
		x.run(args)
		items = items[n:]
	}
}

// batch is how many items the next run takes.
func (x *xarger) batch(cmd []string, items []xarg) int {
	size, lines := 0, 0
	for _, a := range cmd {
		size += len(a) + 1
	}
	for i, it := range items {
		if size += len(it.text) + 1; size > x.chars || x.items > 0 && i == x.items {
			return i
		}
		if it.last {
			if lines++; lines == x.lines {
				return i + 1
			}
		}
	}
	return len(items)
}

func (x *xarger) run(args []string) {
	s := x.c.sh
	if !s.count() {
		x.stop = true
		return
	}
	if x.show {
		var quoted []string
		for _, a := range args {
			quoted = append(quoted, shellQuote(a))
		}
		fmt.Fprintln(x.c.Stderr, strings.Join(quoted, " "))
	}
	if _, ok := s.find(args[0]); !ok && !strings.Contains(args[0], "/") {
		x.c.Errorf("%s: No such file or directory", args[0])
		x.status, x.stop = 127, true
		return
	}
	s.executeCommand(args)
	switch {
	case s.status == 255:
		x.c.Errorf("%s: exited with status 255; aborting", args[0])
		x.status, x.stop = 124, true
	case s.status == 126 || s.status == 127:
		x.status, x.stop = s.status, true
	case s.status != 0:
		x.status = 123
	}
	x.stop = x.stop || s.stopping()
}

// split cuts the input: at blanks with quotes, at lines, or at a separator.
func (x *xarger) split(v string) ([]xarg, error) {
	var out []xarg
	if x.hasSep {
		for part := range strings.SplitSeq(strings.TrimSuffix(v, x.sep), x.sep) {
			if v != "" {
				out = append(out, xarg{part, true})
			}
		}
		return out, nil
	}
	q := &xargsQuoting{v: v, lines: x.repl != ""}
	for {
		it, ok, err := q.next()
		if err != nil || !ok || x.hasEnd && it.text == x.end {
			return out, err
		}
		out = append(out, it)
	}
}

// xargsQuoting reads items: blanks and lines end them, quotes and backslashes
// protect; with lines only their ends count.
type xargsQuoting struct {
	v     string
	i     int
	lines bool
}

func (q *xargsQuoting) next() (it xarg, ok bool, err error) {
	for q.i < len(q.v) && isSpace(q.v[q.i]) {
		q.i++
	}
	var cur strings.Builder
	for ; q.i < len(q.v); q.i++ {
		switch ch := q.v[q.i]; {
		case ch == '\n' || isSpace(ch) && !q.lines:
			return xarg{cur.String(), q.endsLine()}, true, nil
		case ch == '\'' || ch == '"':
			end := strings.IndexByte(q.v[q.i+1:], ch)
			if end < 0 || strings.Contains(q.v[q.i+1:q.i+1+end], "\n") {
				kind := map[byte]string{'\'': "single", '"': "double"}[ch]
				return it, false, fmt.Errorf("unmatched %s quote; by default quotes are special to xargs unless you use the -0 option", kind)
			}
			cur.WriteString(q.v[q.i+1 : q.i+1+end])
			q.i += end + 1
			ok = true
		case ch == '\\' && q.i+1 < len(q.v):
			q.i++
			cur.WriteByte(q.v[q.i])
			ok = true
		default:
			cur.WriteByte(ch)
			ok = true
		}
	}
	return xarg{cur.String(), true}, ok, nil
}

// endsLine: a newline follows, without a blank before it, which would join the
// next line.
func (q *xargsQuoting) endsLine() bool { return q.v[q.i] == '\n' }
