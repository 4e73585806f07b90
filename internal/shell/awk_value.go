package shell

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// awkVal is a value of awk. A string from input that looks like a number
// compares as one.
type awkVal struct {
	kind byte // 0 uninitialised, 'n' number, 's' string, 'x' string from input
	s    string
	n    float64
}

func awkNum(n float64) awkVal { return awkVal{kind: 'n', n: n} }
func awkStr(s string) awkVal  { return awkVal{kind: 's', s: s} }

// awkInput makes a value of text from outside.
func awkInput(s string) awkVal { return awkVal{kind: 'x', s: s} }

func awkBool(b bool) awkVal {
	if b {
		return awkNum(1)
	}
	return awkNum(0)
}

func (v awkVal) num() float64 {
	if v.kind == 'n' {
		return v.n
	}
	t := strings.TrimLeft(v.s, " \t\n")
	f, err := strconv.ParseFloat(t[:numberPrefix(t)], 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0
	}
	return f
}

// numeric reports whether the value compares as a number.
func (v awkVal) numeric() bool {
	switch v.kind {
	case 0, 'n':
		return true
	case 'x':
		t := strings.TrimSpace(v.s)
		return t != "" && numberPrefix(t) == len(t)
	}
	return false
}

func (v awkVal) str(format string) string {
	if v.kind != 'n' {
		return v.s
	}
	switch {
	case v.n == math.Trunc(v.n) && math.Abs(v.n) < 1e16:
		return strconv.FormatInt(int64(v.n), 10)
	case math.IsNaN(v.n):
		return "nan"
	case math.IsInf(v.n, 1):
		return "inf"
	case math.IsInf(v.n, -1):
		return "-inf"
	}
	return awkFormat(format, []awkVal{v})
}

func (v awkVal) truth() bool {
	if v.kind == 's' || v.kind == 'x' && !v.numeric() {
		return v.s != ""
	}
	return v.num() != 0
}

// compare gives -1, 0 or 1.
func (v awkVal) compare(w awkVal, format string) int {
	if v.numeric() && w.numeric() {
		return cmp.Compare(v.num(), w.num())
	}
	return strings.Compare(v.str(format), w.str(format))
}

// awkFormat is sprintf.
func awkFormat(format string, args []awkVal) string {
	var b strings.Builder
	next := func() awkVal {
		if len(args) == 0 {
			return awkVal{}
		}
		a := args[0]
		args = args[1:]
		return a
	}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		spec := "%"
		for i++; i < len(format) && strings.IndexByte("-+ #0123456789.*hl", format[i]) >= 0; i++ {
			switch format[i] {
			case '*':
				spec += itoa(max(-maxWidth, min(maxWidth, int(next().num()))))
			case 'h', 'l':
			default:
				spec += string(format[i])
			}
		}
		if i >= len(format) {
			b.WriteString(spec)
			break
		}
		awkVerb(&b, format[i], boundSpec(spec), next)
	}
	return b.String()
}

// boundSpec bounds the numbers in a format.
func boundSpec(spec string) string {
	var b strings.Builder
	for i := 0; i < len(spec); {
		n := digitsOf(spec[i:])
		if n > 5 {
			b.WriteString("65536")
		} else {
			b.WriteString(spec[i : i+n])
		}
		if i += n; n == 0 {
			b.WriteByte(spec[i])
			i++
		}
	}
	return b.String()
}

func awkVerb(b *strings.Builder, verb byte, spec string, next func() awkVal) {
	switch verb {
	case '%':
		b.WriteByte('%')
	case 'd', 'i':
		fmt.Fprintf(b, intSpec(spec)+"d", awkInt(next().num()))
	case 'u':
		fmt.Fprintf(b, intSpec(spec)+"d", uint64(awkInt(next().num())))
	case 'o', 'x', 'X':
		fmt.Fprintf(b, intSpec(spec)+string(verb), uint64(awkInt(next().num())))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		fmt.Fprintf(b, spec+string(verb), next().num())
	case 'c':
		v := next()
		text := v.s
		if v.kind == 'n' {
			text = string(rune(int32(v.n)))
		} else if r := []rune(text); len(r) > 1 {
			text = string(r[0])
		}
		fmt.Fprintf(b, spec+"s", text)
	case 's':
		fmt.Fprintf(b, strings.ReplaceAll(spec, "#", "")+"s", next().str("%.6g"))
	default:
		b.WriteString(spec + string(verb))
	}
}

// awkInt converts without the undefined results of large floats.
func awkInt(f float64) int64 {
	switch {
	case math.IsNaN(f):
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}
