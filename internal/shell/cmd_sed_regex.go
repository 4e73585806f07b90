package shell

import (
	"errors"
	"strings"
)

func (p *sedParser) addressRegexp() (*sedAddr, error) {
	if p.peek() == '\\' {
		p.pos++
	}
	delim := p.src[p.pos]
	p.pos++
	pat, ok := p.delimited(delim)
	if !ok {
		return nil, errors.New("unterminated address regex")
	}
	flags := p.regexFlags()
	for {
		switch p.peek() {
		case 'I':
			flags.fold = true
		case 'M':
			flags.lines = true
		default:
			re, err := p.compile(pat, flags)
			return &sedAddr{re: re, empty: re == nil}, err
		}
		p.pos++
	}
}

func (p *sedParser) regexFlags() regexFlags { return regexFlags{extended: p.extended} }

// compile compiles an expression; an empty one is nil, and stands for the one
// used last.
func (p *sedParser) compile(pat string, flags regexFlags) (*regex, error) {
	if pat == "" {
		return nil, nil
	}
	return compileRegexp(sedPattern(pat), flags, p.s.c.Fail)
}

// sedPattern writes out the characters that sed lets one escape. One that is
// special in an expression stays escaped.
func sedPattern(pat string) string {
	var b strings.Builder
	for i := 0; i < len(pat); i++ {
		if pat[i] != '\\' || i+1 == len(pat) {
			b.WriteByte(pat[i])
			continue
		}
		i++
		text, n := sedEscape(pat[i:])
		switch {
		case n == 0:
			b.WriteString(pat[i-1 : i+1])
		case strings.Contains(`*.[]^$\/+?(){}|`, text):
			b.WriteString(`\` + text)
			i += n - 1
		default:
			b.WriteString(text)
			i += n - 1
		}
	}
	return b.String()
}

// delimited takes an expression up to an unescaped delimiter that is not in
// brackets' middle. An escaped delimiter loses its backslash.
func (p *sedParser) delimited(delim byte) (string, bool) {
	var b strings.Builder
	for ; p.pos < len(p.src); p.pos++ {
		ch := p.src[p.pos]
		switch {
		case ch == '\\' && p.pos+1 < len(p.src):
			p.pos++
			if p.src[p.pos] != delim || strings.IndexByte("|+?(){}123456789", delim) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(p.src[p.pos])
		case ch == delim:
			p.pos++
			return b.String(), true
		case ch == '[':
			n := bracketLen(p.src[p.pos:])
			b.WriteString(p.src[p.pos : p.pos+n])
			p.pos += n - 1
		default:
			b.WriteByte(ch)
		}
	}
	return "", false
}

// bracketLen is the length of the bracket expression that v begins with; 1
// where it does not end on its line.
func bracketLen(v string) int {
	i := 1
	if i < len(v) && v[i] == '^' {
		i++
	}
	for first := true; i < len(v) && v[i] != '\n'; first = false {
		switch {
		case v[i] == ']' && !first:
			return i + 1
		case v[i] == '[' && i+1 < len(v) && strings.IndexByte(":=.", v[i+1]) >= 0:
			end := strings.Index(v[i+2:], v[i+1:i+2]+"]")
			if end < 0 {
				return 1
			}
			i += 2 + end + 2
			continue
		}
		i++
	}
	return 1
}
