package shell

import (
	"fmt"
	"strings"
)

const wcUsage = `wc [-lwcmL] [--total=auto|always|never|only] [FILE]...
Count lines, words, characters (-m), bytes (-c), the longest line (-L).`

// wcRow is a line of wc.
type wcRow struct {
	counts [5]int // lines, words, characters, bytes, longest
	label  string
}

// wcOrder are the options in the order of the columns.
const wcOrder = "lwmcL"

func runWc(c *Ctx) int {
	opts, args, st, ok := c.Getopt("lwcmL\x01:", map[string]byte{"lines": 'l', "words": 'w', "bytes": 'c', "chars": 'm', "max-line-length": 'L', "total": 1})
	if !ok {
		return st
	}
	want, when := "", "auto"
	for _, o := range opts {
		if o.Flag == 1 {
			when = o.Arg
			continue
		}
		want += string(o.Flag)
	}
	if !strings.Contains(" auto always never only ", " "+when+" ") {
		return c.UsageError("invalid argument '%s' for '--total'", when)
	}
	if want == "" {
		want = "lwc"
	}
	names := args
	if len(args) == 0 {
		names = []string{"-"}
	}
	rows, size, odd, status := c.wcRows(names)
	total := wcRow{label: "total"}
	for _, r := range rows {
		for i, n := range r.counts[:4] {
			total.counts[i] += n
		}
		total.counts[4] = max(total.counts[4], r.counts[4])
	}
	width := 1
	if columns := wcColumns(want); when != "only" && (columns > 1 || len(names) > 1) {
		width = len(itoa(size))
		if odd {
			width = max(width, 7)
		}
	}
	if when == "only" {
		total.label, rows = "", nil
	}
	if when == "always" || when == "only" || when == "auto" && len(names) > 1 {
		rows = append(rows, total)
	}
	for _, r := range rows {
		c.Out().WriteString(r.text(want, width))
		if len(args) > 0 && r.label != "" {
			c.Out().WriteString(" " + r.label)
		}
		c.Out().WriteByte('\n')
	}
	return status
}

func wcColumns(want string) int {
	n := 0
	for _, f := range wcOrder {
		if strings.ContainsRune(want, f) {
			n++
		}
	}
	return n
}

// wcRows counts the files. odd: one of them is no regular file, so that its
// size is not known before it is read.
func (c *Ctx) wcRows(names []string) (rows []wcRow, size int, odd bool, status int) {
	for _, a := range names {
		data, err := c.ReadFile(a)
		isDir := err != nil && Reason(err) == "Is a directory"
		if err != nil {
			status = c.Errorf("%s: %s", a, Reason(err))
			if !isDir {
				continue
			}
		}
		size += len(data)
		odd = odd || isDir || a == "-" && !c.stdinIsFile()
		rows = append(rows, wcRow{wcCounts(data), a})
	}
	return rows, size, odd, status
}

// stdinIsFile reports whether standard input is a file whose size is known.
func (c *Ctx) stdinIsFile() bool {
	d := c.sh.fds.d[0]
	return d != nil && d.file != nil
}

func wcCounts(data []byte) [5]int {
	text := string(data)
	longest := 0
	for l := range strings.SplitSeq(text, "\n") {
		col := 0
		for _, r := range l {
			switch {
			case r == '\t':
				col += 8 - col%8
			case r == '\r' || r == '\f':
				longest, col = max(longest, col), 0
			case r >= ' ':
				col++
			}
		}
		longest = max(longest, col)
	}
	return [5]int{strings.Count(text, "\n"), len(strings.Fields(text)), len([]rune(text)), len(data), longest}
}

func (r wcRow) text(want string, width int) string {
	var out []string
	for i, f := range wcOrder {
		if strings.ContainsRune(want, f) {
			out = append(out, fmt.Sprintf("%*d", width, r.counts[i]))
		}
	}
	return strings.Join(out, " ")
}
