package shell

import (
	"sort"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// option gives the flag of a long option of `set -o`.
func (o *options) option(name string) *bool {
	switch name {
	case "errexit":
		return &o.errexit
	case "nounset":
		return &o.nounset
	case "xtrace":
		return &o.xtrace
	case "pipefail":
		return &o.pipefail
	case "noglob":
		return &o.noglob
	case "noclobber":
		return &o.noclobber
	case "allexport":
		return &o.allexport
	case "verbose":
		return &o.verbose
	case "noexec":
		return &o.noexec
	case "errtrace":
		return &o.errtrace
	case "functrace":
		return &o.functrace
	}
	return nil
}

// letter gives the name of a short option of `set`.
func optionName(letter byte) string {
	switch letter {
	case 'e':
		return "errexit"
	case 'u':
		return "nounset"
	case 'x':
		return "xtrace"
	case 'f':
		return "noglob"
	case 'C':
		return "noclobber"
	case 'a':
		return "allexport"
	case 'v':
		return "verbose"
	case 'E':
		return "errtrace"
	case 'T':
		return "functrace"
	}
	return ""
}

// letters gives $-.
func (o *options) letters() string {
	var b strings.Builder
	for _, l := range []byte("aefuvxCE") {
		if *o.option(optionName(l)) {
			b.WriteByte(l)
		}
	}
	return b.String()
}

func runSet(c *Ctx) int {
	s := c.sh
	args := c.Args[1:]
	if len(args) == 0 {
		for _, n := range s.varNames() {
			if v := s.lookup(n); v.IsSet() {
				c.Out().WriteString(n + "=" + declValue(v) + "\n")
			}
		}
		return 0
	}
	for len(args) > 0 {
		a := args[0]
		if a == "--" {
			s.params = append([]string(nil), args[1:]...)
			return 0
		}
		if len(a) < 2 || (a[0] != '-' && a[0] != '+') {
			break
		}
		args = args[1:]
		on := a[0] == '-'
		for i := 1; i < len(a); i++ {
			name := optionName(a[i])
			if a[i] == 'o' {
				if len(args) == 0 {
					s.printOptions(c, on)
					return 0
				}
				name, args = args[0], args[1:]
			}
			p := s.opts.option(name)
			if p == nil {
				if a[i] == 'o' {
					c.Errorf("%s: invalid option name", name)
				} else {
					c.Errorf("%c%c: invalid option", a[0], a[i])
				}
				return 2
			}
			*p = on
		}
	}
	if len(args) > 0 {
		s.params = append([]string(nil), args...)
	}
	return 0
}

func (s *Shell) printOptions(c *Ctx, table bool) {
	for _, n := range []string{"allexport", "errexit", "errtrace", "functrace", "noclobber", "noexec", "noglob", "nounset", "pipefail", "verbose", "xtrace"} {
		on := *s.opts.option(n)
		if table {
			c.Out().WriteString(padRight(n, 15) + "\t" + map[bool]string{true: "on", false: "off"}[on] + "\n")
		} else {
			c.Out().WriteString("set " + map[bool]string{true: "-o ", false: "+o "}[on] + n + "\n")
		}
	}
}

func padRight(v string, n int) string {
	if len(v) >= n {
		return v
	}
	return v + strings.Repeat(" ", n-len(v))
}

func (o *options) shopt(name string) *bool {
	switch name {
	case "nullglob":
		return &o.nullglob
	case "dotglob":
		return &o.dotglob
	case "globstar":
		return &o.globstar
	case "extglob":
		return &o.extglob
	case "nocasematch":
		return &o.nocasematch
	case "expand_aliases":
		return &o.expandAliases
	}
	return nil
}

func runShopt(c *Ctx) int {
	args := c.Args[1:]
	mode := ""
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		mode, args = args[0], args[1:]
	}
	if len(args) == 0 {
		args = []string{"dotglob", "expand_aliases", "extglob", "globstar", "nocasematch", "nullglob"}
	}
	status := 0
	for _, n := range args {
		p := c.sh.opts.shopt(n)
		if p == nil {
			status = c.Errorf("%s: invalid shell option name", n)
			continue
		}
		switch mode {
		case "-s":
			*p = true
		case "-u":
			*p = false
		case "-q":
			if !*p {
				status = 1
			}
		default:
			c.Out().WriteString(padRight(n, 15) + "\t" + map[bool]string{true: "on", false: "off"}[*p] + "\n")
			if len(c.Args) > 1 && !*p {
				status = 1
			}
		}
	}
	return status
}

func runUnset(c *Ctx) int {
	s := c.sh
	opts, args, st, ok := c.Getopt("+fvn", nil)
	if !ok {
		return st
	}
	funcs := len(opts) > 0 && opts[0].Flag == 'f'
	vars := len(opts) > 0 && opts[0].Flag == 'v'
	status := 0
	for _, n := range args {
		if base, key, ok := strings.Cut(strings.TrimSuffix(n, "]"), "["); ok && !funcs && strings.HasSuffix(n, "]") {
			s.unsetElem(base, key)
			continue
		}
		if !syntax.ValidName(n) && !funcs {
			status = c.Errorf("`%s': not a valid identifier", n)
			continue
		}
		exists := s.vars.find(n) != nil
		if funcs || (!exists && !vars) {
			delete(s.funcs, n)
			continue
		}
		if err := s.unset(n); err != nil {
			status = c.Errorf("%s: cannot unset: %v", n, err)
		}
	}
	return status
}

// unsetElem removes NAME[key].
func (s *Shell) unsetElem(name, key string) {
	v := s.lookup(name)
	switch v.Kind {
	case expand.Associative:
		v.Map = cloneMap(v.Map)
		delete(v.Map, strings.Trim(key, `"'`))
		s.assign(name, v)
	case expand.Indexed:
		if key == "@" || key == "*" {
			s.unset(name)
			return
		}
		x, err := syntax.NewParser().Arithmetic(strings.NewReader(key))
		if err != nil {
			return
		}
		i, err := s.arith(x)
		if err != nil {
			return
		}
		if i < 0 {
			i += lastIndex(v) + 1
		}
		s.assign(name, dropElem(v, i))
	}
}

// declValue writes a value as `set` and `declare -p` do.
func declValue(v expand.Variable) string {
	switch v.Kind {
	case expand.Indexed:
		var b strings.Builder
		for i, e := range v.List {
			n := i
			if v.Indexes != nil {
				n = v.Indexes[i]
			}
			b.WriteString(" [" + itoa(n) + "]=" + quoteDouble(e))
		}
		return "(" + strings.TrimPrefix(b.String(), " ") + ")"
	case expand.Associative:
		keys := make([]string, 0, len(v.Map))
		for k := range v.Map {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		var b strings.Builder
		for _, k := range keys {
			b.WriteString("[" + shellQuote(k) + "]=" + quoteDouble(v.Map[k]) + " ")
		}
		return "(" + b.String() + ")"
	}
	return shellQuote(v.Str)
}

func quoteDouble(v string) string {
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`")
	return `"` + r.Replace(v) + `"`
}
