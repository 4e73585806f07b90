package shell

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// The library expands parameters, braces and here-documents. Arithmetic, the
// splitting into fields, quoting and globbing are ours: the library's drop
// empty fields of IFS=",", list the keys of "${!map[@]}" in the order of a Go
// map, and glob by asking for host error values.

// piece is a part of a word after expansion.
type piece struct {
	val    string
	quoted bool // not split, not globbed
	split  bool // the result of an expansion: split at IFS
	end    bool // a field ends here ("$@")
	list   bool // stands for a list that may be empty
}

// cfg makes a configuration for the library.
func (s *Shell) cfg() *expand.Config {
	return &expand.Config{
		Env:     &env{s: s, room: s.k.limits.Pipe},
		NoUnset: s.opts.nounset,
		ExtGlob: true,
		CmdSubst: func(w io.Writer, cs *syntax.CmdSubst) error {
			defer rethrow()
			_, err := io.WriteString(w, s.substitute(cs.Stmts))
			return err
		},
		ProcSubst: func(ps *syntax.ProcSubst) (string, error) {
			defer rethrow()
			return s.procSubst(ps)
		},
	}
}

// ownPanic carries a panic of our own code through the library.
type ownPanic struct{ value any }

func rethrow() {
	if r := recover(); r != nil {
		panic(ownPanic{r})
	}
}

// safely calls into the expand package, which panics on some inputs (a pattern
// that is not UTF-8, an arithmetic index of a map, an empty $(( ))). Such a
// panic is an error of the input; a panic of our own code passes through.
func safely(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case ownPanic:
			panic(r.value)
		default:
			err = fmt.Errorf("bad substitution: %v", r)
		}
	}()
	return f()
}

// expandError reports an error of an expansion and drops the rest of the line.
func (s *Shell) expandError(err error) {
	if s.k.err == nil {
		s.errorf("%s", expandMessage(err))
		s.status = 1
		var u expand.UnsetParameterError
		if s.k.script && !s.sub && errors.As(err, &u) {
			s.status = 127
		}
	}
	if s.ctl == ctlNone {
		s.ctl = ctlDiscard
	}
}

func expandMessage(err error) string {
	var u expand.UnsetParameterError
	if errors.As(err, &u) && u.Message == "" {
		if u.Node.Exp != nil && u.Node.Exp.Op == syntax.ErrorUnset {
			return u.Node.Param.Value + ": parameter not set"
		}
		return u.Node.Param.Value + ": parameter null or not set"
	}
	return err.Error()
}

// pieces expands the parts of a word. quoted is set inside double quotes.
func (s *Shell) pieces(parts []syntax.WordPart, quoted bool) ([]piece, error) {
	var out []piece
	for i, part := range parts {
		ps, err := s.part(part, quoted, i == 0, len(parts) == 1)
		if err != nil {
			return nil, err
		}
		out = append(out, ps...)
		if s.stopping() {
			return nil, errStop
		}
	}
	return out, nil
}

// errStop says that evaluation is unwinding; it is not reported.
var errStop = errors.New("stopped")

func (s *Shell) part(part syntax.WordPart, quoted, first, only bool) ([]piece, error) {
	switch p := part.(type) {
	case *syntax.Lit:
		if quoted {
			return []piece{{val: unescapeQuoted(p.Value), quoted: true}}, nil
		}
		return s.literalPieces(p.Value, first, only), nil
	case *syntax.SglQuoted:
		val := p.Value
		if p.Dollar {
			val = ansiC(val)
		}
		return []piece{{val: val, quoted: true}}, nil
	case *syntax.DblQuoted:
		ps, err := s.pieces(p.Parts, true)
		if err != nil {
			return nil, err
		}
		if len(ps) == 0 && len(p.Parts) == 0 {
			ps = []piece{{quoted: true}}
		}
		return ps, nil
	case *syntax.ParamExp:
		return s.param(p, quoted)
	case *syntax.CmdSubst:
		return []piece{{val: strings.TrimRight(s.substitute(p.Stmts), "\n"), quoted: quoted, split: !quoted}}, nil
	case *syntax.ArithmExp:
		n, err := s.arith(p.X)
		return []piece{{val: itoa(n), quoted: quoted, split: !quoted}}, err
	case *syntax.ProcSubst:
		name, err := s.procSubst(p)
		return []piece{{val: name, quoted: true}}, err
	case *syntax.ExtGlob:
		return []piece{{val: p.Op.String() + p.Pattern.Value + ")", quoted: quoted}}, nil
	}
	return nil, fmt.Errorf("unsupported word part %T", part)
}

// literalPieces splits unquoted text at backslashes; what they escape is quoted.
func (s *Shell) literalPieces(v string, first, only bool) []piece {
	var out []piece
	if first && strings.HasPrefix(v, "~") {
		name, rest, slash := strings.Cut(v[1:], "/")
		if home, ok := s.home(name); ok && (slash || only) {
			out = append(out, piece{val: home, quoted: true})
			v = ""
			if slash {
				v = "/" + rest
			}
		}
	}
	for {
		before, after, ok := strings.Cut(v, `\`)
		if !ok || after == "" {
			return append(out, piece{val: v})
		}
		out = append(out, piece{val: before})
		if after[0] != '\n' {
			out = append(out, piece{val: after[:1], quoted: true})
		}
		v = after[1:]
	}
}

func (s *Shell) home(user string) (string, bool) {
	switch user {
	case "":
		v := s.lookup("HOME")
		return v.String(), v.IsSet()
	case "root":
		return "/root", true
	case "+":
		return s.dir, true
	case "-":
		return s.oldDir, s.oldDir != ""
	}
	return "", false
}

// unescapeQuoted removes the backslashes that mean something in double quotes.
func unescapeQuoted(v string) string {
	if !strings.Contains(v, `\`) {
		return v
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+1 < len(v) && strings.IndexByte("\"\\$`", v[i+1]) >= 0 {
			i++
		} else if v[i] == '\\' && i+1 < len(v) && v[i+1] == '\n' {
			i++
			continue
		}
		b.WriteByte(v[i])
	}
	return b.String()
}

// word expands to one string, as in an assignment: no splitting, no globbing.
func (s *Shell) word(w *syntax.Word) (string, error) {
	if w == nil {
		return "", nil
	}
	ps, err := s.pieces(w.Parts, false)
	if err != nil {
		return "", err
	}
	return joinPieces(ps), nil
}

func joinPieces(ps []piece) string {
	var b strings.Builder
	for i, p := range ps {
		b.WriteString(p.val)
		if p.end && i < len(ps)-1 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// patternOf expands a word to a pattern in which quoted parts are literal.
func (s *Shell) patternOf(w *syntax.Word) (string, error) {
	return s.quotedWord(w, func(v string) string { return pattern.QuoteMeta(v, 0) })
}

// regexpOf expands the right side of =~.
func (s *Shell) regexpOf(w *syntax.Word) (string, error) {
	return s.quotedWord(w, regexp.QuoteMeta)
}

func (s *Shell) quotedWord(w *syntax.Word, quote func(string) string) (string, error) {
	ps, err := s.pieces(w.Parts, false)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range ps {
		if p.quoted {
			b.WriteString(quote(p.val))
		} else {
			b.WriteString(p.val)
		}
	}
	return b.String(), nil
}

// document expands the body of a here-document.
func (s *Shell) document(w *syntax.Word) (out string, err error) {
	err = safely(func() error {
		var err error
		out, err = expand.Document(s.cfg(), w)
		return err
	})
	if s.stopping() {
		err = errStop
	}
	return out, err
}

// fields expands words to arguments. On an error it reports and gives false.
func (s *Shell) fields(words []*syntax.Word) ([]string, bool) {
	var out []string
	size := 0
	for _, w := range words {
		got, err := s.wordFields(w)
		if err != nil {
			if err != errStop {
				s.expandError(err)
			}
			return nil, false
		}
		for _, f := range got {
			size += len(f)
		}
		if size > s.k.limits.Pipe {
			s.fail(&LimitError{What: "bytes of arguments", Limit: s.k.limits.Pipe, Flag: "max-pipe"})
			return nil, false
		}
		out = append(out, got...)
	}
	return out, true
}

// wordFields expands one word: braces, parameters, splitting, globbing.
func (s *Shell) wordFields(w *syntax.Word) ([]string, error) {
	copied := *w // SplitBraces replaces Parts
	if !syntax.SplitBraces(&copied) {
		return s.fieldsOf(&copied)
	}
	var out []string
	err := safely(func() error {
		for bw, err := range expand.BracesSeq(nil, &copied) {
			if err != nil {
				return err
			}
			got, err := s.ownFields(bw)
			if err != nil {
				return err
			}
			out = append(out, got...)
		}
		return nil
	})
	return out, err
}

// ownFields is fieldsOf below a frame of the library.
func (s *Shell) ownFields(w *syntax.Word) ([]string, error) {
	defer rethrow()
	return s.fieldsOf(w)
}

func (s *Shell) fieldsOf(w *syntax.Word) ([]string, error) {
	ps, err := s.pieces(w.Parts, false)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range splitFields(ps, s.ifs()) {
		pat, meta := globPattern(f)
		if meta && !s.opts.noglob {
			matches, err := s.glob(pat)
			if err != nil {
				return nil, err
			}
			if len(matches) > 0 || s.opts.nullglob {
				out = append(out, matches...)
				continue
			}
		}
		out = append(out, joinPieces(f))
	}
	return out, nil
}

func (s *Shell) ifs() string {
	if v := s.lookup("IFS"); v.IsSet() {
		return v.String()
	}
	return " \t\n"
}
