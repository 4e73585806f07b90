package shell

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// headSpec is how much head and tail print.
type headSpec struct {
	n      int
	bytes  bool
	sign   byte // '-' for head, '+' for tail: count from the other end
	quiet  bool
	always bool
}

// headOptions parses the options of head and tail; -N is an old form of -n N.
func headOptions(c *Ctx) (h headSpec, args []string, status int, ok bool) {
	h.n = 10
	for i, a := range c.Args[1:] {
		if len(a) > 1 && a[0] == '-' && a[1] >= '0' && a[1] <= '9' && (i == 0 || c.Args[i] != "-n" && c.Args[i] != "-c") {
			c.Args[i+1] = "-n" + a[1:]
		}
	}
	opts, args, status, ok := c.Getopt("n:c:qvfFs:", map[string]byte{"lines": 'n', "bytes": 'c', "quiet": 'q', "verbose": 'v', "follow": 'f'})
	if !ok {
		return h, nil, status, false
	}
	for _, o := range opts {
		switch o.Flag {
		case 'n', 'c':
			h.bytes = o.Flag == 'c'
			v := o.Arg
			h.sign = 0
			if v != "" && (v[0] == '-' || v[0] == '+') {
				h.sign, v = v[0], v[1:]
			}
			n, good := scaled(v)
			if !good {
				what := "lines"
				if h.bytes {
					what = "bytes"
				}
				return h, nil, c.Errorf("invalid number of %s: '%s'", what, o.Arg), false
			}
			h.n = n
		case 'q':
			h.quiet = true
		case 'v':
			h.always = true
		}
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	return h, args, 0, true
}

// scaled parses a number with an optional suffix k, K, M.
func scaled(v string) (int, bool) {
	unit := 1
	switch {
	case strings.HasSuffix(v, "k"), strings.HasSuffix(v, "K"):
		unit, v = 1024, v[:len(v)-1]
	case strings.HasSuffix(v, "M"):
		unit, v = 1<<20, v[:len(v)-1]
	}
	n, err := strconv.ParseUint(v, 10, 40)
	return int(n) * unit, err == nil
}

func runHead(c *Ctx) int {
	return headOrTail(c, func(h headSpec, data []byte) []byte {
		size := countUnits(data, h.bytes)
		n := h.n
		if h.sign == '-' {
			n = max(0, size-h.n)
		}
		return data[:offset(data, min(n, size), h.bytes)]
	})
}

func runTail(c *Ctx) int {
	return headOrTail(c, func(h headSpec, data []byte) []byte {
		size := countUnits(data, h.bytes)
		skip := max(0, size-h.n)
		if h.sign == '+' {
			skip = min(max(0, h.n-1), size)
		}
		return data[offset(data, skip, h.bytes):]
	})
}

// countUnits counts bytes, or lines with the last one that has no newline.
func countUnits(data []byte, inBytes bool) int {
	if inBytes {
		return len(data)
	}
	n := bytes.Count(data, []byte("\n"))
	if len(data) > 0 && data[len(data)-1] != '\n' {
		n++
	}
	return n
}

// offset is where the n-th unit begins.
func offset(data []byte, n int, inBytes bool) int {
	if inBytes {
		return n
	}
	at := 0
	for ; n > 0; n-- {
		nl := bytes.IndexByte(data[at:], '\n')
		if nl < 0 {
			return len(data)
		}
		at += nl + 1
	}
	return at
}

func headOrTail(c *Ctx, cut func(headSpec, []byte) []byte) int {
	h, args, st, ok := headOptions(c)
	if !ok {
		return st
	}
	status, first := 0, true
	for _, a := range args {
		data, err := c.ReadFile(a)
		if err != nil {
			verb := "cannot open '%s' for reading: %s"
			if strings.HasSuffix(err.Error(), "Is a directory") {
				verb = "error reading '%s': %s"
			}
			status = c.Errorf(verb, a, Reason(err))
			continue
		}
		if len(args) > 1 && !h.quiet || h.always {
			name := a
			if a == "-" {
				name = "standard input"
			}
			if !first {
				c.Out().WriteByte('\n')
			}
			fmt.Fprintf(c.Out(), "==> %s <==\n", name)
		}
		first = false
		c.Out().Write(cut(h, data))
	}
	return status
}

func runTac(c *Ctx) int {
	_, args, st, ok := c.Getopt("", nil)
	if !ok {
		return st
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	status := 0
	for _, a := range args {
		data, err := c.ReadFile(a)
		if err != nil {
			status = c.Errorf("failed to open '%s' for reading: %s", a, Reason(err))
			continue
		}
		lines := strings.SplitAfter(string(data), "\n")
		for i := len(lines) - 1; i >= 0; i-- {
			c.Out().WriteString(lines[i])
		}
	}
	return status
}

func runRev(c *Ctx) int {
	return c.eachLine(c.Args[1:], func(line string, nl bool) bool {
		r := []rune(line)
		for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
			r[i], r[j] = r[j], r[i]
		}
		c.Out().WriteString(string(r))
		if nl {
			c.Out().WriteByte('\n')
		}
		return true
	})
}

func runNl(c *Ctx) int {
	opts, args, st, ok := c.Getopt("b:w:s:n:v:", nil)
	if !ok {
		return st
	}
	all := false
	for _, o := range opts {
		all = all || o.Flag == 'b' && o.Arg == "a"
	}
	n := 0
	return c.eachLine(args, func(line string, _ bool) bool {
		if line == "" && !all {
			c.Out().WriteString("       \n")
			return true
		}
		n++
		fmt.Fprintf(c.Out(), "%6d\t%s\n", n, line)
		return true
	})
}

func runWc(c *Ctx) int {
	opts, args, st, ok := c.Getopt("lwcmL", map[string]byte{"lines": 'l', "words": 'w', "bytes": 'c', "chars": 'm', "max-line-length": 'L'})
	if !ok {
		return st
	}
	want := ""
	for _, o := range opts {
		want += string(o.Flag)
	}
	if want == "" {
		want = "lwc"
	}
	names := args
	if len(args) == 0 {
		names = []string{"-"}
	}
	var rows [][]int
	var labels []string
	total := make([]int, 5)
	status := 0
	for _, a := range names {
		data, err := c.ReadFile(a)
		if err != nil {
			status = c.Errorf("%s: %s", a, Reason(err))
			continue
		}
		row := wcCounts(data)
		for i, n := range row[:4] {
			total[i] += n
		}
		total[4] = max(total[4], row[4])
		rows = append(rows, row)
		labels = append(labels, a)
	}
	if len(names) > 1 {
		rows = append(rows, total)
		labels = append(labels, "total")
	}
	cols := 0
	for _, f := range "lwmcL" {
		if strings.ContainsRune(want, f) {
			cols++
		}
	}
	width := 1
	switch {
	case cols == 1 && len(names) == 1:
	case len(args) == 0 && !c.stdinIsFile():
		width = 7
	default:
		width = max(width, len(itoa(total[3])))
	}
	for i, row := range rows {
		c.Out().WriteString(wcRow(row, want, width))
		if len(args) > 0 || labels[i] != "-" {
			c.Out().WriteString(" " + labels[i])
		}
		c.Out().WriteByte('\n')
	}
	return status
}

// stdinIsFile reports whether standard input is a file whose size is known.
func (c *Ctx) stdinIsFile() bool {
	d := c.sh.fds.d[0]
	return d != nil && d.file != nil
}

// wcCounts gives lines, words, characters, bytes and the longest line.
func wcCounts(data []byte) []int {
	text := string(data)
	longest := 0
	for l := range strings.SplitSeq(text, "\n") {
		longest = max(longest, len([]rune(l)))
	}
	return []int{strings.Count(text, "\n"), len(strings.Fields(text)), len([]rune(text)), len(data), longest}
}

func wcRow(row []int, want string, width int) string {
	var out []string
	for i, f := range "lwmcL" {
		if strings.ContainsRune(want, f) {
			out = append(out, fmt.Sprintf("%*d", width, row[i]))
		}
	}
	return strings.Join(out, " ")
}
