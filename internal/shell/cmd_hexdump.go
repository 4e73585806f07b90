package shell

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

const hexdumpUsage = `hexdump [-C|-b|-c|-d|-o|-x] [-v] [-n LENGTH] [-s OFFSET] [FILE]...
Print bytes in hexadecimal, as words of two bytes; -C: with their text.
Format strings (-e) are not supported.`

// hexdumpFormat is how a line is written: units of size bytes.
type hexdumpFormat struct {
	size   int
	width  int // of a unit, with its blanks
	format func(v uint64) string
}

func hexdumpFormats() map[byte]hexdumpFormat {
	verb := func(format string) func(uint64) string {
		return func(v uint64) string { return fmt.Sprintf(format, v) }
	}
	return map[byte]hexdumpFormat{
		0:   {2, 5, verb(" %04x")},
		'x': {2, 8, verb("    %04x")},
		'd': {2, 8, verb("   %05d")},
		'o': {2, 8, verb("  %06o")},
		'b': {1, 4, verb(" %03o")},
		'c': {1, 4, func(v uint64) string { return fmt.Sprintf(" %3s", odChar(byte(v))) }},
	}
}

func runHexdump(c *Ctx) int {
	opts, args, st, ok := c.Getopt("bcCdovxn:s:e:", map[string]byte{"canonical": 'C', "length": 'n', "skip": 's', "no-squeezing": 'v'})
	if !ok {
		return st
	}
	mode, all, limit, skip := byte(0), false, -1, 0
	for _, o := range opts {
		switch o.Flag {
		case 'v':
			all = true
		case 'n', 's':
			n, ok := odNumber(o.Arg)
			if !ok {
				return c.Errorf("failed to parse length: '%s'", o.Arg)
			}
			if o.Flag == 'n' {
				limit = n
			} else {
				skip = n
			}
		case 'e':
			return c.Errorf("format strings (-e) are not supported by klpemu")
		default:
			mode = o.Flag
		}
	}
	data, status := c.readArgs(args)
	skip = min(skip, len(data))
	data = data[skip:]
	if limit >= 0 {
		data = data[:min(limit, len(data))]
	}
	c.hexdump(data, skip, mode, all)
	return status
}

func (c *Ctx) hexdump(data []byte, skip int, mode byte, all bool) {
	address := "%07x"
	if mode == 'C' {
		address = "%08x"
	}
	starred := false
	var previous []byte
	for at := 0; at < len(data); at += 16 {
		line := data[at:min(at+16, len(data))]
		if !all && len(line) == 16 && bytes.Equal(line, previous) {
			if !starred {
				c.Out().WriteString("*\n")
			}
			starred = true
			continue
		}
		starred, previous = false, line
		fmt.Fprintf(c.Out(), address, skip+at)
		if mode == 'C' {
			c.Out().WriteString(canonicalLine(line))
		} else {
			c.Out().WriteString(hexdumpFormats()[mode].line(line))
		}
		c.Out().WriteByte('\n')
	}
	if len(data) > 0 {
		fmt.Fprintf(c.Out(), address+"\n", skip+len(data))
	}
}

func (f hexdumpFormat) line(line []byte) string {
	var b strings.Builder
	full := append(bytes.Clone(line), make([]byte, 8)...)
	for at := 0; at < 16; at += f.size {
		if at >= len(line) {
			b.WriteString(strings.Repeat(" ", f.width))
			continue
		}
		var buf [8]byte
		copy(buf[:], full[at:at+f.size])
		b.WriteString(f.format(binary.LittleEndian.Uint64(buf[:])))
	}
	return b.String()
}

func canonicalLine(line []byte) string {
	var b strings.Builder
	b.WriteString(" ")
	for i := range 16 {
		if i == 8 {
			b.WriteByte(' ')
		}
		if i < len(line) {
			fmt.Fprintf(&b, " %02x", line[i])
		} else {
			b.WriteString("   ")
		}
	}
	return b.String() + "  |" + printable(line) + "|"
}
