package shell

import (
	"fmt"
	"strings"
)

// grepColors are the escape sequences of --color, nil for none.
type grepColors struct {
	caps    map[string]string
	reverse bool // rv: -v swaps the colours of lines
	noErase bool // ne
}

// newGrepColors reads GREP_COLORS.
func newGrepColors(c *Ctx) *grepColors {
	g := &grepColors{caps: map[string]string{"ms": "01;31", "mc": "01;31", "fn": "35", "ln": "32", "bn": "32", "se": "36"}}
	if v := c.Env("GREP_COLOR"); v != "" {
		c.Errorf("warning: GREP_COLOR='%s' is deprecated; use GREP_COLORS='mt=%s'", v, v)
		g.caps["ms"], g.caps["mc"] = v, v
	}
	for part := range strings.SplitSeq(c.Env("GREP_COLORS"), ":") {
		name, v, _ := strings.Cut(part, "=")
		switch name {
		case "mt":
			g.caps["ms"], g.caps["mc"] = v, v
		case "rv":
			g.reverse = true
		case "ne":
			g.noErase = true
		case "ms", "mc", "fn", "ln", "bn", "se", "sl", "cx":
			g.caps[name] = v
		}
	}
	return g
}

// paint puts a text into the colour of a capability.
func (g *grepColors) paint(name, text string) string {
	if g == nil || g.caps[name] == "" {
		return text
	}
	erase := "\x1b[K"
	if g.noErase {
		erase = ""
	}
	return "\x1b[" + g.caps[name] + "m" + erase + text + "\x1b[m" + erase
}

// name prints the file's name and what follows it.
func (f *grepFile) name(sep byte) {
	g := f.g
	g.out.WriteString(g.color.paint("fn", f.label))
	if g.zeroName {
		g.out.WriteByte(0)
		return
	}
	g.out.WriteString(g.color.paint("se", string(sep)))
}

// head prints what stands before a line.
func (f *grepFile) head(sep byte, n, offset int, empty bool) {
	g := f.g
	if f.show {
		f.name(sep)
	}
	width := 0
	if g.tabs {
		width = 2
	}
	if g.number {
		g.out.WriteString(g.color.paint("ln", fmt.Sprintf("%*d", width, n)) + g.color.paint("se", string(sep)))
	}
	if g.offset {
		g.out.WriteString(g.color.paint("bn", fmt.Sprintf("%*d", width, offset)) + g.color.paint("se", string(sep)))
	}
	if g.tabs && (f.show || g.number || g.offset) && !empty {
		g.out.WriteByte('\t')
	}
}

// print prints a line, or with -o what matched in it.
func (f *grepFile) print(sep byte, l grepLine) {
	g := f.g
	f.last = l.n
	if g.only {
		if sep == ':' && !g.invert {
			f.matches(sep, l)
			g.printed = true
		}
		return
	}
	g.printed = true
	f.head(sep, l.n, l.offset, l.text == "")
	g.out.WriteString(f.painted(sep, l.text))
	g.end()
}

// end ends a line of output.
func (g *grepper) end() {
	if g.zero {
		g.out.WriteByte(0)
		return
	}
	g.out.WriteByte('\n')
}

// matches prints each part of a line that matches, on a line of its own.
func (f *grepFile) matches(sep byte, l grepLine) {
	for m := f.g.find(l.text, 0); m != nil; m = f.g.find(l.text, max(m[1], m[0]+1)) {
		if m[1] > m[0] {
			f.head(sep, l.n, l.offset+m[0], false)
			f.g.out.WriteString(f.g.color.paint("ms", l.text[m[0]:m[1]]))
			f.g.end()
		}
		if m[1] == m[0] && m[0] >= len(l.text) {
			return
		}
	}
}

// painted is a line with its matches in colour: those of selected lines, or
// with -v those of the lines around.
func (f *grepFile) painted(sep byte, line string) string {
	g := f.g
	if g.color == nil || (sep == ':') == g.invert {
		return line
	}
	match, whole := "ms", "sl"
	if (sep == '-') != (g.color.reverse && g.invert) {
		match, whole = "mc", "cx"
	}
	var b strings.Builder
	at := 0
	for m := g.find(line, 0); m != nil; m = g.find(line, max(m[1], m[0]+1)) {
		if m[1] > m[0] {
			if m[0] > at {
				b.WriteString(g.color.paint(whole, line[at:m[0]]))
			}
			b.WriteString(g.color.paint(match, line[m[0]:m[1]]))
			at = m[1]
		}
		if max(m[1], m[0]+1) > len(line) {
			break
		}
	}
	if at < len(line) {
		b.WriteString(g.color.paint(whole, line[at:]))
	}
	return b.String()
}
