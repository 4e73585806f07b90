package shell

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// call runs a simple command.
func (s *Shell) call(c *syntax.CallExpr, redirs []*syntax.Redirect) {
	if !s.count() {
		return
	}
	saved := s.fds.clone()
	persist := false
	defer func() {
		if persist {
			s.fds.closeSubsts()
			saved.closeAll()
		} else {
			s.restore(saved)
		}
		s.endCommand()
	}()
	s.subst = false
	args, ok := s.fields(c.Args)
	if !ok || s.stopping() {
		return
	}
	args = s.expandAlias(args)
	if len(args) == 0 {
		if !s.redirect(redirs) {
			return
		}
		s.assignAll(c.Assigns)
		// The status is that of the last $(...) in the line.
		if !s.subst && !s.stopping() {
			s.status = 0
		}
		return
	}
	if !s.redirect(redirs) {
		return
	}
	persist = args[0] == "exec" && len(args) == 1
	s.invoke(args, c.Assigns)
}

func (s *Shell) expandAlias(args []string) []string {
	if len(args) == 0 || !s.opts.expandAliases {
		return args
	}
	if v, ok := s.aliases[args[0]]; ok {
		return append(strings.Fields(v), args[1:]...)
	}
	return args
}

// assignAll does the assignments of a line without a command.
func (s *Shell) assignAll(as []*syntax.Assign) {
	for _, a := range as {
		if err := s.assignment(a, s.vars); err != nil {
			s.reportAssign(a.Name.Value, err)
			return
		}
		if s.opts.xtrace {
			s.traceAssign(a)
		}
	}
}

func (s *Shell) traceAssign(a *syntax.Assign) {
	if a.Array == nil && a.Index == nil {
		s.trace([]string{a.Name.Value + "=" + shellQuote(s.lookup(a.Name.Value).String())}, true)
	}
}

func (s *Shell) reportAssign(name string, err error) {
	if errors.Is(err, errReadonly) {
		err = fmt.Errorf("%s: %w", name, err)
	}
	s.reportExpand(err)
}

// invoke runs a command with its arguments; assignments before it hold only
// while it runs.
func (s *Shell) invoke(args []string, assigns []*syntax.Assign) {
	if len(assigns) > 0 {
		s.vars = newScope(s.vars)
		tmp := s.vars
		defer func() { s.vars = tmp.up }()
		for _, a := range assigns {
			if err := s.assignTemp(a, tmp); err != nil {
				s.reportAssign(a.Name.Value, err)
				return
			}
		}
	}
	if s.opts.xtrace {
		s.trace(args, false)
	}
	s.execute(args)
}

func (s *Shell) assignTemp(a *syntax.Assign, sc *scope) error {
	v, err := s.assignValue(a)
	if err != nil {
		return err
	}
	if s.lookup(a.Name.Value).ReadOnly {
		return errReadonly
	}
	v.Exported = true
	sc.vars[a.Name.Value] = v
	return nil
}

// execute finds the command: a function, then the table, then a script.
func (s *Shell) execute(args []string) {
	name := args[0]
	if body, ok := s.funcs[name]; ok {
		s.last = false
		s.callFunc(name, body, args[1:])
		return
	}
	s.executeCommand(args)
}

// executeCommand is execute without functions.
func (s *Shell) executeCommand(args []string) {
	name := args[0]
	last := s.last
	s.last = false
	if c, ok := s.find(name); ok {
		s.status = s.runCommand(c, args)
		return
	}
	if strings.Contains(name, "/") {
		s.runPath(args, last)
		return
	}
	s.errorf("%s: command not found", name)
	s.status = 127
}

// find looks a command up by its name or by a path where it could be.
func (s *Shell) find(name string) (*Command, bool) {
	if dir, base := path.Split(name); dir != "" {
		switch dir {
		case "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/":
			c, ok := s.k.table[base]
			return c, ok && !c.Builtin
		}
		return nil, false
	}
	c, ok := s.k.table[name]
	return c, ok
}

// runScript runs a script with its arguments in a subshell of fresh variables.
func (s *Shell) runScript(args []string, data []byte) {
	s.inSubshell(func(sub *Shell) {
		sub.fresh(args)
		sub.runText(string(data))
	})
}

// fresh turns a subshell into a new shell: only the environment is kept.
func (s *Shell) fresh(args []string) {
	g := newScope(nil)
	for _, n := range s.varNames() {
		if v := s.lookup(n); v.Exported {
			v.Local = false
			g.vars[n] = v
		}
	}
	for _, n := range []string{"IFS", "OPTIND", "PS4", "PPID", "UID", "EUID", "HOSTNAME"} {
		if _, ok := g.vars[n]; !ok {
			g.vars[n] = s.vars.global().vars[n]
		}
	}
	g.vars["IFS"] = str(" \t\n")
	s.vars, s.funcs, s.opts = g, map[string]*syntax.Stmt{}, options{extglob: true}
	s.aliases = map[string]string{}
	s.name, s.params, s.calls, s.cond = args[0], args[1:], nil, 0
}

// callFunc runs a function.
func (s *Shell) callFunc(name string, body *syntax.Stmt, args []string) {
	if !s.enter() {
		return
	}
	defer s.leave()
	params, loops, vars := s.params, s.loops, s.vars
	s.params, s.loops, s.vars = args, 0, newScope(vars)
	s.calls = append(s.calls, name)
	inherit := s.hideTraps()
	if action, ok := s.traps["DEBUG"]; ok && !s.inTrap {
		s.runTrapAction(action) // before the first command of the body
	}
	s.stmt(body)
	s.returnTrap()
	inherit()
	s.calls = s.calls[:len(s.calls)-1]
	s.params, s.loops, s.vars = params, loops, vars
	switch s.ctl {
	case ctlReturn, ctlBreak, ctlContinue:
		s.ctl = ctlNone
	}
}

// trace writes a line of `set -x`.
func (s *Shell) trace(args []string, raw bool) {
	ps4 := s.lookup("PS4").String()
	q := make([]string, len(args))
	for i, a := range args {
		if q[i] = a; !raw {
			q[i] = shellQuote(a)
		}
	}
	fmt.Fprintf(s.stderr(), "%s%s\n", ps4, strings.Join(q, " "))
}

// shellQuote quotes a word for reading it again, as `set -x` does.
func shellQuote(v string) string {
	if v == "" {
		return "''"
	}
	plain := true
	for i := 0; i < len(v) && plain; i++ {
		c := v[i]
		plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_-./:=,+@%^#", c) >= 0
	}
	if plain && v[0] != '#' {
		return v
	}
	if strings.ContainsAny(v, "\n\t\x00\x1b\r") {
		return quoteANSI(v)
	}
	return "'" + strings.ReplaceAll(v, "'", `'\''`) + "'"
}

// assignValue gives the value of NAME=value or NAME+=value.
func (s *Shell) assignValue(a *syntax.Assign) (expand.Variable, error) {
	val, err := s.word(a.Value)
	if err != nil {
		return expand.Variable{}, err
	}
	if a.Append {
		val = s.lookup(a.Name.Value).String() + val
	}
	return str(val), nil
}
