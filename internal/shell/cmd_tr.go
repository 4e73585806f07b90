package shell

import (
	"fmt"
	"strconv"
	"strings"
)

const trUsage = `tr [-cdst] SET1 [SET2]
Translate, delete (-d) or squeeze (-s) characters of standard input; -c: those
that are not in SET1; -t: SET1 cut to the length of SET2.
Sets: C, C-D, \n \t \\ \NNN, [:alpha:] and the other classes, [=C=], in SET2
[C*N] and [C*].`

// trItem is a part of a set.
type trItem struct {
	chars  []byte
	class  string // its name
	repeat bool   // [c*n]
	count  int    // 0: to the length of SET1
}

type trChar struct {
	c      byte
	quoted bool // was escaped
}

func (c *Ctx) trUnescape(v string) []trChar {
	var out []trChar
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+1 == len(v) {
			c.Errorf("warning: an unescaped backslash at end of string is not portable")
		}
		if v[i] != '\\' || i+1 == len(v) {
			out = append(out, trChar{c: v[i]})
			continue
		}
		i++
		if at := strings.IndexByte("abfnrtv", v[i]); at >= 0 {
			out = append(out, trChar{"\a\b\f\n\r\t\v"[at], true})
			continue
		}
		if n := digits(v[i:], 3, 8); n > 0 {
			val, _ := strconv.ParseUint(v[i:i+n], 8, 16)
			out = append(out, trChar{byte(val), true})
			i += n - 1
			continue
		}
		out = append(out, trChar{v[i], true})
	}
	return out
}

// trSet parses a set.
func (c *Ctx) trSet(v string) ([]trItem, error) {
	u := c.trUnescape(v)
	var out []trItem
	for i := 0; i < len(u); {
		item, n, err := trBracket(u[i:])
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out = append(out, item)
			i += n
			continue
		}
		if i+2 < len(u) && u[i+1] == (trChar{c: '-'}) {
			lo, hi := u[i].c, u[i+2].c
			if hi < lo {
				return nil, fmt.Errorf("range-endpoints of '%s-%s' are in reverse collating sequence order", trShow(lo), trShow(hi))
			}
			item = trItem{}
			for b := int(lo); b <= int(hi); b++ {
				item.chars = append(item.chars, byte(b))
			}
			out = append(out, item)
			i += 3
			continue
		}
		out = append(out, trItem{chars: []byte{u[i].c}})
		i++
	}
	return out, nil
}

func trShow(c byte) string {
	if c < ' ' || c >= 0x7f {
		return fmt.Sprintf(`\%03o`, c)
	}
	return string(c)
}

// trBracket parses [:CLASS:], [=C=] or [C*N], and gives its length.
func trBracket(u []trChar) (item trItem, n int, err error) {
	plain := func(i int, c byte) bool { return i < len(u) && u[i] == trChar{c: c} }
	if !plain(0, '[') {
		return item, 0, nil
	}
	for _, kind := range []byte{':', '='} {
		if !plain(1, kind) {
			continue
		}
		var name []byte
		for j := 2; j+1 < len(u); j++ {
			if !plain(j, kind) || !plain(j+1, ']') {
				name = append(name, u[j].c)
				continue
			}
			switch {
			case kind == '=' && len(name) == 1:
				return trItem{chars: name}, j + 2, nil
			case kind == '=':
				return item, 0, fmt.Errorf("%s: equivalence class operand must be a single character", name)
			}
			set, ok := trClass(string(name))
			if !ok {
				return item, 0, fmt.Errorf("invalid character class '%s'", name)
			}
			return trItem{chars: set, class: string(name)}, j + 2, nil
		}
	}
	if !plain(2, '*') {
		return item, 0, nil
	}
	var count []byte
	for j := 3; j < len(u); j++ {
		if plain(j, ']') {
			base := 10
			if len(count) > 1 && count[0] == '0' {
				base = 8
			}
			x, err := strconv.ParseUint("0"+string(count), base, 16)
			if err != nil {
				return item, 0, fmt.Errorf("invalid repeat count '%s' in [c*n] construct", count)
			}
			return trItem{chars: []byte{u[1].c}, repeat: true, count: int(x)}, j + 1, nil
		}
		if u[j].quoted || u[j].c < '0' || u[j].c > '9' {
			return item, 0, nil
		}
		count = append(count, u[j].c)
	}
	return item, 0, nil
}

func trClass(name string) ([]byte, bool) {
	if classRegexp(name) == "" {
		return nil, false
	}
	var out []byte
	for b := range 256 {
		if b < 128 && inClass(name, rune(b)) {
			out = append(out, byte(b))
		}
	}
	return out, true
}

func runTr(c *Ctx) int {
	opts, args, st, ok := c.Getopt("+cCdst", map[string]byte{"complement": 'c', "delete": 'd', "squeeze-repeats": 's', "truncate-set1": 't'})
	if !ok {
		return st
	}
	t := &trState{}
	for _, o := range opts {
		*map[byte]*bool{'c': &t.not, 'C': &t.not, 'd': &t.del, 's': &t.squeeze, 't': &t.truncate}[o.Flag] = true
	}
	if st := t.operands(c, args); st != 0 {
		return st
	}
	if err := t.sets(c, args); err != nil {
		return c.Errorf("%v", err)
	}
	data, err := readAll(c.Stdin)
	if err != nil {
		return c.Errorf("read error: %s", Reason(err))
	}
	c.Out().Write(t.translate(data))
	return 0
}

// trState is a running tr.
type trState struct {
	not, del, squeeze, truncate bool
	translating                 bool
	in                          [256]bool
	to                          [256]byte
	squeezed                    [256]bool
}

func (t *trState) operands(c *Ctx, args []string) int {
	least, most, why := 2, 2, "Two strings must be given when translating."
	switch {
	case t.del && t.squeeze:
		why = "Two strings must be given when both deleting and squeezing repeats."
	case t.del:
		least, most, why = 1, 1, "Only one string may be given when deleting without squeezing repeats."
	case t.squeeze:
		least = 1
	}
	switch {
	case len(args) == 0:
		return c.UsageError("missing operand")
	case len(args) < least:
		return c.UsageError("missing operand after '%s'\n%s", args[len(args)-1], why)
	case len(args) > most && most == 1:
		return c.UsageError("extra operand '%s'\n%s", args[most], why)
	case len(args) > most:
		return c.UsageError("extra operand '%s'", args[most])
	}
	t.translating = !t.del && len(args) == 2
	return 0
}

// sets works the sets out.
func (t *trState) sets(c *Ctx, args []string) error {
	one, err := c.trSet(args[0])
	if err != nil {
		return err
	}
	var set1, set2 []byte
	for _, i := range one {
		if i.repeat {
			return fmt.Errorf("the [c*] repeat construct may not appear in string1")
		}
		set1 = append(set1, i.chars...)
	}
	for _, b := range set1 {
		t.in[b] = true
	}
	if t.not {
		set1 = nil
		for i := range t.in {
			if t.in[i] = !t.in[i]; t.in[i] {
				set1 = append(set1, byte(i))
			}
		}
	}
	for i := range t.to {
		t.to[i] = byte(i)
	}
	last := set1
	if len(args) == 2 {
		two, err := c.trSet(args[1])
		if err != nil {
			return err
		}
		if set2, err = t.second(one, two, len(set1)); err != nil {
			return err
		}
		last = set2
	}
	if t.translating {
		t.map1(set1, set2)
	}
	for _, b := range last {
		t.squeezed[b] = t.squeeze
	}
	return nil
}

// second expands SET2 to the length of SET1.
func (t *trState) second(one, two []trItem, size int) ([]byte, error) {
	fixed, fill := 0, 0
	for _, i := range two {
		switch {
		case i.repeat && i.count == 0:
			fill++
		case i.repeat:
			fixed += i.count
		default:
			fixed += len(i.chars)
		}
		if t.translating && i.class != "" {
			if i.class != "upper" && i.class != "lower" {
				return nil, fmt.Errorf("when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'")
			}
			if !aligned(one, two) {
				return nil, fmt.Errorf("misaligned [:upper:] and/or [:lower:] construct")
			}
		}
	}
	if fill > 1 {
		return nil, fmt.Errorf("only one [c*] repeat construct may appear in string2")
	}
	var out []byte
	for _, i := range two {
		n := 1
		switch {
		case i.repeat && i.count == 0:
			n = max(0, size-fixed)
		case i.repeat:
			n = i.count
		}
		for range n {
			out = append(out, i.chars...)
		}
	}
	if t.translating && !t.truncate && len(out) == 0 && size > 0 {
		return nil, fmt.Errorf("when not truncating set1, string2 must be non-empty")
	}
	return out, nil
}

// aligned: a class of case in SET2 stands where one stands in SET1.
func aligned(one, two []trItem) bool {
	cases := map[int]bool{}
	at := 0
	for _, i := range one {
		if i.class == "upper" || i.class == "lower" {
			cases[at] = true
		}
		at += len(i.chars)
	}
	at = 0
	for _, i := range two {
		if i.class != "" && !cases[at] {
			return false
		}
		at += len(i.chars)
	}
	return true
}

func (t *trState) map1(set1, set2 []byte) {
	for i, b := range set1 {
		switch {
		case i < len(set2):
			t.to[b] = set2[i]
		case t.truncate || len(set2) == 0:
			return
		default:
			t.to[b] = set2[len(set2)-1]
		}
	}
}

func (t *trState) translate(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for _, b := range data {
		if t.del && t.in[b] {
			continue
		}
		b = t.to[b]
		if t.squeezed[b] && len(out) > 0 && out[len(out)-1] == b {
			continue
		}
		out = append(out, b)
	}
	return out
}
