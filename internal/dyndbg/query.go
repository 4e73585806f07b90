package dyndbg

import (
	"math"
	"path"
	"strconv"
	"strings"

	"klpemu/internal/trace"
)

// query is struct ddebug_query: what is nil matches every site.
type query struct {
	file, module, fn, format, class *string
	first, last                     uint64 // lines; 0: no bound
}

// matches looks at all but the module and the class.
func (q *query) matches(s *Site) bool {
	switch {
	case q.file != nil && !wildcard(*q.file, s.File) && !wildcard(*q.file, path.Base(s.File)):
	case q.fn != nil && !wildcard(*q.fn, s.Func):
	case q.format != nil && !formatMatches(*q.format, s.Format):
	case q.first != 0 && uint64(s.Line) < q.first:
	case q.last != 0 && uint64(s.Line) > q.last:
	default:
		return true
	}
	return false
}

// formatMatches looks for text in a format; `^` holds it to the beginning.
func formatMatches(text, format string) bool {
	if at, ok := strings.CutPrefix(text, "^"); ok {
		return strings.HasPrefix(format, at)
	}
	return strings.Contains(format, text)
}

// isSpace is isspace of lib/ctype.c, which counts the no-break space of Latin-1.
func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' || c == 0xa0 }

// skipSpaces is skip_spaces of lib/string_helpers.c.
func skipSpaces(text string) string {
	for text != "" && isSpace(text[0]) {
		text = text[1:]
	}
	return text
}

// wordEnd is where the first blank stands, or the end.
func wordEnd(text string) int {
	end := 0
	for end < len(text) && !isSpace(text[end]) {
		end++
	}
	return end
}

// maxWords is MAXWORDS of ddebug_exec_query.
const maxWords = 9

// tokenize is ddebug_tokenize: words between blanks, or in quotes.
func (c *Control) tokenize(text string) (words []string, ok bool) {
	for {
		text = skipSpaces(text)
		if text == "" || text[0] == '#' {
			return words, true
		}
		var word string
		if text[0] == '"' || text[0] == '\'' {
			var closed bool
			if word, text, closed = strings.Cut(text[1:], text[:1]); !closed {
				c.log(trace.Err, "unclosed quote: %s", word)
				return nil, false
			}
		} else {
			end := wordEnd(text)
			word, text = text[:end], text[end:]
		}
		if len(words) == maxWords {
			c.log(trace.Err, "too many words, legal max <=%d", maxWords)
			return nil, false
		}
		words = append(words, word)
	}
}

// parseQuery is ddebug_parse_query: pairs of a keyword and a value.
func (c *Control) parseQuery(words []string, module string) (*query, bool) {
	if len(words)%2 != 0 {
		c.log(trace.Err, "expecting pairs of match-spec <value>")
		return nil, false
	}
	q := &query{}
	for i := 0; i < len(words); i += 2 {
		if !c.parsePair(q, words[i], words[i+1]) {
			return nil, false
		}
	}
	if q.module == nil && module != "" {
		q.module = &module
	}
	return q, true
}

func (c *Control) parsePair(q *query, keyword, value string) bool {
	switch keyword {
	case "func":
		return c.set(&q.fn, value, keyword)
	case "file":
		return c.parseFile(q, value)
	case "module":
		return c.set(&q.module, value, keyword)
	case "format":
		return c.set(&q.format, unescape(value), keyword)
	case "line":
		return c.parseLines(q, value)
	case "class":
		return c.set(&q.class, value, keyword)
	}
	c.log(trace.Err, "unknown keyword \"%s\"", keyword)
	return false
}

// parseFile is `file NAME`, `file NAME:FUNC` or `file NAME:LINES`.
func (c *Control) parseFile(q *query, value string) bool {
	name, rest, more := strings.Cut(value, ":")
	if !c.set(&q.file, name, "file") {
		return false
	}
	switch {
	case !more:
		return true
	case rest != "" && (rest[0] == '*' || rest[0] == '?' || isAlpha(rest[0])):
		return c.set(&q.fn, rest, "func")
	}
	return c.parseLines(q, rest)
}

func isAlpha(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// set is check_set: each kind of match stands once.
func (c *Control) set(to **string, value, name string) bool {
	if *to != nil {
		c.log(trace.Err, "match-spec:%s val:%s overridden by %s", name, **to, value)
		return false
	}
	*to = &value
	return true
}

// parseLines is parse_linerange: N, N-M, N- or -M.
func (c *Control) parseLines(q *query, value string) bool {
	if q.first != 0 || q.last != 0 {
		c.log(trace.Err, "match-spec: line used 2x")
		return false
	}
	first, last, isRange := strings.Cut(value, "-")
	var ok bool
	if q.first, ok = c.parseLine(first); !ok {
		return false
	}
	if !isRange {
		q.last = q.first
		return true
	}
	if q.last, ok = c.parseLine(last); !ok {
		return false
	}
	if q.last == 0 {
		q.last = math.MaxUint32
	}
	if q.last < q.first {
		c.log(trace.Err, "last-line:%d < 1st-line:%d", q.last, q.first)
		return false
	}
	return true
}

func (c *Control) parseLine(text string) (uint64, bool) {
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 32)
	if err != nil {
		c.log(trace.Err, "bad line-number: %s", text)
		return 0, false
	}
	return n, true
}

// flagChange is struct flag_settings.
type flagChange struct{ flags, mask Flags }

// parseFlags is ddebug_parse_flags: +, - or =, and letters.
func (c *Control) parseFlags(text string) (flagChange, bool) {
	if text == "" || !strings.Contains("+-=", text[:1]) {
		c.log(trace.Err, "bad flag-op %s, at start of %s", text[:min(1, len(text))], text)
		return flagChange{}, false
	}
	var flags Flags
	for i := 1; i < len(text); i++ {
		f, ok := flagOf(text[i])
		if !ok {
			c.log(trace.Err, "unknown flag '%c'", text[i])
			return flagChange{}, false
		}
		flags |= f
	}
	switch text[0] {
	case '+':
		return flagChange{flags, ^Flags(0)}, true
	case '-':
		return flagChange{0, ^flags}, true
	}
	return flagChange{flags, 0}, true
}

func flagOf(char byte) (Flags, bool) {
	for _, o := range flagChars() {
		if o.char == char {
			return o.flag, true
		}
	}
	return 0, false
}

// wildcard is match_wildcard: `*` is any text, also with a slash, `?` one
// character.
func wildcard(pattern, text string) bool {
	star, mark := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// unescape is string_unescape with the kinds that formats are read with:
// white space, octal numbers and special characters.
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		if at := strings.IndexByte(`nrtvf"\ae`, text[i]); at >= 0 {
			b.WriteByte("\n\r\t\v\f\"\\\a\x1b"[at])
			continue
		}
		n, digits := 0, 0
		for digits < 3 && i+digits < len(text) && text[i+digits] >= '0' && text[i+digits] <= '7' {
			n = n*8 + int(text[i+digits]-'0')
			digits++
		}
		if digits == 0 || n > 255 {
			b.WriteByte('\\')
			b.WriteByte(text[i])
			continue
		}
		b.WriteByte(byte(n))
		i += digits - 1
	}
	return b.String()
}
