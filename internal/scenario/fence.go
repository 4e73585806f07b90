package scenario

import (
	"strings"
)

// fence is a fenced code block.
type fence struct {
	char   byte
	length int
	indent int // columns before the fence; content loses as many
	info   string
	open   int // index of the opening line
	close  int // index of the closing line
}

// scanner finds the fenced blocks of a Markdown file by CommonMark's rules:
// a fence may be indented by three columns, or by what a list item asks for.
type scanner struct {
	name  string
	lines []line
	list  int // columns of the innermost list item's content
}

// leading gives the columns of white space at the start and their bytes.
func leading(s string) (cols, n int) {
	for n < len(s) {
		switch s[n] {
		case ' ':
			cols++
		case '\t':
			cols += 4 - cols%4
		default:
			return cols, n
		}
		n++
	}
	return cols, n
}

// opening parses an opening fence.
func opening(text string) (f fence, ok bool) {
	cols, n := leading(text)
	rest := text[n:]
	if rest == "" || (rest[0] != '`' && rest[0] != '~') {
		return f, false
	}
	length := 0
	for length < len(rest) && rest[length] == rest[0] {
		length++
	}
	info := strings.Trim(rest[length:], " \t")
	if length < 3 || rest[0] == '`' && strings.Contains(info, "`") {
		return f, false
	}
	return fence{char: rest[0], length: length, indent: cols, info: info}, true
}

// closes reports whether a line closes f.
func (f *fence) closes(text string) bool {
	cols, n := leading(text)
	rest := strings.TrimRight(text[n:], " \t")
	return cols <= f.indent+3 && len(rest) >= f.length && strings.Trim(rest, string(f.char)) == ""
}

// listItem gives the column at which the content of a list item begins.
func listItem(text string) (col int, ok bool) {
	cols, n := leading(text)
	rest := text[n:]
	m := 0
	for m < len(rest) && m < 9 && rest[m] >= '0' && rest[m] <= '9' {
		m++
	}
	switch {
	case m > 0 && m < len(rest) && (rest[m] == '.' || rest[m] == ')'):
		m++
	case m == 0 && rest != "" && strings.IndexByte("-*+", rest[0]) >= 0:
		m = 1
	default:
		return 0, false
	}
	if m == len(rest) {
		return cols + m + 1, true
	}
	pad, _ := leading(rest[m:])
	if pad == 0 {
		return 0, false
	}
	if pad > 4 {
		pad = 1
	}
	return cols + m + pad, true
}

// fences finds all blocks from line `from` on.
func (s *scanner) fences(from int) ([]fence, error) {
	var out []fence
	comment := false
	for i := from; i < len(s.lines); i++ {
		text := s.lines[i].text
		if comment {
			comment = !strings.Contains(text, "-->")
			continue
		}
		cols, n := leading(text)
		if n == len(text) {
			continue // blank: changes nothing
		}
		if cols < s.list {
			s.list = 0
		}
		if strings.HasPrefix(text[n:], "<!--") && cols-s.list < 4 {
			comment = !strings.Contains(text[n+4:], "-->")
			continue
		}
		f, ok := opening(text)
		if !ok || cols-s.list >= 4 {
			if col, ok := listItem(text); ok && cols-s.list < 4 {
				s.list = col
			}
			continue
		}
		f.open = i
		for i++; i < len(s.lines) && !f.closes(s.lines[i].text); i++ {
		}
		if i == len(s.lines) {
			return nil, &Error{s.name, f.open + 1, "this fence is never closed; end the block with a line of " + strings.Repeat(string(f.char), f.length)}
		}
		f.close = i
		out = append(out, f)
	}
	return out, nil
}

// content gives a line of a block without the block's indentation.
func (f *fence) content(text string) string {
	cols, n := 0, 0
	for n < len(text) && cols < f.indent {
		switch text[n] {
		case ' ':
			cols++
		case '\t':
			cols += 4 - cols%4
		default:
			return text[n:]
		}
		n++
	}
	return text[n:]
}
