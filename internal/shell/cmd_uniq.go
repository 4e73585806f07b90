package shell

import (
	"fmt"
	"strings"
)

const uniqUsage = `uniq [OPTION]... [INPUT [OUTPUT]]
Drop lines that repeat the one before.
  -c  count them      -d  only repeated ones    -D  all of those
  -u  only single ones                          -i  ignore case
  -f N, -s N  skip N fields, then N characters  -w N  compare at most N characters
  --all-repeated[=none|prepend|separate], --group[=separate|prepend|append|both]
  -z  lines end in NUL`

// uniqer is a running uniq.
type uniqer struct {
	count, dup, single, all, fold, zero bool
	fields, chars, width                int // width -1: no end
	gaps                                string
	group                               string
}

const (
	uniqAll = iota + 1
	uniqGroup
)

func runUniq(c *Ctx) int {
	u := &uniqer{width: -1, gaps: "none"}
	args, st, ok := u.options(c)
	if !ok {
		return st
	}
	name := "-"
	if len(args) > 0 {
		name = args[0]
	}
	data, err := c.ReadFile(name)
	if err != nil {
		if Reason(err) == "Is a directory" {
			return c.Errorf("error reading '%s'", name)
		}
		return c.Errorf("%s: %s", name, Reason(err))
	}
	out := u.run(string(data))
	if len(args) == 2 && args[1] != "-" {
		if err := c.FS().WriteFile(c.Abs(args[1]), []byte(out), 0o644); err != nil {
			return c.Errorf("%s: %s", args[1], Reason(err))
		}
		return 0
	}
	c.Out().WriteString(out)
	return 0
}

func (u *uniqer) options(c *Ctx) (args []string, status int, ok bool) {
	for i, a := range c.Args[1:] {
		if len(a) > 1 && a[0] == '-' && digitsOf(a[1:]) == len(a)-1 && (i == 0 || !strings.Contains(" -f -s -w ", " "+c.Args[i]+" ")) {
			c.Args[i+1] = "-f" + a[1:]
		} else if len(a) > 1 && a[0] == '+' && digitsOf(a[1:]) == len(a)-1 {
			c.Args[i+1] = "-s" + a[1:]
		}
	}
	opts, args, status, ok := c.Getopt("cdDuizf:s:w:\x01::\x02::", map[string]byte{"count": 'c', "repeated": 'd', "unique": 'u', "ignore-case": 'i',
		"skip-fields": 'f', "skip-chars": 's', "check-chars": 'w', "zero-terminated": 'z', "all-repeated": uniqAll, "group": uniqGroup})
	if !ok {
		return nil, status, false
	}
	for _, o := range opts {
		if st := u.option(c, o); st != 0 {
			return nil, st, false
		}
	}
	switch {
	case u.group != "" && (u.count || u.dup || u.single || u.all):
		return nil, c.UsageError("--group is mutually exclusive with -c/-d/-D/-u"), false
	case u.all && u.count:
		return nil, c.UsageError("printing all duplicated lines and repeat counts is meaningless"), false
	case len(args) > 2:
		return nil, c.UsageError("extra operand '%s'", args[2]), false
	}
	return args, 0, true
}

func (u *uniqer) option(c *Ctx, o Opt) int {
	switch o.Flag {
	case 'c':
		u.count = true
	case 'd':
		u.dup = true
	case 'D':
		u.all = true
	case 'u':
		u.single = true
	case 'i':
		u.fold = true
	case 'z':
		u.zero = true
	case 'f':
		return c.uniqNumber(o.Arg, "fields to skip", &u.fields)
	case 's':
		return c.uniqNumber(o.Arg, "bytes to skip", &u.chars)
	case 'w':
		return c.uniqNumber(o.Arg, "bytes to compare", &u.width)
	case uniqAll:
		u.all, u.dup = true, false
		return c.uniqWord(o.Arg, "all-repeated", &u.gaps, "none", "prepend", "separate")
	case uniqGroup:
		u.group = "separate"
		return c.uniqWord(o.Arg, "group", &u.group, "prepend", "append", "separate", "both")
	}
	return 0
}

func (c *Ctx) uniqNumber(v, what string, n *int) int {
	x, ok := parseInt(v)
	if !ok || x < 0 {
		return c.Errorf("%s: invalid number of %s", v, what)
	}
	*n = x
	return 0
}

// uniqWord sets an option that takes one of a few words.
func (c *Ctx) uniqWord(v, option string, to *string, words ...string) int {
	if v == "" {
		return 0
	}
	for _, w := range words {
		if strings.HasPrefix(w, v) {
			*to = w
			return 0
		}
	}
	text := fmt.Sprintf("invalid argument '%s' for '--%s'\nValid arguments are:", v, option)
	for _, w := range words {
		text += "\n  - '" + w + "'"
	}
	return c.UsageError("%s", text)
}

// key is what is compared of a line.
func (u *uniqer) key(l string) string {
	for range u.fields {
		l = strings.TrimLeft(l, " \t")
		if at := strings.IndexAny(l, " \t"); at >= 0 {
			l = l[at:]
		} else {
			l = ""
		}
	}
	l = l[min(u.chars, len(l)):]
	if u.width >= 0 {
		l = l[:min(u.width, len(l))]
	}
	if u.fold {
		l = strings.ToLower(l)
	}
	return l
}

func (u *uniqer) run(text string) string {
	end := "\n"
	if u.zero {
		end = "\x00"
	}
	if text == "" {
		return ""
	}
	text = strings.TrimSuffix(text, end)
	var b strings.Builder
	groups := 0
	for _, g := range u.groups(text, end) {
		u.write(&b, g, end, groups)
		if u.writes(g) {
			groups++
		}
	}
	if groups > 0 && (u.group == "append" || u.group == "both") {
		b.WriteString(end)
	}
	return b.String()
}

// groups are the runs of equal lines.
func (u *uniqer) groups(text, end string) [][]string {
	var groups [][]string
	last := ""
	for i, l := range strings.Split(text, end) {
		k := u.key(l)
		if i > 0 && k == last {
			groups[len(groups)-1] = append(groups[len(groups)-1], l)
			continue
		}
		groups, last = append(groups, []string{l}), k
	}
	return groups
}

// writes reports whether a group is printed.
func (u *uniqer) writes(g []string) bool {
	switch {
	case u.group != "":
		return true
	case u.all:
		return len(g) > 1 && !u.single
	}
	return !(u.dup && len(g) == 1 || u.single && len(g) > 1)
}

func (u *uniqer) write(b *strings.Builder, g []string, end string, before int) {
	if !u.writes(g) {
		return
	}
	mode := u.gaps
	if u.group != "" {
		mode = u.group
	}
	if mode == "prepend" || mode == "both" && before == 0 || (mode == "separate" || mode == "append" || mode == "both") && before > 0 {
		b.WriteString(end)
	}
	if u.count {
		fmt.Fprintf(b, "%7d ", len(g))
	}
	if !u.all && u.group == "" {
		g = g[:1]
	}
	for _, l := range g {
		b.WriteString(l + end)
	}
}
