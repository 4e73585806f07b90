package machine

import (
	"fmt"
	"strings"

	"klpemu/cpu"
)

// Limits of the kernel's formatting.
const (
	maxFormat = 1024    // PRINTKRB_RECORD_MAX
	maxField  = 1024    // of a width or precision
	maxText   = 1 << 20 // of one format or string
)

// varArgs walks the arguments of a variadic guest function at a gate: the
// integer registers first, then the caller's stack.
type varArgs struct {
	m    *Machine
	c    *CPU
	next int
}

func (a *varArgs) word() (uint64, error) {
	i := a.next
	a.next++
	if i < len(argRegs) {
		return a.c.vcpu.Reg(argRegs[i]), nil
	}
	// The gate has pushed %rbp; above it are the return address and the
	// arguments that did not fit in registers.
	return a.m.mem.Load(a.c.vcpu.Reg(cpu.RBP)+16+8*uint64(i-len(argRegs)), 8)
}

// vaList walks a va_list of the guest (the x86-64 ABI's struct), and does not
// move it.
type vaList struct {
	m                  *Machine
	gp                 uint64 // offset of the next register in the save area
	save, overflowArea uint64
}

// gpEnd is the end of the integer registers in the save area.
const gpEnd = 48

// vaListAt reads the va_list at an address.
func (m *Machine) vaListAt(addr uint64) (*vaList, error) {
	f := &fields{m: m}
	a := &vaList{m: m, gp: f.word(addr) & 0xffffffff, overflowArea: f.word(addr + 8), save: f.word(addr + 16)}
	return a, f.err
}

func (a *vaList) word() (uint64, error) {
	if a.gp < gpEnd {
		a.gp += 8
		return a.m.mem.Load(a.save+a.gp-8, 8)
	}
	a.overflowArea += 8
	return a.m.mem.Load(a.overflowArea-8, 8)
}

// argSource gives the arguments of a format, one by one.
type argSource interface{ word() (uint64, error) }

// sprintf formats like the kernel's vsnprintf: format is the register of the
// format string, first the number of the first argument after it.
func (m *Machine) sprintf(c *CPU, format cpu.Reg, first int) (string, error) {
	return m.vsprintf(c.vcpu.Reg(format), &varArgs{m: m, c: c, next: first}, maxFormat)
}

// vsprintf is vsnprintf with room for limit bytes; format is the address of the
// format string.
func (m *Machine) vsprintf(format uint64, args argSource, limit int) (string, error) {
	f, err := m.readString(format, maxText)
	if err != nil {
		return "", err
	}
	p := formatter{m: m, args: args, limit: limit}
	if err := p.run(f); err != nil {
		return "", err
	}
	s := p.out.String()
	return s[:min(len(s), limit)], nil
}

// formatter is one run of vsnprintf.
type formatter struct {
	m     *Machine
	args  argSource
	limit int
	depth int // of %pV
	out   strings.Builder
}

func (p *formatter) run(f string) error {
	for len(f) > 0 && p.out.Len() < p.limit {
		i := strings.IndexByte(f, '%')
		if i < 0 {
			p.out.WriteString(f)
			break
		}
		p.out.WriteString(f[:i])
		spec, rest, err := parseSpec(f[i+1:], p.args)
		if err != nil {
			return err
		}
		f = rest
		if strings.IndexByte("diuxXocsp%", spec.verb) < 0 || spec.verb == 0 {
			// The arguments that follow cannot be told apart any more.
			p.m.src.WarnOn(true, "format_decode", "Please remove unsupported %"+printableVerb(spec.verb)+" in format string")
			break
		}
		text, err := p.arg(spec)
		if err != nil {
			return err
		}
		p.out.WriteString(text)
	}
	return nil
}

// printableVerb shows the letter of a conversion.
func printableVerb(verb byte) string {
	if verb <= ' ' || verb > '~' {
		return fmt.Sprintf("\\x%02x", verb)
	}
	return string([]byte{verb})
}

// fmtSpec is one conversion of a format string.
type fmtSpec struct {
	minus, plus, space, alt, zero bool
	hasWidth                      bool
	width, prec                   int // prec -1: none
	size                          int // bytes of an integer argument
	verb                          byte
	ext                           string // what follows %p
}

// parseSpec reads the conversion at the head of f, after the %, and returns
// the rest.
func parseSpec(f string, args argSource) (fmtSpec, string, error) {
	s := fmtSpec{prec: -1, size: 4}
	for ; len(f) > 0 && strings.IndexByte("-+ #0", f[0]) >= 0; f = f[1:] {
		s.minus = s.minus || f[0] == '-'
		s.plus = s.plus || f[0] == '+'
		s.space = s.space || f[0] == ' '
		s.alt = s.alt || f[0] == '#'
		s.zero = s.zero || f[0] == '0'
	}
	var err error
	s.hasWidth = len(f) > 0 && (f[0] == '*' || f[0] >= '0' && f[0] <= '9')
	if s.width, f, err = parseCount(f, args); err != nil {
		return s, f, err
	}
	if s.width < 0 {
		s.minus, s.width = true, -s.width
	}
	if strings.HasPrefix(f, ".") {
		if s.prec, f, err = parseCount(f[1:], args); err != nil {
			return s, f, err
		}
	}
	f = s.parseLength(f)
	if f == "" {
		return s, f, nil
	}
	s.verb, f = f[0], f[1:]
	if s.verb == 'p' {
		i := 0
		for i < len(f) && isAlnum(f[i]) {
			i++
		}
		s.ext, f = f[:i], f[i:]
	}
	return s, f, nil
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func parseCount(f string, args argSource) (int, string, error) {
	if strings.HasPrefix(f, "*") {
		v, err := args.word()
		return int(max(min(int32(v), maxField), -maxField)), f[1:], err
	}
	n := 0
	for ; len(f) > 0 && f[0] >= '0' && f[0] <= '9'; f = f[1:] {
		n = min(n*10+int(f[0]-'0'), maxField)
	}
	return n, f, nil
}

func (s *fmtSpec) parseLength(f string) string {
	switch {
	case strings.HasPrefix(f, "hh"):
		s.size = 1
		return f[2:]
	case strings.HasPrefix(f, "ll"):
		s.size = 8
		return f[2:]
	case strings.HasPrefix(f, "h"):
		s.size = 2
		return f[1:]
	}
	if f != "" && strings.IndexByte("lLzt", f[0]) >= 0 {
		s.size = 8
		return f[1:]
	}
	return f
}

// arg takes the conversion's argument and formats it.
func (p *formatter) arg(s fmtSpec) (string, error) {
	if s.verb == '%' {
		return "%", nil
	}
	v, err := p.args.word()
	if err != nil {
		return "", err
	}
	switch s.verb {
	case 'd', 'i':
		return s.integer(signExtend(v, s.size), true), nil
	case 'u', 'x', 'X', 'o':
		return s.integer(int64(zeroExtend(v, s.size)), false), nil
	case 'c':
		return s.pad(string([]byte{byte(v)})), nil
	case 's':
		text, err := p.m.formatString(s, v)
		return s.pad(text), err
	case 'p':
		return p.pointer(s, v)
	}
	return "", nil
}

func (m *Machine) formatString(s fmtSpec, addr uint64) (string, error) {
	if addr == 0 {
		return "(null)", nil
	}
	limit := maxText
	if s.prec >= 0 {
		limit = min(limit, s.prec)
	}
	if limit == 0 {
		return "", nil
	}
	if badPointer(addr) {
		return "(efault)", nil
	}
	text, err := m.readString(addr, limit)
	if err != nil {
		return "(efault)", nil
	}
	return text, nil
}

// readString reads up to n bytes of a string: like strnlen, a string that is
// longer is cut, not refused.
func (m *Machine) readString(addr uint64, n int) (string, error) {
	var s []byte
	for len(s) < n {
		v, err := m.mem.Load(addr+uint64(len(s)), 1)
		if err != nil {
			return "", err
		}
		if v == 0 {
			break
		}
		s = append(s, byte(v))
	}
	return string(s), nil
}

// formatPointer is a plain %p: it is hashed, so that logs do not tell addresses.
func (m *Machine) formatPointer(v uint64) string {
	if v != 0 && !isErr(v) {
		v = hashPointer(v, m.cfg.Seed) & 0xffffffff
	}
	return fmt.Sprintf("%016x", v)
}

// hashPointer mixes a pointer with the seed (splitmix64).
func hashPointer(v, seed uint64) uint64 {
	v += seed + 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}

func signExtend(v uint64, size int) int64 {
	shift := 64 - 8*size
	return int64(v<<shift) >> shift
}

func zeroExtend(v uint64, size int) uint64 {
	shift := 64 - 8*size
	return v << shift >> shift
}

// integer formats a number with sign, base, precision and padding.
func (s fmtSpec) integer(v int64, signed bool) string {
	neg := signed && v < 0
	u := uint64(v)
	if neg {
		u = -u
	}
	verb := map[byte]string{'x': "%x", 'X': "%X", 'o': "%o"}[s.verb]
	if verb == "" {
		verb = "%d"
	}
	digits := fmt.Sprintf(verb, u)
	if n := s.prec - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	sign := ""
	switch {
	case neg:
		sign = "-"
	case signed && s.plus:
		sign = "+"
	case signed && s.space:
		sign = " "
	case s.alt && (s.verb == 'x' || s.verb == 'X'):
		sign = "0" + string([]byte{s.verb})
	case s.alt && s.verb == 'o' && u != 0:
		sign = "0"
	}
	if n := s.width - len(sign) - len(digits); s.zero && !s.minus && n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	return s.pad(sign + digits)
}

func (s fmtSpec) pad(text string) string {
	n := s.width - len(text)
	if n <= 0 {
		return text
	}
	if s.minus {
		return text + strings.Repeat(" ", n)
	}
	return strings.Repeat(" ", n) + text
}
