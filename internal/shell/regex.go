package shell

import (
	"regexp"
	"sync"
	"unicode/utf8"
)

// regexText is an error in the words of GNU's regcomp.
type regexText string

func (e regexText) Error() string { return string(e) }

// regexFlags choose a dialect of POSIX regular expressions.
type regexFlags struct {
	extended bool
	fold     bool // ignore case
	lines    bool // ^ and $ match at newlines, too (sed's M)
	warn     func(text string)
}

// regex is a compiled POSIX regular expression with GNU's additions. It finds
// the leftmost longest match. Go's engine runs it, which is fast and cannot
// explode; what Go lacks (back-references, \< and \>) runs on our own.
type regex struct {
	tree   *reNode
	groups int
	flags  regexFlags
	std    *regexp.Regexp // nil: own runs it
	own    *reProgram
	inside func() [2]*regexp.Regexp
	fail   func(error) // told when a match takes too many steps
}

// compileRegexp compiles an expression. fail may be nil.
func compileRegexp(pat string, flags regexFlags, fail func(error)) (*regex, error) {
	p := &reParser{pat: pat, flags: flags}
	tree, err := p.parse()
	if err != nil {
		return nil, err
	}
	return newRegex(tree, p.groups, p.own, flags, fail)
}

func newRegex(tree *reNode, groups int, own bool, flags regexFlags, fail func(error)) (*regex, error) {
	r := &regex{tree: tree, groups: groups, flags: flags, fail: fail}
	if own {
		prog, err := compileProgram(tree, groups, flags)
		r.own = prog
		return r, err
	}
	expr := goRegexp(tree, flags)
	std, err := regexp.Compile(expr)
	if err != nil { // more than it likes: it repeats at most a thousand times
		r.own, err = compileProgram(tree, groups, flags)
		return r, err
	}
	std.Longest()
	r.std = std
	// A search from the middle of a text needs the character before it as
	// context: first find where a match begins, then its longest end.
	r.inside = sync.OnceValue(func() [2]*regexp.Regexp {
		first := regexp.MustCompile(`\A(?s:.)(?s:.*?)(` + expr + `)`)
		longest := regexp.MustCompile(`\A(?s:.)(` + expr + `)`)
		longest.Longest()
		return [2]*regexp.Regexp{first, longest}
	})
	return r, nil
}

// NumSubexp is the number of groups.
func (r *regex) NumSubexp() int { return r.groups }

// MatchString reports whether s has a match.
func (r *regex) MatchString(s string) bool {
	if r.std != nil {
		return r.std.MatchString(s)
	}
	return r.FindFrom(s, 0) != nil
}

// FindStringSubmatchIndex gives the first match and its groups.
func (r *regex) FindStringSubmatchIndex(s string) []int { return r.FindFrom(s, 0) }

// FindStringSubmatch gives the first match and its groups, "" for those that
// have none.
func (r *regex) FindStringSubmatch(s string) []string {
	loc := r.FindFrom(s, 0)
	if loc == nil {
		return nil
	}
	out := make([]string, len(loc)/2)
	for i := range out {
		if loc[2*i] >= 0 {
			out[i] = s[loc[2*i]:loc[2*i+1]]
		}
	}
	return out
}

// FindStringIndex gives the place of the first match.
func (r *regex) FindStringIndex(s string) []int {
	if m := r.FindFrom(s, 0); m != nil {
		return m[:2]
	}
	return nil
}

// FindFrom gives the first match that begins at or after a position, with what
// stands before it as context.
func (r *regex) FindFrom(s string, from int) []int {
	if r.own != nil {
		m, err := r.own.find(s, from)
		if err != nil && r.fail != nil {
			r.fail(err)
		}
		return m
	}
	if from <= 0 {
		return r.std.FindStringSubmatchIndex(s)
	}
	if from > len(s) {
		return nil
	}
	re := r.inside()
	before := from - lastRune(s[:from])
	m := re[0].FindStringSubmatchIndex(s[before:])
	if m == nil {
		return nil
	}
	begin := before + m[2]
	before = begin - lastRune(s[:begin])
	m = re[1].FindStringSubmatchIndex(s[before:])
	if m == nil {
		return nil // cannot be: it begins there
	}
	out := m[2:]
	for i := range out {
		if out[i] >= 0 {
			out[i] += before
		}
	}
	return out
}

func lastRune(s string) int {
	_, n := utf8.DecodeLastRuneInString(s)
	return n
}

// Split cuts a text at the matches that are not empty.
func (r *regex) Split(s string) []string {
	var parts []string
	at := 0
	for _, m := range r.FindAllStringIndex(s, -1) {
		if m[1] > m[0] {
			parts = append(parts, s[at:m[0]])
			at = m[1]
		}
	}
	return append(parts, s[at:])
}

// FindAllStringIndex is FindAllStringSubmatchIndex without the groups.
func (r *regex) FindAllStringIndex(s string, n int) [][]int {
	all := r.FindAllStringSubmatchIndex(s, n)
	for i := range all {
		all[i] = all[i][:2]
	}
	return all
}

// FindAllStringSubmatchIndex gives all matches that do not overlap; an empty one
// right behind another does not count.
func (r *regex) FindAllStringSubmatchIndex(s string, n int) [][]int {
	if r.std != nil {
		return r.std.FindAllStringSubmatchIndex(s, n)
	}
	var all [][]int
	for pos, end := 0, -1; pos <= len(s) && (n < 0 || len(all) < n); {
		m := r.FindFrom(s, pos)
		if m == nil {
			break
		}
		if m[1] > m[0] || m[0] != end {
			all = append(all, m)
		}
		end, pos = m[1], m[1]
		if m[1] == m[0] {
			_, w := utf8.DecodeRuneInString(s[pos:])
			pos += max(w, 1)
		}
	}
	return all
}
