package shell

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// param expands a parameter.
func (s *Shell) param(p *syntax.ParamExp, quoted bool) ([]piece, error) {
	if p.Param == nil {
		return nil, errors.New("bad substitution")
	}
	if star, ok := listForm(p); ok {
		return s.listParam(p, star, quoted)
	}
	if err := s.checkArray(p); err != nil {
		return nil, err
	}
	if val, done, err := s.ownParam(p); done || err != nil {
		return []piece{{val: val, quoted: quoted, split: !quoted}}, err
	}
	if p.Exp != nil && p.Exp.Word != nil {
		if ps, done, err := s.defaultParam(p, quoted); done || err != nil {
			return ps, err
		}
	}
	var val string
	var err error
	if p.Repl != nil {
		val, err = s.replaceParam(p)
	} else {
		val, err = s.scalar(p)
	}
	return []piece{{val: val, quoted: quoted, split: !quoted}}, err
}

// ownParam does the forms in which the library differs from bash: the number of
// elements of a map, and ${x@Q}.
func (s *Shell) ownParam(p *syntax.ParamExp) (val string, done bool, err error) {
	if p.Length {
		plain := *p
		plain.Length = false
		if _, ok := listForm(&plain); ok {
			elems, err := s.elements(&plain)
			return itoa(len(elems)), true, err
		}
	}
	if p.Exp != nil && p.Exp.Op == syntax.OtherParamOps && p.Exp.Word.Lit() == "Q" {
		val, set, err := s.plainValue(p)
		if !set || err != nil {
			return "", true, err
		}
		if strings.ContainsAny(val, "\n\t\r\x1b") {
			return quoteANSI(val), true, nil
		}
		return quoteAlways(val), true, nil
	}
	return "", false, nil
}

// checkArray turns the element of an associative array into what the library
// can look up: it refuses an index that is not a word.
func (s *Shell) checkArray(p *syntax.ParamExp) error {
	if p.Index == nil || s.lookup(s.deref(p.Param.Value)).Kind != expand.Associative {
		return nil
	}
	if _, ok := p.Index.(*syntax.Word); !ok {
		return errors.New(p.Param.Value + ": quote the key of an associative array")
	}
	return nil
}

// defaultParam does ${x:-word} and ${x:+word}, whose word is expanded by our
// rules, so that quotes in it keep their meaning.
func (s *Shell) defaultParam(p *syntax.ParamExp, quoted bool) ([]piece, bool, error) {
	op := p.Exp.Op
	alt := op == syntax.AlternateUnset || op == syntax.AlternateUnsetOrNull
	def := op == syntax.DefaultUnset || op == syntax.DefaultUnsetOrNull
	if !alt && !def || p.Excl || p.Length {
		return nil, false, nil
	}
	val, set, err := s.plainValue(p)
	if err != nil {
		return nil, false, err
	}
	orNull := op == syntax.AlternateUnsetOrNull || op == syntax.DefaultUnsetOrNull
	use := set && (!orNull || val != "")
	if use == def {
		return []piece{{val: val, quoted: quoted && def, split: !quoted && def}}, def, nil
	}
	if alt && !use {
		return []piece{{quoted: quoted}}, true, nil
	}
	ps, err := s.pieces(p.Exp.Word.Parts, quoted)
	if !quoted {
		for i := range ps {
			ps[i].split = !ps[i].quoted
		}
	}
	return ps, true, err
}

// plainValue gives ${x} or ${x[i]} and whether it is set.
func (s *Shell) plainValue(p *syntax.ParamExp) (string, bool, error) {
	plain := &syntax.ParamExp{Dollar: p.Dollar, Param: p.Param, Index: p.Index}
	unset := s.opts.nounset
	s.opts.nounset = false
	defer func() { s.opts.nounset = unset }()
	val, err := s.scalar(plain)
	if err != nil || val != "" {
		return val, true, err
	}
	isSet := *plain
	isSet.Exp = &syntax.Expansion{Op: syntax.AlternateUnset, Word: litWord("x")}
	got, err := s.scalar(&isSet)
	return val, got == "x", err
}

func litWord(v string) *syntax.Word {
	return &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: v}}}
}

// scalar expands by the library to one string.
func (s *Shell) scalar(p *syntax.ParamExp) (val string, err error) {
	err = safely(func() error {
		var err error
		val, err = expand.Literal(s.cfg(), &syntax.Word{Parts: []syntax.WordPart{p}})
		return err
	})
	if s.stopping() {
		err = errStop
	}
	return val, err
}

// listForm reports whether p gives a list, and whether it is the form with "*".
func listForm(p *syntax.ParamExp) (star, ok bool) {
	if p.Length || p.Width || p.IsSet {
		return false, false
	}
	if p.Excl && p.Names != 0 {
		return p.Names == syntax.NamesPrefix, true
	}
	switch p.Param.Value {
	case "@":
		return false, true
	case "*":
		return true, true
	}
	if w, ok := p.Index.(*syntax.Word); ok {
		switch w.Lit() {
		case "@":
			return false, true
		case "*":
			return true, true
		}
	}
	return false, false
}

// listParam expands "$@", ${a[*]}, ${!a[@]}, ${!prefix*} and their like.
func (s *Shell) listParam(p *syntax.ParamExp, star, quoted bool) ([]piece, error) {
	elems, err := s.elements(p)
	if err != nil {
		return nil, err
	}
	if star && quoted {
		sep := s.ifs()
		if len(sep) > 1 {
			sep = sep[:1]
		}
		return []piece{{val: strings.Join(elems, sep), quoted: true}}, nil
	}
	if len(elems) == 0 {
		return []piece{{list: true}}, nil
	}
	var out []piece
	for i, e := range elems {
		out = append(out, piece{val: e, quoted: quoted, split: !quoted, end: i < len(elems)-1, list: true})
	}
	return out, nil
}

// elements gives the list that p stands for.
func (s *Shell) elements(p *syntax.ParamExp) ([]string, error) {
	if p.Exp != nil && p.Exp.Word != nil {
		if elems, done, err := s.defaultList(p); done || err != nil {
			return elems, err
		}
	}
	name := s.deref(p.Param.Value)
	v := s.lookup(name)
	if v.Kind == expand.Associative && p.Names == 0 {
		// In the order of the keys; the library's is that of a Go map.
		keys := slices.Sorted(maps.Keys(v.Map))
		if p.Excl {
			return keys, nil
		}
		vals := make([]string, len(keys))
		for i, k := range keys {
			vals[i] = v.Map[k]
		}
		if p.Slice == nil && p.Repl == nil && p.Exp == nil {
			return vals, nil
		}
		return s.onList(p, vals)
	}
	if p.Repl != nil {
		plain := *p
		plain.Repl = nil
		elems, err := s.quotedFields(&plain)
		if err != nil {
			return nil, err
		}
		return s.replaceAll(p.Repl, elems)
	}
	return s.quotedFields(p)
}

// defaultList does ${@:-word} and ${a[@]:+word}.
func (s *Shell) defaultList(p *syntax.ParamExp) ([]string, bool, error) {
	var wantSet bool
	switch p.Exp.Op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		wantSet = true
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull:
	default:
		return nil, false, nil
	}
	plain := *p
	plain.Exp = nil
	elems, err := s.elements(&plain)
	if err != nil {
		return nil, true, err
	}
	switch {
	case wantSet && len(elems) == 0:
		return nil, true, nil
	case !wantSet && len(elems) > 0:
		return elems, true, nil
	}
	val, err := s.word(p.Exp.Word)
	return []string{val}, true, err
}

// onList applies the operator of p to a list of our own.
func (s *Shell) onList(p *syntax.ParamExp, elems []string) ([]string, error) {
	const name = " list"
	s.vars.vars[name] = list(elems)
	defer delete(s.vars.vars, name)
	q := *p
	q.Param = &syntax.Lit{Value: name}
	q.Index = litWord("@")
	return s.elements(&q)
}

// quotedFields gives the elements of a list by the library. The form is always
// the one with "@", quoted: one field for each element.
func (s *Shell) quotedFields(p *syntax.ParamExp) (out []string, err error) {
	q := *p
	switch {
	case q.Names != 0:
		q.Names = syntax.NamesPrefixWords
	case q.Param.Value == "*":
		q.Param = &syntax.Lit{Value: "@"}
	case q.Index != nil:
		q.Index = litWord("@")
	}
	w := &syntax.Word{Parts: []syntax.WordPart{&syntax.DblQuoted{Parts: []syntax.WordPart{&q}}}}
	v := s.lookup(s.deref(p.Param.Value))
	if q.Names == 0 && !v.IsSet() {
		if s.opts.nounset && p.Index != nil {
			return nil, expand.UnsetParameterError{Node: p, Message: "unbound variable"}
		}
		return nil, nil
	}
	if q.Names == 0 && v.Kind == expand.Indexed && len(v.List) == 0 && (p.Slice == nil || p.Index != nil) {
		return nil, nil // the library makes one empty field of it
	}
	if v.Kind == expand.String && q.Names == 0 {
		if q.Excl {
			return []string{"0"}, nil
		}
		q.Index = nil
		val, err := s.scalar(&q)
		return []string{val}, err
	}
	err = safely(func() error {
		var err error
		out, err = expand.Fields(s.cfg(), w)
		return err
	})
	if s.stopping() {
		err = errStop
	}
	return out, err
}

// replaceParam does ${x/pattern/with}. The library's could grow without bound.
func (s *Shell) replaceParam(p *syntax.ParamExp) (string, error) {
	plain := *p
	plain.Repl = nil
	val, err := s.scalar(&plain)
	if err != nil {
		return "", err
	}
	out, err := s.replaceAll(p.Repl, []string{val})
	if err != nil {
		return "", err
	}
	return out[0], nil
}

func (s *Shell) replaceAll(r *syntax.Replace, elems []string) ([]string, error) {
	pat, err := s.patternOf(r.Orig)
	if err != nil || pat == "" {
		return elems, err
	}
	with, err := s.word(r.With)
	if err != nil {
		return nil, err
	}
	anchor := byte(0)
	if !r.All && (pat[0] == '#' || pat[0] == '%') {
		anchor, pat = pat[0], pat[1:]
	}
	re, err := compilePattern(pat, anchor, s.opts.nocasematch)
	if err != nil {
		return elems, nil // a pattern that is none matches nothing
	}
	out := make([]string, len(elems))
	room := s.k.limits.Pipe
	for i, e := range elems {
		n := 1
		if r.All {
			n = -1
		}
		locs := re.FindAllStringIndex(e, n)
		if room -= len(e) + len(locs)*len(with); room < 0 {
			s.fail(&LimitError{What: "bytes of one expansion", Limit: s.k.limits.Pipe, Flag: "max-pipe"})
			return nil, errStop
		}
		var b strings.Builder
		last := 0
		for _, l := range locs {
			if l[0] == l[1] && e != "" && anchor == 0 {
				continue // an empty match in the middle replaces nothing
			}
			b.WriteString(e[last:l[0]])
			b.WriteString(with)
			last = l[1]
		}
		b.WriteString(e[last:])
		out[i] = b.String()
	}
	return out, nil
}
