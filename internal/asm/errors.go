package asm

import (
	"fmt"
	"sort"
	"strings"
)

// Error is one thing that is wrong with a source file, or, when it reaches
// Options.Warn, one that is merely odd.
type Error struct {
	File      string
	Line, Col int
	Msg       string
	Hint      string   // what to do about it; may be empty
	Trace     []string // macro expansions around the place, innermost first
}

// Error renders "file:line:col: what (hint)".
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
	if e.Hint != "" {
		fmt.Fprintf(&b, " (%s)", e.Hint)
	}
	for _, t := range e.Trace {
		fmt.Fprintf(&b, "\n\t%s", t)
	}
	return b.String()
}

// ErrorList holds the errors of one source file in order of appearance.
type ErrorList []*Error

// Error renders one error a line.
func (l ErrorList) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find an *Error in the list.
func (l ErrorList) Unwrap() []error {
	errs := make([]error, len(l))
	for i, e := range l {
		errs[i] = e
	}
	return errs
}

// sort puts the errors in order of the source: some are found at its end only.
func (l ErrorList) sort() {
	for _, e := range l {
		if e.File != l[0].File {
			return // included files: the order they were found in says more
		}
	}
	sort.SliceStable(l, func(i, j int) bool { return l[i].Line < l[j].Line })
}

// newError makes an error at column offset off of statement st.
func newError(st *stmt, off int, format string, args ...any) *Error {
	e := &Error{File: st.file, Line: st.line, Col: st.col + off, Msg: fmt.Sprintf(format, args...)}
	const maxTrace = 8
	for x := st.from; x != nil && len(e.Trace) < maxTrace; x = x.at.from {
		e.Trace = append(e.Trace, fmt.Sprintf("in %s at %s:%d:%d", x.what, x.at.file, x.at.line, x.at.col))
	}
	return e
}

// withHint adds what to do.
func (e *Error) withHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// suggest adds "did you mean" when one of the names is near to word.
func (e *Error) suggest(word string, names []string) *Error {
	if n := nearest(word, names); n != "" {
		return e.withHint("did you mean %s?", n)
	}
	return e
}

// nearest returns the name with the smallest edit distance to word, or ""
// when none is near. Ties go to the first, so the answer is stable.
func nearest(word string, names []string) string {
	const maxWord = 32
	if len(word) > maxWord {
		return ""
	}
	best, bestDist := "", 1+len(word)/3
	if bestDist > 3 {
		bestDist = 3
	}
	bestDist++
	for _, n := range names {
		if d := editDistance(word, n, bestDist); d < bestDist {
			best, bestDist = n, d
		}
	}
	return best
}

// editDistance counts insertions, deletions, substitutions and swaps of
// neighbours that turn a into b; it gives up at limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var prev2 []int
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur := make([]int, len(b)+1)
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev = prev, cur
	}
	return prev[len(b)]
}
