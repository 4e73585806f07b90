package shell

import (
	"strings"
)

const tacUsage = `tac [-b] [-r] [-s SEPARATOR] [FILE]...
Print files with their lines, or what SEPARATOR ends, last to first; -b: the
separator stands before, -r: it is a regular expression.`

func runTac(c *Ctx) int {
	opts, args, st, ok := c.Getopt("brs:", map[string]byte{"before": 'b', "regex": 'r', "separator": 's'})
	if !ok {
		return st
	}
	before, isRegex, sep := false, false, "\n"
	for _, o := range opts {
		switch o.Flag {
		case 'b':
			before = true
		case 'r':
			isRegex = true
		case 's':
			if sep = o.Arg; sep == "" {
				sep = "\x00"
			}
		}
	}
	re, err := newRegex(fixedTree(sep), 0, false, regexFlags{}, nil)
	if isRegex {
		re, err = compileRegexp(sep, regexFlags{}, c.Fail)
	}
	if err != nil {
		return c.Errorf("%v", err)
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, a := range args {
		data, err := c.ReadFile(a)
		switch {
		case err != nil && Reason(err) == "Is a directory":
			st = c.Errorf("%s: read error: %s", a, Reason(err))
		case err != nil:
			st = c.Errorf("failed to open '%s' for reading: %s", a, Reason(err))
		default:
			parts := tacParts(string(data), re, before)
			for i := len(parts) - 1; i >= 0; i-- {
				c.Out().WriteString(parts[i])
			}
		}
	}
	return st
}

// tacParts cuts a text behind each separator, or before it.
func tacParts(text string, re *regex, before bool) []string {
	var parts []string
	at := 0
	for _, m := range re.FindAllStringIndex(text, -1) {
		cut := m[1]
		if before {
			cut = m[0]
		}
		if m[1] > m[0] && cut > at {
			parts = append(parts, text[at:cut])
			at = cut
		}
	}
	if at < len(text) {
		parts = append(parts, text[at:])
	}
	return parts
}

func runRev(c *Ctx) int {
	_, args, st, ok := c.Getopt("", nil)
	if !ok {
		return st
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, a := range args {
		data, err := c.ReadFile(a)
		if err != nil {
			st = c.Errorf("cannot open %s: %s", a, Reason(err))
			continue
		}
		for text := string(data); text != ""; {
			line, rest, nl := strings.Cut(text, "\n")
			text = rest
			r := []rune(line)
			for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
				r[i], r[j] = r[j], r[i]
			}
			c.Out().WriteString(string(r))
			if nl {
				c.Out().WriteByte('\n')
			}
		}
	}
	return st
}
