package asm

import (
	"strconv"
	"strings"
)

// macro is a .macro: a body with parameters.
type macro struct {
	name   string
	params []param
	body   []stmt
}

type param struct {
	name, def     string
	req, variadic bool
}

func macroOpeners() []string { return []string{".macro"} }
func macroClosers() []string { return []string{".endm", ".endmacro"} }

// dirMacro is .macro NAME [PARAM[=DEFAULT | :req | :vararg], ...].
func dirMacro(a *assembler, s *scanner) *Error {
	name := s.word()
	at := s.i
	if name == "" {
		return s.errorf("expected the macro's name, found %s", s.found())
	}
	params, perr := s.params()
	body, err := a.collect(macroOpeners(), macroClosers())
	if err != nil {
		return err
	}
	if perr != nil {
		return perr
	}
	key := strings.ToLower(name)
	if a.macros[key] != nil {
		return s.errorAt(at-len(name), "macro %s is already defined", name).withHint("use .purgem first")
	}
	a.macros[key] = &macro{name: name, params: params, body: body}
	return nil
}

// params reads the parameter list of a macro.
func (s *scanner) params() ([]param, *Error) {
	var ps []param
	for s.accept(','); !s.eof(); s.accept(',') {
		p := param{name: s.word()}
		if p.name == "" {
			return nil, s.errorf("expected a parameter name, found %s", s.found())
		}
		if s.accept(':') {
			switch q := s.word(); q {
			case "req":
				p.req = true
			case "vararg":
				p.variadic = true
			default:
				return nil, s.errorf("unknown qualifier %q of parameter %s", q, p.name).withHint("use req or vararg")
			}
		}
		if s.accept('=') {
			var err *Error
			if p.def, err = s.macroArg(); err != nil {
				return nil, err
			}
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// expand runs a macro call.
func (a *assembler) expand(m *macro, s *scanner) *Error {
	if len(a.in.stack) >= maxInputDepth {
		return s.errorAt(0, "macro %s is nested more than %d deep", m.name, maxInputDepth).
			withHint("does it call itself without an end?")
	}
	args, err := s.bind(m)
	if err != nil {
		return err
	}
	stmts, err := a.substitute(m.body, args, "macro "+m.name)
	if err != nil {
		return err
	}
	f := a.in.push(stmts, nil)
	f.macro, f.conds = true, len(a.conds)
	return nil
}

// bind matches the arguments of a call with the parameters.
func (s *scanner) bind(m *macro) ([]binding, *Error) {
	args := make([]binding, len(m.params))
	given := make([]bool, len(m.params))
	for i, p := range m.params {
		args[i] = binding{p.name, p.def}
	}
	pos := 0
	for !s.eof() {
		i := s.namedArg(m)
		if i < 0 {
			i = pos
			pos++
		}
		if i >= len(m.params) {
			return nil, s.errorf("too many arguments for macro %s", m.name).withHint("it takes %d", len(m.params))
		}
		var v string
		var err *Error
		if m.params[i].variadic {
			v = s.rest()
			s.i = len(s.st.text)
		} else if v, err = s.macroArg(); err != nil {
			return nil, err
		}
		if v != "" {
			args[i].value, given[i] = v, true
		}
		s.accept(',')
	}
	for i, p := range m.params {
		if p.req && !given[i] {
			return nil, s.errorAt(0, "macro %s needs a value for %s", m.name, p.name)
		}
	}
	return args, nil
}

// namedArg consumes `PARAM=` and returns the parameter's index, or -1.
func (s *scanner) namedArg(m *macro) int {
	at := s.i
	w := s.word()
	if w != "" && s.peek() == '=' && s.at(1) != '=' {
		for i, p := range m.params {
			if p.name == w {
				s.i++
				return i
			}
		}
	}
	s.i = at
	return -1
}

// macroArg reads one argument. It ends at a comma or at a blank that does not
// stand next to an operator; parentheses protect blanks, quotes everything.
func (s *scanner) macroArg() (string, *Error) {
	if s.peek() == '"' {
		return s.quotedArg()
	}
	var b strings.Builder
	depth := 0
	for s.i < len(s.st.text) {
		c := s.at(0)
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',':
			return b.String(), nil
		case c == '"':
			q := s.i
			if _, err := s.str(); err != nil {
				return "", err
			}
			b.WriteString(s.st.text[q:s.i])
			continue
		case c == ' ':
			if depth <= 0 && !s.joins(b.String()) {
				return b.String(), nil
			}
			if depth > 0 {
				b.WriteByte(' ')
			}
			s.skip()
			continue
		}
		b.WriteByte(c)
		s.i++
	}
	return b.String(), nil
}

// joins reports whether the blank here stands within an expression.
func (s *scanner) joins(before string) bool {
	const operators = "+-*/%|&^<>=!~"
	if before != "" && strings.IndexByte(operators, before[len(before)-1]) >= 0 {
		return true
	}
	at := s.i
	defer func() { s.i = at }()
	s.skip()
	if s.i >= len(s.st.text) || strings.IndexByte(operators, s.at(0)) < 0 {
		return false
	}
	for s.i < len(s.st.text) && strings.IndexByte(operators, s.at(0)) >= 0 {
		s.i++
	}
	return s.at(0) == ' '
}

// quotedArg reads "..." and drops the quotes; "" inside is one quote.
func (s *scanner) quotedArg() (string, *Error) {
	at := s.i
	var b strings.Builder
	for s.i++; s.i < len(s.st.text); s.i++ {
		c := s.at(0)
		switch {
		case c == '"' && s.at(1) == '"':
			s.i++
		case c == '"':
			s.i++
			return b.String(), nil
		case c == '\\' && s.i+1 < len(s.st.text):
			b.WriteByte(c)
			s.i++
			c = s.at(0)
		}
		b.WriteByte(c)
	}
	return "", s.errorAt(at, "string is not terminated")
}

// binding is a parameter and its value.
type binding struct{ name, value string }

// substitute replaces \NAME, \@ and \() in a body.
func (a *assembler) substitute(body []stmt, args []binding, what string) ([]stmt, *Error) {
	x := &expansion{what: what, at: a.st}
	n := strconv.Itoa(a.nmacro)
	a.nmacro++
	var out []stmt
	for i := range body {
		st := body[i]
		text := replaceArgs(st.text, args, n)
		// Arguments that double at each step outgrow any count of statements.
		if a.expanded += int64(len(text)); a.expanded > a.limits.MaxOutput {
			return nil, newError(a.st, 0, "the text of all expansions grows beyond %d bytes", a.limits.MaxOutput)
		}
		if text == st.text {
			st.from = x
			out = append(out, st)
			continue
		}
		// An argument may bring semicolons or comments of its own.
		parts, err := split(st.file, []byte(text))
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			p.line, p.col, p.from = st.line, st.col+p.col-1, x
			out = append(out, p)
		}
	}
	return out, nil
}

// replaceArgs does the textual work for one statement.
func replaceArgs(text string, args []binding, counter string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '\\' || i+1 >= len(text) {
			b.WriteByte(text[i])
			i++
			continue
		}
		switch v, n := lookupArg(text[i+1:], args, counter); {
		case n > 0:
			b.WriteString(v)
			i += 1 + n
		default:
			b.WriteString(text[i : i+2])
			i += 2
		}
	}
	return b.String()
}

// lookupArg finds what stands after a backslash; n is how much of text it is.
func lookupArg(text string, args []binding, counter string) (v string, n int) {
	switch {
	case text[0] == '@':
		return counter, 1
	case strings.HasPrefix(text, "()"):
		return "", 2
	}
	for n < len(text) && isIdent(text[n]) && text[n] < 0x80 {
		n++
	}
	for _, b := range args {
		if b.name == text[:n] && n > 0 {
			return b.value, n
		}
	}
	return "", 0
}
