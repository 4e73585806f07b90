package shell

import (
	"strings"
)

const columnUsage = `column [-t [-s CHARS] [-o TEXT] [-N NAMES] [-R COLUMNS]] [-x] [-c WIDTH] [FILE]...
Print lines side by side, or with -t as a table.`

func runColumn(c *Ctx) int {
	opts, args, st, ok := c.Getopt("ts:o:N:R:xc:", map[string]byte{"table": 't', "separator": 's', "output-separator": 'o', "table-columns": 'N',
		"table-right": 'R', "fillrows": 'x', "output-width": 'c'})
	if !ok {
		return st
	}
	t := &columns{between: "  ", width: 80, right: map[string]bool{}}
	table := false
	for _, o := range opts {
		switch o.Flag {
		case 't':
			table = true
		case 's':
			t.chars = o.Arg
		case 'o':
			t.between = o.Arg
		case 'N':
			t.rows = append(t.rows, strings.Split(o.Arg, ","))
		case 'R':
			for n := range strings.SplitSeq(o.Arg, ",") {
				t.right[n] = true
			}
		case 'x':
			t.rowsFirst = true
		case 'c':
			if t.width, ok = parseInt(o.Arg); !ok || t.width < 0 {
				return c.Errorf("invalid columns argument: '%s'", o.Arg)
			}
		}
	}
	var lines []string
	st = c.eachText(args, func(text string) {
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			if strings.TrimSpace(line) != "" {
				lines = append(lines, line)
			}
		}
	})
	if table {
		c.Out().WriteString(t.table(lines))
	} else {
		c.Out().WriteString(t.fill(lines))
	}
	return st
}

type columns struct {
	chars, between string
	rows           [][]string
	right          map[string]bool
	rowsFirst      bool
	width          int
}

func (t *columns) table(lines []string) string {
	for _, l := range lines {
		row := strings.Fields(l)
		if t.chars != "" {
			row = strings.FieldsFunc(l, func(r rune) bool { return strings.ContainsRune(t.chars, r) })
			if len(t.chars) == 1 {
				row = strings.Split(l, t.chars)
			}
		}
		t.rows = append(t.rows, row)
	}
	var widths []int
	for _, r := range t.rows {
		for i, cell := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, r := range t.rows {
		for i := range widths {
			cell := ""
			if i < len(r) {
				cell = r[i]
			}
			pad := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			last := i == len(widths)-1
			switch {
			case t.right[itoa(i+1)]:
				b.WriteString(pad + cell)
			case last:
				b.WriteString(cell)
			default:
				b.WriteString(cell + pad)
			}
			if !last {
				b.WriteString(t.between)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// fill prints lines side by side, in columns of whole tabs.
func (t *columns) fill(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	widest := 0
	for _, l := range lines {
		widest = max(widest, len([]rune(l)))
	}
	cell := (widest + 8) &^ 7
	if widest >= t.width || cell >= t.width {
		return strings.Join(lines, "\n") + "\n"
	}
	cols := max(1, t.width/cell)
	rows := (len(lines) + cols - 1) / cols
	var b strings.Builder
	for r := range rows {
		col := 0
		for k := range cols {
			i, next := r+k*rows, r+(k+1)*rows
			if t.rowsFirst {
				i = r*cols + k
				next = i + 1
				if k == cols-1 {
					next = len(lines)
				}
			}
			if i >= len(lines) || !t.rowsFirst && k*rows+r >= len(lines) {
				break
			}
			b.WriteString(lines[i])
			col += len([]rune(lines[i]))
			if next >= len(lines) {
				break
			}
			for end := (k + 1) * cell; col < end; col = (col + 8) &^ 7 {
				b.WriteByte('\t')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
