package shell

import (
	"fmt"
	"strings"
)

func (s *System) logCommands() []*Command {
	return []*Command{
		{Name: "dmesg", Usage: dmesgUsage, Run: s.runDmesg},
		{Name: "sysctl", Usage: "sysctl [-n] [-q] [-w] NAME[=VALUE]...\nRead or write files below /proc/sys.", Run: s.runSysctl},
		{Name: "ps", Usage: "ps\nList the tasks with their CPU, state and patch state.", Run: s.runPs},
		{Name: "getconf", Usage: "getconf NAME\nPrint a value of the system: _NPROCESSORS_ONLN, _NPROCESSORS_CONF, PAGESIZE, CLK_TCK, LONG_BIT, ARG_MAX, NAME_MAX, PATH_MAX, OPEN_MAX.", Run: s.runGetconf},
		{Name: "nproc", Usage: "nproc\nPrint the number of CPUs.", Run: func(c *Ctx) int { return c.Print(fmt.Sprintln(onlineCPUs(s.m))) }},
	}
}

// runSysctl is procps' sysctl for the files that the machine has.
func (s *System) runSysctl(c *Ctx) int {
	opts, args, status, ok := c.Getopt("nqwe", map[string]byte{"values": 'n', "quiet": 'q', "write": 'w', "ignore": 'e'})
	if !ok {
		return status
	}
	if len(args) == 0 {
		return c.UsageError("no variables specified")
	}
	var bare, quiet bool
	for _, o := range opts {
		bare = bare || o.Flag == 'n'
		quiet = quiet || o.Flag == 'q'
	}
	worst := 0
	for _, a := range args {
		if st := s.sysctl(c, a, bare, quiet); st != 0 {
			worst = st
		}
	}
	return worst
}

func (s *System) sysctl(c *Ctx, arg string, bare, quiet bool) int {
	key, value, write := strings.Cut(arg, "=")
	key = strings.ReplaceAll(strings.TrimSpace(key), "/", ".")
	file := "/proc/sys/" + strings.ReplaceAll(key, ".", "/")
	if _, err := c.FS().Stat(file); err != nil {
		return c.Errorf("cannot stat %s: %s", file, Reason(err))
	}
	if write {
		value = strings.TrimSpace(value)
		if err := c.FS().WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return c.Errorf("setting key \"%s\": %s", key, Reason(err))
		}
	} else {
		data, err := c.ReadFile(file)
		if err != nil {
			return c.Errorf("reading key \"%s\": %s", key, Reason(err))
		}
		value = strings.TrimSuffix(string(data), "\n")
	}
	switch {
	case quiet && write:
	case bare:
		fmt.Fprintln(c.Out(), value)
	default:
		fmt.Fprintf(c.Out(), "%s = %s\n", key, value)
	}
	return 0
}

func (s *System) runPs(c *Ctx) int {
	fmt.Fprintf(c.Out(), "%5s %3s %s %5s  %s\n", "PID", "CPU", "S", "PATCH", "COMMAND")
	for _, t := range s.m.Tasks() {
		state, _ := t.Peek()
		name := t.CommText()
		if t.Kthread {
			name = "[" + name + "]"
		}
		fmt.Fprintf(c.Out(), "%5d %3d %s %5d  %s\n", t.PID, t.CPU(), t.StateLetter(), state, name)
	}
	return 0
}
