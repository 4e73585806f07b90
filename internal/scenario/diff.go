package scenario

import (
	"fmt"
	"strings"
)

// diffLine is a line of a unified diff.
type diffLine struct {
	mark byte // ' ', '-', '+'
	text string
}

// diffLines gives the whole diff of a command: its output and its status.
func diffLines(c *Command, got []seen, status int) []diffLine {
	ops, _ := align(c.Want, got)
	var out []diffLine
	for _, o := range ops {
		switch o.kind {
		case '=':
			out = append(out, diffLine{' ', Escape(c.Want[o.want].Text)})
		case '.':
			out = append(out, diffLine{' ', "..."})
		case '-':
			text := Escape(c.Want[o.want].Text)
			if c.Want[o.want].Any {
				text = "..."
			}
			out = append(out, diffLine{'-', text})
		case '+':
			out = append(out, diffLine{'+', Escape(got[o.got].text)})
		}
	}
	if c.Status == status {
		if status != 0 {
			out = append(out, diffLine{' ', fmt.Sprintf("[%d]", status)})
		}
		return out
	}
	if c.Status != 0 {
		out = append(out, diffLine{'-', fmt.Sprintf("[%d]", c.Status)})
	}
	if status != 0 {
		out = append(out, diffLine{'+', fmt.Sprintf("[%d]", status)})
	}
	return out
}

// context is how many equal lines a hunk shows around changes.
const context = 3

// maxDiff bounds the lines of one diff.
const maxDiff = 400

// unified writes the hunks of a diff; line is that of its first line in the
// scenario file.
func unified(lines []diffLine, line int) string {
	keep := make([]bool, len(lines))
	for i, l := range lines {
		if l.mark == ' ' {
			continue
		}
		for k := max(0, i-context); k <= min(len(lines)-1, i+context); k++ {
			keep[k] = true
		}
	}
	var b strings.Builder
	oldLine, newLine, written := line, line, 0
	for i := 0; i < len(lines); {
		if !keep[i] {
			oldLine, newLine, i = oldLine+1, newLine+1, i+1
			continue
		}
		end := i
		for end < len(lines) && keep[end] {
			end++
		}
		olds, news := 0, 0
		for _, l := range lines[i:end] {
			if l.mark != '+' {
				olds++
			}
			if l.mark != '-' {
				news++
			}
		}
		fmt.Fprintf(&b, "@@ -%s +%s @@\n", span(oldLine, olds), span(newLine, news))
		for _, l := range lines[i:end] {
			if written++; written > maxDiff {
				fmt.Fprintf(&b, "(%d more lines)\n", len(lines)-i)
				return b.String()
			}
			fmt.Fprintf(&b, "%c%s\n", l.mark, l.text)
		}
		oldLine, newLine, i = oldLine+olds, newLine+news, end
	}
	return b.String()
}

// span writes a range as diff -u does.
func span(line, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", line-1)
	case 1:
		return fmt.Sprintf("%d", line)
	}
	return fmt.Sprintf("%d,%d", line, n)
}
