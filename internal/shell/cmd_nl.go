package shell

import (
	"fmt"
	"strings"
)

const nlUsage = `nl [OPTION]... [FILE]...
Number lines, those that are not empty.
  -b, -h, -f STYLE  a all, t not empty, n none, pREGEXP: of the body, the header
                    and the footer of pages, which \:\:\:, \:\: and \: begin
  -i N, -v N, -w N  increment, first number, width     -s TEXT  behind the number
  -n ln|rn|rz  left, right, with zeros     -l N  N empty lines count as one
  -p  do not begin again with each page    -d CC  for \:`

// nlStyle says which lines are numbered.
type nlStyle struct {
	kind byte // a t n p
	re   *regex
}

type numberer struct {
	c                   *Ctx
	styles              map[byte]nlStyle // b h f
	now                 byte
	step, first, width  int
	join, sep, format   string
	keep                bool
	n, empty, joinEmpty int
}

func runNl(c *Ctx) int {
	opts, args, st, ok := c.Getopt("b:h:f:i:v:w:s:n:l:pd:", map[string]byte{"body-numbering": 'b', "header-numbering": 'h', "footer-numbering": 'f',
		"line-increment": 'i', "starting-line-number": 'v', "number-width": 'w', "number-separator": 's', "number-format": 'n',
		"join-blank-lines": 'l', "no-renumber": 'p', "section-delimiter": 'd'})
	if !ok {
		return st
	}
	n := &numberer{c: c, styles: map[byte]nlStyle{'b': {kind: 't'}, 'h': {kind: 'n'}, 'f': {kind: 'n'}}, now: 'b', step: 1, first: 1, width: 6,
		sep: "\t", join: `\:`, format: "rn", joinEmpty: 1}
	for _, o := range opts {
		if text := n.option(o); text != "" {
			return c.Errorf("%s", text)
		}
	}
	n.n = n.first
	return c.eachLine(args, func(line string, _ bool) bool {
		n.line(line)
		return true
	})
}

// option applies an option; the text is an error.
func (n *numberer) option(o Opt) string {
	number := func(what string, least int, to *int) string {
		x, ok := parseInt(o.Arg)
		if !ok || x < least {
			return "invalid " + what + ": '" + o.Arg + "'" + outOfRange(ok)
		}
		*to = x
		return ""
	}
	switch o.Flag {
	case 'b', 'h', 'f':
		s := nlStyle{}
		if o.Arg != "" {
			s.kind = o.Arg[0]
		}
		if s.kind == 'p' {
			re, err := compileRegexp(o.Arg[1:], regexFlags{}, n.c.Fail)
			if err != nil {
				return err.Error()
			}
			s.re = re
		} else if len(o.Arg) != 1 || strings.IndexByte("atn", s.kind) < 0 {
			name := map[byte]string{'b': "body", 'h': "header", 'f': "footer"}[o.Flag]
			return "invalid " + name + " numbering style: '" + o.Arg + "'\nTry 'nl --help' for more information."
		}
		n.styles[o.Flag] = s
	case 'i':
		return number("line number increment", -1<<31, &n.step)
	case 'v':
		return number("starting line number", -1<<31, &n.first)
	case 'w':
		return number("line number field width", 1, &n.width)
	case 'l':
		return number("line number of blank lines", 1, &n.joinEmpty)
	case 's':
		n.sep = o.Arg
	case 'n':
		if o.Arg != "ln" && o.Arg != "rn" && o.Arg != "rz" {
			return "invalid line numbering format: '" + o.Arg + "'\nTry 'nl --help' for more information."
		}
		n.format = o.Arg
	case 'p':
		n.keep = true
	case 'd':
		n.join = o.Arg
		if len(o.Arg) == 1 {
			n.join += ":"
		}
	}
	return ""
}

func (n *numberer) line(line string) {
	for i, part := range []byte("fbh") {
		if n.join != "" && line == strings.Repeat(n.join, i+1) {
			n.now = part
			if part == 'h' && !n.keep {
				n.n = n.first
			}
			n.c.Out().WriteByte('\n')
			return
		}
	}
	if !n.numbers(line) {
		n.c.Out().WriteString(strings.Repeat(" ", n.width+len(n.sep)) + line + "\n")
		return
	}
	format := map[string]string{"ln": "%-*d", "rn": "%*d", "rz": "%0*d"}[n.format]
	fmt.Fprintf(n.c.Out(), format+"%s%s\n", n.width, n.n, n.sep, line)
	n.n += n.step
}

// numbers reports whether a line gets a number.
func (n *numberer) numbers(line string) bool {
	s := n.styles[n.now]
	switch s.kind {
	case 'a':
		if line != "" {
			n.empty = 0
			return true
		}
		if n.empty++; n.empty < n.joinEmpty {
			return false
		}
		n.empty = 0
		return true
	case 't':
		return line != ""
	case 'p':
		return s.re.MatchString(line)
	}
	return false
}
