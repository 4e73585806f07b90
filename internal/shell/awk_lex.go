package shell

import (
	"fmt"
	"strconv"
	"strings"
)

// awkTok is a token of an awk program.
type awkTok struct {
	kind byte // 'n' number, 's' string, 'r' regexp, 'i' name, 'f' name before "(", 'k' keyword, 'p' punctuation, '\n', 0 at the end
	text string
	num  float64
	line int
}

func awkKeyword(w string) bool {
	switch w {
	case "BEGIN", "END", "function", "func", "if", "else", "while", "for", "do", "break", "continue", "next", "nextfile",
		"exit", "return", "delete", "in", "getline", "print", "printf":
		return true
	}
	return false
}

func awkBuiltin(w string) bool {
	switch w {
	case "length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "sin", "cos", "atan2", "exp", "log", "sqrt",
		"int", "rand", "srand", "tolower", "toupper", "close", "system", "fflush", "strtonum":
		return true
	}
	return false
}

// awkLex cuts a program into tokens.
func awkLex(src string) ([]awkTok, error) {
	l := &awkLexer{src: src, line: 1}
	for {
		if err := l.next(); err != nil {
			return nil, err
		}
		if len(l.toks) > 0 && l.toks[len(l.toks)-1].kind == 0 {
			return l.toks, nil
		}
	}
}

type awkLexer struct {
	src  string
	pos  int
	line int
	toks []awkTok
}

func (l *awkLexer) add(kind byte, text string) {
	l.toks = append(l.toks, awkTok{kind: kind, text: text, line: l.line})
}

// operand reports whether the last token ends an operand: then "/" divides.
func (l *awkLexer) operand() bool {
	if len(l.toks) == 0 {
		return false
	}
	t := l.toks[len(l.toks)-1]
	switch t.kind {
	case 'n', 's', 'r', 'i':
		return true
	case 'f':
		return awkBuiltin(t.text)
	case 'p':
		return t.text == ")" || t.text == "]" || t.text == "$" || t.text == "++" || t.text == "--"
	}
	return false
}

func (l *awkLexer) next() error {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			l.pos++
			continue
		case c == '\\' && strings.HasPrefix(l.src[l.pos+1:], "\n"):
			l.pos += 2
			l.line++
			continue
		case c == '#':
			for l.pos < len(l.src) && l.src[l.pos] != '\n' {
				l.pos++
			}
			continue
		}
		break
	}
	if l.pos >= len(l.src) {
		l.add(0, "end of program")
		return nil
	}
	c := l.src[l.pos]
	switch {
	case c == '\n':
		l.add('\n', "newline")
		l.pos++
		l.line++
	case c >= '0' && c <= '9' || c == '.' && l.pos+1 < len(l.src) && l.src[l.pos+1] >= '0' && l.src[l.pos+1] <= '9':
		l.number()
	case c == '"':
		return l.str()
	case c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z':
		l.word()
	case c == '/' && !l.operand():
		return l.regexp()
	default:
		return l.punct()
	}
	return nil
}

func (l *awkLexer) number() {
	end := l.pos
	if strings.HasPrefix(l.src[l.pos:], "0x") {
		end += 2
		for end < len(l.src) && digits(l.src[end:], 1, 16) == 1 {
			end++
		}
		n, _ := strconv.ParseUint(l.src[l.pos+2:end], 16, 64)
		l.add('n', l.src[l.pos:end])
		l.toks[len(l.toks)-1].num = float64(n)
		l.pos = end
		return
	}
	n := numberPrefix(l.src[l.pos:])
	f, _ := strconv.ParseFloat(l.src[l.pos:l.pos+n], 64)
	l.add('n', l.src[l.pos:l.pos+n])
	l.toks[len(l.toks)-1].num = f
	l.pos += n
}

// numberPrefix gives the length of the decimal number that v begins with.
func numberPrefix(v string) int {
	i := 0
	if i < len(v) && (v[i] == '+' || v[i] == '-') {
		i++
	}
	whole := digitsOf(v[i:])
	i += whole
	frac := 0
	if i < len(v) && v[i] == '.' {
		frac = digitsOf(v[i+1:])
		if whole+frac > 0 {
			i += 1 + frac
		}
	}
	if whole+frac == 0 {
		return 0
	}
	if i < len(v) && v[i]|0x20 == 'e' {
		j := i + 1
		if j < len(v) && (v[j] == '+' || v[j] == '-') {
			j++
		}
		if d := digitsOf(v[j:]); d > 0 {
			i = j + d
		}
	}
	return i
}

func (l *awkLexer) str() error {
	var b strings.Builder
	for i := l.pos + 1; i < len(l.src); i++ {
		switch c := l.src[i]; {
		case c == '"':
			l.add('s', b.String())
			l.pos = i + 1
			return nil
		case c == '\n':
			return fmt.Errorf("line %d: unterminated string", l.line)
		case c == '\\' && i+1 < len(l.src):
			i++
			switch l.src[i] {
			case '"', '/', '\\':
				b.WriteByte(l.src[i])
			case '\n':
			default:
				i += escapeAt(&b, l.src[i:], false) - 1
			}
		default:
			b.WriteByte(c)
		}
	}
	return fmt.Errorf("line %d: unterminated string", l.line)
}

func (l *awkLexer) regexp() error {
	bracket := false
	for i := l.pos + 1; i < len(l.src); i++ {
		switch c := l.src[i]; {
		case c == '\n':
			return fmt.Errorf("line %d: unterminated regexp", l.line)
		case c == '\\':
			i++
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case c == '/' && !bracket:
			l.add('r', l.src[l.pos+1:i])
			l.pos = i + 1
			return nil
		}
	}
	return fmt.Errorf("line %d: unterminated regexp", l.line)
}

func (l *awkLexer) word() {
	end := l.pos
	for end < len(l.src) && wordByte(l.src[end]) {
		end++
	}
	w := l.src[l.pos:end]
	l.pos = end
	switch {
	case awkKeyword(w):
		if w == "func" {
			w = "function"
		}
		l.add('k', w)
	case awkBuiltin(w) || end < len(l.src) && l.src[end] == '(':
		l.add('f', w)
	default:
		l.add('i', w)
	}
}

func (l *awkLexer) punct() error {
	for _, op := range []string{"**=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "**", "==", "<=", ">=", "!=", "!~", ">>"} {
		if strings.HasPrefix(l.src[l.pos:], op) {
			l.pos += len(op)
			switch op {
			case "**":
				op = "^"
			case "**=":
				op = "^="
			}
			l.add('p', op)
			return nil
		}
	}
	c := l.src[l.pos]
	if strings.IndexByte("{}()[];,+-*/%^!<>|?:~$=", c) < 0 {
		return fmt.Errorf("line %d: unexpected character %q", l.line, c)
	}
	l.pos++
	l.add('p', string(c))
	return nil
}
