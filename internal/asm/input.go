package asm

import "strings"

// input is a stack of statement lists: the file at the bottom, what macros,
// repetitions and includes produce above it.
type input struct {
	stack []*inputFrame
	count int
}

type inputFrame struct {
	stmts []stmt
	i     int
	again func() []stmt // the next round of a repetition; nil or empty ends it
	conds int           // conditionals open when a macro began
	macro bool
}

const maxInputDepth = 64

func (in *input) push(stmts []stmt, again func() []stmt) *inputFrame {
	f := &inputFrame{stmts: stmts, again: again}
	in.stack = append(in.stack, f)
	return f
}

// next returns the next statement, or nil at the end of everything.
func (in *input) next() *stmt {
	for len(in.stack) > 0 {
		f := in.stack[len(in.stack)-1]
		if f.i < len(f.stmts) {
			f.i++
			in.count++
			return &f.stmts[f.i-1]
		}
		if f.again != nil {
			if f.stmts = f.again(); len(f.stmts) > 0 {
				f.i = 0
				continue
			}
		}
		in.stack = in.stack[:len(in.stack)-1]
	}
	return nil
}

// leaveMacro drops everything up to the innermost macro (.exitm).
func (in *input) leaveMacro() (conds int, ok bool) {
	for i := len(in.stack) - 1; i >= 0; i-- {
		if in.stack[i].macro {
			conds = in.stack[i].conds
			in.stack = in.stack[:i]
			return conds, true
		}
	}
	return 0, false
}

// collect takes the statements up to the directive that closes a block; an
// opener inside nests.
func (a *assembler) collect(openers []string, closers []string) ([]stmt, *Error) {
	opener := a.st
	var body []stmt
	for depth := 0; ; {
		st := a.in.next()
		if st == nil {
			return nil, newError(opener, 0, "%s without %s", firstWord(opener.text), closers[0])
		}
		w := strings.ToLower(directiveWord(st.text))
		switch {
		case contains(openers, w):
			depth++
		case contains(closers, w):
			if depth == 0 {
				return body, nil
			}
			depth--
		}
		body = append(body, *st)
	}
}

func contains(list []string, w string) bool {
	for _, x := range list {
		if x == w {
			return true
		}
	}
	return false
}

// firstWord returns what stands before the first blank.
func firstWord(text string) string {
	w, _, _ := strings.Cut(text, " ")
	return w
}

// directiveWord returns the first word that is not a label.
func directiveWord(text string) string {
	for {
		i := 0
		for i < len(text) && isIdent(text[i]) {
			i++
		}
		rest := strings.TrimLeft(text[i:], " ")
		if i == 0 || !strings.HasPrefix(rest, ":") {
			return text[:i]
		}
		text = strings.TrimLeft(rest[1:], " ")
	}
}
