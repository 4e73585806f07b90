package shell

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape replaces the backslash sequences of echo -e and printf %b (echo
// true: octal needs a 0 in front), or of a printf format. stop is set by \c.
func unescape(v string, echo bool) (out string, stop bool) {
	if !strings.Contains(v, `\`) {
		return v, false
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			b.WriteByte(v[i])
			continue
		}
		i++
		if v[i] == 'c' && echo {
			return b.String(), true
		}
		i += escapeAt(&b, v[i:], echo) - 1
	}
	return b.String(), false
}

// escapeAt writes what the sequence after a backslash stands for and gives its
// length.
func escapeAt(b *strings.Builder, v string, echo bool) int {
	if at := strings.IndexByte(`abefnrtvE`, v[0]); at >= 0 {
		b.WriteByte("\a\b\x1b\f\n\r\t\v\x1b"[at])
		return 1
	}
	switch v[0] {
	case '\\':
		b.WriteByte('\\')
		return 1
	case '0', '1', '2', '3', '4', '5', '6', '7':
		if echo && v[0] != '0' {
			break
		}
		start, most := 0, 3
		if echo {
			start, most = 1, 3
		}
		n := digits(v[start:], most, 8)
		val, _ := strconv.ParseUint("0"+v[start:start+n], 8, 16)
		b.WriteByte(byte(val))
		return start + n
	case 'x':
		if n := digits(v[1:], 2, 16); n > 0 {
			val, _ := strconv.ParseUint(v[1:1+n], 16, 8)
			b.WriteByte(byte(val))
			return 1 + n
		}
	case 'u', 'U':
		most := 4
		if v[0] == 'U' {
			most = 8
		}
		if n := digits(v[1:], most, 16); n > 0 {
			val, _ := strconv.ParseUint(v[1:1+n], 16, 32)
			b.Write(utf8.AppendRune(nil, rune(val)))
			return 1 + n
		}
	}
	b.WriteByte('\\')
	b.WriteByte(v[0])
	return 1
}

// digits counts leading digits of a base, at most n.
func digits(v string, n, base int) int {
	i := 0
	for i < len(v) && i < n {
		d, err := strconv.ParseUint(v[i:i+1], 16, 8)
		if err != nil || int(d) >= base {
			break
		}
		i++
	}
	return i
}

// ansiC gives the value of $'...'.
func ansiC(v string) string {
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			b.WriteByte(v[i])
			continue
		}
		i++
		switch v[i] {
		case '\'', '"', '?':
			b.WriteByte(v[i])
		case 'c':
			if i+1 < len(v) {
				i++
				b.WriteByte(v[i] & 0x1f)
			}
		default:
			i += escapeAt(&b, v[i:], false) - 1
		}
	}
	val, _, _ := strings.Cut(b.String(), "\x00")
	return val
}

// quoteANSI writes a word with control characters as $'...'.
func quoteANSI(v string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\x1b':
			b.WriteString(`\E`)
		case c == '\'' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c == 0x7f:
			b.WriteString(`\` + leftPad(strconv.FormatUint(uint64(c), 8), 3))
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}

func leftPad(v string, n int) string { return strings.Repeat("0", max(0, n-len(v))) + v }
