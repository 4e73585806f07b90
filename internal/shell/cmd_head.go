package shell

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

const headUsage = `head [-n [-]N | -c [-]N] [-qvz] [FILE]...
Print the first 10 (or N) lines or bytes; -N: all but the last N.
  -q, -v  never or always names of files       -z  lines end in NUL`

const tailUsage = `tail [-n [+]N | -c [+]N] [-qvz] [FILE]...
Print the last 10 (or N) lines or bytes; +N: from N on. Files do not grow while
a command runs, so -f is refused.`

// headSpec is how much head and tail print.
type headSpec struct {
	n      int
	bytes  bool
	sign   byte // '-' for head, '+' for tail: count from the other end
	quiet  bool
	always bool
	end    byte
}

// headOptions parses the options of head and tail. -N, for tail +N, are old
// forms, with letters of options behind the number.
func headOptions(c *Ctx) (h headSpec, args []string, status int, ok bool) {
	h.n, h.end = 10, '\n'
	if len(c.Args) > 1 {
		old := regexp.MustCompile(`^([-+])([0-9]+)([bcklmqvz]*)$`).FindStringSubmatch(c.Args[1])
		if old != nil && (old[1] == "-" || c.cmd.Name == "tail") {
			c.Args[1] = oldHead(old[1], old[2], old[3])
		}
	}
	opts, args, status, ok := c.Getopt("n:c:qvfFzs:", map[string]byte{"lines": 'n', "bytes": 'c', "quiet": 'q', "silent": 'q', "verbose": 'v',
		"follow": 'f', "zero-terminated": 'z'})
	if !ok {
		return h, nil, status, false
	}
	for _, o := range opts {
		switch o.Flag {
		case 'n', 'c':
			if st := h.amount(c, o); st != 0 {
				return h, nil, st, false
			}
		case 'q', 'v':
			h.quiet, h.always = o.Flag == 'q', o.Flag == 'v'
		case 'z':
			h.end = 0
		case 'f', 'F':
			return h, nil, c.Errorf("-%c is not supported by klpemu: no file grows while a command runs", o.Flag), false
		}
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	return h, args, 0, true
}

// oldHead writes an old form as one word of options.
func oldHead(sign, n, letters string) string {
	if sign == "-" {
		sign = ""
	}
	flags, unit := "-", "n"
	for _, l := range letters {
		switch l {
		case 'q', 'v', 'z':
			flags += string(l)
		case 'b', 'k', 'm':
			unit, n = "c", n+string(l)
		case 'c':
			unit = "c"
		}
	}
	return flags + unit + sign + n
}

func (h *headSpec) amount(c *Ctx, o Opt) int {
	h.bytes, h.sign = o.Flag == 'c', 0
	v := o.Arg
	if v != "" && (v[0] == '-' || v[0] == '+') {
		h.sign, v = v[0], v[1:]
	}
	n, ok := scaled(v)
	if !ok {
		what := "lines"
		if h.bytes {
			what = "bytes"
		}
		return c.Errorf("invalid number of %s: '%s'", what, o.Arg)
	}
	h.n = n
	return 0
}

// scaled parses a number with an optional suffix: b, kB, K, MB, M and so on.
func scaled(v string) (int, bool) {
	at := digitsOf(v)
	units := map[string]int{"": 1, "b": 512, "kB": 1000, "k": 1024, "K": 1024, "KiB": 1024, "MB": 1000000, "m": 1 << 20, "M": 1 << 20, "MiB": 1 << 20,
		"GB": 1000000000, "G": 1 << 30, "GiB": 1 << 30}
	unit, ok := units[v[at:]]
	n, err := strconv.ParseUint(v[:at], 10, 32)
	return int(n) * unit, ok && err == nil
}

func runHead(c *Ctx) int {
	return headOrTail(c, func(h headSpec, data []byte) []byte {
		size := h.count(data)
		n := h.n
		if h.sign == '-' {
			n = max(0, size-h.n)
		}
		return data[:h.offset(data, min(n, size))]
	})
}

func runTail(c *Ctx) int {
	return headOrTail(c, func(h headSpec, data []byte) []byte {
		size := h.count(data)
		skip := max(0, size-h.n)
		if h.sign == '+' {
			skip = min(max(0, h.n-1), size)
		}
		return data[h.offset(data, skip):]
	})
}

// count counts bytes, or lines with the last one that has no end.
func (h headSpec) count(data []byte) int {
	if h.bytes {
		return len(data)
	}
	n := bytes.Count(data, []byte{h.end})
	if len(data) > 0 && data[len(data)-1] != h.end {
		n++
	}
	return n
}

// offset is where the n-th unit begins.
func (h headSpec) offset(data []byte, n int) int {
	if h.bytes {
		return n
	}
	at := 0
	for ; n > 0; n-- {
		nl := bytes.IndexByte(data[at:], h.end)
		if nl < 0 {
			return len(data)
		}
		at += nl + 1
	}
	return at
}

func headOrTail(c *Ctx, cut func(headSpec, []byte) []byte) int {
	h, args, st, ok := headOptions(c)
	if !ok {
		return st
	}
	status, first := 0, true
	for _, a := range args {
		data, err := c.ReadFile(a)
		isDir := err != nil && strings.HasSuffix(err.Error(), "Is a directory")
		if err != nil && !isDir {
			status = c.Errorf("cannot open '%s' for reading: %s", a, Reason(err))
			continue
		}
		if len(args) > 1 && !h.quiet || h.always {
			name := a
			if a == "-" {
				name = "standard input"
			}
			if !first {
				c.Out().WriteByte('\n')
			}
			fmt.Fprintf(c.Out(), "==> %s <==\n", name)
		}
		first = false
		if isDir {
			status = c.Errorf("error reading '%s': %s", a, Reason(err))
			continue
		}
		c.Out().Write(cut(h, data))
	}
	return status
}
