package asm

import "strings"

// stmt is one statement: what stands between newlines and semicolons, with
// comments blanked out so that columns still tell where it was.
type stmt struct {
	text      string
	file      string
	line, col int // of text[0], both from 1
	from      *expansion
}

// expansion says what produced a statement that is not in the file itself.
type expansion struct {
	what string // "macro NAME", "NAME included"
	at   *stmt
}

// splitter cuts source text into statements the way gas's scrubber does.
type splitter struct {
	file  string
	src   []byte
	i     int
	line  int
	bol   int // offset of the current line's first byte
	buf   []byte
	start struct{ line, col int }
	out   []stmt
	err   *Error
}

// split returns the statements of src; empty ones are dropped.
func split(file string, src []byte) ([]stmt, *Error) {
	s := &splitter{file: file, src: src, line: 1}
	for s.i < len(s.src) {
		s.next()
	}
	s.flush()
	return s.out, s.err
}

// next consumes one lexical piece.
func (s *splitter) next() {
	c := s.src[s.i]
	switch {
	case c == '\n':
		s.flush()
		s.i++
		s.line++
		s.bol = s.i
	case c == ';':
		s.flush()
		s.i++
	case c == '#', c == '/' && s.peek(1) == '/', c == '/' && s.atLineStart() && s.peek(1) != '*':
		s.lineComment()
	case c == '/' && s.peek(1) == '*':
		s.blockComment()
	case c == '"':
		s.quoted()
	case c == '\'':
		s.char()
	case c == '\r' || c == '\t' || c == '\f' || c == '\v' || c == 0:
		s.put(' ')
	default:
		s.put(c)
	}
}

func (s *splitter) peek(n int) byte {
	if s.i+n < len(s.src) {
		return s.src[s.i+n]
	}
	return 0
}

func (s *splitter) atLineStart() bool {
	return strings.TrimSpace(string(s.src[s.bol:s.i])) == ""
}

// put appends one byte of the source to the statement and moves on.
func (s *splitter) put(c byte) {
	if len(s.buf) == 0 {
		s.start.line, s.start.col = s.line, s.i-s.bol+1
	}
	s.buf = append(s.buf, c)
	s.i++
}

func (s *splitter) lineComment() {
	for s.i < len(s.src) && s.src[s.i] != '\n' {
		s.i++
	}
}

// blockComment blanks a C comment; one that spans lines joins them.
func (s *splitter) blockComment() {
	line, col := s.line, s.i-s.bol+1
	s.put(' ')
	s.put(' ')
	for s.i < len(s.src) {
		switch {
		case s.src[s.i] == '*' && s.peek(1) == '/':
			s.put(' ')
			s.put(' ')
			return
		case s.src[s.i] == '\n':
			s.put(' ')
			s.line++
			s.bol = s.i
		default:
			s.put(' ')
		}
	}
	if s.err == nil {
		st := &stmt{file: s.file, line: line, col: col}
		s.err = newError(st, 0, "comment is not terminated").withHint("close it with */")
	}
}

// quoted copies a string; it ends at its quote or, wrongly, at the newline.
func (s *splitter) quoted() {
	s.put('"')
	for s.i < len(s.src) && s.src[s.i] != '\n' {
		c := s.src[s.i]
		s.put(c)
		switch {
		case c == '"':
			return
		case c == '\\' && s.i < len(s.src) && s.src[s.i] != '\n':
			s.put(s.src[s.i])
		}
	}
}

// char copies a character constant so that ';' or '#' in it mean themselves.
func (s *splitter) char() {
	s.put('\'')
	if s.i < len(s.src) && s.src[s.i] == '\\' {
		s.put('\\')
	}
	if s.i < len(s.src) && s.src[s.i] != '\n' {
		s.put(s.src[s.i])
	}
}

// flush ends the statement.
func (s *splitter) flush() {
	text := string(s.buf)
	s.buf = s.buf[:0]
	trimmed := strings.TrimLeft(text, " ")
	lead := len(text) - len(trimmed)
	trimmed = strings.TrimRight(trimmed, " ")
	if trimmed == "" {
		return
	}
	s.out = append(s.out, stmt{text: trimmed, file: s.file, line: s.start.line, col: s.start.col + lead})
}
