package shell

import (
	"fmt"

	"mvdan.cc/sh/v3/syntax"
)

// stmts runs a list.
func (s *Shell) stmts(list []*syntax.Stmt) {
	for _, st := range list {
		s.stmt(st)
		if s.stopping() {
			return
		}
		s.handleSignals()
	}
}

// stmt runs one statement with its redirections, negation and `&`.
func (s *Shell) stmt(st *syntax.Stmt) {
	if s.k.err != nil {
		return
	}
	if st.Background || st.Disown {
		s.background(st)
		return
	}
	if st.Coprocess {
		s.unsupported("coprocesses")
		return
	}
	s.run(st)
}

// run runs a statement in the foreground.
func (s *Shell) run(st *syntax.Stmt) {
	if st.Negated {
		s.cond++
		defer func() { s.cond-- }()
	}
	if _, rounds := st.Cmd.(*syntax.ForClause); !rounds {
		s.debugTrap(st.Cmd)
	}
	if call, ok := st.Cmd.(*syntax.CallExpr); ok {
		s.call(call, st.Redirs)
	} else {
		s.compound(st)
	}
	if st.Negated && !s.stopping() {
		s.status = boolStatus(s.status != 0)
		return
	}
	s.setPipestatus(st)
	s.checkErrexit(st)
}

// setPipestatus records the status of a command that is not a pipeline: a
// pipeline of one stage.
func (s *Shell) setPipestatus(st *syntax.Stmt) {
	switch st.Cmd.(type) {
	case *syntax.CallExpr, *syntax.Subshell, *syntax.DeclClause, *syntax.LetClause, *syntax.ArithmCmd, *syntax.TestClause:
		s.pipes = []int{s.status}
	}
}

// checkErrexit runs the ERR trap and ends the shell under `set -e` after a
// command that failed outside a condition. A compound command counts through
// its last command.
func (s *Shell) checkErrexit(st *syntax.Stmt) {
	if s.status == 0 || s.cond > 0 || s.stopping() {
		return
	}
	switch c := st.Cmd.(type) {
	case *syntax.BinaryCmd:
		if c.Op == syntax.AndStmt || c.Op == syntax.OrStmt {
			return
		}
	case *syntax.IfClause, *syntax.WhileClause, *syntax.ForClause, *syntax.CaseClause, *syntax.Block:
		return
	}
	s.errTrap()
	if s.opts.errexit && s.ctl == ctlNone {
		s.ctl = ctlExit
	}
}

func boolStatus(ok bool) int {
	if ok {
		return 0
	}
	return 1
}

// compound runs a command that is not simple, with its redirections around it.
func (s *Shell) compound(st *syntax.Stmt) {
	if st.Cmd == nil && len(st.Redirs) == 0 {
		return
	}
	if len(st.Redirs) > 0 {
		saved := s.fds.clone()
		if !s.redirect(st.Redirs) {
			s.restore(saved)
			return
		}
		defer func() {
			s.restore(saved)
			s.endCommand()
		}()
	}
	if st.Cmd == nil {
		s.status = 0
		return
	}
	s.command(st.Cmd)
}

func (s *Shell) command(cmd syntax.Command) {
	switch c := cmd.(type) {
	case *syntax.Block:
		s.stmts(c.Stmts)
	case *syntax.Subshell:
		s.inSubshell(func(sub *Shell) { sub.stmts(c.Stmts) })
	case *syntax.BinaryCmd:
		s.binary(c)
	case *syntax.IfClause:
		s.ifClause(c)
	case *syntax.WhileClause:
		s.while(c)
	case *syntax.ForClause:
		s.forClause(c)
	case *syntax.CaseClause:
		s.caseClause(c)
	case *syntax.FuncDecl:
		s.funcDecl(c)
	case *syntax.ArithmCmd:
		s.arithCmd(c.X)
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			s.arithCmd(x)
		}
	case *syntax.TestClause:
		s.testClause(c)
	case *syntax.DeclClause:
		s.declare(c)
	case *syntax.TimeClause:
		s.timeClause(c)
	default:
		s.unsupported(fmt.Sprintf("%T", cmd))
	}
}

// unsupported reports syntax that the parser knows and this shell does not.
func (s *Shell) unsupported(what string) {
	if what == "*syntax.CoprocClause" {
		what = "coprocesses"
	}
	s.errorf("%s are not supported", what)
	s.status = 2
}

// inSubshell runs f in a copy of the shell and takes its status.
func (s *Shell) inSubshell(f func(*Shell)) {
	if !s.enter() {
		return
	}
	defer s.leave()
	sub := s.subshell()
	f(sub)
	s.status = sub.end()
}

func (s *Shell) binary(c *syntax.BinaryCmd) {
	switch c.Op {
	case syntax.AndStmt, syntax.OrStmt:
		s.cond++
		s.stmt(c.X)
		s.cond--
		if s.stopping() || (s.status == 0) != (c.Op == syntax.AndStmt) {
			return
		}
		s.stmt(c.Y)
	case syntax.Pipe, syntax.PipeAll:
		s.pipeline(c)
	default:
		s.unsupported("operator " + c.Op.String())
	}
}

// condition runs a list whose failure is an answer.
func (s *Shell) condition(list []*syntax.Stmt) bool {
	s.cond++
	s.stmts(list)
	s.cond--
	return s.status == 0
}

func (s *Shell) ifClause(c *syntax.IfClause) {
	for ; c != nil; c = c.Else {
		// An "else" is a clause without a condition.
		ok := len(c.Cond) == 0 || s.condition(c.Cond)
		if s.stopping() {
			return
		}
		if ok {
			s.stmts(c.Then)
			return
		}
	}
	s.status = 0
}

// loopControl handles break and continue after a round. It reports whether the
// loop goes on.
func (s *Shell) loopControl() bool {
	if s.k.err != nil {
		return false
	}
	switch s.ctl {
	case ctlBreak, ctlContinue:
		s.ctlN--
		if s.ctlN > 0 && s.loops > 1 {
			return false // for an outer loop
		}
		again := s.ctl == ctlContinue
		s.ctl = ctlNone
		return again
	case ctlNone:
		return s.count()
	}
	return false
}

func (s *Shell) while(c *syntax.WhileClause) {
	s.loops++
	defer func() { s.loops-- }()
	status := 0
	for {
		ok := s.condition(c.Cond)
		if s.stopping() {
			if !s.loopControl() {
				break
			}
			continue
		}
		if ok == c.Until {
			break
		}
		s.stmts(c.Do)
		status = s.status
		if !s.loopControl() {
			break
		}
	}
	if !s.stopping() {
		s.status = status
	}
}

func (s *Shell) forClause(c *syntax.ForClause) {
	s.loops++
	defer func() { s.loops-- }()
	switch l := c.Loop.(type) {
	case *syntax.WordIter:
		if c.Select {
			s.debugTrap(c)
			s.selectLoop(l, c.Do)
			return
		}
		s.forWords(c, l)
	case *syntax.CStyleLoop:
		s.forArith(l, c.Do)
	}
}

func (s *Shell) forWords(c *syntax.ForClause, l *syntax.WordIter) {
	items := append([]string(nil), s.params...)
	if l.InPos.IsValid() {
		var ok bool
		if items, ok = s.fields(l.Items); !ok {
			return
		}
	}
	if len(items) == 0 {
		s.status = 0
	}
	for _, v := range items {
		s.debugTrap(c)
		if err := s.SetVar(l.Name.Value, v); err != nil {
			s.expandError(fmt.Errorf("%s: %v", l.Name.Value, err))
			return
		}
		s.stmts(c.Do)
		if !s.loopControl() {
			return
		}
	}
}

func (s *Shell) forArith(l *syntax.CStyleLoop, do []*syntax.Stmt) {
	eval := func(x syntax.ArithmExpr, empty bool) bool {
		if x == nil {
			return empty
		}
		n, err := s.arith(x)
		if err != nil {
			s.reportExpand(err)
			return false
		}
		return n != 0
	}
	eval(l.Init, true)
	status := 0
	for !s.stopping() && eval(l.Cond, true) {
		s.stmts(do)
		status = s.status
		if !s.loopControl() {
			break
		}
		eval(l.Post, true)
	}
	if !s.stopping() {
		s.status = status
	}
}

// reportExpand reports err unless it only says that evaluation is unwinding.
func (s *Shell) reportExpand(err error) {
	if err != errStop {
		s.expandError(err)
	}
}

func (s *Shell) caseClause(c *syntax.CaseClause) {
	v, err := s.word(c.Word)
	if err != nil {
		s.reportExpand(err)
		return
	}
	fall, any := false, false
	for _, item := range c.Items {
		hit := fall
		for _, p := range item.Patterns {
			if hit {
				break
			}
			pat, err := s.patternOf(p)
			if err != nil {
				s.reportExpand(err)
				return
			}
			hit = matchPattern(pat, v, s.opts.nocasematch)
		}
		if !hit {
			continue
		}
		if any = true; len(item.Stmts) == 0 {
			s.status = 0
		}
		s.stmts(item.Stmts)
		if s.stopping() || item.Op == syntax.Break {
			return
		}
		fall = item.Op == syntax.Fallthrough
	}
	if !any {
		s.status = 0
	}
}

func (s *Shell) funcDecl(c *syntax.FuncDecl) {
	if c.Name == nil {
		s.unsupported("functions without a name")
		return
	}
	s.funcs[c.Name.Value] = c.Body
	s.status = 0
}

// arithCmd is (( )) and let.
func (s *Shell) arithCmd(x syntax.ArithmExpr) {
	n, err := s.arith(x)
	if err != nil {
		if err != errStop {
			s.errorf("((: %v", err)
		}
		s.status = 1
		return
	}
	s.status = boolStatus(n != 0)
}

// timeClause runs the statement and prints what the machine's clock says.
func (s *Shell) timeClause(c *syntax.TimeClause) {
	start := s.k.host.Now()
	if c.Stmt != nil {
		s.stmt(c.Stmt)
	}
	d := s.k.host.Now().Sub(start).Seconds()
	if c.PosixFormat {
		fmt.Fprintf(s.stderr(), "real %.2f\nuser 0.00\nsys 0.00\n", d)
		return
	}
	m := int(d) / 60
	fmt.Fprintf(s.stderr(), "\nreal\t%dm%.3fs\nuser\t0m0.000s\nsys\t0m0.000s\n", m, d-float64(m*60))
}

// errorf writes a message of the shell: `sh: ...`.
func (s *Shell) errorf(format string, args ...any) {
	fmt.Fprintf(s.stderr(), "sh: %s\n", fmt.Sprintf(format, args...))
}

// endCommand lets the machine do what it does between two commands.
func (s *Shell) endCommand() {
	if s.k.err == nil {
		s.k.host.EndCommand()
	}
}
