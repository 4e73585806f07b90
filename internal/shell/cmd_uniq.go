package shell

import (
	"fmt"
	"strings"
)

func runUniq(c *Ctx) int {
	opts, args, st, ok := c.Getopt("cduif:s:w:", map[string]byte{"count": 'c', "repeated": 'd', "unique": 'u', "ignore-case": 'i', "skip-fields": 'f'})
	if !ok {
		return st
	}
	var count, dup, single, fold bool
	skip := 0
	for _, o := range opts {
		switch o.Flag {
		case 'c':
			count = true
		case 'd':
			dup = true
		case 'u':
			single = true
		case 'i':
			fold = true
		case 'f':
			skip, _ = parseInt(o.Arg)
		}
	}
	if len(args) > 2 {
		return c.UsageError("extra operand '%s'", args[2])
	}
	var b strings.Builder
	n, last := 0, ""
	flush := func() {
		if n == 0 || dup && n == 1 || single && n > 1 {
			return
		}
		if count {
			fmt.Fprintf(&b, "%7d ", n)
		}
		b.WriteString(last + "\n")
	}
	key := func(l string) string {
		for range skip {
			l = strings.TrimLeft(l, " \t")
			if at := strings.IndexAny(l, " \t"); at >= 0 {
				l = l[at:]
			} else {
				l = ""
			}
		}
		if fold {
			l = strings.ToLower(l)
		}
		return l
	}
	st = c.eachLine(args[:min(1, len(args))], func(line string, _ bool) bool {
		if n > 0 && key(line) == key(last) {
			n++
			return true
		}
		flush()
		n, last = 1, line
		return true
	})
	flush()
	if len(args) == 2 {
		if err := c.FS().WriteFile(c.Abs(args[1]), []byte(b.String()), 0o644); err != nil {
			return c.Errorf("%s: %s", args[1], Reason(err))
		}
		return st
	}
	c.Out().WriteString(b.String())
	return st
}
