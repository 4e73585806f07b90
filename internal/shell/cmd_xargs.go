package shell

import (
	"fmt"
	"strings"
)

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
