package shell

import (
	"errors"
	"sort"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
)

func itoa(n int) string { return strconv.Itoa(n) }

// scope is a level of variables: the global one, or the locals of a function.
type scope struct {
	vars map[string]expand.Variable
	ints map[string]bool // names that hold integers (declare -i)
	up   *scope
}

func newScope(up *scope) *scope {
	return &scope{vars: map[string]expand.Variable{}, ints: map[string]bool{}, up: up}
}

func (sc *scope) clone() *scope {
	if sc == nil {
		return nil
	}
	return &scope{vars: cloneMap(sc.vars), ints: cloneMap(sc.ints), up: sc.up.clone()}
}

// isInt reports whether the visible variable has the attribute of `declare -i`.
func (sc *scope) isInt(name string) bool {
	sc = sc.find(name)
	return sc != nil && sc.ints[name]
}

// find gives the scope that holds name.
func (sc *scope) find(name string) *scope {
	for ; sc != nil; sc = sc.up {
		if _, ok := sc.vars[name]; ok {
			return sc
		}
	}
	return nil
}

func (sc *scope) global() *scope {
	for sc.up != nil {
		sc = sc.up
	}
	return sc
}

func (s *Shell) initVars() {
	g := s.vars
	exported := [][2]string{{"HOME", "/root"}, {"LANG", "C"}, {"LOGNAME", "root"}, {"OLDPWD", ""},
		{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"PWD", s.dir}, {"SHELL", "/bin/sh"},
		{"TERM", "dumb"}, {"USER", "root"}}
	for _, kv := range exported {
		g.vars[kv[0]] = expand.Variable{Set: kv[1] != "", Exported: true, Kind: expand.String, Str: kv[1]}
	}
	plain := [][2]string{{"HOSTNAME", "klpemu"}, {"HOSTTYPE", "x86_64"}, {"MACHTYPE", "x86_64-pc-linux-gnu"}, {"OSTYPE", "linux-gnu"},
		{"IFS", " \t\n"}, {"OPTIND", "1"}, {"PS4", "+ "}, {"PPID", "1"}, {"UID", "0"}, {"EUID", "0"}}
	for _, kv := range plain {
		g.vars[kv[0]] = expand.Variable{Set: true, Kind: expand.String, Str: kv[1]}
	}
}

// setEnv adds exported variables. A word without a value exports an empty one.
func (s *Shell) setEnv(words []string) {
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		s.vars.vars[name] = expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value}
	}
}

// Var gives a variable's value, "" when unset.
func (s *Shell) Var(name string) string { return s.lookup(name).String() }

// SetVar sets a plain variable.
func (s *Shell) SetVar(name, value string) error {
	return s.assign(name, expand.Variable{Set: true, Kind: expand.String, Str: value})
}

func str(v string) expand.Variable { return expand.Variable{Set: true, Kind: expand.String, Str: v} }

func list(v []string) expand.Variable {
	return expand.Variable{Set: true, Kind: expand.Indexed, List: v}
}

// special gives the variables that are computed.
func (s *Shell) special(name string) (expand.Variable, bool) {
	switch name {
	case "?":
		return str(itoa(s.status)), true
	case "$":
		return str(itoa(s.k.pid)), true
	case "!":
		if s.bg == 0 {
			return expand.Variable{}, true
		}
		return str(itoa(s.bg)), true
	case "#":
		return str(itoa(len(s.params))), true
	case "@", "*":
		return list(s.params), true
	case "-":
		return str(s.opts.letters()), true
	case "0":
		return str(s.name), true
	case "BASHPID":
		return str(itoa(s.k.host.Pid())), true
	case "BASH_SUBSHELL":
		return str(itoa(s.level)), true
	case "RANDOM":
		return str(itoa(int(s.k.rng.Uint32() & 0x7fff))), true
	case "SRANDOM":
		return str(strconv.FormatUint(uint64(s.k.rng.Uint32()), 10)), true
	case "SECONDS":
		return str(itoa(int(s.k.host.Now().Sub(s.k.start) / time.Second))), true
	case "EPOCHSECONDS":
		return str(strconv.FormatInt(s.k.host.Now().Unix(), 10)), true
	case "PIPESTATUS":
		return list(itoas(s.pipes)), true
	case "FUNCNAME":
		return expand.Variable{Set: len(s.calls) > 0, Kind: expand.Indexed, List: reversed(s.calls)}, true
	}
	if len(name) > 0 && name[0] >= '1' && name[0] <= '9' {
		n, err := strconv.Atoi(name)
		if err != nil || n > len(s.params) {
			return expand.Variable{}, true
		}
		return str(s.params[n-1]), true
	}
	return expand.Variable{}, false
}

func itoas(ns []int) []string {
	out := make([]string, len(ns))
	for i, n := range ns {
		out[i] = itoa(n)
	}
	return out
}

func reversed(l []string) []string {
	out := make([]string, 0, len(l))
	for i := len(l) - 1; i >= 0; i-- {
		out = append(out, l[i])
	}
	return out
}

// lookup gives a variable, special or not.
func (s *Shell) lookup(name string) expand.Variable {
	if v, ok := s.special(name); ok {
		return v
	}
	if sc := s.vars.find(name); sc != nil {
		return sc.vars[name]
	}
	return expand.Variable{}
}

var errReadonly = errors.New("readonly variable")

// assign sets a variable where it is visible, else globally.
func (s *Shell) assign(name string, v expand.Variable) error {
	if n := varSize(v); n > s.k.limits.Pipe {
		s.fail(&LimitError{What: "bytes in a variable", Limit: s.k.limits.Pipe, Flag: "max-pipe"})
		return s.k.err
	}
	name = s.deref(name)
	sc := s.vars.find(name)
	if sc == nil {
		sc = s.vars.global()
	}
	old := sc.vars[name]
	if old.ReadOnly {
		return errReadonly
	}
	v.Exported = v.Exported || old.Exported || s.opts.allexport
	v.Local = old.Local
	switch name {
	case "RANDOM":
		n, _ := strconv.ParseUint(v.Str, 10, 64)
		s.k.reseed(n)
		return nil
	case "SECONDS":
		n, _ := strconv.Atoi(v.Str)
		s.k.start = s.k.host.Now().Add(-time.Duration(n) * time.Second)
		return nil
	case "OPTIND":
		s.getopt = 0
	}
	sc.vars[name] = v
	return nil
}

// deref follows name references.
func (s *Shell) deref(name string) string {
	for range 20 {
		v := s.lookup(name)
		if v.Kind != expand.NameRef || v.Str == "" {
			return name
		}
		name = v.Str
	}
	return name
}

func varSize(v expand.Variable) int {
	n := len(v.Str)
	for _, e := range v.List {
		n += len(e) + 16
	}
	for k, e := range v.Map {
		n += len(k) + len(e) + 32
	}
	return n
}

// unset removes a variable.
func (s *Shell) unset(name string) error {
	sc := s.vars.find(name)
	if sc == nil {
		return nil
	}
	if sc.vars[name].ReadOnly {
		return errReadonly
	}
	if sc.up != nil && sc.vars[name].Local {
		sc.vars[name] = expand.Variable{Local: true}
		return nil
	}
	delete(sc.vars, name)
	delete(sc.ints, name)
	return nil
}

// varNames gives the names of all plain variables, sorted.
func (s *Shell) varNames() []string {
	seen := map[string]bool{}
	var names []string
	for sc := s.vars; sc != nil; sc = sc.up {
		for n := range sc.vars {
			if !seen[n] && n[0] != ' ' {
				seen[n] = true
				names = append(names, n)
			}
		}
	}
	sort.Strings(names)
	return names
}

// environ gives the exported variables as NAME=VALUE, sorted.
func (s *Shell) environ() []string {
	var out []string
	for _, n := range s.varNames() {
		if v := s.lookup(n); v.Exported && v.IsSet() {
			out = append(out, n+"="+v.String())
		}
	}
	return out
}

// env shows the shell's variables to the expand package.
type env struct {
	s    *Shell
	room int // bytes that may still be expanded
}

func (e *env) Get(name string) expand.Variable {
	if len(name) > 5 && name[:5] == "HOME " {
		// Asking the library to find a user's home would ask the host.
		if name == "HOME root" {
			return str("/root")
		}
		return str("~" + name[5:])
	}
	v := e.s.lookup(name)
	if e.room -= varSize(v); e.room < 0 {
		e.s.fail(&LimitError{What: "bytes of one expansion", Limit: e.s.k.limits.Pipe})
		return expand.Variable{}
	}
	return v
}

func (e *env) Each(f func(string, expand.Variable) bool) {
	for _, n := range e.s.varNames() {
		if v := e.s.lookup(n); v.IsSet() && !f(n, v) {
			return
		}
	}
}

func (e *env) Set(name string, v expand.Variable) error {
	if !v.IsSet() {
		return e.s.unset(name)
	}
	if err := e.s.assign(name, v); err != nil {
		return errors.New(name + ": " + err.Error())
	}
	return nil
}
