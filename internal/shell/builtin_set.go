package shell

import (
	"sort"
	"strings"

	"klpemu/internal/errno"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// option gives the flag of a long option of `set -o`.
func (o *options) option(name string) *bool {
	switch name {
	case "errexit":
		return &o.errexit
	case "nounset":
		return &o.nounset
	case "xtrace":
		return &o.xtrace
	case "pipefail":
		return &o.pipefail
	case "noglob":
		return &o.noglob
	case "noclobber":
		return &o.noclobber
	case "allexport":
		return &o.allexport
	case "verbose":
		return &o.verbose
	case "noexec":
		return &o.noexec
	}
	return nil
}

// letter gives the name of a short option of `set`.
func optionName(letter byte) string {
	switch letter {
	case 'e':
		return "errexit"
	case 'u':
		return "nounset"
	case 'x':
		return "xtrace"
	case 'f':
		return "noglob"
	case 'C':
		return "noclobber"
	case 'a':
		return "allexport"
	case 'v':
		return "verbose"
	}
	return ""
}

// letters gives $-.
func (o *options) letters() string {
	var b strings.Builder
	for _, l := range []byte("aefuvxC") {
		if *o.option(optionName(l)) {
			b.WriteByte(l)
		}
	}
	return b.String()
}

func runSet(c *Ctx) int {
	s := c.sh
	args := c.Args[1:]
	if len(args) == 0 {
		for _, n := range s.varNames() {
			if v := s.lookup(n); v.IsSet() {
				c.Out().WriteString(n + "=" + declValue(v) + "\n")
			}
		}
		return 0
	}
	for len(args) > 0 {
		a := args[0]
		if a == "--" {
			s.params = append([]string(nil), args[1:]...)
			return 0
		}
		if len(a) < 2 || (a[0] != '-' && a[0] != '+') {
			break
		}
		args = args[1:]
		on := a[0] == '-'
		for i := 1; i < len(a); i++ {
			name := optionName(a[i])
			if a[i] == 'o' {
				if len(args) == 0 {
					s.printOptions(c, on)
					return 0
				}
				name, args = args[0], args[1:]
			}
			p := s.opts.option(name)
			if p == nil {
				if a[i] == 'o' {
					c.Errorf("%s: invalid option name", name)
				} else {
					c.Errorf("%c%c: invalid option", a[0], a[i])
				}
				return 2
			}
			*p = on
		}
	}
	if len(args) > 0 {
		s.params = append([]string(nil), args...)
	}
	return 0
}

func (s *Shell) printOptions(c *Ctx, table bool) {
	for _, n := range []string{"allexport", "errexit", "noclobber", "noexec", "noglob", "nounset", "pipefail", "verbose", "xtrace"} {
		on := *s.opts.option(n)
		if table {
			c.Out().WriteString(padRight(n, 15) + "\t" + map[bool]string{true: "on", false: "off"}[on] + "\n")
		} else {
			c.Out().WriteString("set " + map[bool]string{true: "-o ", false: "+o "}[on] + n + "\n")
		}
	}
}

func padRight(v string, n int) string {
	if len(v) >= n {
		return v
	}
	return v + strings.Repeat(" ", n-len(v))
}

func (o *options) shopt(name string) *bool {
	switch name {
	case "nullglob":
		return &o.nullglob
	case "dotglob":
		return &o.dotglob
	case "globstar":
		return &o.globstar
	case "extglob":
		return &o.extglob
	case "nocasematch":
		return &o.nocasematch
	case "expand_aliases":
		return &o.expandAliases
	}
	return nil
}

func runShopt(c *Ctx) int {
	args := c.Args[1:]
	mode := ""
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		mode, args = args[0], args[1:]
	}
	if len(args) == 0 {
		args = []string{"dotglob", "expand_aliases", "extglob", "globstar", "nocasematch", "nullglob"}
	}
	status := 0
	for _, n := range args {
		p := c.sh.opts.shopt(n)
		if p == nil {
			status = c.Errorf("%s: invalid shell option name", n)
			continue
		}
		switch mode {
		case "-s":
			*p = true
		case "-u":
			*p = false
		case "-q":
			if !*p {
				status = 1
			}
		default:
			c.Out().WriteString(padRight(n, 15) + "\t" + map[bool]string{true: "on", false: "off"}[*p] + "\n")
		}
	}
	return status
}

func runUnset(c *Ctx) int {
	s := c.sh
	opts, args, st, ok := c.Getopt("+fvn", nil)
	if !ok {
		return st
	}
	funcs := len(opts) > 0 && opts[0].Flag == 'f'
	vars := len(opts) > 0 && opts[0].Flag == 'v'
	status := 0
	for _, n := range args {
		if base, key, ok := strings.Cut(strings.TrimSuffix(n, "]"), "["); ok && !funcs && strings.HasSuffix(n, "]") {
			s.unsetElem(base, key)
			continue
		}
		if !syntax.ValidName(n) && !funcs {
			status = c.Errorf("`%s': not a valid identifier", n)
			continue
		}
		exists := s.vars.find(n) != nil
		if funcs || (!exists && !vars) {
			delete(s.funcs, n)
			continue
		}
		if err := s.unset(n); err != nil {
			status = c.Errorf("%s: cannot unset: %v", n, err)
		}
	}
	return status
}

// unsetElem removes NAME[key].
func (s *Shell) unsetElem(name, key string) {
	v := s.lookup(name)
	switch v.Kind {
	case expand.Associative:
		v.Map = cloneMap(v.Map)
		delete(v.Map, strings.Trim(key, `"'`))
		s.assign(name, v)
	case expand.Indexed:
		if key == "@" || key == "*" {
			s.unset(name)
			return
		}
		x, err := syntax.NewParser().Arithmetic(strings.NewReader(key))
		if err != nil {
			return
		}
		i, err := s.arith(x)
		if err != nil {
			return
		}
		if i < 0 {
			i += lastIndex(v) + 1
		}
		s.assign(name, dropElem(v, i))
	}
}

// Signal delivers a signal to the shell, for the kill command: its trap runs
// before the next command. It reports whether a trap is set.
func (s *Shell) Signal(name string) bool {
	_, ok := s.traps[name]
	if ok {
		s.pending = append(s.pending, name)
	}
	return ok
}

// handleSignals runs the traps of signals that have come.
func (s *Shell) handleSignals() {
	for len(s.pending) > 0 && !s.inTrap && s.k.err == nil && s.ctl == ctlNone {
		sig := s.pending[0]
		s.pending = s.pending[1:]
		s.runTrapAction(s.traps[sig])
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
		case !ok && (sig == "ERR" || sig == "DEBUG" || sig == "RETURN"):
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

func printTraps(c *Ctx) int {
	for i, n := range signalNames() {
		if a, ok := c.sh.traps[n]; ok {
			if i > 0 {
				n = "SIG" + n
			}
			c.Out().WriteString("trap -- " + quoteAlways(a) + " " + n + "\n")
		}
	}
	return 0
}

func runJobs(c *Ctx) int {
	for i, pid := range c.sh.jobs {
		c.Out().WriteString("[" + itoa(i+1) + "] " + itoa(pid) + "\n")
	}
	return 0
}

func runWait(c *Ctx) int {
	s := c.sh
	if len(c.Args) == 1 {
		for len(s.jobs) > 0 {
			pid := s.jobs[0]
			s.jobs = s.jobs[1:]
			if _, err := s.k.host.Wait(pid); err != nil && err != errno.ECHILD {
				return c.Errorf("%d: %s", pid, Reason(err))
			}
		}
		return 0
	}
	status := 0
	for _, a := range c.Args[1:] {
		pid := 0
		if n, ok := parseInt(strings.TrimPrefix(a, "%")); ok {
			pid = n
			if strings.HasPrefix(a, "%") && n >= 1 && n <= len(s.jobs) {
				pid = s.jobs[n-1]
			}
		}
		status = s.waitFor(c, pid, a)
	}
	return status
}

func (s *Shell) waitFor(c *Ctx, pid int, as string) int {
	st, err := s.k.host.Wait(pid)
	switch {
	case err == errno.ECHILD:
		c.Errorf("pid %s is not a child of this shell", as)
		return 127
	case err != nil:
		return c.Errorf("%s: %s", as, Reason(err))
	}
	for i, p := range s.jobs {
		if p == pid {
			s.jobs = append(s.jobs[:i:i], s.jobs[i+1:]...)
			break
		}
	}
	return st
}

// declValue writes a value as `set` and `declare -p` do.
func declValue(v expand.Variable) string {
	switch v.Kind {
	case expand.Indexed:
		var b strings.Builder
		for i, e := range v.List {
			n := i
			if v.Indexes != nil {
				n = v.Indexes[i]
			}
			b.WriteString(" [" + itoa(n) + "]=" + quoteDouble(e))
		}
		return "(" + strings.TrimPrefix(b.String(), " ") + ")"
	case expand.Associative:
		keys := make([]string, 0, len(v.Map))
		for k := range v.Map {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		var b strings.Builder
		for _, k := range keys {
			b.WriteString("[" + shellQuote(k) + "]=" + quoteDouble(v.Map[k]) + " ")
		}
		return "(" + b.String() + ")"
	}
	return shellQuote(v.Str)
}

func quoteDouble(v string) string {
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`")
	return `"` + r.Replace(v) + `"`
}
