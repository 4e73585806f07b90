//go:build ignore

package main

import (
	"fmt"
	"strings"
)

// Flags: how forms record them, or leave that to others.

// Text between the outer marks only records flags: it is left out where the next
// instruction overwrites them all. What is behind the middle mark, if there is one,
// does instead where no instruction near reads them: it only remembers operands.
const (
	flagsBegin = "\x01"
	flagsLate  = "\x04"
	flagsEnd   = "\x02"
)

// allFlags is text that records all flags, someFlags text that needs the old ones.
func allFlags(s string) string  { return flagsBegin + s + "FLAGS\n" + flagsEnd }
func someFlags(s string) string { return flagsBegin + "SETTLED\n" + s + flagsEnd }

// A flagMode says which of the marked texts stay.
type flagMode int

const (
	loud  flagMode = iota // flags are recorded
	quiet                 // they are not
	late                  // they may be, later
)

// withFlags resolves the marks.
func withFlags(s string, mode flagMode) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, flagsBegin)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		marked, after, _ := strings.Cut(rest, flagsEnd)
		now, later, ok := strings.Cut(marked, flagsLate)
		if mode == late && ok {
			now = later
		}
		if mode != quiet {
			b.WriteString(now)
		}
		s = after
	}
}

// result records ZF, SF and PF of r.
func result(size int) string {
	if size == 64 {
		return "c.fz, c.fr = r, r\n"
	}
	return fmt.Sprintf("c.fz = uint64(r)\nc.fr = uint64(r)<<%d | uint64(r)\n", 64-size)
}

// carries records the carries v.
func carries(size int, v string) string {
	if size == 64 {
		return "c.fc = " + v + "\n"
	}
	return fmt.Sprintf("v := uint64(%s)\nc.fc = v<<%d | v\n", v, 64-size)
}

// compute is r = a op b with its flags; a and b have the operand type.
func compute(op string, size int) string {
	add := result(size) + carries(size, "a&b | (a|b)&^r")
	sub := result(size) + carries(size, "^a&b | (^a|b)&r")
	remember := func(flags, kind string) string {
		return allFlags(flags)[:len(allFlags(flags))-1] + flagsLate +
			fmt.Sprintf("_, la, lb, late = r, %s, %s, late%s%d\n", wide(size, "a"), wide(size, "b"), kind, size) + flagsEnd
	}
	switch op {
	case "add":
		return "r := a + b\n" + remember(add, "Add")
	case "sub", "cmp":
		return "r := a - b\n" + remember(sub, "Sub")
	case "adc":
		return "SETTLED\nr := a + b + " + conv(size, "c.fc>>63") + "\n" + allFlags(add)
	case "sbb":
		return "SETTLED\nr := a - b - " + conv(size, "c.fc>>63") + "\n" + allFlags(sub)
	}
	sign := map[string]string{"and": "&", "test": "&", "or": "|", "xor": "^"}[op]
	flags := allFlags(result(size) + "c.fc = 0\n")
	return "r := a " + sign + " b\n" + flags[:len(flags)-1] + flagsLate +
		fmt.Sprintf("la, late = %s, lateLogic%d\n", wide(size, "r"), size) + flagsEnd
}

// settle records what late operations left.
func settle() string {
	var b strings.Builder
	b.WriteString("switch late {\n")
	for _, op := range []string{"add", "sub"} {
		for _, size := range sizes {
			fmt.Fprintf(&b, "case late%s%d:\na, b := %s, %s\n%s", title(op), size, conv(size, "la"), conv(size, "lb"), withFlags(compute(op, size), loud))
		}
	}
	for _, size := range sizes {
		fmt.Fprintf(&b, "case lateLogic%d:\nr := %s\n%sc.fc = 0\n", size, conv(size, "la"), result(size))
	}
	b.WriteString("}\n")
	return resolve(b.String(), inLeaf)
}

// variants makes forms that record no flags, for where they are overwritten before
// anything can look at them, and forms that do so later.
func (g *generator) variants() {
	var quiets, lates []string
	for _, f := range g.forms {
		if body := withFlags(f.body, quiet); body != withFlags(f.body, loud) && strings.Contains(body, writesD) && !strings.Contains(body, "&^0xff") {
			g.forms = append(g.forms, switchForm(f.name+"q", body))
			quiets = append(quiets, f.name+": "+f.name+"q")
		}
		if strings.Contains(f.body, flagsLate) && strings.HasSuffix(f.body, next) {
			g.forms = append(g.forms, switchForm(f.name+"l", withFlags(f.body, late)))
			lates = append(lates, f.name+": "+f.name+"l")
		}
	}
	g.table("hotQuiet", "[...]uint16", []string{"\n" + strings.Join(append(quiets, ""), ",\n")})
	g.table("hotLate", "[...]uint16", []string{"\n" + strings.Join(append(lates, ""), ",\n")})
}
