package shell

import (
	"fmt"
	"strconv"
	"strings"

	"klpemu/internal/machine"
)

const dmesgUsage = `dmesg [-c] [-C] [-k] [-r] [-t] [-x] [-l LEVELS] [-n LEVEL]
Print the kernel's log with the time of the virtual clock.
  -c, --read-clear      clear it afterwards
  -C, --clear           clear it
  -k, --kernel          only what the kernel has said: that is all there is
  -l, --level LIST      only these levels: emerg alert crit err warn notice info debug;
                        LEVEL+ is that level and worse
  -n, --console-level N messages of a level below N reach the console
  -r, --raw             levels as <N> in front of each line
  -t, --notime          without times
  -x, --decode          facility and level in words`

// dmesgLevels are util-linux's names of the levels, by number.
func dmesgLevels() []string {
	return []string{"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"}
}

// dmesg is what the options of one dmesg ask for.
type dmesg struct {
	print, clear        bool
	notime, raw, decode bool
	levels              [8]bool
}

func (s *System) runDmesg(c *Ctx) int {
	opts, args, status, ok := c.Getopt("cCkl:n:rtx", map[string]byte{
		"read-clear": 'c', "clear": 'C', "kernel": 'k', "level": 'l', "console-level": 'n', "raw": 'r', "notime": 't', "decode": 'x',
	})
	if !ok {
		return status
	}
	if len(args) > 0 {
		return c.UsageError("extra operand '%s'", args[0])
	}
	d := dmesg{print: true}
	for i := range d.levels {
		d.levels[i] = true
	}
	for _, o := range opts {
		if bad := s.dmesgOption(&d, o); bad != "" {
			return c.Errorf("unknown level '%s'", bad)
		}
	}
	if d.print {
		for _, r := range s.m.Log() {
			if d.levels[r.Level&7] {
				fmt.Fprintln(c.Out(), d.line(r))
			}
		}
	}
	if d.clear {
		s.m.ClearLog()
	}
	return 0
}

// dmesgOption takes one option; bad is a level that is none.
func (s *System) dmesgOption(d *dmesg, o Opt) (bad string) {
	switch o.Flag {
	case 'c':
		d.clear = true
	case 'C':
		d.clear, d.print = true, false
	case 'l':
		return d.choose(o.Arg)
	case 'n':
		n, err := strconv.Atoi(o.Arg)
		if err != nil || n < 1 || n > 8 {
			if n = dmesgLevel(o.Arg) + 1; n == 0 {
				return o.Arg
			}
		}
		s.m.SetConsoleLevel(n)
		d.print = false
	case 'r':
		d.raw = true
	case 't':
		d.notime = true
	case 'x':
		d.decode = true
	}
	return ""
}

func dmesgLevel(name string) int {
	for i, n := range dmesgLevels() {
		if n == name {
			return i
		}
	}
	return -1
}

// choose takes the list of -l.
func (d *dmesg) choose(list string) (bad string) {
	d.levels = [8]bool{}
	for _, word := range strings.Split(list, ",") {
		name, worse := strings.CutSuffix(word, "+")
		n := dmesgLevel(name)
		if n < 0 {
			return word
		}
		d.levels[n] = true
		for i := 0; worse && i < n; i++ {
			d.levels[i] = true
		}
	}
	return ""
}

func (d *dmesg) line(r machine.LogRecord) string {
	text := r.String()
	if d.notime {
		text = r.Text
	}
	switch {
	case d.raw:
		return fmt.Sprintf("<%d>%s", r.Level, text)
	case d.decode:
		return fmt.Sprintf("%-6s:%-6s: %s", "kern", dmesgLevels()[r.Level&7], text)
	}
	return text
}
