package asm

import "strings"

// cond is an open .if.
type cond struct {
	st     *stmt
	live   bool // statements are being assembled
	taken  bool // some branch was live, or none may be
	isElse bool
}

// skipping reports whether the current statement is in a dead branch.
func (a *assembler) skipping() bool {
	return len(a.conds) > 0 && !a.conds[len(a.conds)-1].live
}

// skipped looks at a statement in a dead branch only for what moves between
// branches.
func (a *assembler) skipped(st *stmt) *Error {
	w := strings.ToLower(directiveWord(st.text))
	switch {
	case w == ".else" || w == ".elseif" || w == ".endif":
		s := &scanner{a: a, st: st, i: strings.Index(strings.ToLower(st.text), w) + len(w)}
		return a.dirs[w].run(a, s)
	case strings.HasPrefix(w, ".if"):
		if _, ok := a.dirs[w]; ok {
			return a.pushCond(cond{st: st, taken: true})
		}
	case w == ".macro":
		_, err := a.collect(macroOpeners(), macroClosers())
		return err
	}
	return nil
}

func (a *assembler) pushCond(c cond) *Error {
	const maxConds = 1000
	if len(a.conds) >= maxConds {
		return newError(a.st, 0, "conditionals are nested more than %d deep", maxConds)
	}
	a.conds = append(a.conds, c)
	return nil
}

// open starts a conditional.
func (a *assembler) openCond(s *scanner, live bool) *Error {
	return a.pushCond(cond{st: s.st, live: live, taken: live})
}

// dirIf makes .if, .ifeq, .ifgt and so on from a test.
func dirIf(test func(v int64) bool) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		v, err := s.absolute("the condition")
		if err != nil {
			// The .endif must still find its .if.
			a.conds = append(a.conds, cond{st: s.st, taken: true})
			return err
		}
		return a.openCond(s, test(v))
	}
}

// dirIfdef makes .ifdef and .ifndef.
func dirIfdef(want bool) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		n, err := s.symbolName()
		if err != nil {
			return err
		}
		sym := a.byName[n]
		return a.openCond(s, (sym != nil && sym.defined()) == want)
	}
}

// dirIfb makes .ifb and .ifnb: is the rest of the line blank?
func dirIfb(want bool) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		blank := s.eof()
		s.i = len(s.st.text)
		return a.openCond(s, blank == want)
	}
}

// dirIfc makes .ifc and .ifnc: are two texts equal?
func dirIfc(want bool) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		l, r, ok := strings.Cut(s.rest(), ",")
		if !ok {
			return s.errorf("expected two texts with a comma between them")
		}
		s.i = len(s.st.text)
		unquote := func(t string) string {
			t = strings.TrimSpace(t)
			if len(t) >= 2 && t[0] == '\'' && t[len(t)-1] == '\'' {
				t = t[1 : len(t)-1]
			}
			return t
		}
		return a.openCond(s, (unquote(l) == unquote(r)) == want)
	}
}

// dirIfeqs makes .ifeqs and .ifnes: are two strings equal?
func dirIfeqs(want bool) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		l, err := s.str()
		if err != nil {
			return err
		}
		if !s.accept(',') {
			return s.errorf("expected a comma, found %s", s.found())
		}
		r, err := s.str()
		if err != nil {
			return err
		}
		return a.openCond(s, (string(l) == string(r)) == want)
	}
}

// top returns the innermost conditional for .else and the like.
func (a *assembler) topCond(s *scanner) (*cond, *Error) {
	if len(a.conds) == 0 {
		return nil, s.errorAt(0, "%s without .if", firstWord(s.st.text))
	}
	return &a.conds[len(a.conds)-1], nil
}

func dirElse(a *assembler, s *scanner) *Error {
	c, err := a.topCond(s)
	if err != nil {
		return err
	}
	if c.isElse {
		return s.errorAt(0, "second .else for the .if at line %d", c.st.line)
	}
	c.isElse = true
	c.live = !c.taken
	c.taken = true
	return nil
}

func dirElseif(a *assembler, s *scanner) *Error {
	c, err := a.topCond(s)
	if err != nil {
		return err
	}
	if c.isElse {
		return s.errorAt(0, ".elseif after .else")
	}
	c.live = false
	if c.taken {
		s.i = len(s.st.text)
		return nil
	}
	v, err := s.absolute("the condition")
	if err != nil {
		return err
	}
	c.live = v != 0
	c.taken = c.live
	return nil
}

func dirEndif(a *assembler, s *scanner) *Error {
	if _, err := a.topCond(s); err != nil {
		return err
	}
	a.conds = a.conds[:len(a.conds)-1]
	return nil
}
