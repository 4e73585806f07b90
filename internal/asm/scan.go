package asm

import "strings"

// scanner reads the text of one statement.
type scanner struct {
	a     *assembler
	st    *stmt
	i     int
	depth int // nesting of parentheses, bounded
}

func (s *scanner) errorf(format string, args ...any) *Error {
	return newError(s.st, s.i, format, args...)
}

func (s *scanner) errorAt(off int, format string, args ...any) *Error {
	return newError(s.st, off, format, args...)
}

func (s *scanner) skip() {
	for s.i < len(s.st.text) && s.st.text[s.i] == ' ' {
		s.i++
	}
}

// peek returns the next byte after blanks, 0 at the end.
func (s *scanner) peek() byte {
	s.skip()
	return s.at(0)
}

// at returns the byte n after the current one, blanks included.
func (s *scanner) at(n int) byte {
	if s.i+n < len(s.st.text) {
		return s.st.text[s.i+n]
	}
	return 0
}

func (s *scanner) eof() bool { return s.peek() == 0 && s.i >= len(s.st.text) }

// accept consumes c if it comes next.
func (s *scanner) accept(c byte) bool {
	if s.peek() == c && !s.eof() {
		s.i++
		return true
	}
	return false
}

// rest returns what is left, without moving.
func (s *scanner) rest() string {
	s.skip()
	return s.st.text[s.i:]
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isIdentStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '.' || c == '$' || c >= 0x80
}

func isIdent(c byte) bool { return isIdentStart(c) || isDigit(c) }

// word reads letters, digits, `_`, `.` and `$`; "" if there is none.
func (s *scanner) word() string {
	s.skip()
	start := s.i
	for s.i < len(s.st.text) && isIdent(s.st.text[s.i]) {
		s.i++
	}
	return s.st.text[start:s.i]
}

// name reads a symbol name, plain or in quotes; "" if there is none.
func (s *scanner) name() (string, *Error) {
	if s.peek() == '"' {
		return s.quotedName()
	}
	if !isIdentStart(s.peek()) {
		return "", nil
	}
	return s.word(), nil
}

// symbolName reads a symbol name that must be there.
func (s *scanner) symbolName() (string, *Error) {
	at := s.i
	n, err := s.name()
	if err == nil && n == "" {
		s.skip()
		return "", s.errorAt(at, "expected a symbol name, found %s", s.found())
	}
	return n, err
}

func (s *scanner) quotedName() (string, *Error) {
	at := s.i
	b, err := s.str()
	if err != nil {
		return "", err
	}
	if len(b) == 0 || strings.IndexByte(string(b), 0) >= 0 {
		return "", s.errorAt(at, "a quoted symbol name must not be empty or hold a zero byte")
	}
	return string(b), nil
}

// found describes what comes next, for messages.
func (s *scanner) found() string {
	r := s.rest()
	if r == "" {
		return "the end of the line"
	}
	const maxShown = 20
	if len(r) > maxShown {
		r = r[:maxShown] + "..."
	}
	return "`" + r + "'"
}

// end reports anything left over.
func (s *scanner) end() *Error {
	if s.eof() {
		return nil
	}
	return s.errorf("unexpected %s after the end of the operands", s.found())
}

// str reads a string literal with gas's escapes.
func (s *scanner) str() ([]byte, *Error) {
	s.skip()
	start := s.i
	if s.at(0) != '"' {
		return nil, s.errorf("expected a string, found %s", s.found())
	}
	s.i++
	out := []byte{}
	for s.i < len(s.st.text) {
		c := s.st.text[s.i]
		s.i++
		switch c {
		case '"':
			return out, nil
		case '\\':
			b, err := s.escape()
			if err != nil {
				return nil, err
			}
			out = append(out, b)
		default:
			out = append(out, c)
		}
	}
	return nil, s.errorAt(start, "string is not terminated").withHint("close it with \"")
}

// escape reads what follows a backslash.
func (s *scanner) escape() (byte, *Error) {
	c := s.at(0)
	s.i++
	switch c {
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'v':
		return '\v', nil
	case '\\', '"', '\'':
		return c, nil
	case 'x', 'X':
		return s.hexEscape(), nil
	}
	if '0' <= c && c <= '7' {
		v := c - '0'
		for n := 1; n < 3 && '0' <= s.at(0) && s.at(0) <= '7'; n++ {
			v = v<<3 | (s.at(0) - '0')
			s.i++
		}
		return v, nil
	}
	if s.i > len(s.st.text) {
		s.i = len(s.st.text)
		return 0, s.errorf("string is not terminated").withHint("close it with \"")
	}
	return 0, s.errorAt(s.i-2, "unknown escape \\%c in a string", c).withHint("write \\\\ for a backslash")
}

// hexEscape takes as many hex digits as there are; the last two count.
func (s *scanner) hexEscape() byte {
	var v byte
	for {
		d, ok := hexDigit(s.at(0))
		if !ok {
			return v
		}
		v = v<<4 | d
		s.i++
	}
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
