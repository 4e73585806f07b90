package shell

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sedRepl is a part of a replacement: text, what a group matched, or a change
// of case for what follows.
type sedRepl struct {
	text  string
	group int  // -1: text
	fold  byte // U, L, E for all that follows; u, l for its first letter
}

func (p *sedParser) substitution(c *sedCmd) error {
	delim, err := p.delimiter("unterminated `s' command")
	if err != nil {
		return err
	}
	pat, ok := p.delimited(delim)
	if !ok {
		return errors.New("unterminated `s' command")
	}
	repl, ok := p.replacement(delim)
	if !ok {
		return errors.New("unterminated `s' command")
	}
	c.num = 0
	flags := p.regexFlags()
	for done := false; !done; {
		if done, err = p.substFlag(c, &flags); err != nil {
			return err
		}
	}
	if c.re, err = p.compile(pat, flags); err != nil {
		return err
	}
	c.repl = parseRepl(repl)
	for _, r := range c.repl {
		if c.re != nil && r.group > c.re.NumSubexp() {
			return fmt.Errorf("invalid reference \\%d on `s' command's RHS", r.group)
		}
	}
	return nil
}

// substFlag takes one flag of s.
func (p *sedParser) substFlag(c *sedCmd, flags *regexFlags) (done bool, err error) {
	ch := p.peek()
	p.pos++
	switch {
	case ch == 'g' && c.global:
		return true, errors.New("multiple `g' options to `s' command")
	case ch == 'g':
		c.global = true
	case ch == 'p' && c.print:
		return true, errors.New("multiple `p' options to `s' command")
	case ch == 'p':
		c.print = true
	case ch == 'i' || ch == 'I':
		flags.fold = true
	case ch == 'm' || ch == 'M':
		flags.lines = true
	case ch == 'w':
		c.text, err = p.fileName(true)
		return true, err
	case ch == 'e':
		return true, errors.New("the option `e' of the `s' command is not supported by klpemu")
	case ch >= '0' && ch <= '9':
		p.pos--
		n := p.number()
		switch {
		case n == 0:
			return true, errors.New("number option to `s' command may not be zero")
		case c.num > 0:
			return true, errors.New("multiple number options to `s' command")
		}
		c.num = n
	case ch == 0 || strings.IndexByte(";\n}#", ch) >= 0:
		p.pos--
		return true, nil
	case ch == ' ' || ch == '\t' || ch == '\r':
	default:
		return true, errors.New("unknown option to `s'")
	}
	return false, nil
}

// replacement takes the new text of s up to the delimiter, with its backslashes.
func (p *sedParser) replacement(delim byte) (string, bool) {
	var b strings.Builder
	for ; p.pos < len(p.src); p.pos++ {
		ch := p.src[p.pos]
		switch {
		case ch == delim:
			p.pos++
			return b.String(), true
		case ch == '\\' && p.pos+1 < len(p.src):
			p.pos++
			if p.src[p.pos] != delim || delim == '&' {
				b.WriteByte('\\')
			}
			ch = p.src[p.pos]
		}
		b.WriteByte(ch)
	}
	return "", false
}

// parseRepl splits a replacement at &, \N and the changes of case.
func parseRepl(v string) []sedRepl {
	var out []sedRepl
	var b strings.Builder
	add := func(r sedRepl) {
		if b.Len() > 0 {
			out = append(out, sedRepl{b.String(), -1, 0})
			b.Reset()
		}
		if r.group >= 0 || r.fold != 0 {
			out = append(out, r)
		}
	}
	for i := 0; i < len(v); i++ {
		if v[i] == '&' {
			add(sedRepl{group: 0})
			continue
		}
		if v[i] != '\\' || i+1 == len(v) {
			b.WriteByte(v[i])
			continue
		}
		i++
		switch {
		case v[i] >= '0' && v[i] <= '9':
			add(sedRepl{group: int(v[i] - '0')})
		case strings.IndexByte("ULEul", v[i]) >= 0:
			add(sedRepl{group: -1, fold: v[i]})
		default:
			ch, n := sedEscape(v[i:])
			if n == 0 {
				ch, n = v[i:i+1], 1
			}
			b.WriteString(ch)
			i += n - 1
		}
	}
	add(sedRepl{group: -1})
	return out
}

// sedEscape is a character written after a backslash, and the length of that;
// 0 when it is none.
func sedEscape(v string) (string, int) {
	if i := strings.IndexByte("afnrtv", v[0]); i >= 0 {
		return "\a\f\n\r\t\v"[i : i+1], 1
	}
	base, digits := 0, 0
	switch v[0] {
	case 'd':
		base, digits = 10, 3
	case 'o':
		base, digits = 8, 3
	case 'x':
		base, digits = 16, 2
	case 'c':
		if len(v) > 1 {
			return string([]byte{byte(unicode.ToUpper(rune(v[1]))) ^ 0x40}), 2
		}
	}
	n, i := 0, 1
	for ; base > 0 && i < len(v) && i <= digits; i++ {
		d := digitValue(v[i])
		if d >= base {
			break
		}
		n = n*base + d
	}
	if i == 1 {
		return "", 0
	}
	return string([]byte{byte(n)}), i
}

func digitValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}

func (s *sedState) substitute(cmd *sedCmd) {
	re := s.regexp(cmd.re)
	if re == nil {
		return
	}
	limit := -1
	if !cmd.global {
		limit = max(cmd.num, 1)
	}
	var b sedText
	last, done := 0, false
	for i, l := range re.FindAllStringSubmatchIndex(s.pattern, limit) {
		if i+1 < cmd.num {
			continue
		}
		done = true
		b.WriteString(s.pattern[last:l[0]])
		b.replace(cmd.repl, s.pattern, l)
		last = l[1]
		if b.Len() > s.c.sh.k.limits.Pipe {
			break // simple reports it
		}
	}
	if !done {
		return
	}
	b.WriteString(s.pattern[last:])
	s.pattern, s.subst = b.String(), true
	if cmd.print {
		s.print(s.pattern, s.nl)
	}
	if cmd.text != "" {
		s.writeFile(cmd.text, s.pattern, s.nl)
	}
}

// sedText is the result of a substitution.
type sedText struct {
	strings.Builder
	all, one byte // changes of case that are in force
}

// replace appends a replacement.
func (b *sedText) replace(repl []sedRepl, s string, loc []int) {
	b.all, b.one = 0, 0
	for _, part := range repl {
		switch g := part.group * 2; {
		case part.fold == 'u' || part.fold == 'l':
			b.one = part.fold
		case part.fold != 0:
			b.all, b.one = part.fold, 0
		case part.group < 0:
			b.cased(part.text)
		case g+1 < len(loc) && loc[g] >= 0:
			b.cased(s[loc[g]:loc[g+1]])
		}
	}
}

func (b *sedText) cased(text string) {
	switch b.all {
	case 'U':
		text = strings.ToUpper(text)
	case 'L':
		text = strings.ToLower(text)
	}
	if b.one != 0 && text != "" {
		r, n := utf8.DecodeRuneInString(text)
		if b.one == 'u' {
			r = unicode.ToUpper(r)
		} else {
			r = unicode.ToLower(r)
		}
		text = string(r) + text[n:]
		b.one = 0
	}
	b.WriteString(text)
}

func (p *sedParser) transliteration(c *sedCmd) error {
	delim, err := p.delimiter("unterminated `y' command")
	if err != nil {
		return err
	}
	a, ok1 := p.plain(delim)
	b, ok2 := p.plain(delim)
	if !ok1 || !ok2 {
		return errors.New("unterminated `y' command")
	}
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

// plain takes a string of y up to the delimiter.
func (p *sedParser) plain(delim byte) (string, bool) {
	var b strings.Builder
	for ; p.pos < len(p.src); p.pos++ {
		ch := p.src[p.pos]
		switch {
		case ch == delim:
			p.pos++
			return b.String(), true
		case ch == '\\' && p.pos+1 < len(p.src):
			p.pos++
			text, n := sedEscape(p.src[p.pos:])
			switch {
			case p.src[p.pos] == delim || p.src[p.pos] == '\\':
				b.WriteByte(p.src[p.pos])
			case n > 0:
				b.WriteString(text)
				p.pos += n - 1
			default:
				b.WriteString(`\` + p.src[p.pos:p.pos+1])
			}
		default:
			b.WriteByte(ch)
		}
	}
	return "", false
}
