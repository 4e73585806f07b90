package shell

import (
	"errors"
	"fmt"
	"strings"
)

// sedRepl is a part of a replacement: text, or what a group matched.
type sedRepl struct {
	text  string
	group int // -1: text
}

func (p *sedParser) substitution(c *sedCmd) error {
	if p.pos >= len(p.src) {
		return errors.New("unterminated `s' command")
	}
	delim := p.src[p.pos]
	p.pos++
	pat, ok := p.delimited(delim)
	if !ok {
		return errors.New("unterminated `s' command")
	}
	repl, ok := p.rawDelimited(delim)
	if !ok {
		return errors.New("unterminated `s' command")
	}
	fold := false
	for p.pos < len(p.src) {
		switch ch := p.src[p.pos]; {
		case ch == 'g':
			c.global = true
		case ch == 'p':
			c.print = true
		case ch == 'i' || ch == 'I':
			fold = true
		case ch >= '1' && ch <= '9':
			c.num = p.number()
			continue
		case strings.IndexByte(";\n }#", ch) >= 0:
			return p.compile(c, pat, repl, fold)
		default:
			p.pos++
			return errors.New("unknown option to `s'")
		}
		p.pos++
	}
	return p.compile(c, pat, repl, fold)
}

func (p *sedParser) compile(c *sedCmd, pat, repl string, fold bool) error {
	re, err := compileRegexp(pat, p.extended, fold)
	if err != nil {
		return err
	}
	c.re = re
	c.repl = parseRepl(repl)
	for _, r := range c.repl {
		if r.group > re.NumSubexp() {
			return fmt.Errorf("invalid reference \\%d on `s' command's RHS", r.group)
		}
	}
	return nil
}

// rawDelimited is delimited that keeps backslashes, for a replacement.
func (p *sedParser) rawDelimited(delim byte) (string, bool) {
	var b strings.Builder
	for ; p.pos < len(p.src); p.pos++ {
		ch := p.src[p.pos]
		if ch == delim {
			p.pos++
			return b.String(), true
		}
		if ch == '\\' && p.pos+1 < len(p.src) {
			p.pos++
			if p.src[p.pos] != delim {
				b.WriteByte('\\')
			}
			ch = p.src[p.pos]
		}
		b.WriteByte(ch)
	}
	return "", false
}

// parseRepl splits a replacement at & and \N.
func parseRepl(v string) []sedRepl {
	var out []sedRepl
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, sedRepl{b.String(), -1})
			b.Reset()
		}
	}
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '&':
			flush()
			out = append(out, sedRepl{"", 0})
		case v[i] == '\\' && i+1 < len(v):
			i++
			switch {
			case v[i] >= '0' && v[i] <= '9':
				flush()
				out = append(out, sedRepl{"", int(v[i] - '0')})
			case v[i] == 'n':
				b.WriteByte('\n')
			case v[i] == 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(v[i])
			}
		default:
			b.WriteByte(v[i])
		}
	}
	flush()
	return out
}

func (p *sedParser) transliteration(c *sedCmd) error {
	if p.pos >= len(p.src) {
		return errors.New("unterminated `y' command")
	}
	delim := p.src[p.pos]
	p.pos++
	a, ok1 := p.rawDelimited(delim)
	b, ok2 := p.rawDelimited(delim)
	if !ok1 || !ok2 {
		return errors.New("unterminated `y' command")
	}
	a, _ = unescape(a, false)
	b, _ = unescape(b, false)
	from, to := []rune(a), []rune(b)
	if len(from) != len(to) {
		return errors.New("strings for `y' command are different lengths")
	}
	c.table = map[rune]rune{}
	for i, r := range from {
		if _, ok := c.table[r]; !ok {
			c.table[r] = to[i]
		}
	}
	return nil
}
