package shell

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// maxWidth bounds the width and precision of printf.
const maxWidth = 65536

// formatter is one run of printf.
type formatter struct {
	c      *Ctx
	b      strings.Builder
	args   []string
	status int
	stop   bool
	keep   bool // the result goes into a variable
}

func runPrintf(c *Ctx) int {
	args := c.Args[1:]
	name := ""
	if len(args) >= 2 && args[0] == "-v" {
		name, args = args[1], args[2:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		io.WriteString(c.Stderr, "printf: usage: printf [-v var] format [arguments]\n")
		return 2
	}
	f := &formatter{c: c, args: args[1:], keep: name != ""}
	for {
		before := len(f.args)
		if !f.format(args[0]) || f.stop {
			break
		}
		if len(f.args) == 0 || len(f.args) == before {
			break
		}
		if f.b.Len() > c.sh.k.limits.Pipe {
			c.Fail(&LimitError{What: "bytes of output", Limit: c.sh.k.limits.Pipe, Flag: "max-pipe"})
			return 1
		}
	}
	if name != "" {
		if err := c.sh.SetVar(name, f.b.String()); err != nil {
			return c.Errorf("%s: %v", name, err)
		}
		return f.status
	}
	return max(f.status, c.Print(f.b.String()))
}

// errorf reports an error after what was printed so far.
func (f *formatter) errorf(format string, args ...any) {
	if !f.keep {
		f.c.Print(f.b.String())
		f.b.Reset()
	}
	f.status = f.c.Errorf(format, args...)
}

// format goes once through the format.
func (f *formatter) format(v string) bool {
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '\\' && i+1 < len(v):
			i++
			if v[i] == 'c' {
				f.stop = true
				return true
			}
			if v[i] == '"' || v[i] == '\'' {
				f.b.WriteByte(v[i])
				continue
			}
			i += escapeAt(&f.b, v[i:], false) - 1
		case v[i] == '%':
			n, ok := f.directive(v[i+1:])
			if !ok {
				return false
			}
			i += n
		default:
			f.b.WriteByte(v[i])
		}
		if f.stop {
			return true
		}
	}
	return true
}

func (f *formatter) next() (string, bool) {
	if len(f.args) == 0 {
		return "", false
	}
	a := f.args[0]
	f.args = f.args[1:]
	return a, true
}

// time is %(FORMAT)T: seconds since 1970; -1 or nothing is now.
func (f *formatter) time(format string) string {
	t := f.c.Now()
	if a, ok := f.next(); ok && a != "-1" && a != "-2" {
		n, _ := parseInt(a)
		t = time.Unix(int64(n), 0)
	}
	if format == "" {
		format = "%X"
	}
	return strftime(format, t.UTC())
}

// directive formats after a '%' and gives how many bytes it took.
func (f *formatter) directive(v string) (int, bool) {
	i := 0
	for i < len(v) && strings.IndexByte("-+ #0'", v[i]) >= 0 {
		i++
	}
	if strings.HasPrefix(v[i:], "(") {
		if end := strings.Index(v[i:], ")T"); end > 0 {
			f.b.WriteString(f.time(v[i+1 : i+end]))
			return i + end + 2, true
		}
	}
	flags := strings.ReplaceAll(v[:i], "'", "")
	width, i := f.size(v, i)
	prec := -1
	if i < len(v) && v[i] == '.' {
		prec, i = f.size(v, i+1)
		prec = max(prec, 0)
	}
	for i < len(v) && strings.IndexByte("hlLjzt", v[i]) >= 0 {
		i++
	}
	if i == len(v) {
		f.errorf("`%s': missing format character", v)
		return 0, false
	}
	if width < 0 {
		flags, width = flags+"-", -width
	}
	spec := "%" + flags
	if width > 0 {
		spec += itoa(min(width, maxWidth))
	}
	if prec >= 0 {
		spec += "." + itoa(min(prec, maxWidth))
	}
	return i + 1, f.verb(v[i], spec)
}

// size reads a width: digits or '*'.
func (f *formatter) size(v string, i int) (int, int) {
	if i < len(v) && v[i] == '*' {
		a, _ := f.next()
		n, _ := parseInt(a)
		return max(min(n, maxWidth), -maxWidth), i + 1
	}
	start := i
	for i < len(v) && v[i] >= '0' && v[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(v[start:i])
	if err != nil && i > start {
		n = maxWidth
	}
	return n, i
}

// verb formats the next argument.
func (f *formatter) verb(verb byte, spec string) bool {
	switch verb {
	case '%':
		f.b.WriteByte('%')
	case 's':
		a, _ := f.next()
		fmt.Fprintf(&f.b, strings.ReplaceAll(spec, "#", "")+"s", a)
	case 'b':
		a, _ := f.next()
		text, stop := unescape(a, true)
		fmt.Fprintf(&f.b, spec+"s", text)
		f.stop = stop
	case 'q':
		a, _ := f.next()
		fmt.Fprintf(&f.b, spec+"s", quoteBackslash(a))
	case 'c':
		a, _ := f.next()
		fmt.Fprintf(&f.b, spec+"s", a[:min(1, len(a))])
	case 'd', 'i':
		fmt.Fprintf(&f.b, intSpec(spec)+"d", f.integer())
	case 'u':
		fmt.Fprintf(&f.b, intSpec(spec)+"d", uint64(f.integer()))
	case 'o':
		fmt.Fprintf(&f.b, intSpec(spec)+"o", uint64(f.integer()))
	case 'x', 'X':
		n := uint64(f.integer())
		if n == 0 {
			spec = strings.ReplaceAll(spec, "#", "")
		}
		fmt.Fprintf(&f.b, intSpec(spec)+string(verb), n)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		fmt.Fprintf(&f.b, spec+string(verb), f.float())
	default:
		f.errorf("`%c': invalid format character", verb)
		return false
	}
	return true
}

// intSpec drops what C ignores and Go does not: '0' beside '-'.
func intSpec(spec string) string {
	if strings.Contains(spec, "-") {
		return "%" + strings.ReplaceAll(strings.TrimLeft(spec[1:], "0"), "-0", "-")
	}
	return spec
}

// integer converts the next argument as C's strtoimax; 'c is a character.
func (f *formatter) integer() int64 {
	a, ok := f.next()
	if !ok || a == "" {
		return 0
	}
	if a[0] == '\'' || a[0] == '"' {
		if len(a) > 1 {
			return int64([]rune(a[1:])[0])
		}
		return 0
	}
	t := strings.TrimLeft(a, " \t\n")
	n, err := strconv.ParseInt(cNumber(t), 0, 64)
	if err == nil {
		return n
	}
	if u, uerr := strconv.ParseUint(cNumber(t), 0, 64); uerr == nil {
		return int64(u)
	}
	if ne := err.(*strconv.NumError); ne.Err == strconv.ErrRange {
		f.errorf("warning: %s: Numerical result out of range", a)
		return n
	}
	f.errorf("%s: invalid number", a)
	return prefixNumber(t)
}

// cNumber refuses the forms that Go knows and C does not.
func cNumber(v string) string {
	if strings.ContainsAny(v, "_oObB") && !strings.HasPrefix(strings.TrimLeft(v, "+-"), "0x") && !strings.HasPrefix(strings.TrimLeft(v, "+-"), "0X") {
		return "?"
	}
	if strings.Contains(v, "_") {
		return "?"
	}
	return v
}

// prefixNumber converts the digits that v begins with.
func prefixNumber(v string) int64 {
	for i := len(v); i > 0; i-- {
		if n, err := strconv.ParseInt(cNumber(v[:i]), 0, 64); err == nil {
			return n
		}
	}
	return 0
}

func (f *formatter) float() float64 {
	a, ok := f.next()
	if !ok || a == "" {
		return 0
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(a), 64)
	if err != nil {
		f.errorf("%s: invalid number", a)
	}
	return n
}

// quoteBackslash quotes as bash's printf %q.
func quoteBackslash(v string) string {
	if v == "" {
		return "''"
	}
	if strings.ContainsAny(v, "\n\t\r\x1b") {
		return quoteANSI(v)
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		c := v[i]
		if strings.IndexByte(" !\"$&'()*,;<>?[\\]^`{|}", c) >= 0 || i == 0 && (c == '~' || c == '#') {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}
