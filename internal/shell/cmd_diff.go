package shell

import (
	"bytes"
	"fmt"
	"strings"
)

// maxDiffTable bounds the table of diff.
const maxDiffTable = 8 << 20

func runDiff(c *Ctx) int {
	opts, args, st, ok := c.Getopt("uqspU:NrwbL:", map[string]byte{"unified": 'u', "brief": 'q', "report-identical-files": 's',
		"show-c-function": 'p', "label": 'L', "recursive": 'r', "new-file": 'N'})
	if !ok {
		return st
	}
	var unified, brief, same, function bool
	var labels []string
	around := 3
	for _, o := range opts {
		switch o.Flag {
		case 'u':
			unified = true
		case 'U':
			unified = true
			around, _ = parseInt(o.Arg)
		case 'p':
			function = true
		case 'L':
			labels = append(labels, o.Arg)
		case 'q':
			brief = true
		case 's':
			same = true
		}
	}
	if function && !unified && !brief {
		c.Errorf("-p without -u asks for the context format, which is not supported")
		return 2
	}
	if len(labels) > 2 {
		c.Errorf("too many file label options")
		return 2
	}
	if len(args) != 2 {
		return c.UsageError("missing operand after '%s'", c.Args[len(c.Args)-1])
	}
	var data [2][]byte
	for i := range data {
		d, err := c.ReadFile(args[i])
		if err != nil {
			c.Errorf("%s: %s", args[i], Reason(err))
			return 2
		}
		data[i] = d
	}
	if bytes.Equal(data[0], data[1]) {
		if same {
			fmt.Fprintf(c.Out(), "Files %s and %s are identical\n", args[0], args[1])
		}
		return 0
	}
	if brief {
		fmt.Fprintf(c.Out(), "Files %s and %s differ\n", args[0], args[1])
		return 1
	}
	d := &differ{a: diffSplit(data[0]), b: diffSplit(data[1])}
	d.align()
	if unified {
		d.function = function
		for i, mark := range []string{"---", "+++"} {
			if i < len(labels) {
				c.Out().WriteString(mark + " " + labels[i] + "\n")
				continue
			}
			c.diffHeader(mark, args[i])
		}
		d.unified(c, max(around, 0))
	} else {
		d.normal(c)
	}
	return 1
}

func (c *Ctx) diffHeader(mark, name string) {
	t := c.Now()
	if i, err := c.sh.stat(name); err == nil && name != "-" && !i.Mtime.IsZero() {
		t = i.Mtime
	}
	fmt.Fprintf(c.Out(), "%s %s\t%s\n", mark, name, statTime(t))
}

// diffSplit splits into lines; one without a newline is marked as GNU does.
func diffSplit(data []byte) []string {
	if len(data) == 0 {
		return nil
	}
	text, nl := strings.CutSuffix(string(data), "\n")
	lines := strings.Split(text, "\n")
	if !nl {
		lines[len(lines)-1] += "\n\\ No newline at end of file"
	}
	return lines
}

// differ aligns two lists of lines.
type differ struct {
	a, b  []string
	hunks [][4]int // a[0:1] becomes b[2:3]
	// function makes hunks name the function that they are in: -p.
	function bool
}

func (d *differ) align() {
	head := 0
	for head < len(d.a) && head < len(d.b) && d.a[head] == d.b[head] {
		head++
	}
	tail := 0
	for tail < len(d.a)-head && tail < len(d.b)-head && d.a[len(d.a)-1-tail] == d.b[len(d.b)-1-tail] {
		tail++
	}
	a, b := d.a[head:len(d.a)-tail], d.b[head:len(d.b)-tail]
	if (len(a)+1)*(len(b)+1) > maxDiffTable {
		d.hunks = [][4]int{{head, head + len(a), head, head + len(b)}}
		return
	}
	w := len(b) + 1
	common := make([]int32, (len(a)+1)*w)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*w+j] = common[(i+1)*w+j+1] + 1
			} else {
				common[i*w+j] = max(common[(i+1)*w+j], common[i*w+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
			continue
		}
		i0, j0 := i, j
		for (i < len(a) || j < len(b)) && !(i < len(a) && j < len(b) && a[i] == b[j]) {
			if j == len(b) || i < len(a) && common[(i+1)*w+j] >= common[i*w+j+1] {
				i++
			} else {
				j++
			}
		}
		d.hunks = append(d.hunks, [4]int{head + i0, head + i, head + j0, head + j})
	}
}

func lineRange(from, to int) string {
	if to-from <= 1 {
		return itoa(max(to, from))
	}
	return itoa(from+1) + "," + itoa(to)
}

func (d *differ) normal(c *Ctx) {
	for _, h := range d.hunks {
		op := "c"
		switch {
		case h[0] == h[1]:
			op = "a"
		case h[2] == h[3]:
			op = "d"
		}
		c.Out().WriteString(lineRange(h[0], h[1]) + op + lineRange(h[2], h[3]) + "\n")
		for _, l := range d.a[h[0]:h[1]] {
			c.Out().WriteString("< " + l + "\n")
		}
		if op == "c" {
			c.Out().WriteString("---\n")
		}
		for _, l := range d.b[h[2]:h[3]] {
			c.Out().WriteString("> " + l + "\n")
		}
	}
}

func (d *differ) unified(c *Ctx, around int) {
	for i := 0; i < len(d.hunks); {
		end := i + 1
		for end < len(d.hunks) && d.hunks[end][0]-d.hunks[end-1][1] <= 2*around {
			end++
		}
		first, last := d.hunks[i], d.hunks[end-1]
		lead := min(around, first[0])
		trail := min(around, len(d.a)-last[1])
		at := first[0] - lead
		fmt.Fprintf(c.Out(), "@@ -%s +%s @@%s\n", unifiedRange(at, last[1]+trail), unifiedRange(first[2]-lead, last[3]+trail), d.heading(at))
		for _, h := range d.hunks[i:end] {
			d.lines(c, " ", d.a[at:h[0]])
			d.lines(c, "-", d.a[h[0]:h[1]])
			d.lines(c, "+", d.b[h[2]:h[3]])
			at = h[1]
		}
		d.lines(c, " ", d.a[at:at+trail])
		i = end
	}
}

// heading is what -p adds to a hunk that begins at line n: the last line before
// it that looks like the start of a C function, at most 40 bytes of it.
func (d *differ) heading(n int) string {
	if !d.function {
		return ""
	}
	for n--; n >= 0; n-- {
		if l := d.a[n]; l != "" && (l[0] == '_' || l[0] == '$' || l[0]|0x20 >= 'a' && l[0]|0x20 <= 'z') {
			return " " + strings.TrimRight(l[:min(len(l), 40)], " \t")
		}
	}
	return ""
}

func (d *differ) lines(c *Ctx, mark string, lines []string) {
	for _, l := range lines {
		c.Out().WriteString(mark + l + "\n")
	}
}

func unifiedRange(from, to int) string {
	switch to - from {
	case 0:
		return itoa(from) + ",0"
	case 1:
		return itoa(to)
	}
	return itoa(from+1) + "," + itoa(to-from)
}
