package shell

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// assignment does one assignment. New variables go to sc when it is a
// function's scope and the name is local there, else where the name is visible.
func (s *Shell) assignment(a *syntax.Assign, sc *scope) error {
	name := s.deref(a.Name.Value)
	old := s.lookup(name)
	switch {
	case a.Array != nil:
		v, err := s.arrayValue(a, old)
		if err != nil {
			return err
		}
		return s.assign(name, v)
	case a.Index != nil:
		v, err := s.elementValue(a, old)
		if err != nil {
			return err
		}
		return s.assign(name, v)
	}
	val, err := s.word(a.Value)
	if err != nil {
		return err
	}
	switch old.Kind {
	case expand.Indexed:
		if a.Append {
			first, _ := getElem(old, 0)
			val = first + val
		}
		return s.assign(name, setElem(old, 0, val))
	case expand.Associative:
		old.Map = maps.Clone(old.Map)
		if a.Append {
			val = old.Map["0"] + val
		}
		old.Map["0"] = val
		return s.assign(name, old)
	}
	if val, err = s.newString(name, old, a.Append, val); err != nil {
		return err
	}
	old.Set, old.Kind, old.Str = true, expand.String, val
	return s.assign(name, old)
}

// newString gives what NAME=val or NAME+=val stores: a sum where the name holds
// an integer.
func (s *Shell) newString(name string, old expand.Variable, add bool, val string) (string, error) {
	if !s.vars.isInt(name) {
		if add {
			val = old.String() + val
		}
		return val, nil
	}
	n, err := s.arithText(val)
	if err != nil {
		return "", err
	}
	if was, err := s.arithText(old.String()); add && err == nil {
		n += was
	}
	return itoa(n), nil
}

// arrayValue gives the value of NAME=(...).
func (s *Shell) arrayValue(a *syntax.Assign, old expand.Variable) (expand.Variable, error) {
	v := expand.Variable{Set: true, Kind: expand.Indexed, Exported: old.Exported, Local: old.Local}
	if old.Kind == expand.Associative {
		v.Kind, v.Map = expand.Associative, map[string]string{}
	}
	if a.Append {
		v = old
		v.Set = true
		switch old.Kind {
		case expand.Associative:
			v.Map = maps.Clone(old.Map)
		case expand.String:
			v = list([]string{old.Str})
		case expand.Unknown:
			v.Kind = expand.Indexed
		}
	}
	next := lastIndex(v) + 1
	for _, el := range a.Array.Elems {
		var err error
		if v, next, err = s.addElem(v, el, next); err != nil {
			return v, err
		}
	}
	return v, nil
}

// addElem adds an element of a list; one without an index may be many fields.
func (s *Shell) addElem(v expand.Variable, el *syntax.ArrayElem, next int) (expand.Variable, int, error) {
	if el.Index != nil {
		val, err := s.word(el.Value)
		if err != nil {
			return v, next, err
		}
		if v.Kind == expand.Associative {
			key, err := s.mapKey(el.Index)
			v.Map[key] = val
			return v, next, err
		}
		i, err := s.arith(el.Index)
		if err != nil || i < 0 {
			return v, next, orIndexError(err)
		}
		return setElem(v, i, val), i + 1, nil
	}
	if v.Kind == expand.Associative {
		return v, next, errors.New("an element of an associative array needs a [key]=")
	}
	fields, ok := s.fields([]*syntax.Word{el.Value})
	if !ok {
		return v, next, errStop
	}
	for _, f := range fields {
		v = setElem(v, next, f)
		next++
	}
	return v, next, nil
}

func orIndexError(err error) error {
	if err != nil {
		return err
	}
	return errors.New("bad array subscript")
}

// mapKey gives the key of m[key].
func (s *Shell) mapKey(x syntax.ArithmExpr) (string, error) {
	w, ok := x.(*syntax.Word)
	if !ok {
		return "", errors.New("quote the key of an associative array")
	}
	return s.word(w)
}

// elementValue gives the array after NAME[i]=value.
func (s *Shell) elementValue(a *syntax.Assign, old expand.Variable) (expand.Variable, error) {
	val, err := s.word(a.Value)
	if err != nil {
		return old, err
	}
	if old.Kind == expand.Associative {
		key, err := s.mapKey(a.Index)
		if err != nil {
			return old, err
		}
		old.Map = maps.Clone(old.Map)
		if a.Append {
			val = old.Map[key] + val
		}
		old.Map[key] = val
		return old, nil
	}
	i, err := s.arith(a.Index)
	if err != nil {
		return old, err
	}
	if old.Kind == expand.String {
		old = list([]string{old.Str})
	}
	if i < 0 {
		if i += lastIndex(old) + 1; i < 0 {
			return old, fmt.Errorf("%s[%d]: bad array subscript", a.Name.Value, i)
		}
	}
	if a.Append {
		was, _ := getElem(old, i)
		val = was + val
	}
	old.Set, old.Kind = true, expand.Indexed
	return setElem(old, i, val), nil
}

// lastIndex is the largest index, -1 when there is none.
func lastIndex(v expand.Variable) int {
	if len(v.Indexes) > 0 {
		return v.Indexes[len(v.Indexes)-1]
	}
	return len(v.List) - 1
}

func getElem(v expand.Variable, i int) (string, bool) {
	if v.Indexes != nil {
		pos, ok := slices.BinarySearch(v.Indexes, i)
		if !ok {
			return "", false
		}
		return v.List[pos], true
	}
	if i >= len(v.List) {
		return "", false
	}
	return v.List[i], true
}

// setElem gives a copy of v with one element set.
func setElem(v expand.Variable, i int, val string) expand.Variable {
	v.Set, v.Kind = true, expand.Indexed
	if v.Indexes == nil && i <= len(v.List) {
		if i == len(v.List) {
			v.List = append(slices.Clip(v.List), val)
			return v
		}
		v.List = slices.Clone(v.List)
		v.List[i] = val
		return v
	}
	idx := slices.Clone(v.Indexes)
	if idx == nil {
		for n := range v.List {
			idx = append(idx, n)
		}
	}
	pos, ok := slices.BinarySearch(idx, i)
	v.List = slices.Clone(v.List)
	if ok {
		v.List[pos] = val
	} else {
		idx = slices.Insert(idx, pos, i)
		v.List = slices.Insert(v.List, pos, val)
	}
	v.Indexes = idx
	return v
}

// dropElem gives a copy of v without one element.
func dropElem(v expand.Variable, i int) expand.Variable {
	idx := slices.Clone(v.Indexes)
	if idx == nil {
		for n := range v.List {
			idx = append(idx, n)
		}
	}
	if pos, ok := slices.BinarySearch(idx, i); ok {
		idx = slices.Delete(idx, pos, pos+1)
		v.List = slices.Delete(slices.Clone(v.List), pos, pos+1)
	}
	v.Indexes = idx
	if len(idx) == 0 {
		v.Indexes = nil
	}
	return v
}
