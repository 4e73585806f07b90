package shell

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// Signal delivers a signal to the shell process, whichever subshell calls: its
// trap runs, or it ends, before the next command.
func (s *Shell) Signal(name string) { s.k.signals = append(s.k.signals, name) }

// handleSignals handles the signals that have come. Subshells leave them to
// the shell itself.
func (s *Shell) handleSignals() {
	for !s.sub && len(s.k.signals) > 0 && !s.inTrap && s.k.err == nil && s.ctl == ctlNone {
		name := s.k.signals[0]
		s.k.signals = s.k.signals[1:]
		if action, ok := s.traps[name]; ok && name != "KILL" && name != "STOP" {
			s.runTrapAction(action)
			continue
		}
		switch name {
		case "CHLD", "CONT", "URG", "WINCH", "STOP", "TSTP", "TTIN", "TTOU":
			continue // ignored, or a stop that nothing would end
		}
		_, n, _ := SignalName(name)
		s.status, s.ctl = 128+n, ctlExit
		delete(s.traps, "EXIT") // the default action runs no trap
	}
}

func (s *Shell) runTrapAction(action string) {
	if action == "" {
		return
	}
	status := s.status
	s.inTrap = true
	s.evalText(action)
	s.inTrap = false
	if s.ctl == ctlNone {
		s.status = status
	}
}

// exitTrap runs the EXIT trap, once.
func (s *Shell) exitTrap() {
	action, ok := s.traps["EXIT"]
	if !ok {
		return
	}
	delete(s.traps, "EXIT")
	s.runTrapAction(action)
	s.ctl = ctlNone
}

// errTrap runs the ERR trap. Functions do not inherit it without `set -E`.
func (s *Shell) errTrap() {
	if action, ok := s.traps["ERR"]; ok && !s.inTrap && (len(s.calls) == s.errCalls || s.opts.errtrace) {
		s.runTrapAction(action)
	}
}

// debugTrap runs the DEBUG trap before a command: a simple one, one in double
// brackets or parentheses, a case, and each round of a for.
func (s *Shell) debugTrap(cmd syntax.Command) {
	action, ok := s.traps["DEBUG"]
	if !ok || s.inTrap || s.stopping() {
		return
	}
	switch cmd.(type) {
	case *syntax.CallExpr, *syntax.DeclClause, *syntax.LetClause, *syntax.ArithmCmd, *syntax.TestClause, *syntax.CaseClause, *syntax.ForClause:
	default:
		return
	}
	s.store("BASH_COMMAND", expand.Variable{Set: true, Kind: expand.String, Str: commandText(cmd)})
	s.runTrapAction(action)
}

// commandText is a command as BASH_COMMAND has it: of a for and a case the head.
func commandText(cmd syntax.Command) string {
	switch c := cmd.(type) {
	case *syntax.CaseClause:
		return "case " + nodeText(c.Word) + " in "
	case *syntax.ForClause:
		if l, ok := c.Loop.(*syntax.WordIter); ok {
			word := "for "
			if c.Select {
				word = "select "
			}
			text := word + l.Name.Value
			if l.InPos.IsValid() {
				text += " in"
			}
			for _, w := range l.Items {
				text += " " + nodeText(w)
			}
			return text
		}
	}
	return nodeText(cmd)
}

func nodeText(n syntax.Node) string {
	var text strings.Builder
	if err := syntax.NewPrinter(syntax.SingleLine(true)).Print(&text, n); err != nil {
		return ""
	}
	return strings.TrimSpace(text.String())
}

// returnTrap runs the RETURN trap when a function or a sourced file ends.
func (s *Shell) returnTrap() {
	action, ok := s.traps["RETURN"]
	if !ok || s.inTrap || s.k.err != nil || s.ctl == ctlExit {
		return
	}
	ctl, n, status := s.ctl, s.ctlN, s.status
	if ctl == ctlReturn {
		s.status = s.returnFrom // what $? was before return
	}
	s.ctl = ctlNone
	s.runTrapAction(action)
	s.status = status
	if s.ctl == ctlNone {
		s.ctl, s.ctlN = ctl, n
	}
}

// hideTraps takes the DEBUG and RETURN traps away for a function, which does
// not inherit them without `set -T`, and returns what gives them back.
func (s *Shell) hideTraps() func() {
	if s.opts.functrace {
		return func() {}
	}
	outer := map[string]string{}
	for _, n := range []string{"DEBUG", "RETURN"} {
		if a, ok := s.traps[n]; ok {
			outer[n] = a
			delete(s.traps, n)
		}
	}
	return func() {
		for n, a := range outer {
			s.traps[n] = a
		}
	}
}

// signals are the names trap and kill know, by number.
func signalNames() []string {
	return []string{"EXIT", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
		"STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"}
}

// SignalName gives the name of a signal given as 15, TERM or SIGTERM.
func SignalName(v string) (name string, number int, ok bool) {
	v = strings.TrimPrefix(strings.ToUpper(v), "SIG")
	for i, n := range signalNames() {
		if v == n || v == itoa(i) {
			return n, i, true
		}
	}
	return "", 0, false
}

func runTrap(c *Ctx) int {
	s := c.sh
	args := c.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 || args[0] == "-p" {
		return printTraps(c)
	}
	action := args[0]
	reset := action == "-"
	if _, _, ok := SignalName(action); ok && len(args) == 1 {
		reset, args = true, append([]string{"-"}, args...)
	}
	status := 0
	for _, sig := range args[1:] {
		name, _, ok := SignalName(sig)
		switch {
		case sig == "ERR":
			s.setErrTrap(action, reset)
		case (sig == "DEBUG" || sig == "RETURN") && reset:
			delete(s.traps, sig)
		case sig == "DEBUG" || sig == "RETURN":
			s.traps[sig] = action
		case !ok:
			status = c.Errorf("%s: invalid signal specification", sig)
		case reset:
			delete(s.traps, name)
		default:
			s.traps[name] = action
		}
	}
	return status
}

func (s *Shell) setErrTrap(action string, reset bool) {
	if delete(s.traps, "ERR"); !reset {
		s.traps["ERR"], s.errCalls = action, len(s.calls)
	}
}

func printTraps(c *Ctx) int {
	for i, n := range signalNames() {
		if a, ok := c.sh.traps[n]; ok {
			if i > 0 {
				n = "SIG" + n
			}
			c.Out().WriteString("trap -- " + quoteAlways(a) + " " + n + "\n")
		}
	}
	for _, n := range []string{"DEBUG", "ERR", "RETURN"} {
		if a, ok := c.sh.traps[n]; ok {
			c.Out().WriteString("trap -- " + quoteAlways(a) + " " + n + "\n")
		}
	}
	return 0
}
