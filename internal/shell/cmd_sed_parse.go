package shell

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// sedAddr is an address: a line, the last line, a regexp, or a step.
type sedAddr struct {
	line int
	step int // FIRST~STEP, or with plus the count of +N
	plus bool
	last bool
	re   *regexp.Regexp
}

// sedCmd is a command of sed.
type sedCmd struct {
	a1, a2 *sedAddr
	not    bool
	active bool // inside a range
	until  int  // the line a range ends at, when that is known
	name   byte
	text   string // of a, i, c; the label of b, t, T
	num    int    // exit status of q; which match of s
	end    int    // index of the } of a {
	re     *regexp.Regexp
	repl   []sedRepl
	global bool
	print  bool
	table  map[rune]rune
}

// selects reports whether the addresses select the current line.
func (c *sedCmd) selects(s *sedState) bool {
	if c.a1 == nil {
		return true
	}
	if c.a2 == nil {
		return c.a1.match(s)
	}
	if c.active {
		switch {
		case c.until > 0:
			if s.lineNo >= c.until {
				c.active = false
			}
			return s.lineNo <= c.until
		case c.a2.match(s):
			c.active = false
		}
		return true
	}
	if !c.a1.match(s) {
		return false
	}
	c.until = 0
	switch {
	case c.a2.plus:
		c.until = s.lineNo + c.a2.step
	case c.a2.re == nil && !c.a2.last:
		c.until = c.a2.line
	}
	c.active = !(c.until > 0 && c.until <= s.lineNo) && !(c.a2.plus && c.a2.step == 0) && !(c.a2.last && s.last())
	return true
}

func (a *sedAddr) match(s *sedState) bool {
	switch {
	case a.last:
		return s.last()
	case a.re != nil:
		return a.re.MatchString(s.pattern)
	case a.step > 0:
		return s.lineNo >= a.line && (s.lineNo-a.line)%a.step == 0
	}
	return s.lineNo == a.line
}

// sedParser parses a script.
type sedParser struct {
	src      string
	pos      int
	extended bool
}

func (p *sedParser) parse() (prog []*sedCmd, labels map[string]int, err error) {
	labels = map[string]int{}
	var open []int
	for {
		p.skip(" \t\n;")
		if p.pos >= len(p.src) {
			break
		}
		if p.src[p.pos] == '#' {
			p.line()
			continue
		}
		c, err := p.command()
		if err != nil {
			return nil, nil, err
		}
		switch c.name {
		case ':':
			labels[c.text] = len(prog)
			continue
		case '{':
			open = append(open, len(prog))
		case '}':
			if len(open) == 0 {
				return nil, nil, errors.New("unexpected `}'")
			}
			prog[open[len(open)-1]].end = len(prog)
			open = open[:len(open)-1]
		}
		prog = append(prog, c)
	}
	if len(open) > 0 {
		p.pos = 0
		return nil, nil, errors.New("unmatched `{'")
	}
	for _, c := range prog {
		if strings.IndexByte("btT", c.name) >= 0 && c.text != "" {
			if _, ok := labels[c.text]; !ok {
				return nil, nil, fmt.Errorf("can't find label for jump to `%s'", c.text)
			}
		}
	}
	return prog, labels, nil
}

func (p *sedParser) skip(set string) {
	for p.pos < len(p.src) && strings.IndexByte(set, p.src[p.pos]) >= 0 {
		p.pos++
	}
}

// line takes the rest of the line.
func (p *sedParser) line() string {
	line, _, _ := strings.Cut(p.src[p.pos:], "\n")
	p.pos += len(line)
	return line
}

func (p *sedParser) command() (*sedCmd, error) {
	c := &sedCmd{}
	var err error
	if c.a1, err = p.address(false); err != nil {
		return nil, err
	}
	p.skip(" \t")
	if c.a1 != nil && p.pos < len(p.src) && p.src[p.pos] == ',' {
		p.pos++
		p.skip(" \t")
		if c.a2, err = p.address(true); err != nil {
			return nil, err
		}
		if c.a2 == nil {
			return nil, errors.New("unexpected `,'")
		}
	}
	p.skip(" \t")
	for p.pos < len(p.src) && p.src[p.pos] == '!' {
		c.not = true
		p.pos++
		p.skip(" \t")
	}
	if p.pos >= len(p.src) {
		return nil, errors.New("missing command")
	}
	c.name = p.src[p.pos]
	p.pos++
	return c, p.arguments(c)
}

// address parses an address, nil when there is none.
func (p *sedParser) address(second bool) (*sedAddr, error) {
	if p.pos >= len(p.src) {
		return nil, nil
	}
	ch := p.src[p.pos]
	switch {
	case ch == '$':
		p.pos++
		return &sedAddr{last: true}, nil
	case ch == '/' || ch == '\\' && p.pos+1 < len(p.src):
		if ch == '\\' {
			p.pos++
			ch = p.src[p.pos]
		}
		p.pos++
		pat, ok := p.delimited(ch)
		if !ok {
			return nil, errors.New("unterminated address regex")
		}
		fold := false
		if p.pos < len(p.src) && p.src[p.pos] == 'I' {
			fold = true
			p.pos++
		}
		re, err := compileRegexp(pat, p.extended, fold)
		return &sedAddr{re: re}, err
	case second && ch == '+':
		p.pos++
		return &sedAddr{plus: true, step: p.number()}, nil
	case ch >= '0' && ch <= '9':
		a := &sedAddr{line: p.number()}
		if p.pos < len(p.src) && p.src[p.pos] == '~' {
			p.pos++
			a.step = p.number()
		}
		return a, nil
	}
	return nil, nil
}

func (p *sedParser) number() int {
	start := p.pos
	for p.pos < len(p.src) && p.src[p.pos] >= '0' && p.src[p.pos] <= '9' {
		p.pos++
	}
	n, _ := strconv.Atoi(p.src[start:p.pos])
	return n
}

// delimited takes text up to an unescaped delimiter. An escaped delimiter loses
// its backslash; a newline escape stays for the regexp.
func (p *sedParser) delimited(delim byte) (string, bool) {
	var b strings.Builder
	for ; p.pos < len(p.src); p.pos++ {
		ch := p.src[p.pos]
		switch {
		case ch == '\\' && p.pos+1 < len(p.src):
			p.pos++
			if p.src[p.pos] != delim || strings.IndexByte("|+?(){}", delim) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(p.src[p.pos])
		case ch == delim:
			p.pos++
			return b.String(), true
		default:
			b.WriteByte(ch)
		}
	}
	return "", false
}

// arguments parses what follows a command's letter.
func (p *sedParser) arguments(c *sedCmd) error {
	switch c.name {
	case '{', '}':
		return nil
	case 's':
		return p.substitution(c)
	case 'y':
		return p.transliteration(c)
	case ':', 'b', 't', 'T':
		p.skip(" \t")
		start := p.pos
		for p.pos < len(p.src) && strings.IndexByte(";\n }", p.src[p.pos]) < 0 {
			p.pos++
		}
		c.text = p.src[start:p.pos]
		if c.name == ':' && c.text == "" {
			return errors.New("\":\" lacks a label")
		}
		return nil
	case 'a', 'i', 'c':
		c.text = p.text()
		return nil
	case 'q', 'Q':
		p.skip(" \t")
		c.num = p.number()
	case 'p', 'P', 'd', 'D', '=', 'n', 'N', 'g', 'G', 'h', 'H', 'x':
	default:
		return fmt.Errorf("unknown command: `%c'", c.name)
	}
	p.skip(" \t")
	if p.pos < len(p.src) && strings.IndexByte(";\n}#", p.src[p.pos]) < 0 {
		p.pos++
		return errors.New("extra characters after command")
	}
	return nil
}

// text parses the text of a, i and c: on the same line, or after "\" and a
// newline; a backslash at the end of a line continues it.
func (p *sedParser) text() string {
	p.skip(" \t")
	if strings.HasPrefix(p.src[p.pos:], "\\\n") {
		p.pos += 2
	} else if strings.HasPrefix(p.src[p.pos:], "\\") {
		p.pos++
	}
	var b strings.Builder
	for p.pos < len(p.src) && p.src[p.pos] != '\n' {
		if p.src[p.pos] == '\\' && p.pos+1 < len(p.src) {
			p.pos++
		}
		b.WriteByte(p.src[p.pos])
		p.pos++
	}
	return b.String()
}
