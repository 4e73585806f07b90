package ftrace

import "strings"

// globKind is enum regex_type.
type globKind uint8

const (
	matchFull globKind = iota
	matchFront
	matchMiddle
	matchEnd
	matchGlob
	matchIndex
)

// Glob is struct ftrace_glob: what a filter compares names with.
type Glob struct {
	search string
	kind   globKind
}

// ParseGlob is filter_parse_regex. not is set where the pattern began with `!`.
func ParseGlob(pattern string) (g Glob, not bool) {
	pattern, not = strings.CutPrefix(pattern, "!")
	if pattern != "" && pattern[0] >= '0' && pattern[0] <= '9' {
		return Glob{pattern, matchIndex}, not
	}
	front := strings.HasPrefix(pattern, "*")
	for i := range len(pattern) {
		switch {
		case strings.IndexByte(`[?\`, pattern[i]) >= 0:
			return Glob{pattern, matchGlob}, not
		case pattern[i] != '*' || i == 0:
		case i == len(pattern)-1 && front:
			return Glob{pattern[1:i], matchMiddle}, not
		case i == len(pattern)-1:
			return Glob{pattern[:i], matchFront}, not
		default:
			return Glob{pattern, matchGlob}, not
		}
	}
	if front {
		return Glob{pattern[1:], matchEnd}, not
	}
	return Glob{pattern, matchFull}, not
}

// Empty reports that the pattern has nothing to compare with.
func (g Glob) Empty() bool { return g.search == "" }

// Index is the number that the pattern is, counting records from 1.
func (g Glob) Index() (string, bool) { return g.search, g.kind == matchIndex }

// Match is ftrace_match.
func (g Glob) Match(name string) bool {
	switch g.kind {
	case matchFront:
		return strings.HasPrefix(name, g.search)
	case matchMiddle:
		return strings.Contains(name, g.search)
	case matchEnd:
		return strings.HasSuffix(name, g.search)
	case matchGlob:
		return globMatch(g.search, name)
	case matchFull:
		return name == g.search
	}
	return false
}

// globMatch is glob_match of lib/glob.c: *, ?, [a-z], [!a-z] and \. It goes
// back to the last * alone, so it takes quadratic time at worst.
func globMatch(pattern, name string) bool {
	p, n := 0, 0
	back, from := -1, 0
	for {
		next, ok := globToken(pattern, p, name, n)
		switch {
		case p < len(pattern) && pattern[p] == '*':
			p++
			back, from = p, n
			continue
		case p == len(pattern) && n == len(name):
			return true
		case ok:
			p, n = next, n+1
			continue
		case n == len(name) || back < 0:
			return false
		}
		from++
		p, n = back, from
	}
}

// globToken matches one character, or class, of the pattern with one of the
// name, and tells where the pattern goes on.
func globToken(pattern string, p int, name string, n int) (next int, ok bool) {
	if p == len(pattern) || n == len(name) {
		return 0, false
	}
	switch c := pattern[p]; {
	case c == '?':
		return p + 1, true
	case c == '[':
		if next, in, well := globClass(pattern, p+1, name[n]); well {
			return next, in
		}
	case c == '\\' && p+1 < len(pattern):
		return p + 2, pattern[p+1] == name[n]
	}
	return p + 1, pattern[p] == name[n]
}

// globClass matches a class behind its bracket; well is false where no bracket
// closes it.
func globClass(pattern string, p int, c byte) (next int, in, well bool) {
	inverted := p < len(pattern) && pattern[p] == '!'
	if inverted {
		p++
	}
	for first := true; p < len(pattern) && (first || pattern[p] != ']'); first = false {
		a, b := pattern[p], pattern[p]
		if p+2 < len(pattern) && pattern[p+1] == '-' && pattern[p+2] != ']' {
			b = pattern[p+2]
			p += 2
		}
		in = in || a <= c && c <= b
		p++
	}
	if p == len(pattern) {
		return 0, false, false
	}
	return p + 1, in != inverted, true
}
