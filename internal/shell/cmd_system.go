package shell

import (
	"klpemu/internal/machine"
	"math"
	"strconv"
	"strings"
	"time"
)

func systemCommands() []*Command {
	return []*Command{
		{Name: "arch", Usage: "arch\nPrint the machine's name.", Run: func(c *Ctx) int { return c.Print("x86_64\n") }},
		{Name: "bash", Usage: shUsage("bash"), Run: runSh},
		{Name: "clear", Usage: "clear\nDo nothing: the console is a log.", Run: func(*Ctx) int { return 0 }},
		{Name: "date", Usage: "date [-u] [-d @SECONDS] [-I] [-R] [--rfc-3339=date|seconds|ns] [+FORMAT]\nPrint the time of the machine.", Run: runDate},
		{Name: "env", Usage: envUsage, Run: runEnv, UsageStatus: 125},
		{Name: "expr", Usage: "expr EXPRESSION\nEvaluate an expression.", Run: runExpr, UsageStatus: 2},
		{Name: "hostname", Usage: "hostname\nPrint the machine's name.", Run: func(c *Ctx) int { return c.Print("klpemu\n") }},
		{Name: "id", Usage: "id [-u|-g] [-n]\nPrint who runs the shell: root.", Run: runID},
		{Name: "logname", Usage: "logname\nPrint the user.", Run: func(c *Ctx) int { return c.Print("root\n") }},
		{Name: "printenv", Usage: "printenv [NAME]...\nPrint the environment.", Run: runPrintenv},
		{Name: "sh", Usage: shUsage("sh"), Run: runSh},
		{Name: "sleep", Usage: "sleep NUMBER[smhd]...\nLet the machine run for that long.", Run: runSleep},
		{Name: "sync", Usage: "sync\nDo nothing.", Run: func(*Ctx) int { return 0 }},
		{Name: "nice", Usage: "nice [-n N] [COMMAND [ARG]...]\nRun COMMAND; priorities are not modeled, so N changes nothing.", Run: runNice, UsageStatus: 125},
		{Name: "nohup", Usage: "nohup COMMAND [ARG]...\nRun COMMAND; there is no terminal to hang up.", Run: runNohup, UsageStatus: 125},
		{Name: "timeout", Usage: timeoutUsage, Run: runTimeout, UsageStatus: 125},
		{Name: "tty", Usage: "tty\nPrint the terminal: there is none.", Run: func(c *Ctx) int { c.Print("not a tty\n"); return 1 }},
		{Name: "uname", Usage: "uname [-asnrvmo]\nPrint the system's name.", Run: runUname},
		{Name: "which", Usage: "which NAME...\nPrint where commands are.", Run: runWhich},
		{Name: "whoami", Usage: "whoami\nPrint the user.", Run: func(c *Ctx) int { return c.Print("root\n") }},
		{Name: "xargs", Usage: xargsUsage, Run: runXargs},
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
	if err := c.sleep(total); err != nil {
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
	}{{'s', "Linux"}, {'n', "klpemu"}, {'r', machine.Release}, {'v', "#1 SMP PREEMPT_DYNAMIC"}, {'m', "x86_64"}, {'o', "GNU/Linux"}}
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
