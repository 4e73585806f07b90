package shell

import (
	"strconv"
	"strings"
)

func runMktemp(c *Ctx) int {
	opts, args, st, ok := c.Getopt("dup:qt", map[string]byte{"directory": 'd'})
	if !ok {
		return st
	}
	tmpl := "/tmp/tmp.XXXXXXXXXX"
	if len(args) > 0 {
		tmpl = args[0]
	}
	stem := strings.TrimRight(tmpl, "X")
	if len(tmpl)-len(stem) < 3 {
		return c.Errorf("too few X's in template '%s'", tmpl)
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	name := stem
	for range len(tmpl) - len(stem) {
		name += string(letters[c.sh.k.rng.IntN(len(letters))])
	}
	var err error
	if len(opts) > 0 && opts[0].Flag == 'd' {
		err = c.FS().Mkdir(c.Abs(name), 0o700)
	} else {
		err = c.FS().WriteFile(c.Abs(name), nil, 0o600)
	}
	if err != nil {
		return c.Errorf("failed to create file via template '%s': %s", tmpl, Reason(err))
	}
	return c.Print(name + "\n")
}

func runChmod(c *Ctx) int {
	args := c.Args[1:]
	if len(args) < 2 {
		return c.UsageError("missing operand")
	}
	status := 0
	for _, a := range args[1:] {
		i, err := c.FS().Stat(c.Abs(a))
		if err != nil {
			status = c.Errorf("cannot access '%s': %s", a, Reason(err))
			continue
		}
		perm, ok := parseMode(args[0], i.Perm)
		if !ok {
			return c.UsageError("invalid mode: '%s'", args[0])
		}
		if err := c.FS().Chmod(c.Abs(a), perm); err != nil {
			status = c.Errorf("changing permissions of '%s': %s", a, Reason(err))
		}
	}
	return status
}

// parseMode applies 755 or u+x,go-w to a mode.
func parseMode(v string, perm uint32) (uint32, bool) {
	if n, err := strconv.ParseUint(v, 8, 12); err == nil {
		return uint32(n), true
	}
	for clause := range strings.SplitSeq(v, ",") {
		at := strings.IndexAny(clause, "+-=")
		if at < 0 {
			return 0, false
		}
		who, bits := uint32(0), uint32(0)
		for _, w := range clause[:at] {
			m := map[rune]uint32{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[w]
			if m == 0 {
				return 0, false
			}
			who |= m
		}
		if who == 0 {
			who = 0o777
		}
		for _, p := range clause[at+1:] {
			m := map[rune]uint32{'r': 0o444, 'w': 0o222, 'x': 0o111}[p]
			if m == 0 {
				return 0, false
			}
			bits |= m
		}
		switch clause[at] {
		case '+':
			perm |= who & bits
		case '-':
			perm &^= who & bits
		default:
			perm = perm&^who | who&bits
		}
	}
	return perm, true
}
