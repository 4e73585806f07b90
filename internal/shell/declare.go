package shell

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// declFlags are the options of declare and its kin.
type declFlags struct {
	array, assoc, export, readonly, ref, integer, print, funcs, global, remove, noInt bool
}

// declare runs declare, local, export, readonly and typeset.
func (s *Shell) declare(c *syntax.DeclClause) {
	if !s.count() {
		return
	}
	variant := c.Variant.Value
	var f declFlags
	switch variant {
	case "export":
		f.export = true
	case "readonly":
		f.readonly = true
	case "nameref":
		f.ref = true
	}
	local := variant != "export" && variant != "readonly" && s.vars.up != nil
	if variant == "local" && len(s.calls) == 0 {
		s.errorf("local: can only be used in a function")
		s.status = 1
		return
	}
	s.status = 0
	named := 0
	for _, a := range c.Args {
		if a.Naked && a.Name == nil {
			if !s.declWord(a.Value, variant, &f, local && !f.global) {
				return
			}
			continue
		}
		named++
		if err := s.declOne(a, f, local && !f.global); err != nil {
			s.declError(variant, a.Name.Value, err)
			return
		}
	}
	if named == 0 && (f.print || variant == "export" || variant == "readonly" || len(c.Args) == 0) {
		s.declPrintAll(f)
	}
}

func (s *Shell) declError(variant, name string, err error) {
	if err == errStop {
		return
	}
	if err == errReadonly {
		s.errorf("%s: %s: readonly variable", variant, name)
	} else {
		s.errorf("%s: %v", variant, err)
	}
	s.status = 1
}

// declWord handles an argument that is computed: options, or NAME=value.
func (s *Shell) declWord(w *syntax.Word, variant string, f *declFlags, local bool) bool {
	fields, ok := s.fields([]*syntax.Word{w})
	if !ok {
		return false
	}
	for _, v := range fields {
		if len(v) > 1 && (v[0] == '-' || v[0] == '+') {
			if !f.parse(v) {
				s.errorf("%s: %s: invalid option", variant, v)
				s.status = 2
				return false
			}
			continue
		}
		name, val, assign := strings.Cut(v, "=")
		if !syntax.ValidName(name) {
			s.errorf("%s: `%s': not a valid identifier", variant, v)
			s.status = 1
			continue
		}
		a := &syntax.Assign{Name: &syntax.Lit{Value: name}, Naked: !assign}
		if assign {
			a.Value = &syntax.Word{Parts: []syntax.WordPart{&syntax.SglQuoted{Value: val}}}
		}
		if err := s.declOne(a, *f, local); err != nil {
			s.declError(variant, name, err)
			return false
		}
	}
	return true
}

func (f *declFlags) parse(v string) bool {
	for _, l := range v[1:] {
		switch l {
		case 'a':
			f.array = true
		case 'A':
			f.assoc = true
		case 'x':
			f.export = true
		case 'r':
			f.readonly = true
		case 'n':
			f.ref, f.remove = true, true
		case 'i':
			f.integer, f.noInt = true, v[0] == '+'
		case 'p':
			f.print = true
		case 'f', 'F':
			f.funcs = true
		case 'g':
			f.global = true
		case '-':
		default:
			return false
		}
	}
	return true
}

// declOne declares one name.
func (s *Shell) declOne(a *syntax.Assign, f declFlags, local bool) error {
	name := a.Name.Value
	if f.print {
		return s.declPrint(name)
	}
	if f.funcs {
		if _, ok := s.funcs[name]; !ok {
			s.status = 1
		}
		return nil
	}
	if local {
		if _, ok := s.vars.vars[name]; !ok {
			s.vars.vars[name] = expand.Variable{Local: true}
		}
	}
	v := s.lookup(name)
	if v.ReadOnly && !a.Naked {
		return errReadonly
	}
	switch {
	case f.assoc && v.Kind != expand.Associative:
		v.Kind, v.Map = expand.Associative, map[string]string{}
	case f.array && v.Kind != expand.Indexed:
		v.Kind = expand.Indexed
		v.List = nil
	}
	s.store(name, v)
	if f.integer {
		s.vars.find(name).ints[name] = !f.noInt
	}
	if !a.Naked {
		if err := s.assignment(a, s.vars); err != nil {
			return err
		}
		v = s.lookup(name)
	}
	if f.ref && v.Kind == expand.String {
		v.Kind = expand.NameRef
	}
	v.Exported = v.Exported || f.export && !f.remove
	v.ReadOnly = v.ReadOnly || f.readonly
	s.store(name, v)
	return nil
}

// store writes a variable with its attributes where it is visible.
func (s *Shell) store(name string, v expand.Variable) {
	sc := s.vars.find(name)
	if sc == nil {
		sc = s.vars.global()
	}
	sc.vars[name] = v
}

// arithText evaluates text as arithmetic.
func (s *Shell) arithText(text string) (int, error) {
	x, err := syntax.NewParser().Arithmetic(strings.NewReader(text))
	if err != nil {
		return 0, fmt.Errorf("%s: syntax error in expression", text)
	}
	return s.arith(x)
}

func (s *Shell) declPrint(name string) error {
	v := s.lookup(name)
	if !v.Declared() {
		return fmt.Errorf("%s: not found", name)
	}
	s.writeDecl(name, v)
	return nil
}

func (s *Shell) writeDecl(name string, v expand.Variable) {
	flags := v.Flags()
	if s.vars.isInt(name) {
		flags = insertFlag(flags, 'i')
	}
	if flags == "" {
		flags = "-"
	}
	line := "declare -" + flags + " " + name
	if v.IsSet() {
		val := declValue(v)
		if v.Kind == expand.String {
			val = quoteDouble(v.Str)
		}
		line += "=" + val
	}
	fmt.Fprintln(s.fds.writer(1), line)
}

// insertFlag puts a flag where bash prints it: after the kind of the variable.
func insertFlag(flags string, f byte) string {
	i := 0
	for i < len(flags) && (flags[i] == 'a' || flags[i] == 'A') {
		i++
	}
	return flags[:i] + string(f) + flags[i:]
}

func (s *Shell) declPrintAll(f declFlags) {
	for _, n := range s.varNames() {
		v := s.lookup(n)
		if f.export && !v.Exported || f.readonly && !v.ReadOnly || f.array && v.Kind != expand.Indexed || f.assoc && v.Kind != expand.Associative {
			continue
		}
		s.writeDecl(n, v)
	}
}
