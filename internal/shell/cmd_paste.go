package shell

import (
	"strings"
)

const pasteUsage = `paste [-s] [-z] [-d LIST] [FILE]...
Join the lines of files, with a tab or the characters of LIST in turn; -s: those
of each file. Each - takes the next line of standard input.`

func runPaste(c *Ctx) int {
	opts, args, st, ok := c.Getopt("szd:", map[string]byte{"serial": 's', "delimiters": 'd', "zero-terminated": 'z'})
	if !ok {
		return st
	}
	serial, end, delims := false, "\n", []string{"\t"}
	for _, o := range opts {
		switch o.Flag {
		case 's':
			serial = true
		case 'z':
			end = "\x00"
		case 'd':
			if delims, ok = pasteDelims(o.Arg); !ok {
				return c.Errorf("delimiter list ends with an unescaped backslash: %s", o.Arg)
			}
		}
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	p := &paster{c: c, end: end, delims: delims}
	for _, a := range args {
		if err := p.open(a); err != nil {
			status := c.Errorf("%s: %s", a, Reason(err))
			if !serial {
				return status
			}
			st = status
			p.files = append(p.files, nil)
		}
	}
	if serial {
		p.serial()
	} else {
		p.parallel()
	}
	return st
}

// pasteDelims are the delimiters; \0 is none.
func pasteDelims(v string) ([]string, bool) {
	var out []string
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' {
			out = append(out, v[i:i+1])
			continue
		}
		if i++; i == len(v) {
			return nil, false
		}
		switch at := strings.IndexByte("bfnrtv", v[i]); {
		case v[i] == '0':
			out = append(out, "")
		case at >= 0:
			out = append(out, "\b\f\n\r\t\v"[at:at+1])
		default:
			out = append(out, v[i:i+1])
		}
	}
	if out == nil {
		out = []string{""}
	}
	return out, true
}

// pasteFile is a file's lines that are left; - is shared.
type pasteFile struct {
	text string
}

type paster struct {
	c      *Ctx
	end    string
	delims []string
	files  []*pasteFile
	stdin  *pasteFile
}

func (p *paster) open(name string) error {
	if name == "-" && p.stdin != nil {
		p.files = append(p.files, p.stdin)
		return nil
	}
	data, err := p.c.ReadFile(name)
	if err != nil {
		return err
	}
	f := &pasteFile{string(data)}
	if name == "-" {
		p.stdin = f
	}
	p.files = append(p.files, f)
	return nil
}

func (f *pasteFile) next(end string) (string, bool) {
	if f.text == "" {
		return "", false
	}
	line, rest, _ := strings.Cut(f.text, end)
	f.text = rest
	return line, true
}

func (p *paster) serial() {
	for _, f := range p.files {
		if f == nil {
			continue
		}
		for i := 0; ; i++ {
			line, ok := f.next(p.end)
			if !ok {
				break
			}
			if i > 0 {
				p.c.Out().WriteString(p.delims[(i-1)%len(p.delims)])
			}
			p.c.Out().WriteString(line)
		}
		p.c.Out().WriteString(p.end)
	}
}

func (p *paster) parallel() {
	for !p.c.Stopped() {
		var row strings.Builder
		any := false
		for i, f := range p.files {
			if i > 0 {
				row.WriteString(p.delims[(i-1)%len(p.delims)])
			}
			line, ok := f.next(p.end)
			any = any || ok
			row.WriteString(line)
		}
		if !any {
			return
		}
		p.c.Out().WriteString(row.String() + p.end)
	}
}
