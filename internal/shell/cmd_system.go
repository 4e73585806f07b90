package shell

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
)

func systemCommands() []*Command {
	return []*Command{
		{Name: "arch", Usage: "arch\nPrint the machine's name.", Run: func(c *Ctx) int { return c.Print("x86_64\n") }},
		{Name: "bash", Usage: shUsage("bash"), Run: runSh},
		{Name: "clear", Usage: "clear\nDo nothing: the console is a log.", Run: func(*Ctx) int { return 0 }},
		{Name: "date", Usage: "date [-u] [-d @SECONDS] [+FORMAT]\nPrint the time of the machine.", Run: runDate},
		{Name: "env", Usage: "env [-i] [NAME=VALUE]... [COMMAND [ARG]...]\nPrint the environment, or run COMMAND in a changed one.", Run: runEnv},
		{Name: "expr", Usage: "expr EXPRESSION\nEvaluate an expression.", Run: runExpr, UsageStatus: 2},
		{Name: "hostname", Usage: "hostname\nPrint the machine's name.", Run: func(c *Ctx) int { return c.Print("klpemu\n") }},
		{Name: "id", Usage: "id [-u|-g] [-n]\nPrint who runs the shell: root.", Run: runID},
		{Name: "logname", Usage: "logname\nPrint the user.", Run: func(c *Ctx) int { return c.Print("root\n") }},
		{Name: "nproc", Usage: "nproc\nPrint the number of CPUs.", Run: func(c *Ctx) int { return c.Print("1\n") }},
		{Name: "printenv", Usage: "printenv [NAME]...\nPrint the environment.", Run: runPrintenv},
		{Name: "sh", Usage: shUsage("sh"), Run: runSh},
		{Name: "sleep", Usage: "sleep NUMBER[smhd]...\nLet the machine run for that long.", Run: runSleep},
		{Name: "sync", Usage: "sync\nDo nothing.", Run: func(*Ctx) int { return 0 }},
		{Name: "timeout", Usage: "timeout DURATION COMMAND [ARG]...\nRun COMMAND (nothing is cut short: limits end a command).", Run: runTimeout},
		{Name: "tty", Usage: "tty\nPrint the terminal: there is none.", Run: func(c *Ctx) int { c.Print("not a tty\n"); return 1 }},
		{Name: "uname", Usage: "uname [-asnrvmo]\nPrint the system's name.", Run: runUname},
		{Name: "which", Usage: "which NAME...\nPrint where commands are.", Run: runWhich},
		{Name: "whoami", Usage: "whoami\nPrint the user.", Run: func(c *Ctx) int { return c.Print("root\n") }},
		{Name: "xargs", Usage: "xargs [-n N] [-I STR] [-0] [-r] [COMMAND [ARG]...]\nRun COMMAND with arguments from standard input.", Run: runXargs},
		{Name: "yes", Usage: "yes [STRING]...\nPrint a line until nobody reads it.", Run: runYes},
	}
}

func shUsage(name string) string {
	return name + " [-eux] [-c TEXT | FILE] [ARG]...\nRun a script in a new shell."
}

// duration parses NUMBER[smhd].
func duration(v string) (time.Duration, bool) {
	unit := time.Second
	if v != "" {
		switch v[len(v)-1] {
		case 's':
			v = v[:len(v)-1]
		case 'm':
			unit, v = time.Minute, v[:len(v)-1]
		case 'h':
			unit, v = time.Hour, v[:len(v)-1]
		case 'd':
			unit, v = 24*time.Hour, v[:len(v)-1]
		}
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || f < 0 || math.IsNaN(f) {
		return 0, false
	}
	d := f * float64(unit)
	if d > math.MaxInt64/2 {
		return math.MaxInt64 / 2, true
	}
	return time.Duration(d), true
}

func runSleep(c *Ctx) int {
	if len(c.Args) < 2 {
		return c.UsageError("missing operand")
	}
	var total time.Duration
	for _, a := range c.Args[1:] {
		d, ok := duration(a)
		if !ok {
			return c.UsageError("invalid time interval '%s'", a)
		}
		if total += d; total < 0 {
			total = math.MaxInt64 / 2
		}
	}
	if err := c.Host().Sleep(total); err != nil {
		if _, ok := err.(*LimitError); ok {
			c.Fail(err)
			return 1
		}
		return c.Errorf("%s", Reason(err))
	}
	return 0
}

func runUname(c *Ctx) int {
	opts, args, st, ok := c.Getopt("asnrvmpio", map[string]byte{"all": 'a', "kernel-name": 's', "nodename": 'n', "kernel-release": 'r',
		"kernel-version": 'v', "machine": 'm', "operating-system": 'o'})
	if !ok {
		return st
	}
	if len(args) > 0 {
		return c.UsageError("extra operand '%s'", args[0])
	}
	want := ""
	for _, o := range opts {
		want += string(o.Flag)
	}
	if want == "" {
		want = "s"
	}
	if strings.Contains(want, "a") {
		want = "snrvmo"
	}
	fields := []struct {
		flag byte
		text string
	}{{'s', "Linux"}, {'n', "klpemu"}, {'r', "6.12.0"}, {'v', "#1 SMP PREEMPT_DYNAMIC"}, {'m', "x86_64"}, {'o', "GNU/Linux"}}
	var out []string
	for _, f := range fields {
		if strings.IndexByte(want, f.flag) >= 0 {
			out = append(out, f.text)
		}
	}
	return c.Print(strings.Join(out, " ") + "\n")
}

func runID(c *Ctx) int {
	opts, _, st, ok := c.Getopt("ugnGr", nil)
	if !ok {
		return st
	}
	var one, name bool
	for _, o := range opts {
		if o.Flag == 'n' {
			name = true
		} else {
			one = true
		}
	}
	switch {
	case one && name:
		return c.Print("root\n")
	case one:
		return c.Print("0\n")
	}
	return c.Print("uid=0(root) gid=0(root) groups=0(root)\n")
}

func runWhich(c *Ctx) int {
	status := 0
	for _, n := range c.Args[1:] {
		kind, where := c.sh.kind(n)
		if cmd, ok := c.sh.find(n); ok && kind == "builtin" && cmd.RawHelp {
			kind, where = "file", "/usr/bin/"+n // echo, test and the like exist as files too
		}
		if kind != "file" {
			status = 1
			continue
		}
		c.Out().WriteString(where + "\n")
	}
	return status
}

func runEnv(c *Ctx) int {
	args := c.Args[1:]
	s := c.sh
	clean := len(args) > 0 && (args[0] == "-i" || args[0] == "-")
	if clean {
		args = args[1:]
	}
	sub := s.subshell()
	defer sub.fds.closeAll()
	sub.funcs = nil
	if clean {
		for _, n := range sub.varNames() {
			v := sub.lookup(n)
			v.Exported = false
			sub.store(n, v)
		}
	}
	for len(args) > 0 {
		name, val, ok := strings.Cut(args[0], "=")
		if !ok {
			break
		}
		sub.store(name, expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: val})
		args = args[1:]
	}
	if len(args) == 0 {
		for _, e := range sub.environ() {
			c.Out().WriteString(e + "\n")
		}
		return 0
	}
	if _, ok := sub.find(args[0]); !ok && !strings.Contains(args[0], "/") {
		c.Errorf("'%s': No such file or directory", args[0])
		return 127
	}
	sub.executeCommand(args)
	return sub.status
}

func runPrintenv(c *Ctx) int {
	if len(c.Args) == 1 {
		for _, e := range c.sh.environ() {
			c.Out().WriteString(e + "\n")
		}
		return 0
	}
	status := 0
	for _, n := range c.Args[1:] {
		if v := c.sh.lookup(n); v.Exported && v.IsSet() {
			c.Out().WriteString(v.String() + "\n")
		} else {
			status = 1
		}
	}
	return status
}

func runSh(c *Ctx) int {
	s := c.sh
	args := c.Args[1:]
	var flags []string
	text, isText := "", false
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && !isText {
		a := args[0]
		args = args[1:]
		if strings.Contains(a, "c") {
			if len(args) == 0 {
				s.errorf("-c: option requires an argument")
				return 2
			}
			text, isText = args[0], true
			args = args[1:]
			a = strings.ReplaceAll(a, "c", "")
		}
		flags = append(flags, a)
	}
	name := c.Args[0]
	if isText && len(args) > 0 {
		name, args = args[0], args[1:]
	}
	if !isText && len(args) > 0 {
		data, err := s.k.fs.ReadFile(s.abs(args[0]))
		if err != nil {
			s.errorf("%s: %s", args[0], Reason(err))
			return 127
		}
		text, isText, name, args = string(data), true, args[0], args[1:]
	}
	if !isText {
		data, err := readAll(c.Stdin)
		if err != nil {
			return c.Errorf("read error: %s", Reason(err))
		}
		text = string(data)
	}
	s.inSubshell(func(sub *Shell) {
		sub.fresh(append([]string{name}, args...))
		for _, f := range flags {
			for _, l := range strings.TrimLeft(f, "-") {
				if p := sub.opts.option(optionName(byte(l))); p != nil {
					*p = true
				}
			}
		}
		sub.runText(text)
	})
	return s.status
}

func runTimeout(c *Ctx) int {
	_, args, st, ok := c.Getopt("+k:s:", nil)
	if !ok {
		return st
	}
	if len(args) < 2 {
		return c.UsageError("missing operand")
	}
	if _, ok := duration(args[0]); !ok {
		return c.UsageError("invalid time interval '%s'", args[0])
	}
	c.sh.executeCommand(args[1:])
	return c.sh.status
}

// runYes writes into a pipe as much as a reader could want; to anywhere else it
// runs into the limit of output.
func runYes(c *Ctx) int {
	line := "y\n"
	if len(c.Args) > 1 {
		line = strings.Join(c.Args[1:], " ") + "\n"
	}
	if isPipe(c.Stdout) {
		c.Print(strings.Repeat(line, max(1, (64<<10)/len(line))))
		return 141 // SIGPIPE
	}
	chunk := strings.Repeat(line, max(1, 4096/len(line)))
	for c.Print(chunk) == 0 && !c.Stopped() {
	}
	return 1
}

func runXargs(c *Ctx) int {
	opts, cmd, st, ok := c.Getopt("+n:I:0rtL:", map[string]byte{"null": '0', "no-run-if-empty": 'r'})
	if !ok {
		return st
	}
	per, repl, zero, skip := 0, "", false, false
	for _, o := range opts {
		switch o.Flag {
		case 'n':
			n, ok := parseInt(o.Arg)
			if !ok || n < 1 {
				return c.Errorf("invalid number \"%s\" for -n option", o.Arg)
			}
			per = n
		case 'I':
			repl = o.Arg
		case '0':
			zero = true
		case 'r':
			skip = true
		}
	}
	if len(cmd) == 0 {
		cmd = []string{"echo"}
	}
	data, err := readAll(c.Stdin)
	if err != nil {
		return c.Errorf("%s", Reason(err))
	}
	items, err := xargsItems(string(data), zero, repl != "")
	if err != nil {
		return c.Errorf("%v", err)
	}
	if len(items) == 0 && (skip || repl != "") {
		return 0
	}
	return c.xargsRun(cmd, items, per, repl)
}

func (c *Ctx) xargsRun(cmd, items []string, per int, repl string) int {
	s := c.sh
	status := 0
	run := func(args []string) bool {
		if !s.count() {
			return false
		}
		if _, ok := s.find(args[0]); !ok && !strings.Contains(args[0], "/") {
			c.Errorf("%s: No such file or directory", args[0])
			status = 127
			return false
		}
		s.executeCommand(args)
		if s.status != 0 {
			status = 123
		}
		return !s.stopping()
	}
	if repl != "" {
		for _, it := range items {
			args := make([]string, len(cmd))
			for i, a := range cmd {
				args[i] = strings.ReplaceAll(a, repl, it)
			}
			if !run(args) {
				break
			}
		}
		return status
	}
	if per == 0 {
		per = max(1, len(items))
	}
	for first := true; first || len(items) > 0; first = false {
		n := min(per, len(items))
		if !run(append(append([]string(nil), cmd...), items[:n]...)) {
			break
		}
		items = items[n:]
	}
	return status
}

// xargsItems splits the input: at blanks with quotes, at lines, or at NULs.
func xargsItems(v string, zero, lines bool) ([]string, error) {
	split := func(sep string) []string {
		v = strings.TrimSuffix(v, sep)
		if v == "" {
			return nil
		}
		return strings.Split(v, sep)
	}
	if zero {
		return split("\x00"), nil
	}
	if lines {
		var out []string
		for _, l := range split("\n") {
			if l = strings.TrimLeft(l, " \t"); l != "" {
				out = append(out, l)
			}
		}
		return out, nil
	}
	var out []string
	var cur strings.Builder
	have := false
	for i := 0; i < len(v); i++ {
		switch ch := v[i]; {
		case isSpace(ch):
			if have {
				out = append(out, cur.String())
				cur.Reset()
				have = false
			}
		case ch == '\'' || ch == '"':
			end := strings.IndexByte(v[i+1:], ch)
			if end < 0 {
				kind := map[byte]string{'\'': "single", '"': "double"}[ch]
				return nil, fmt.Errorf("unmatched %s quote; by default quotes are special to xargs unless you use the -0 option", kind)
			}
			cur.WriteString(v[i+1 : i+1+end])
			i += end + 1
			have = true
		case ch == '\\' && i+1 < len(v):
			i++
			cur.WriteByte(v[i])
			have = true
		default:
			cur.WriteByte(ch)
			have = true
		}
	}
	if have {
		out = append(out, cur.String())
	}
	return out, nil
}
