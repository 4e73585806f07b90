package machine

import (
	"strconv"
	"strings"

	"klpemu/cpu"
)

// scanGates are vsscanf of lib/vsprintf.c.
func scanGates() []gate {
	return []gate{
		{"sscanf", scanGate(false)},
		{"vsscanf", scanGate(true)},
	}
}

// scanGate is sscanf(buf, fmt, ...): it returns how many values it has stored.
func scanGate(list bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, _ *Task) error {
		text, err := m.readString(c.vcpu.Reg(cpu.RDI), maxText)
		if err != nil {
			return err
		}
		format, err := m.readString(c.vcpu.Reg(cpu.RSI), maxText)
		if err != nil {
			return err
		}
		args, err := m.textArgs(c, 1, list)
		if err != nil {
			return err
		}
		s := scanner{m: m, args: args, all: text, text: text}
		if err := s.run(format); err != nil {
			return err
		}
		c.vcpu.SetReg(cpu.RAX, uint64(s.stored))
		return nil
	}
}

// scanner is one run of vsscanf.
type scanner struct {
	m         *Machine
	args      argSource
	all, text string // what there was, what is left
	stored    int
}

// scanSpec is one conversion of a scanf format.
type scanSpec struct {
	skip  bool
	width int // 0: none
	size  int
	verb  byte
	set   string // of %[
}

const blanks = " \t\n\v\f\r"

func (s *scanner) run(f string) error {
	for f != "" {
		switch {
		case strings.IndexByte(blanks, f[0]) >= 0:
			f = strings.TrimLeft(f, blanks)
			s.text = strings.TrimLeft(s.text, blanks)
		case f[0] != '%' || strings.HasPrefix(f, "%%"):
			if f[0] == '%' {
				f = f[1:]
			}
			if s.text == "" || s.text[0] != f[0] {
				return nil
			}
			s.text, f = s.text[1:], f[1:]
		default:
			var (
				spec scanSpec
				ok   bool
			)
			if spec, f, ok = parseScan(f[1:]); !ok {
				return nil
			}
			if more, err := s.convert(spec); err != nil || !more {
				return err
			}
		}
	}
	return nil
}

// parseScan reads the conversion at the head of f, after the %.
func parseScan(f string) (scanSpec, string, bool) {
	spec := scanSpec{size: 4}
	if strings.HasPrefix(f, "*") {
		spec.skip, f = true, f[1:]
	}
	for ; f != "" && f[0] >= '0' && f[0] <= '9'; f = f[1:] {
		spec.width = min(spec.width*10+int(f[0]-'0'), maxText)
	}
	var length fmtSpec
	length.size = 4
	f = length.parseLength(f)
	spec.size = length.size
	if f == "" {
		return spec, f, false
	}
	spec.verb, f = f[0], f[1:]
	if spec.verb != '[' {
		return spec, f, true
	}
	i := strings.IndexByte(strings.TrimPrefix(f, "^"), ']')
	if i < 0 || spec.width == 0 { // the kernel insists on a width
		return spec, f, false
	}
	i += len(f) - len(strings.TrimPrefix(f, "^"))
	spec.set, f = f[:i], f[i+1:]
	return spec, f, true
}

// take cuts a prefix of the text that has only bytes that ok admits, at most
// width of them.
func (s *scanner) take(width int, ok func(byte) bool) string {
	if width == 0 {
		width = len(s.text)
	}
	n := 0
	for n < min(width, len(s.text)) && ok(s.text[n]) {
		n++
	}
	word := s.text[:n]
	s.text = s.text[n:]
	return word
}

// store writes a value through the next argument.
func (s *scanner) store(spec scanSpec, data []byte) error {
	if spec.skip {
		return nil
	}
	ptr, err := s.args.word()
	if err != nil {
		return err
	}
	s.stored++
	return s.m.mem.Write(ptr, data)
}

// convert does one conversion; false ends the scan.
func (s *scanner) convert(spec scanSpec) (bool, error) {
	switch spec.verb {
	case 'n':
		s.stored-- // it does not count
		return true, s.store(spec, wordBytes(uint64(len(s.all)-len(s.text)), 4))
	case 'c':
		word := s.take(max(spec.width, 1), func(byte) bool { return true })
		if len(word) < max(spec.width, 1) {
			return false, nil
		}
		return true, s.store(spec, []byte(word))
	case 's':
		s.text = strings.TrimLeft(s.text, blanks)
		word := s.take(spec.width, func(c byte) bool { return strings.IndexByte(blanks, c) < 0 })
		return true, s.store(spec, append([]byte(word), 0))
	case '[':
		set, not := strings.CutPrefix(spec.set, "^")
		word := s.take(spec.width, func(c byte) bool { return (strings.IndexByte(set, c) >= 0) != not })
		if word == "" {
			return false, nil
		}
		return true, s.store(spec, append([]byte(word), 0))
	}
	base, ok := map[byte]int{'d': 10, 'u': 10, 'i': 0, 'x': 16, 'X': 16, 'o': 8}[spec.verb]
	if !ok {
		return false, nil
	}
	return s.number(spec, base)
}

// number is a conversion of an integer; one that is too large is cut, as in the
// kernel.
func (s *scanner) number(spec scanSpec, base int) (bool, error) {
	s.text = strings.TrimLeft(s.text, blanks)
	width, negative := spec.width, false
	if strings.HasPrefix(s.text, "-") && spec.verb != 'u' && spec.verb != 'x' && spec.verb != 'o' {
		s.text, negative = s.text[1:], true
		width = max(width-1, 0)
	}
	hex := len(s.text) > 2 && s.text[0] == '0' && s.text[1]|32 == 'x' && isDigit(s.text[2], 16)
	switch {
	case base == 0 && hex:
		base = 16
	case base == 0 && strings.HasPrefix(s.text, "0"):
		base = 8
	case base == 0:
		base = 10
	}
	if base == 16 && hex && (width == 0 || width > 2) {
		s.text = s.text[2:]
		width = max(width-2, 0)
	}
	digits := s.take(width, func(c byte) bool { return isDigit(c, base) })
	if digits == "" {
		return false, nil
	}
	v, _ := strconv.ParseUint(digits, base, 64) // out of range is the largest
	if negative {
		v = -v
	}
	return true, s.store(spec, wordBytes(v, spec.size))
}

func isDigit(c byte, base int) bool {
	switch {
	case c >= '0' && c <= '9':
		return int(c-'0') < base
	case c|32 >= 'a' && c|32 <= 'z':
		return int(c|32-'a')+10 < base
	}
	return false
}

// wordBytes are the low bytes of a word, as memory has them.
func wordBytes(v uint64, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(v >> (8 * i))
	}
	return b
}
