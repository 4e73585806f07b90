package shell

// runMapfile is mapfile and readarray.
func runMapfile(c *Ctx) int {
	opts, names, st, ok := c.Getopt("+td:n:s:u:O:", nil)
	if !ok {
		return st
	}
	trim, delim, count, skip, r := false, byte('\n'), 0, 0, c.Stdin
	for _, o := range opts {
		n := 0
		if o.Flag != 't' && o.Flag != 'd' {
			if n, ok = parseInt(o.Arg); !ok || n < 0 {
				return c.Errorf("%s: invalid number", o.Arg)
			}
		}
		switch o.Flag {
		case 't':
			trim = true
		case 'd':
			if delim = 0; o.Arg != "" {
				delim = o.Arg[0]
			}
		case 'n':
			count = n
		case 's':
			skip = n
		case 'u':
			r = c.sh.fds.reader(n)
		case 'O':
			return c.Errorf("-O: not supported")
		}
	}
	name := "MAPFILE"
	if len(names) > 0 {
		name = names[0]
	}
	var lines []string
	for size := 0; (count == 0 || len(lines) < count) && size <= c.sh.k.limits.Pipe; {
		line, _, more, err := readLine(r, delim, -1, true)
		if err != nil {
			return c.Errorf("read error: %s", Reason(err))
		}
		if !more && len(line) == 0 {
			break
		}
		if size += len(line) + 16; skip > 0 {
			skip--
			continue
		}
		text := string(line)
		if more && !trim {
			text += string(delim)
		}
		lines = append(lines, text)
	}
	if err := c.sh.assign(name, list(lines)); err != nil {
		return c.Errorf("%s: %v", name, err)
	}
	return 0
}
