package shell

import (
	"sort"
	"strings"
)

func runAlias(c *Ctx) int {
	s := c.sh
	if len(c.Args) == 1 {
		names := make([]string, 0, len(s.aliases))
		for n := range s.aliases {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			c.Out().WriteString("alias " + n + "=" + quoteAlways(s.aliases[n]) + "\n")
		}
		return 0
	}
	status := 0
	for _, a := range c.Args[1:] {
		name, val, ok := strings.Cut(a, "=")
		if ok {
			s.aliases[name] = val
		} else if v, ok := s.aliases[name]; ok {
			c.Out().WriteString("alias " + name + "=" + quoteAlways(v) + "\n")
		} else {
			status = c.Errorf("%s: not found", name)
		}
	}
	return status
}

func quoteAlways(v string) string { return "'" + strings.ReplaceAll(v, "'", `'\''`) + "'" }

func runUnalias(c *Ctx) int {
	status := 0
	for _, n := range c.Args[1:] {
		if n == "-a" {
			clear(c.sh.aliases)
		} else if _, ok := c.sh.aliases[n]; ok {
			delete(c.sh.aliases, n)
		} else {
			status = c.Errorf("%s: not found", n)
		}
	}
	return status
}
