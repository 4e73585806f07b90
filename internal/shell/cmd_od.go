package shell

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

const odUsage = `od [-A RADIX] [-j BYTES] [-N BYTES] [-t TYPE]... [-v] [-w[BYTES]] [-abcdilosxh] [FILE]...
Print bytes; without a type as octal words of two bytes.
  -A d|o|x|n  how offsets are written, n: not at all
  -t TYPE  a names, c characters, d u o x with a size 1 2 4 8 or C S I L; z
           behind it adds the text. -b -c -d -i -l -o -s -x are -t o1 c u2 d4 d8 o2 d2 x2
  -j, -N  skip, and print at most        -v  repeated lines, too
  -w  bytes in a line (16; 32 without a number)`

// odFormat is one type of od.
type odFormat struct {
	kind  byte // a c d u o x
	size  int
	width int // of a field, without the blank before it
	text  bool
	pad   int
}

// odWidths are the widths of fields of 1, 2, 4 and 8 bytes.
func odWidths(kind byte) [4]int {
	switch kind {
	case 'd':
		return [4]int{4, 6, 11, 20}
	case 'u':
		return [4]int{3, 5, 10, 20}
	case 'o':
		return [4]int{3, 6, 11, 22}
	case 'x':
		return [4]int{2, 4, 8, 16}
	}
	return [4]int{3, 3, 3, 3}
}

func newODFormat(kind byte, size int) odFormat {
	at := map[int]int{1: 0, 2: 1, 4: 2, 8: 3}[size]
	return odFormat{kind: kind, size: size, width: odWidths(kind)[at]}
}

// parseODTypes parses a TYPE: one or more of them.
func parseODTypes(v string) (formats []odFormat, err error) {
	for i := 0; i < len(v); {
		kind, size := v[i], 4
		i++
		switch kind {
		case 'a', 'c':
			size = 1
		case 'd', 'u', 'o', 'x':
			n := digitsOf(v[i:])
			switch {
			case n > 0:
				size, _ = parseInt(v[i : i+n])
				i += n
			case i < len(v) && strings.IndexByte("CSIL", v[i]) >= 0:
				size = map[byte]int{'C': 1, 'S': 2, 'I': 4, 'L': 8}[v[i]]
				i++
			}
			if size != 1 && size != 2 && size != 4 && size != 8 {
				return nil, fmt.Errorf("invalid type string '%s';\nthis system doesn't provide a %d-byte integral type", v, size)
			}
		case 'f':
			return nil, fmt.Errorf("type string '%s': floating point is not supported by klpemu", v)
		default:
			return nil, fmt.Errorf("invalid character '%c' in type string '%s'", kind, v)
		}
		f := newODFormat(kind, size)
		if i < len(v) && v[i] == 'z' {
			f.text = true
			i++
		}
		formats = append(formats, f)
	}
	return formats, nil
}

func digitsOf(v string) int { return len(v) - len(strings.TrimLeft(v, "0123456789")) }

// odder is a running od.
type odder struct {
	c       *Ctx
	formats []odFormat
	radix   byte
	skip    int
	limit   int // -1: none
	all     bool
	width   int
}

func runOd(c *Ctx) int {
	opts, args, st, ok := c.Getopt("A:j:N:t:vw::abcdilosxhS:", map[string]byte{"address-radix": 'A', "skip-bytes": 'j', "read-bytes": 'N',
		"format": 't', "output-duplicates": 'v', "width": 'w', "strings": 'S'})
	if !ok {
		return st
	}
	o := &odder{c: c, radix: 'o', limit: -1, width: 16}
	for _, opt := range opts {
		if err := o.option(opt); err != nil {
			return c.Errorf("%v", err)
		}
	}
	if o.formats == nil {
		o.formats = []odFormat{newODFormat('o', 2)}
	}
	unit := 1
	for _, f := range o.formats {
		unit = max(unit, f.size)
	}
	if o.width == 0 || o.width%unit != 0 {
		c.Errorf("warning: invalid width %d; using %d instead", o.width, unit)
		o.width = unit
	}
	perBlock := 0
	for _, f := range o.formats {
		perBlock = max(perBlock, (f.width+1)*(o.width/f.size))
	}
	for i, f := range o.formats {
		o.formats[i].pad = perBlock - f.width*(o.width/f.size)
	}
	data, status := c.readArgs(args)
	if status != 0 && len(data) == 0 {
		return status
	}
	if o.skip > len(data) {
		return c.Errorf("cannot skip past end of combined input")
	}
	data = data[o.skip:]
	if o.limit >= 0 {
		data = data[:min(o.limit, len(data))]
	}
	o.dump(data)
	return status
}

func (o *odder) option(opt Opt) (err error) {
	short := map[byte]odFormat{'a': newODFormat('a', 1), 'b': newODFormat('o', 1), 'c': newODFormat('c', 1), 'd': newODFormat('u', 2),
		'i': newODFormat('d', 4), 'l': newODFormat('d', 8), 'o': newODFormat('o', 2), 's': newODFormat('d', 2), 'x': newODFormat('x', 2), 'h': newODFormat('x', 2)}
	if f, ok := short[opt.Flag]; ok {
		o.formats = append(o.formats, f)
		return nil
	}
	switch opt.Flag {
	case 'A':
		if len(opt.Arg) == 0 || strings.IndexByte("doxn", opt.Arg[0]) < 0 {
			return fmt.Errorf("invalid output address radix '%.1s'; it must be one character from [doxn]", opt.Arg)
		}
		o.radix = opt.Arg[0]
	case 't':
		formats, err := parseODTypes(opt.Arg)
		o.formats = append(o.formats, formats...)
		return err
	case 'j', 'N', 'w':
		n, ok := odNumber(opt.Arg)
		if opt.Flag == 'w' && opt.Arg == "" {
			n, ok = 32, true
		}
		if !ok {
			return fmt.Errorf("invalid -%c argument '%s'", opt.Flag, opt.Arg)
		}
		*map[byte]*int{'j': &o.skip, 'N': &o.limit, 'w': &o.width}[opt.Flag] = n
	case 'v':
		o.all = true
	case 'S':
		return fmt.Errorf("-S is not supported by klpemu")
	}
	return nil
}

// odNumber parses a count: decimal, octal or hexadecimal, with a suffix.
func odNumber(v string) (int, bool) {
	unit := 1
	if v != "" && !strings.HasPrefix(v, "0x") {
		if n, ok := map[byte]int{'b': 512, 'k': 1024, 'K': 1024, 'm': 1 << 20, 'M': 1 << 20}[v[len(v)-1]]; ok {
			unit, v = n, v[:len(v)-1]
		}
	}
	n, err := strconv.ParseUint(v, 0, 31)
	return int(n) * unit, err == nil
}

// address prints an offset, or blanks for a line that goes on.
func (o *odder) address(at int, blank bool) {
	format := map[byte]string{'o': "%07o", 'd': "%07d", 'x': "%06x", 'n': ""}[o.radix]
	if format == "" {
		return
	}
	text := fmt.Sprintf(format, at)
	if blank {
		text = strings.Repeat(" ", len(text))
	}
	o.c.Out().WriteString(text)
}

func (o *odder) dump(data []byte) {
	starred := false
	var previous []byte
	for at := 0; at < len(data); at += o.width {
		line := data[at:min(at+o.width, len(data))]
		if !o.all && len(line) == o.width && bytes.Equal(line, previous) {
			if !starred {
				o.c.Out().WriteString("*\n")
			}
			starred = true
			continue
		}
		starred, previous = false, line
		o.line(o.skip+at, line)
	}
	if o.radix != 'n' {
		o.address(o.skip+len(data), false)
		o.c.Out().WriteByte('\n')
	}
}

// line prints a line in every format.
func (o *odder) line(at int, line []byte) {
	full := append(bytes.Clone(line), make([]byte, 8)...)
	for i, f := range o.formats {
		o.address(at, i > 0)
		fields := o.width / f.size
		left := f.pad
		n := (len(line) + f.size - 1) / f.size
		for k := range n {
			pad := f.pad * (fields - k - 1) / fields
			fmt.Fprintf(o.c.Out(), "%*s", left-pad+f.width, f.field(full[k*f.size:]))
			left = pad
		}
		if f.text {
			fmt.Fprintf(o.c.Out(), "%*s  >%s<", (o.width/f.size-n)*(f.width+1), "", printable(line))
		}
		o.c.Out().WriteByte('\n')
	}
}

func printable(data []byte) string {
	out := bytes.Clone(data)
	for i, b := range out {
		if b < ' ' || b >= 0x7f {
			out[i] = '.'
		}
	}
	return string(out)
}

// field is one value as text.
func (f odFormat) field(data []byte) string {
	var buf [8]byte
	copy(buf[:], data[:f.size])
	v := binary.LittleEndian.Uint64(buf[:])
	switch f.kind {
	case 'a':
		return odName(byte(v) & 0x7f)
	case 'c':
		return odChar(byte(v))
	case 'd':
		shift := 64 - 8*f.size
		return fmt.Sprint(int64(v<<shift) >> shift)
	case 'o':
		return fmt.Sprintf("%0*o", f.width, v)
	case 'x':
		return fmt.Sprintf("%0*x", f.width, v)
	}
	return fmt.Sprint(v)
}

func odChar(b byte) string {
	if i := strings.IndexByte("\x00\a\b\f\n\r\t\v", b); i >= 0 {
		return `\` + `0abfnrtv`[i:i+1]
	}
	if b < ' ' || b >= 0x7f {
		return fmt.Sprintf("%03o", b)
	}
	return string(b)
}

func odName(b byte) string {
	names := strings.Fields("nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp")
	switch {
	case int(b) < len(names):
		return names[b]
	case b == 0x7f:
		return "del"
	}
	return string(b)
}
