package shell

import (
	"sort"
	"strings"
)

// Opt is an option of a command line: its letter and its argument.
type Opt struct {
	Flag byte
	Arg  string
}

// Getopt parses options as GNU's getopt_long does: short has a letter for each
// option, followed by ":" when it takes an argument ("::": only in the same
// word); long maps names to letters. Options may follow operands, unless short
// begins with "+". ok is false when the usage was bad and reported; the command
// then returns status.
func (c *Ctx) Getopt(short string, long map[string]byte) (opts []Opt, args []string, status int, ok bool) {
	ordered := strings.HasPrefix(short, "+") || c.Env("POSIXLY_CORRECT") != ""
	short = strings.TrimPrefix(short, "+")
	rest := c.Args[1:]
	for len(rest) > 0 {
		a := rest[0]
		rest = rest[1:]
		switch {
		case a == "--":
			return opts, append(args, rest...), 0, true
		case strings.HasPrefix(a, "--"):
			o, used, good := c.longOpt(a[2:], rest, short, long)
			if !good {
				return nil, nil, c.badUsage(), false
			}
			rest = rest[used:]
			opts = append(opts, o)
		case len(a) > 1 && a[0] == '-':
			got, used, good := c.shortOpts(a[1:], rest, short)
			if !good {
				return nil, nil, c.badUsage(), false
			}
			rest = rest[used:]
			opts = append(opts, got...)
		case ordered:
			return opts, append([]string{a}, rest...), 0, true
		default:
			args = append(args, a)
		}
	}
	return opts, args, 0, true
}

// badUsage writes the hint; the message has been written.
func (c *Ctx) badUsage() int {
	if !c.cmd.Builtin {
		c.Stderr.Write([]byte(c.cmd.Hint))
		c.Stderr.Write([]byte("Try '" + c.cmd.Name + " --help' for more information.\n"))
	}
	if c.cmd.UsageStatus != 0 {
		return c.cmd.UsageStatus
	}
	if c.cmd.Builtin {
		return 2
	}
	return 1
}

func (c *Ctx) shortOpts(group string, rest []string, short string) (opts []Opt, used int, ok bool) {
	for i := 0; i < len(group); i++ {
		at := strings.IndexByte(short, group[i])
		if at < 0 || group[i] == ':' {
			if c.cmd.Builtin {
				c.Errorf("-%c: invalid option", group[i])
			} else {
				c.Errorf("invalid option -- '%c'", group[i])
			}
			return nil, 0, false
		}
		spec := short[at+1:]
		if !strings.HasPrefix(spec, ":") {
			opts = append(opts, Opt{Flag: group[i]})
			continue
		}
		arg := group[i+1:]
		if arg == "" && !strings.HasPrefix(spec, "::") {
			if len(rest) == 0 {
				if c.cmd.Builtin {
					c.Errorf("-%c: option requires an argument", group[i])
				} else {
					c.Errorf("option requires an argument -- '%c'", group[i])
				}
				return nil, 0, false
			}
			arg, used = rest[0], 1
		}
		return append(opts, Opt{group[i], arg}), used, true
	}
	return opts, 0, true
}

func (c *Ctx) longOpt(a string, rest []string, short string, long map[string]byte) (o Opt, used int, ok bool) {
	name, arg, hasArg := strings.Cut(a, "=")
	flag, full, ok := findLong(name, long)
	if !ok {
		c.Errorf("unrecognized option '--%s'", a)
		return o, 0, false
	}
	o.Flag = flag
	at := strings.IndexByte(short, flag)
	takes := at >= 0 && strings.HasPrefix(short[at+1:], ":")
	optional := at >= 0 && strings.HasPrefix(short[at+1:], "::")
	switch {
	case hasArg && !takes:
		c.Errorf("option '--%s' doesn't allow an argument", full)
		return o, 0, false
	case hasArg:
		o.Arg = arg
	case takes && !optional:
		if len(rest) == 0 {
			c.Errorf("option '--%s' requires an argument", full)
			return o, 0, false
		}
		o.Arg, used = rest[0], 1
	}
	return o, used, true
}

// findLong finds a long option by its name or an unambiguous beginning.
func findLong(name string, long map[string]byte) (byte, string, bool) {
	if f, ok := long[name]; ok {
		return f, name, true
	}
	var hits []string
	for n := range long {
		if name != "" && strings.HasPrefix(n, name) {
			hits = append(hits, n)
		}
	}
	sort.Strings(hits)
	if len(hits) == 0 {
		return 0, "", false
	}
	for _, h := range hits[1:] {
		if long[h] != long[hits[0]] {
			return 0, "", false
		}
	}
	return long[hits[0]], hits[0], true
}
