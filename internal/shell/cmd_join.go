package shell

import (
	"fmt"
	"strings"
)

const joinUsage = `join [OPTION]... FILE1 FILE2
Join the lines of two sorted files that have the same field.
  -1 N, -2 N, -j N  the field, 1 without it    -t CHAR  fields end at CHAR
  -a 1|2  lines without a partner, too         -v 1|2  only those
  -o LIST  what to print: 0, 1.N, 2.N; or auto -e TEXT  for missing fields
  -i  ignore case   -z  lines end in NUL       --header  the first lines always
  --check-order, --nocheck-order`

// joinFile is one of the two files: its lines, cut into fields.
type joinFile struct {
	name   string
	rows   [][]string
	text   []string
	key    int
	alone  bool // print lines without a partner
	fields int
	warned bool
}

type joiner struct {
	c                   *Ctx
	f                   [2]joinFile
	sep, end, empty     string
	fold, header, pairs bool
	format              [][2]int // file from 1, 0 for the key; field
	auto                bool
	check               byte
	unpaired            bool
}

func runJoin(c *Ctx) int {
	const header, check, noCheck = 3, 4, 5
	opts, args, st, ok := c.Getopt("1:2:j:t:a:v:o:e:iz\x03\x04\x05", map[string]byte{"ignore-case": 'i', "zero-terminated": 'z', "header": header,
		"check-order": check, "nocheck-order": noCheck})
	if !ok {
		return st
	}
	j := &joiner{c: c, end: "\n", pairs: true}
	for _, o := range opts {
		text := ""
		switch o.Flag {
		case '1', '2':
			text = joinField(o.Arg, &j.f[o.Flag-'1'].key)
		case 'j':
			text = joinField(o.Arg, &j.f[0].key)
			j.f[1].key = j.f[0].key
		case 'a', 'v':
			n, ok := parseInt(o.Arg)
			if !ok || n < 1 || n > 2 {
				return c.Errorf("invalid file number: '%s'", o.Arg)
			}
			j.f[n-1].alone = true
			j.pairs = j.pairs && o.Flag == 'a'
		case 't':
			if j.sep = o.Arg; j.sep == "" {
				j.sep = "\n"
			} else if j.sep == `\0` {
				j.sep = "\x00"
			} else if len([]rune(j.sep)) > 1 {
				text = "multi-character tab '" + o.Arg + "'"
			}
		case 'o':
			text = j.list(o.Arg)
		case 'e':
			j.empty = o.Arg
		case 'i':
			j.fold = true
		case 'z':
			j.end = "\x00"
		case header:
			j.header = true
		case check, noCheck:
			j.check = map[byte]byte{check: 'y', noCheck: 'n'}[o.Flag]
		}
		if text != "" {
			return c.Errorf("%s", text)
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
		if err := j.read(i, a); err != nil {
			return c.Errorf("%s: %s", a, Reason(err))
		}
	}
	return j.run()
}

func joinField(v string, to *int) string {
	n, ok := parseInt(v)
	if !ok || n < 1 {
		return "invalid field number: '" + v + "'"
	}
	*to = n - 1
	return ""
}

// list parses the LIST of -o.
func (j *joiner) list(v string) string {
	if v == "auto" {
		j.auto = true
		return ""
	}
	for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if part == "0" {
			j.format = append(j.format, [2]int{0, 0})
			continue
		}
		file, field, ok := strings.Cut(part, ".")
		if !ok || file != "1" && file != "2" {
			return "invalid field specifier: '" + part + "'"
		}
		n := 0
		if text := joinField(field, &n); text != "" {
			return text
		}
		j.format = append(j.format, [2]int{int(file[0] - '0'), n})
	}
	return ""
}

func (j *joiner) read(i int, name string) error {
	data, err := j.c.ReadFile(name)
	if err != nil {
		return err
	}
	f := &j.f[i]
	f.name = name
	for text := string(data); text != ""; {
		line, rest, _ := strings.Cut(text, j.end)
		text = rest
		f.text = append(f.text, line)
		row := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' })
		if j.sep != "" {
			row = strings.Split(line, j.sep)
		}
		f.rows = append(f.rows, row)
	}
	if len(f.rows) > 0 {
		f.fields = len(f.rows[0])
	}
	return nil
}

func (j *joiner) key(i, at int) string {
	f := &j.f[i]
	if f.key < len(f.rows[at]) {
		return f.rows[at][f.key]
	}
	return ""
}

func (j *joiner) compare(a, b string) int {
	if j.fold {
		a, b = strings.ToLower(a), strings.ToLower(b)
	}
	return strings.Compare(a, b)
}

// ordered complains about a line that comes before the one above it; false
// ends join.
func (j *joiner) ordered(i, at int) bool {
	f := &j.f[i]
	if j.check == 'n' || f.warned || at == 0 || at >= len(f.rows) || j.header && at == 1 || j.compare(j.key(i, at-1), j.key(i, at)) <= 0 {
		return true
	}
	if j.check == 0 && !j.unpaired {
		return true
	}
	f.warned = true
	j.c.Errorf("%s:%d: is not sorted: %s", f.name, at+1, f.text[at])
	return j.check != 'y'
}

func (j *joiner) run() int {
	a, b := 0, 0
	if j.header && (len(j.f[0].rows) > 0 || len(j.f[1].rows) > 0) {
		j.print(min(0, len(j.f[0].rows)-1), min(0, len(j.f[1].rows)-1))
		a, b = min(1, len(j.f[0].rows)), min(1, len(j.f[1].rows))
	}
	for a < len(j.f[0].rows) || b < len(j.f[1].rows) {
		c := 0
		switch {
		case a >= len(j.f[0].rows):
			c = 1
		case b >= len(j.f[1].rows):
			c = -1
		default:
			c = j.compare(j.key(0, a), j.key(1, b))
		}
		ok := true
		switch {
		case c < 0:
			j.unpaired = true
			if j.f[0].alone {
				j.print(a, -1)
			}
			a++
			ok = j.ordered(0, a)
		case c > 0:
			j.unpaired = true
			if j.f[1].alone {
				j.print(-1, b)
			}
			b++
			ok = j.ordered(1, b)
		default:
			a, b, ok = j.group(a, b)
		}
		if !ok {
			return 1
		}
	}
	if j.f[0].warned || j.f[1].warned {
		return j.c.Errorf("input is not in sorted order")
	}
	return 0
}

// group prints every pair of the lines that share a key.
func (j *joiner) group(a, b int) (nextA, nextB int, ok bool) {
	k := j.key(0, a)
	nextA, nextB, ok = a, b, true
	for nextA < len(j.f[0].rows) && j.compare(j.key(0, nextA), k) == 0 {
		nextA++
		ok = j.ordered(0, nextA) && ok
	}
	for nextB < len(j.f[1].rows) && j.compare(j.key(1, nextB), k) == 0 {
		nextB++
		ok = j.ordered(1, nextB) && ok
	}
	for x := a; x < nextA && j.pairs && !j.c.Stopped(); x++ {
		for y := b; y < nextB; y++ {
			j.print(x, y)
		}
	}
	return nextA, nextB, ok
}

// print prints a pair, or with -1 a line without a partner.
func (j *joiner) print(a, b int) {
	at := [2]int{a, b}
	field := func(i, n int) string {
		if at[i] >= 0 && n < len(j.f[i].rows[at[i]]) && j.f[i].rows[at[i]][n] != "" {
			return j.f[i].rows[at[i]][n]
		}
		return j.empty
	}
	key := func() string {
		if a >= 0 {
			return field(0, j.f[0].key)
		}
		return field(1, j.f[1].key)
	}
	var out []string
	if j.format != nil {
		for _, f := range j.format {
			if f[0] == 0 {
				out = append(out, key())
			} else {
				out = append(out, field(f[0]-1, f[1]))
			}
		}
	} else {
		out = append(out, key())
		for i := range at {
			n := 0
			switch {
			case j.auto:
				n = j.f[i].fields
			case at[i] >= 0:
				n = len(j.f[i].rows[at[i]])
			}
			for k := range n {
				if k != j.f[i].key {
					out = append(out, field(i, k))
				}
			}
		}
	}
	sep := j.sep
	if sep == "" {
		sep = " "
	}
	fmt.Fprint(j.c.Out(), strings.Join(out, sep), j.end)
}
