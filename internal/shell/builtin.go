package shell

import (
	"strconv"
	"strings"
)

// Builtins are the commands that work on the shell itself.
func Builtins() []*Command {
	special := func(name, usage string, run func(*Ctx) int) *Command {
		return &Command{Name: name, Usage: usage, Run: run, Builtin: true}
	}
	raw := func(name, usage string, run func(*Ctx) int) *Command {
		return &Command{Name: name, Usage: usage, Run: run, Builtin: true, RawHelp: true}
	}
	return []*Command{
		raw(":", ":\nDo nothing, successfully.", func(*Ctx) int { return 0 }),
		special(".", ". FILE [ARG]...\nRun FILE in this shell.", runSource),
		special("alias", "alias [NAME[=VALUE]]...\nDefine or show aliases (used after shopt -s expand_aliases).", runAlias),
		special("break", "break [N]\nLeave N loops.", runBreak),
		special("builtin", "builtin COMMAND [ARG]...\nRun a command of the shell, not a function.", runCommandBuiltin),
		special("cd", "cd [DIR]\nChange the working directory; - is the one before.", runCd),
		special("command", "command [-v] COMMAND [ARG]...\nRun COMMAND, not a function; -v: say what it is.", runCommandBuiltin),
		special("continue", "continue [N]\nGo on with the next round of the N-th loop.", runContinue),
		special("eval", "eval [ARG]...\nRun the arguments as a command line.", runEval),
		special("exec", "exec [COMMAND [ARG]...]\nMake redirections last; with COMMAND, run it and exit.", runExec),
		special("exit", "exit [N]\nEnd the shell.", runExit),
		raw("false", "false\nFail.", func(*Ctx) int { return 1 }),
		special("getopts", "getopts OPTSTRING NAME [ARG]...\nParse the next option into NAME.", runGetopts),
		special("hash", "hash [-r]\nNothing is remembered.", func(*Ctx) int { return 0 }),
		special("help", "help [COMMAND]...\nList the commands, or show the help of some.", runHelp),
		special("jobs", "jobs\nList jobs not yet waited for.", runJobs),
		special("kill", "kill [-SIGNAL | -s SIGNAL] PID...\n  or:  kill -l\nSend a signal, TERM by default; -0 only asks whether PID is there.", runKill),
		special("pwd", "pwd [-P]\nPrint the working directory.", runPwd),
		special("read", "read [-r] [-a ARRAY] [-d DELIM] [-n N] [-p PROMPT] [NAME]...\nRead a line into variables.", runRead),
		special("mapfile", "mapfile [-t] [-d DELIM] [-n COUNT] [-s SKIP] [-u FD] [ARRAY]\nRead lines into the elements of an array.", runMapfile),
		special("readarray", "readarray [-t] [-d DELIM] [-n COUNT] [-s SKIP] [-u FD] [ARRAY]\nRead lines into the elements of an array.", runMapfile),
		special("return", "return [N]\nLeave a function or a sourced file.", runReturn),
		special("set", "set [-eufxCo OPTION] [--] [ARG]...\nSet options and positional parameters.", runSet),
		special("shift", "shift [N]\nDrop the first N positional parameters.", runShift),
		special("shopt", "shopt [-su] [NAME]...\nSet options of globbing.", runShopt),
		special("source", "source FILE [ARG]...\nRun FILE in this shell.", runSource),
		special("times", "times\nPrint the times used: none.", func(c *Ctx) int { return c.Print("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n") }),
		special("trap", "trap [ACTION] [SIGNAL]...\nRun ACTION at a signal or at EXIT; - resets.", runTrap),
		raw("true", "true\nSucceed.", func(*Ctx) int { return 0 }),
		special("type", "type [-t] NAME...\nSay what a name is.", runType),
		special("pushd", "pushd [DIR]\nChange to DIR and remember where it was; without DIR: exchange the two newest.", runPushd),
		special("popd", "popd\nChange back to where the last pushd was.", runPopd),
		special("dirs", "dirs\nPrint the directories that pushd has remembered.", runDirs),
		special("umask", "umask\nPrint the mask of new files.", func(c *Ctx) int { return c.Print("0022\n") }),
		special("unalias", "unalias [-a] NAME...\nRemove aliases.", runUnalias),
		special("unset", "unset [-fv] NAME...\nRemove variables or functions.", runUnset),
		special("wait", "wait [-n] [PID]...\nWait for jobs to end.", runWait),
		raw("[", "[ EXPRESSION ]\nTest a condition.", runTest),
		raw("echo", "echo [-neE] [ARG]...\nPrint the arguments.", runEcho),
		raw("printf", "printf [-v NAME] FORMAT [ARG]...\nPrint by a format.", runPrintf),
		raw("test", "test EXPRESSION\nTest a condition.", runTest),
	}
}

// number parses the one optional argument of exit, return, break, shift.
func (c *Ctx) number(def int) (int, bool) {
	if len(c.Args) < 2 {
		return def, true
	}
	n, err := strconv.Atoi(c.Args[1])
	if err != nil {
		c.Errorf("%s: numeric argument required", c.Args[1])
		return 2, false
	}
	return n, true
}

func runExit(c *Ctx) int {
	n, _ := c.number(c.sh.status)
	c.sh.ctl = ctlExit
	return n & 0xff
}

func runReturn(c *Ctx) int {
	s := c.sh
	n, _ := c.number(s.status)
	if len(s.calls) == 0 {
		c.Errorf("can only `return' from a function or sourced script")
		return 2
	}
	s.ctl, s.returnFrom = ctlReturn, s.status
	return n & 0xff
}

func runBreak(c *Ctx) int { return loopJump(c, ctlBreak) }

func runContinue(c *Ctx) int { return loopJump(c, ctlContinue) }

func loopJump(c *Ctx, ctl control) int {
	n, ok := c.number(1)
	if !ok {
		return 1
	}
	if n < 1 {
		return c.Errorf("%d: loop count out of range", n)
	}
	if c.sh.loops == 0 {
		c.Errorf("only meaningful in a `for', `while', or `until' loop")
		return 0
	}
	c.sh.ctl, c.sh.ctlN = ctl, min(n, c.sh.loops)
	return 0
}

func runShift(c *Ctx) int {
	n, ok := c.number(1)
	if !ok || n < 0 || n > len(c.sh.params) {
		return 1
	}
	c.sh.params = c.sh.params[n:]
	return 0
}

func runEval(c *Ctx) int {
	s := c.sh
	if !s.enter() {
		return 1
	}
	defer s.leave()
	s.status = 0
	s.evalText(strings.Join(c.Args[1:], " "))
	return s.status
}

// evalText runs text inside the current line: an expansion error drops the
// whole line, not only the text.
func (s *Shell) evalText(src string) {
	f, ok := s.parse(src)
	if ok {
		s.stmts(f.Stmts)
	}
}

func runSource(c *Ctx) int {
	s := c.sh
	if len(c.Args) < 2 {
		c.Errorf("filename argument required")
		return 2
	}
	data, err := s.k.fs.ReadFile(s.abs(c.Args[1]))
	if err != nil {
		s.errorf("%s: %s", c.Args[1], Reason(err))
		return 1
	}
	if !s.enter() {
		return 1
	}
	defer s.leave()
	params := s.params
	if len(c.Args) > 2 {
		s.params = c.Args[2:]
	}
	s.calls = append(s.calls, "source")
	s.status = 0
	s.evalText(string(data))
	s.returnTrap()
	s.calls = s.calls[:len(s.calls)-1]
	if len(c.Args) > 2 {
		s.params = params
	}
	if s.ctl == ctlReturn {
		s.ctl = ctlNone
	}
	return s.status
}

func runExec(c *Ctx) int {
	if len(c.Args) == 1 {
		return 0
	}
	if _, ok := c.sh.find(c.Args[1]); !ok && !strings.Contains(c.Args[1], "/") {
		c.Errorf("%s: not found", c.Args[1])
		c.sh.ctl = ctlExit
		return 127
	}
	c.sh.executeCommand(c.Args[1:])
	c.sh.ctl = ctlExit
	return c.sh.status
}

func runCommandBuiltin(c *Ctx) int {
	args := c.Args[1:]
	if len(args) > 0 && (args[0] == "-v" || args[0] == "-V") {
		return describe(c, args[1:], args[0] == "-V")
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 0
	}
	c.sh.executeCommand(args)
	return c.sh.status
}

// describe is command -v and -V.
func describe(c *Ctx, names []string, verbose bool) int {
	status := 1
	for _, n := range names {
		kind, where := c.sh.kind(n)
		if kind == "" {
			if verbose {
				c.sh.errorf("command: %s: not found", n)
			}
			continue
		}
		status = 0
		if verbose {
			c.Out().WriteString(kindLine(n, kind, where))
			continue
		}
		c.Out().WriteString(where + "\n")
	}
	return status
}

// kind says what a name is and where it is.
func (s *Shell) kind(name string) (kind, where string) {
	if _, ok := s.aliases[name]; ok && s.opts.expandAliases {
		return "alias", "alias " + name + "=" + shellQuote(s.aliases[name])
	}
	switch name {
	case "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in",
		"function", "time", "{", "}", "!", "[[", "]]", "select", "coproc":
		return "keyword", name
	case "declare", "export", "local", "readonly", "typeset", "let":
		return "builtin", name
	}
	if _, ok := s.funcs[name]; ok {
		return "function", name
	}
	if c, ok := s.find(name); ok {
		if c.Builtin {
			return "builtin", name
		}
		if strings.Contains(name, "/") {
			return "file", name
		}
		return "file", "/usr/bin/" + name
	}
	return "", ""
}

func kindLine(name, kind, where string) string {
	switch kind {
	case "keyword":
		return name + " is a shell keyword\n"
	case "builtin":
		return name + " is a shell builtin\n"
	case "function":
		return name + " is a function\n"
	case "alias":
		return name + " is aliased to " + where + "\n"
	}
	return name + " is " + where + "\n"
}

func runType(c *Ctx) int {
	args := c.Args[1:]
	short := len(args) > 0 && args[0] == "-t"
	if short {
		args = args[1:]
	}
	status := 0
	for _, n := range args {
		kind, where := c.sh.kind(n)
		switch {
		case kind == "" && short:
			status = 1
		case kind == "":
			status = c.Errorf("%s: not found", n)
		case short:
			c.Out().WriteString(kind + "\n")
		default:
			c.Out().WriteString(kindLine(n, kind, where))
		}
	}
	return status
}

func runHelp(c *Ctx) int {
	k := c.sh.k
	if len(c.Args) == 1 {
		for _, n := range k.names {
			synopsis, _, _ := strings.Cut(k.table[n].Usage, "\n")
			c.Out().WriteString(synopsis + "\n")
		}
		return 0
	}
	status := 0
	for _, n := range c.Args[1:] {
		cmd, ok := k.table[n]
		if !ok {
			status = c.Errorf("no help topics match `%s'", n)
			continue
		}
		c.Out().WriteString(HelpText(cmd))
	}
	return status
}
