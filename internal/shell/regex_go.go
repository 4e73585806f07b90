package shell

import (
	"regexp"
	"strconv"
	"strings"
)

// goRegexp writes an expression in Go's syntax.
func goRegexp(n *reNode, flags regexFlags) string {
	var b strings.Builder
	b.WriteString("(?s")
	if flags.fold {
		b.WriteByte('i')
	}
	if flags.lines {
		b.WriteByte('m')
	}
	b.WriteByte(':')
	n.write(&b)
	b.WriteByte(')')
	return b.String()
}

func (n *reNode) write(b *strings.Builder) {
	switch n.kind {
	case reEmpty:
		b.WriteString("(?:)")
	case reChar:
		b.WriteString(regexp.QuoteMeta(string(n.r)))
	case reAny:
		b.WriteByte('.')
	case reSet:
		n.set.write(b)
	case reAssert:
		b.WriteString(map[rune]string{reBol: "^", reEol: "$", reBufStart: `\A`, reBufEnd: `\z`, reBoundary: `\b`, reInside: `\B`}[n.r])
	case reGroup:
		b.WriteByte('(')
		n.subs[0].write(b)
		b.WriteByte(')')
	case reCat:
		for _, s := range n.subs {
			s.write(b)
		}
	case reAlt:
		b.WriteString("(?:")
		for i, s := range n.subs {
			if i > 0 {
				b.WriteByte('|')
			}
			s.write(b)
		}
		b.WriteByte(')')
	case reRepeat:
		n.writeRepeat(b)
	}
}

func (n *reNode) writeRepeat(b *strings.Builder) {
	b.WriteString("(?:")
	n.subs[0].write(b)
	b.WriteByte(')')
	switch {
	case n.min == 0 && n.max < 0:
		b.WriteByte('*')
	case n.min == 1 && n.max < 0:
		b.WriteByte('+')
	case n.min == 0 && n.max == 1:
		b.WriteByte('?')
	case n.max < 0:
		b.WriteString("{" + strconv.Itoa(n.min) + ",}")
	default:
		b.WriteString("{" + strconv.Itoa(n.min) + "," + strconv.Itoa(n.max) + "}")
	}
}

func (s *reSetOf) write(b *strings.Builder) {
	b.WriteByte('[')
	if s.negated {
		b.WriteByte('^')
	}
	for _, r := range s.ranges {
		b.WriteString(`\x{` + strconv.FormatInt(int64(r[0]), 16) + `}-\x{` + strconv.FormatInt(int64(r[1]), 16) + `}`)
	}
	for _, c := range s.classes {
		b.WriteString(classRegexp(c))
	}
	b.WriteByte(']')
}
