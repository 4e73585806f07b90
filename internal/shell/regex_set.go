package shell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const unmatchedBracket = regexText("Unmatched [, [^, [:, [., or [=")

// bracket takes a bracket expression; a backslash in it is plain.
func (p *reParser) bracket() (*reNode, error) {
	set := &reSetOf{}
	begin := p.i
	p.i++
	if p.i < len(p.pat) && p.pat[p.i] == '^' {
		set.negated = true
		p.i++
	}
	if p.i == len(p.pat) {
		return nil, regexText("Invalid regular expression")
	}
	for first := true; p.i < len(p.pat); first = false {
		if p.pat[p.i] == ']' && !first {
			p.i++
			if err := p.looksLikeClass(begin); err != nil {
				return nil, err
			}
			return &reNode{kind: reSet, set: set}, nil
		}
		if name, ok, err := p.named(':'); err != nil {
			return nil, err
		} else if ok {
			if classRegexp(name) == "" {
				return nil, regexText("Invalid character class name")
			}
			set.classes = append(set.classes, name)
			continue
		}
		if err := p.setRange(set); err != nil {
			return nil, err
		}
	}
	return nil, unmatchedBracket
}

// looksLikeClass refuses [:space:], which was meant to be [[:space:]].
func (p *reParser) looksLikeClass(begin int) error {
	t := p.pat[begin:p.i]
	if len(t) > 4 && t[1] == ':' && t[len(t)-2] == ':' && p.flags.warn != nil {
		return regexText("character class syntax is [[:space:]], not [:space:]")
	}
	return nil
}

// named takes [:NAME:], [=C=] or [.C.].
func (p *reParser) named(kind byte) (string, bool, error) {
	rest := p.pat[p.i:]
	if len(rest) < 2 || rest[0] != '[' || rest[1] != kind {
		return "", false, nil
	}
	end := strings.Index(rest[2:], string([]byte{kind, ']'}))
	if end < 0 {
		return "", false, unmatchedBracket
	}
	p.i += 2 + end + 2
	return rest[2 : 2+end], true, nil
}

// setElement takes one character of a set.
func (p *reParser) setElement() (rune, error) {
	for _, kind := range []byte{'=', '.'} {
		name, ok, err := p.named(kind)
		if err != nil {
			return 0, err
		}
		if ok {
			if utf8.RuneCountInString(name) != 1 {
				return 0, regexText("Invalid collation character")
			}
			r, _ := utf8.DecodeRuneInString(name)
			return r, nil
		}
	}
	r, n := utf8.DecodeRuneInString(p.pat[p.i:])
	p.i += n
	return r, nil
}

func (p *reParser) setRange(set *reSetOf) error {
	lo, err := p.setElement()
	if err != nil {
		return err
	}
	hi := lo
	if p.i+1 < len(p.pat) && p.pat[p.i] == '-' && p.pat[p.i+1] != ']' {
		p.i++
		if hi, err = p.setElement(); err != nil {
			return err
		}
		if hi < lo {
			return regexText("Invalid range end")
		}
	}
	set.ranges = append(set.ranges, [2]rune{lo, hi})
	return nil
}

// classRegexp is the class as Go writes it, "" for a name that is none.
func classRegexp(name string) string {
	if strings.Contains(" alnum alpha blank cntrl digit graph lower print punct space upper xdigit ", " "+name+" ") && name != "" {
		return "[:" + name + ":]"
	}
	return ""
}

// inClass reports whether a character is in a class of the C locale.
func inClass(name string, r rune) bool {
	if r >= utf8.RuneSelf {
		return false
	}
	switch name {
	case "alnum":
		return inClass("alpha", r) || inClass("digit", r)
	case "alpha":
		return inClass("lower", r) || inClass("upper", r)
	case "blank":
		return r == ' ' || r == '\t'
	case "cntrl":
		return r < ' ' || r == 0x7f
	case "digit":
		return r >= '0' && r <= '9'
	case "graph":
		return r > ' ' && r < 0x7f
	case "lower":
		return r >= 'a' && r <= 'z'
	case "print":
		return r >= ' ' && r < 0x7f
	case "punct":
		return inClass("graph", r) && !inClass("alnum", r)
	case "space":
		return r == ' ' || r >= '\t' && r <= '\r'
	case "upper":
		return r >= 'A' && r <= 'Z'
	case "xdigit":
		return inClass("digit", r) || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
	}
	return false
}

// has reports whether the set contains a character, with fold in either case.
func (s *reSetOf) has(r rune, fold bool) bool {
	in := s.includes(r)
	if fold && !in {
		in = s.includes(unicode.ToLower(r)) || s.includes(unicode.ToUpper(r))
	}
	return in != s.negated
}

func (s *reSetOf) includes(r rune) bool {
	for _, x := range s.ranges {
		if r >= x[0] && r <= x[1] {
			return true
		}
	}
	for _, c := range s.classes {
		if inClass(c, r) {
			return true
		}
	}
	return false
}
