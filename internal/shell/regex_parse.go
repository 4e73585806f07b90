package shell

import (
	"strings"
	"unicode/utf8"
)

// reKind is the kind of a node of a regular expression.
type reKind uint8

const (
	reEmpty reKind = iota
	reChar         // r
	reAny
	reSet // set
	reAssert
	reGroup // subs[0], n
	reBack  // n
	reCat
	reAlt
	reRepeat // subs[0], min, max
)

// Assertions.
const (
	reBol       = '^'
	reEol       = '$'
	reBufStart  = '`'
	reBufEnd    = '\''
	reWordStart = '<'
	reWordEnd   = '>'
	reBoundary  = 'b'
	reInside    = 'B'
)

type reNode struct {
	kind     reKind
	r        rune // of reChar and reAssert
	set      *reSetOf
	subs     []*reNode
	n        int
	min, max int // max -1: no end
}

// reSetOf is a bracket expression.
type reSetOf struct {
	negated bool
	ranges  [][2]rune
	classes []string
}

// Bounds of an expression.
const (
	reMaxRepeat = 32767 // RE_DUP_MAX
	reMaxNest   = 250
	reMaxSize   = 1 << 16
)

// reParser parses a basic or extended expression, as GNU's regcomp does.
type reParser struct {
	pat    string
	i      int
	flags  regexFlags
	groups int
	closed []bool // groups that are complete, for back-references
	depth  int
	own    bool // uses what Go's engine lacks
}

func (p *reParser) parse() (*reNode, error) {
	n, err := p.alternation()
	if err != nil {
		return nil, err
	}
	if p.i < len(p.pat) { // a closing parenthesis
		return nil, regexText(`Unmatched ) or \)`)
	}
	return n, nil
}

// operator reports whether an operator stands at i: c in extended expressions,
// \c in basic ones.
func (p *reParser) operator(c byte) bool {
	if p.flags.extended {
		return p.i < len(p.pat) && p.pat[p.i] == c
	}
	return p.i+1 < len(p.pat) && p.pat[p.i] == '\\' && p.pat[p.i+1] == c
}

func (p *reParser) take(c byte) bool {
	if !p.operator(c) {
		return false
	}
	p.i++
	if !p.flags.extended {
		p.i++
	}
	return true
}

func (p *reParser) alternation() (*reNode, error) {
	if p.depth++; p.depth > reMaxNest {
		return nil, regexText("Regular expression too big")
	}
	defer func() { p.depth-- }()
	var subs []*reNode
	for {
		n, err := p.sequence()
		if err != nil {
			return nil, err
		}
		subs = append(subs, n)
		if !p.take('|') {
			break
		}
	}
	if len(subs) == 1 {
		return subs[0], nil
	}
	return &reNode{kind: reAlt, subs: subs}, nil
}

func (p *reParser) sequence() (*reNode, error) {
	cat := &reNode{kind: reCat}
	start := true
	for p.i < len(p.pat) && !p.operator('|') {
		if p.operator(')') && (p.depth > 1 || !p.flags.extended) {
			break
		}
		n, err := p.atom(start)
		if err != nil {
			return nil, err
		}
		if n.kind == reAssert && n.r == reBol && !p.flags.extended {
			cat.subs = append(cat.subs, n)
			continue // a star behind it is still a star
		}
		if n, err = p.repeats(n); err != nil {
			return nil, err
		}
		cat.subs = append(cat.subs, n)
		start = false
	}
	return cat, nil
}

// repeats takes the operators behind an atom.
func (p *reParser) repeats(n *reNode) (*reNode, error) {
	for p.i < len(p.pat) {
		switch {
		case p.pat[p.i] == '*':
			p.i++
			n = &reNode{kind: reRepeat, subs: []*reNode{n}, max: -1}
		case p.take('+'):
			n = &reNode{kind: reRepeat, subs: []*reNode{n}, min: 1, max: -1}
		case p.take('?'):
			n = &reNode{kind: reRepeat, subs: []*reNode{n}, max: 1}
		case p.operator('{'):
			lo, hi, ok, err := p.interval()
			if err != nil || !ok {
				return n, err
			}
			n = &reNode{kind: reRepeat, subs: []*reNode{n}, min: lo, max: hi}
		default:
			return n, nil
		}
	}
	return n, nil
}

// interval takes {N}, {N,}, {,M} or {N,M}. In extended expressions a brace that
// begins no interval is a brace.
func (p *reParser) interval() (lo, hi int, ok bool, err error) {
	at := p.i
	p.take('{')
	end := "}"
	if !p.flags.extended {
		end = `\}`
	}
	lo, hi, n := -1, -1, 0
	if lo, n = p.number(); n == 0 {
		lo = -1
	}
	hi = lo
	comma := strings.HasPrefix(p.pat[p.i:], ",")
	if comma {
		p.i++
		if hi, n = p.number(); n == 0 {
			hi = -1
		}
	}
	if !strings.HasPrefix(p.pat[p.i:], end) || lo < 0 && !comma {
		if p.flags.extended {
			p.i = at
			return 0, 0, false, nil
		}
		if p.i >= len(p.pat) {
			return 0, 0, false, regexText(`Unmatched \{`)
		}
		return 0, 0, false, regexText(`Invalid content of \{\}`)
	}
	p.i += len(end)
	lo = max(lo, 0)
	switch {
	case hi >= 0 && lo > hi:
		return 0, 0, false, regexText(`Invalid content of \{\}`)
	case lo > reMaxRepeat || hi > reMaxRepeat:
		return 0, 0, false, regexText("Regular expression too big")
	}
	return lo, hi, true, nil
}

func (p *reParser) number() (v, digits int) {
	for p.i < len(p.pat) && p.pat[p.i] >= '0' && p.pat[p.i] <= '9' {
		v = min(v*10+int(p.pat[p.i]-'0'), reMaxRepeat+1)
		p.i++
		digits++
	}
	return v, digits
}

// atom takes what stands for itself or for a character. start: nothing that
// can be repeated stands before it.
func (p *reParser) atom(start bool) (*reNode, error) {
	c := p.pat[p.i]
	switch {
	case c == '[':
		return p.bracket()
	case p.take('('):
		return p.group()
	case c == '\\':
		return p.escape()
	case c == '.':
		p.i++
		return &reNode{kind: reAny}, nil
	case c == '^' && (p.flags.extended || start):
		p.i++
		return &reNode{kind: reAssert, r: reBol}, nil
	case c == '$' && p.dollar():
		p.i++
		return &reNode{kind: reAssert, r: reEol}, nil
	case p.flags.extended && start && strings.IndexByte("*+?", c) >= 0:
		p.i++ // GNU takes a repetition of nothing as nothing
		p.warn(string(c) + " at start of expression")
		return &reNode{kind: reEmpty}, nil
	case p.flags.extended && start && c == '{':
		if _, _, ok, err := p.interval(); ok || err != nil {
			p.warn("{...} at start of expression")
			return &reNode{kind: reEmpty}, err
		}
	}
	r, n := utf8.DecodeRuneInString(p.pat[p.i:])
	if r == utf8.RuneError && n == 1 {
		r = rune(c)
	}
	p.i += n
	return &reNode{kind: reChar, r: r}, nil
}

func (p *reParser) warn(text string) {
	if p.flags.warn != nil {
		p.flags.warn(text)
	}
}

// dollar reports whether the $ at i is an anchor.
func (p *reParser) dollar() bool {
	rest := p.pat[p.i+1:]
	return p.flags.extended || rest == "" || strings.HasPrefix(rest, `\)`) || strings.HasPrefix(rest, `\|`) || strings.HasPrefix(rest, "\n")
}

func (p *reParser) group() (*reNode, error) {
	p.groups++
	n := p.groups
	p.closed = append(p.closed, false)
	sub, err := p.alternation()
	if err != nil {
		return nil, err
	}
	if !p.take(')') {
		return nil, regexText(`Unmatched ( or \(`)
	}
	p.closed[n-1] = true
	return &reNode{kind: reGroup, n: n, subs: []*reNode{sub}}, nil
}

// escape takes a backslash and what it makes special or plain.
func (p *reParser) escape() (*reNode, error) {
	if p.i+1 == len(p.pat) {
		return nil, regexText("Trailing backslash")
	}
	c := p.pat[p.i+1]
	switch c {
	case 'w', 'W':
		p.i += 2
		return &reNode{kind: reSet, set: &reSetOf{negated: c == 'W', ranges: [][2]rune{{'_', '_'}}, classes: []string{"alnum"}}}, nil
	case 's', 'S':
		p.i += 2
		return &reNode{kind: reSet, set: &reSetOf{negated: c == 'S', classes: []string{"space"}}}, nil
	case 'b', 'B', '`', '\'', '<', '>':
		p.i += 2
		p.own = p.own || c == '<' || c == '>'
		return &reNode{kind: reAssert, r: rune(c)}, nil
	}
	if c >= '1' && c <= '9' {
		n := int(c - '0')
		if n > len(p.closed) || !p.closed[n-1] {
			return nil, regexText("Invalid back reference")
		}
		p.i += 2
		p.own = true
		return &reNode{kind: reBack, n: n}, nil
	}
	p.i++
	r, n := utf8.DecodeRuneInString(p.pat[p.i:])
	p.i += n
	return &reNode{kind: reChar, r: r}, nil
}
