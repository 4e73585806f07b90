package shell

import (
	"fmt"
	"strings"
)

const commUsage = `comm [-123z] [--total] [--output-delimiter=TEXT] FILE1 FILE2
Compare two sorted files line by line: lines of FILE1 alone, of FILE2 alone, of
both. -1, -2, -3: without that column. --check-order, --nocheck-order.`

const (
	commTotal = iota + 1
	commJoin
	commCheck
	commNoCheck
)

func runComm(c *Ctx) int {
	opts, args, st, ok := c.Getopt("123z\x01\x02:\x03\x04", map[string]byte{"zero-terminated": 'z', "total": commTotal, "output-delimiter": commJoin,
		"check-order": commCheck, "nocheck-order": commNoCheck})
	if !ok {
		return st
	}
	m := &commer{c: c, end: "\n", sep: "\t", hide: map[byte]bool{}}
	for _, o := range opts {
		switch o.Flag {
		case 'z':
			m.end = "\x00"
		case commTotal:
			m.total = true
		case commJoin:
			if m.sep = o.Arg; m.sep == "" {
				m.sep = "\x00"
			}
		case commCheck:
			m.check = 'y'
		case commNoCheck:
			m.check = 'n'
		default:
			m.hide[o.Flag] = true
		}
	}
	switch {
	case len(args) == 0:
		return c.UsageError("missing operand")
	case len(args) == 1:
		return c.UsageError("missing operand after '%s'", args[0])
	case len(args) > 2:
		return c.UsageError("extra operand '%s'", args[2])
	}
	for i, a := range args {
		data, err := c.ReadFile(a)
		if err != nil {
			return c.Errorf("%s: %s", a, Reason(err))
		}
		if len(data) > 0 {
			m.lines[i] = strings.Split(strings.TrimSuffix(string(data), m.end), m.end)
		}
	}
	return m.run()
}

type commer struct {
	c        *Ctx
	end, sep string
	hide     map[byte]bool
	total    bool
	check    byte // y, n, or 0: where lines differ
	lines    [2][]string
	at       [2]int
	counts   [3]int
	warned   [2]bool
	unequal  bool
}

func (m *commer) emit(col byte, text string) {
	m.counts[col-'1']++
	if m.hide[col] {
		return
	}
	for k := byte('1'); k < col; k++ {
		if !m.hide[k] {
			m.c.Out().WriteString(m.sep)
		}
	}
	m.c.Out().WriteString(text + m.end)
}

// next goes on in a file and watches its order; false ends comm.
func (m *commer) next(i int) bool {
	m.at[i]++
	l := m.lines[i]
	at := min(m.at[i], len(l)-1) // at the end the last two are looked at again
	if m.check == 'n' || m.warned[i] || at < 1 || l[at-1] <= l[at] || m.check == 0 && !m.unequal {
		return true
	}
	m.warned[i] = true
	m.c.Errorf("file %d is not in sorted order", i+1)
	return m.check != 'y'
}

func (m *commer) run() int {
	for {
		a, b := m.lines[0][m.at[0]:], m.lines[1][m.at[1]:]
		ok := true
		switch {
		case len(a) == 0 && len(b) == 0:
			return m.finish()
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			m.unequal = true
			m.emit('1', a[0])
			ok = m.next(0)
		case len(a) == 0 || b[0] < a[0]:
			m.unequal = true
			m.emit('2', b[0])
			ok = m.next(1)
		default:
			m.emit('3', a[0])
			ok = m.next(0)
			ok = m.next(1) && ok
		}
		if !ok {
			return 1
		}
	}
}

func (m *commer) finish() int {
	if m.total {
		fmt.Fprintf(m.c.Out(), "%d%s%d%s%d%stotal%s", m.counts[0], m.sep, m.counts[1], m.sep, m.counts[2], m.sep, m.end)
	}
	if m.warned[0] || m.warned[1] {
		return m.c.Errorf("input is not in sorted order")
	}
	return 0
}
