package shell

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// sedParser parses a script.
type sedParser struct {
	s        *sedState
	chunks   []sedChunk
	src      string
	pos      int
	extended bool
	sandbox  bool
}

// errSedLabel is an error without a place.
type errSedLabel string

func (e errSedLabel) Error() string { return "can't find label for jump to `" + string(e) + "'" }

// program parses the chunks into the state.
func (p *sedParser) program(chunks []sedChunk) error {
	p.chunks = chunks
	for i, c := range chunks {
		if i > 0 {
			p.src += "\n"
		}
		p.src += c.text
	}
	if strings.HasPrefix(p.src, "#n\n") || p.src == "#n" {
		p.s.quiet = true
	}
	err := p.parse()
	var label errSedLabel
	if err != nil && !errors.As(err, &label) {
		err = p.errorAt(err)
	}
	return err
}

func (p *sedParser) parse() error {
	s := p.s
	s.labels = map[string]int{}
	var open []int
	for {
		p.skip(" \t\n;")
		if p.pos >= len(p.src) {
			break
		}
		c, err := p.command()
		if err != nil {
			return err
		}
		switch c.name {
		case '#':
			continue
		case ':':
			s.labels[c.text] = len(s.prog)
			continue
		case '{':
			open = append(open, len(s.prog))
		case '}':
			if len(open) == 0 {
				return errors.New("unexpected `}'")
			}
			s.prog[open[len(open)-1]].end = len(s.prog)
			open = open[:len(open)-1]
		}
		s.prog = append(s.prog, c)
	}
	if len(open) > 0 {
		p.pos = 0
		return errors.New("unmatched `{'")
	}
	for _, c := range s.prog {
		if strings.IndexByte("btT", c.name) >= 0 && c.text != "" {
			if _, ok := s.labels[c.text]; !ok {
				return errSedLabel(c.text)
			}
		}
	}
	return nil
}

func (p *sedParser) skip(set string) {
	for p.pos < len(p.src) && strings.IndexByte(set, p.src[p.pos]) >= 0 {
		p.pos++
	}
}

// peek is the next character, 0 at the end.
func (p *sedParser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

// line takes the rest of the line.
func (p *sedParser) line() string {
	line, _, _ := strings.Cut(p.src[p.pos:], "\n")
	p.pos += len(line)
	return line
}

func (p *sedParser) command() (*sedCmd, error) {
	c := &sedCmd{num: -1}
	var err error
	if c.a1, err = p.address(false); err != nil {
		return nil, err
	}
	p.skip(" \t")
	if c.a1 != nil && p.peek() == ',' {
		p.pos++
		p.skip(" \t")
		if c.a2, err = p.address(true); err != nil {
			return nil, err
		}
		if c.a2 == nil {
			p.pos++
			return nil, errors.New("unexpected `,'")
		}
	}
	c.active = c.fromZero()
	p.skip(" \t")
	for p.peek() == '!' {
		p.pos++
		if c.not {
			return nil, errors.New("multiple `!'s")
		}
		c.not = true
		p.skip(" \t")
	}
	if p.pos >= len(p.src) {
		return nil, errors.New("missing command")
	}
	c.name = p.src[p.pos]
	p.pos++
	if c.a1 != nil && c.a1.line == 0 && c.a1.number && c.name != 'r' && (c.a2 == nil || c.a2.re == nil && !c.a2.empty) {
		return nil, errors.New("invalid usage of line address 0")
	}
	if err := c.wantsAddresses(); err != nil {
		return nil, err
	}
	return c, p.arguments(c)
}

// wantsAddresses refuses addresses where a command takes fewer.
func (c *sedCmd) wantsAddresses() error {
	switch {
	case c.name == '#' && c.a1 != nil:
		return errors.New("comments don't accept any addresses")
	case c.name == ':' && c.a1 != nil:
		return errors.New(": doesn't want any addresses")
	case c.name == '}' && c.a1 != nil:
		return errors.New("} doesn't want any addresses")
	case (c.name == 'q' || c.name == 'Q') && c.a2 != nil:
		return errors.New("command only uses one address")
	}
	return nil
}

// address parses an address, nil when there is none.
func (p *sedParser) address(second bool) (*sedAddr, error) {
	ch := p.peek()
	switch {
	case ch == '$':
		p.pos++
		return &sedAddr{last: true}, nil
	case ch == '/' || ch == '\\' && p.pos+1 < len(p.src):
		return p.addressRegexp()
	case second && (ch == '+' || ch == '~'):
		p.pos++
		return &sedAddr{plus: ch == '+', multiple: ch == '~', step: p.number()}, nil
	case ch >= '0' && ch <= '9':
		a := &sedAddr{line: p.number(), number: true}
		if p.peek() == '~' {
			p.pos++
			a.step, a.number = p.number(), false
			a.number = a.step == 0
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

func (p *sedParser) delimiter(unterminated string) (byte, error) {
	if p.pos >= len(p.src) || p.src[p.pos] == '\n' || p.src[p.pos] == '\\' {
		return 0, errors.New(unterminated)
	}
	p.pos++
	return p.src[p.pos-1], nil
}

// arguments parses what follows a command's letter.
func (p *sedParser) arguments(c *sedCmd) (err error) {
	switch c.name {
	case '#':
		p.line()
		return nil
	case '{':
		return nil
	case 's':
		if err := p.substitution(c); err != nil || c.text != "" {
			return err
		}
	case 'y':
		if err := p.transliteration(c); err != nil {
			return err
		}
	case ':':
		p.skip(" \t")
		c.text = strings.TrimRight(p.label("; \t\n"), " \t")
		if c.text == "" {
			return errors.New("\":\" lacks a label")
		}
		return nil
	case 'b', 't', 'T':
		p.skip(" \t")
		c.text = p.label("; \t\n}")
	case 'a', 'i', 'c':
		c.text, err = p.text()
		return err
	case 'r', 'R', 'w', 'W':
		c.text, err = p.fileName(c.name == 'w' || c.name == 'W')
		return err
	case 'q', 'Q', 'l':
		p.skip(" \t")
		if ch := p.peek(); ch >= '0' && ch <= '9' {
			c.num = p.number()
		} else if c.name != 'l' {
			c.num = 0
		}
	case 'v':
		p.label(";\n}")
	case 'e':
		return errors.New("the command `e' is not supported by klpemu")
	case '}', 'p', 'P', 'd', 'D', '=', 'F', 'n', 'N', 'g', 'G', 'h', 'H', 'x', 'z':
	default:
		return fmt.Errorf("unknown command: `%c'", c.name)
	}
	return p.endCommand()
}

// endCommand takes what may stand behind a command.
func (p *sedParser) endCommand() error {
	p.skip(" \t\r")
	if p.pos < len(p.src) && strings.IndexByte(";\n}#", p.src[p.pos]) < 0 {
		p.pos++
		return errors.New("extra characters after command")
	}
	return nil
}

func (p *sedParser) label(end string) string {
	start := p.pos
	for p.pos < len(p.src) && strings.IndexByte(end, p.src[p.pos]) < 0 {
		p.pos++
	}
	return p.src[start:p.pos]
}

// fileName takes the rest of the line as a name; a file to write is emptied.
func (p *sedParser) fileName(write bool) (string, error) {
	p.skip(" \t")
	name := p.line()
	switch {
	case p.sandbox:
		return "", errors.New("e/r/w commands disabled in sandbox mode")
	case name == "":
		return "", errors.New("missing filename in r/R/w/W commands")
	}
	if write && p.s.writes[name] == nil && name != "/dev/stdout" && name != "/dev/stderr" {
		p.s.writes[name] = &sedOut{}
		p.s.writeNames = append(p.s.writeNames, name)
	}
	return name, nil
}

// text parses the text of a, i and c: on the same line, or after "\" and a
// newline; a backslash at the end of a line continues it.
func (p *sedParser) text() (string, error) {
	p.skip(" \t")
	if p.pos >= len(p.src) {
		return "", errors.New("expected \\ after `a', `c' or `i'")
	}
	if p.src[p.pos] == '\\' {
		p.pos++
		at := p.pos
		p.skip(" \t")
		if p.peek() == '\n' {
			p.pos++
		} else {
			p.pos = at
		}
		if p.pos >= len(p.src) {
			return "", errors.New("expected \\ after `a', `c' or `i'")
		}
	}
	var b strings.Builder
	for p.pos < len(p.src) && p.src[p.pos] != '\n' {
		if p.src[p.pos] == '\\' && p.pos+1 < len(p.src) {
			p.pos++
			if text, n := sedEscape(p.src[p.pos:]); n > 0 && b.Len() > 0 {
				b.WriteString(text)
				p.pos += n
				continue
			}
		}
		b.WriteByte(p.src[p.pos])
		p.pos++
	}
	b.WriteByte('\n')
	return b.String(), nil
}
