package shell

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

const catUsage = `cat [OPTION]... [FILE]...
Concatenate FILE(s) to standard output. With no FILE, or when FILE is -, read
standard input.
  -n  number all output lines     -b  number those that are not empty
  -s  squeeze empty lines         -E  show $ at the end of lines
  -T  show tabs as ^I             -A  the same as -vET
  -v  show control characters`

type catter struct {
	number, nonblank, squeeze, ends, tabs, show bool
	line                                        int
	blank                                       bool
	mid                                         bool
}

func runCat(c *Ctx) int {
	opts, args, st, ok := c.Getopt("nbsETAveut", map[string]byte{"number": 'n', "number-nonblank": 'b', "squeeze-blank": 's',
		"show-ends": 'E', "show-tabs": 'T', "show-all": 'A', "show-nonprinting": 'v'})
	if !ok {
		return st
	}
	var k catter
	for _, o := range opts {
		switch o.Flag {
		case 'n':
			k.number = true
		case 'b':
			k.number, k.nonblank = true, true
		case 's':
			k.squeeze = true
		case 'E':
			k.ends = true
		case 'T':
			k.tabs = true
		case 'v':
			k.show = true
		case 'A':
			k.show, k.ends, k.tabs = true, true, true
		case 'e':
			k.show, k.ends = true, true
		case 't':
			k.show, k.tabs = true, true
		}
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	status := 0
	for _, name := range args {
		data, err := c.ReadFile(name)
		if len(data) > 0 {
			if _, werr := c.Stdout.Write(k.convert(data)); werr != nil {
				return c.WriteError(werr)
			}
		}
		if err != nil {
			status = c.Errorf("%s: %s", name, Reason(err))
		}
		if c.Stopped() {
			return 1
		}
	}
	return status
}

// convert applies the options to the content of a file.
func (k *catter) convert(data []byte) []byte {
	if !k.number && !k.squeeze && !k.ends && !k.tabs && !k.show {
		return data
	}
	var b bytes.Buffer
	for len(data) > 0 {
		line, rest, nl := bytes.Cut(data, []byte("\n"))
		data = rest
		empty := len(line) == 0 && nl && !k.mid
		if empty && k.squeeze && k.blank {
			continue
		}
		k.blank = empty
		if k.number && !k.mid && !(k.nonblank && empty) {
			k.line++
			fmt.Fprintf(&b, "%6d\t", k.line)
		}
		b.Write(k.visible(line))
		if nl {
			if k.ends {
				b.WriteByte('$')
			}
			b.WriteByte('\n')
		}
		k.mid = !nl
	}
	return b.Bytes()
}

func (k *catter) visible(line []byte) []byte {
	if !k.show && !k.tabs {
		return line
	}
	var b bytes.Buffer
	for _, ch := range line {
		if ch == '\t' {
			if k.tabs {
				b.WriteString("^I")
			} else {
				b.WriteByte(ch)
			}
			continue
		}
		if !k.show {
			b.WriteByte(ch)
			continue
		}
		if ch >= 128 {
			b.WriteString("M-")
			ch -= 128
		}
		switch {
		case ch < 32:
			b.WriteString("^" + string(rune(ch+64)))
		case ch == 127:
			b.WriteString("^?")
		default:
			b.WriteByte(ch)
		}
	}
	return b.Bytes()
}

// eachLine calls f for each line of the files, without its newline; nl tells
// whether there was one. Errors are reported; the status is 1 then.
func (c *Ctx) eachLine(files []string, f func(line string, nl bool) bool) int {
	if len(files) == 0 {
		files = []string{"-"}
	}
	status := 0
	for _, name := range files {
		r, err := c.Open(name)
		if err != nil {
			status = c.Errorf("%s: %s", name, Reason(err))
			continue
		}
		goOn, err := scanLines(r, f)
		r.Close()
		if err != nil {
			status = c.Errorf("%s: %s", name, Reason(err))
		}
		if !goOn || c.Stopped() {
			break
		}
	}
	return status
}

func scanLines(r io.Reader, f func(line string, nl bool) bool) (goOn bool, err error) {
	return scanRecords(r, '\n', f)
}

// scanRecords is scanLines for lines that end in another byte.
func scanRecords(r io.Reader, end byte, f func(line string, ended bool) bool) (goOn bool, err error) {
	br := bufio.NewReader(r)
	for {
		line, err := br.ReadString(end)
		if line != "" {
			text, nl := strings.CutSuffix(line, string(end))
			if !f(text, nl) {
				return false, nil
			}
		}
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return true, err
		}
	}
}
