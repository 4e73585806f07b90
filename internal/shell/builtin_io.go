package shell

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
)

func parseInt(v string) (int, bool) {
	n, err := strconv.Atoi(v)
	return n, err == nil
}

func runEcho(c *Ctx) int {
	args := c.Args[1:]
	newline, escapes := true, false
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		for _, f := range args[0][1:] {
			switch f {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes {
		var stop bool
		if text, stop = unescape(text, true); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	return c.Print(text)
}

// readLine reads up to a delimiter, byte by byte, so that what follows stays
// for the next command. more is false at the end of the input.
func readLine(r io.Reader, delim byte, max int, raw bool) (line []byte, escaped []bool, more bool, err error) {
	var b [1]byte
	for max != 0 {
		_, err := r.Read(b[:])
		if errors.Is(err, io.EOF) {
			return line, escaped, false, nil
		}
		if err != nil {
			return line, escaped, false, err
		}
		if b[0] == delim {
			return line, escaped, true, nil
		}
		if b[0] == 0 {
			continue
		}
		if b[0] == '\\' && !raw {
			if _, err := r.Read(b[:]); err != nil {
				return line, escaped, false, nil
			}
			if b[0] != '\n' {
				line, escaped = append(line, b[0]), append(escaped, true)
			}
			continue
		}
		line, escaped = append(line, b[0]), append(escaped, false)
		if max > 0 {
			max--
		}
	}
	return line, escaped, true, nil
}

func runRead(c *Ctx) int {
	opts, names, st, ok := c.Getopt("+rsea:d:n:N:p:t:u:i:", nil)
	if !ok {
		return st
	}
	raw, delim, max, array, fd := false, byte('\n'), -1, "", 0
	for _, o := range opts {
		switch o.Flag {
		case 'r':
			raw = true
		case 'a':
			array = o.Arg
		case 'd':
			delim = 0
			if o.Arg != "" {
				delim = o.Arg[0]
			}
		case 'n', 'N':
			n, ok := parseInt(o.Arg)
			if !ok || n < 0 {
				return c.Errorf("%s: invalid number", o.Arg)
			}
			max = n
		case 'u':
			n, ok := parseInt(o.Arg)
			if !ok {
				return c.Errorf("%s: invalid file descriptor specification", o.Arg)
			}
			fd = n
		}
	}
	r := c.Stdin
	if fd != 0 {
		r = c.sh.fds.reader(fd)
	}
	line, esc, more, err := readLine(r, delim, max, raw)
	if err != nil {
		return c.Errorf("read error: %s", Reason(err))
	}
	status := boolStatus(more)
	if array != "" {
		fields := splitRead(line, esc, c.sh.ifs(), -1)
		if err := c.sh.assign(array, list(fields)); err != nil {
			return c.Errorf("%s: %v", array, err)
		}
		return status
	}
	if len(names) == 0 {
		if st := c.setRead("REPLY", string(line)); st != 0 {
			return st
		}
		return status
	}
	fields := splitRead(line, esc, c.sh.ifs(), len(names))
	for i, n := range names {
		val := ""
		if i < len(fields) {
			val = fields[i]
		}
		if st := c.setRead(n, val); st != 0 {
			return st
		}
	}
	return status
}

func (c *Ctx) setRead(name, val string) int {
	v := c.sh.lookup(name)
	if v.Kind != expand.Indexed && v.Kind != expand.Associative {
		if err := c.sh.SetVar(name, val); err != nil {
			return c.Errorf("%s: %v", name, err)
		}
		return 0
	}
	if err := c.sh.assign(name, setElem(v, 0, val)); err != nil {
		return c.Errorf("%s: %v", name, err)
	}
	return 0
}

// splitRead splits a line into at most n fields; the last takes the rest.
func splitRead(line []byte, esc []bool, ifs string, n int) []string {
	sep := func(i int) bool { return !esc[i] && strings.IndexByte(ifs, line[i]) >= 0 }
	white := func(i int) bool { return sep(i) && isSpace(line[i]) }
	i, end := 0, len(line)
	for i < end && white(i) {
		i++
	}
	for end > i && white(end-1) {
		end--
	}
	var out []string
	for i < end {
		if n > 0 && len(out) == n-1 {
			return append(out, lastField(line[i:end], esc[i:end], ifs))
		}
		start := i
		for i < end && !sep(i) {
			i++
		}
		out = append(out, string(line[start:i]))
		for i < end && white(i) {
			i++
		}
		if i < end && sep(i) {
			i++
			for i < end && white(i) {
				i++
			}
		}
	}
	return out
}

// lastField takes the rest of a line; one separator at its end that ends the
// only field in it is dropped.
func lastField(rest []byte, esc []bool, ifs string) string {
	seps := 0
	for i := range rest {
		if !esc[i] && strings.IndexByte(ifs, rest[i]) >= 0 && !isSpace(rest[i]) {
			seps++
		}
	}
	last := len(rest) - 1
	if seps == 1 && !esc[last] && strings.IndexByte(ifs, rest[last]) >= 0 {
		return string(rest[:last])
	}
	return string(rest)
}

func runGetopts(c *Ctx) int {
	s := c.sh
	if len(c.Args) < 3 {
		c.Errorf("usage: getopts optstring name [arg ...]")
		return 2
	}
	spec, name, args := c.Args[1], c.Args[2], c.Args[3:]
	if len(c.Args) == 3 {
		args = s.params
	}
	silent := strings.HasPrefix(spec, ":")
	spec = strings.TrimPrefix(spec, ":")
	ind, _ := parseInt(s.Var("OPTIND"))
	ind = max(ind, 1)
	done := func() int {
		s.SetVar(name, "?")
		return 1
	}
	if ind > len(args) || len(args[ind-1]) < 2 || args[ind-1][0] != '-' {
		return done()
	}
	word := args[ind-1]
	if word == "--" {
		s.setOptind(ind+1, 0)
		return done()
	}
	pos := max(s.getopt, 1)
	if pos >= len(word) {
		pos = 1
	}
	letter := word[pos]
	s.unset("OPTARG")
	next, at := ind, pos+1
	if at >= len(word) {
		next, at = ind+1, 0
	}
	where := strings.IndexByte(spec, letter)
	if where < 0 || letter == ':' {
		s.setOptind(next, at)
		s.SetVar(name, "?")
		if silent {
			s.SetVar("OPTARG", string(letter))
		} else {
			s.errorf("illegal option -- %c", letter)
		}
		return 0
	}
	if strings.HasPrefix(spec[where+1:], ":") {
		arg, missing := word[pos+1:], false
		next = ind + 1
		if arg == "" {
			if ind < len(args) {
				arg, next = args[ind], ind+2
			} else {
				missing = true
			}
		}
		s.setOptind(next, 0)
		if missing {
			return s.missingOptarg(name, letter, silent)
		}
		s.SetVar("OPTARG", arg)
		s.SetVar(name, string(letter))
		return 0
	}
	s.setOptind(next, at)
	s.SetVar(name, string(letter))
	return 0
}

func (s *Shell) missingOptarg(name string, letter byte, silent bool) int {
	if silent {
		s.SetVar(name, ":")
		s.SetVar("OPTARG", string(letter))
	} else {
		s.SetVar(name, "?")
		s.errorf("option requires an argument -- %c", letter)
	}
	return 0
}

func (s *Shell) setOptind(n, pos int) {
	s.SetVar("OPTIND", itoa(n)) // resets the position
	s.getopt = pos
}
