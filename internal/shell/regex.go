package shell

import (
	"errors"
	"regexp"
	"strings"
)

// errBackref says that a regexp needs what Go's, which never backtracks, lacks.
var errBackref = errors.New("back-references in a regular expression are not supported")

// regexpText is an error in the words of GNU's regcomp.
type regexpText string

func (e regexpText) Error() string { return string(e) }

// compileRegexp compiles a POSIX basic or extended regular expression, with
// GNU's additions, leftmost-longest.
func compileRegexp(pat string, extended, fold bool) (*regexp.Regexp, error) {
	expr, err := translateRegexp(pat, extended)
	if err != nil {
		return nil, err
	}
	if fold {
		expr = "(?i)" + expr
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, regexpError(err)
	}
	re.Longest()
	return re, nil
}

// regexpError gives GNU's text for a broken expression.
func regexpError(err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "missing closing ]"):
		return regexpText("Unmatched [, [^, [:, [., or [=")
	case strings.Contains(text, "missing closing )"):
		return regexpText(`Unmatched ( or \(`)
	case strings.Contains(text, "unexpected )"):
		return regexpText(`Unmatched ) or \)`)
	case strings.Contains(text, "invalid character class"):
		return regexpText("Invalid range end")
	case strings.Contains(text, "invalid repeat count"):
		return regexpText("Regular expression too big")
	}
	return regexpText("Invalid regular expression")
}

// translator turns POSIX syntax into Go's.
type translator struct {
	pat      string
	extended bool
	b        strings.Builder
	start    bool // at the start of an expression or group: '*' is literal
}

func translateRegexp(pat string, extended bool) (string, error) {
	t := &translator{pat: pat, extended: extended, start: true}
	t.b.WriteString("(?s)")
	for i := 0; i < len(pat); {
		n, err := t.one(i)
		if err != nil {
			return "", err
		}
		i += n
	}
	return t.b.String(), nil
}

// one translates what stands at i and gives its length.
func (t *translator) one(i int) (int, error) {
	c := t.pat[i]
	start := t.start
	t.start = false
	switch c {
	case '[':
		return t.bracket(i)
	case '\\':
		return t.escape(i, start)
	case '*':
		if start {
			t.b.WriteString(`\*`)
			t.start = !t.extended
			return 1, nil
		}
		t.b.WriteByte('*')
	case '.':
		t.b.WriteByte('.')
	case '^':
		if t.extended || start {
			t.b.WriteByte('^')
			t.start = true
			return 1, nil
		}
		t.b.WriteString(`\^`)
	case '$':
		if t.extended || i+1 == len(t.pat) || strings.HasPrefix(t.pat[i+1:], `\)`) || strings.HasPrefix(t.pat[i+1:], `\|`) {
			t.b.WriteByte('$')
			return 1, nil
		}
		t.b.WriteString(`\$`)
	case '(', ')', '|', '+', '?', '{', '}':
		return t.operator(i, start), nil
	default:
		t.b.WriteByte(c)
	}
	return 1, nil
}

// operator handles the characters that are operators in extended expressions.
func (t *translator) operator(i int, start bool) int {
	c := t.pat[i]
	if !t.extended {
		t.b.WriteString(`\` + string(c))
		return 1
	}
	switch {
	case c == '(' || c == '|':
		t.b.WriteByte(c)
		t.start = true
	case c == ')':
		t.b.WriteByte(c)
	case (c == '+' || c == '?') && !start:
		t.b.WriteByte(c)
	case c == '{' && !start:
		if n := interval(t.pat[i+1:], "}"); n > 0 {
			t.b.WriteString(goInterval(t.pat[i+1 : i+n]))
			return n + 1
		}
		t.b.WriteString(`\{`)
	default:
		t.b.WriteString(`\` + string(c))
	}
	return 1
}

// interval gives the length of "3,5}" up to its end, 0 when it is none.
func interval(v, end string) int {
	at := strings.Index(v, end)
	if at <= 0 || strings.Trim(v[:at], "0123456789,") != "" {
		return 0
	}
	return at + len(end)
}

func goInterval(v string) string {
	if strings.HasPrefix(v, ",") {
		v = "0" + v
	}
	return "{" + v + "}"
}

// escape handles a backslash.
func (t *translator) escape(i int, start bool) (int, error) {
	if i+1 == len(t.pat) {
		return 0, regexpText("Trailing backslash")
	}
	c := t.pat[i+1]
	switch c {
	case 'w', 'W', 's', 'S', 'b', 'B':
		t.b.WriteString(`\` + string(c))
		return 2, nil
	case '<', '>':
		t.b.WriteString(`\b`)
		return 2, nil
	case '`':
		t.b.WriteString(`\A`)
		return 2, nil
	case '\'':
		t.b.WriteString(`\z`)
		return 2, nil
	case 'n':
		t.b.WriteString(`\n`)
		return 2, nil
	case 't':
		t.b.WriteString(`\t`)
		return 2, nil
	}
	if c >= '1' && c <= '9' {
		return 0, errBackref
	}
	if !t.extended {
		switch {
		case c == '(' || c == '|':
			t.b.WriteByte(c)
			t.start = true
			return 2, nil
		case c == ')' || (c == '+' || c == '?') && !start:
			t.b.WriteByte(c)
			return 2, nil
		case c == '{' && !start:
			if n := interval(t.pat[i+2:], `\}`); n > 0 {
				t.b.WriteString(goInterval(t.pat[i+2 : i+n]))
				return n + 2, nil
			}
			return 0, regexpText(`Unmatched \{`)
		}
	}
	t.b.WriteString(regexp.QuoteMeta(t.pat[i+1 : i+2]))
	return 2, nil
}

// bracket copies a bracket expression; in POSIX a backslash in it is literal.
func (t *translator) bracket(i int) (int, error) {
	j := i + 1
	var b strings.Builder
	b.WriteByte('[')
	if j < len(t.pat) && t.pat[j] == '^' {
		b.WriteByte('^')
		j++
	}
	for first := true; j < len(t.pat); first = false {
		c := t.pat[j]
		if c == ']' && !first {
			b.WriteByte(']')
			t.b.WriteString(b.String())
			return j + 1 - i, nil
		}
		if c == '[' && j+1 < len(t.pat) && t.pat[j+1] == ':' {
			end := strings.Index(t.pat[j:], ":]")
			if end < 0 {
				break
			}
			b.WriteString(t.pat[j : j+end+2])
			j += end + 2
			continue
		}
		switch c {
		case '\\', '[', ']', '^':
			b.WriteByte('\\')
		case '&', '~':
			// set operations in some engines; literal here
		}
		b.WriteByte(c)
		j++
	}
	return 0, regexpText("Unmatched [, [^, [:, [., or [=")
}
