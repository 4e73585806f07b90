package shell

import "strings"

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
		case !ok && (sig == "DEBUG" || sig == "RETURN"):
			status = c.Errorf("%s: not supported", sig)
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
	if a, ok := c.sh.traps["ERR"]; ok {
		c.Out().WriteString("trap -- " + quoteAlways(a) + " ERR\n")
	}
	return 0
}
