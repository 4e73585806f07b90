package shell

import (
	"unicode"
	"unicode/utf8"
)

// reProgram is an expression compiled for our own matcher, which knows what
// Go's does not: back-references and the ends of words. It backtracks, with a
// limit on the steps of one search.
type reProgram struct {
	code   []reInst
	groups int
	slots  int // two for each group, the whole match first, then loops
	back   bool
	flags  regexFlags
}

// Operations of a program.
const (
	riChar uint8 = iota
	riAny
	riSet
	riAssert
	riSplit // try x, then y
	riJump
	riSave
	riProgress // fail where the loop's text in slot x is empty
	riBack
	riMatch
)

type reInst struct {
	op   uint8
	r    rune
	set  *reSetOf
	x, y int
}

// maxRegexSteps bounds one search.
const maxRegexSteps = 10_000_000

// compileProgram translates a tree.
func compileProgram(n *reNode, groups int, flags regexFlags) (*reProgram, error) {
	p := &reProgram{groups: groups, slots: 2 * (groups + 1), flags: flags}
	p.emit(reInst{op: riSave, x: 0})
	if !p.node(n) {
		return nil, regexText("Regular expression too big")
	}
	p.emit(reInst{op: riSave, x: 1})
	p.emit(reInst{op: riMatch})
	return p, nil
}

func (p *reProgram) emit(i reInst) int {
	p.code = append(p.code, i)
	return len(p.code) - 1
}

// node appends a node's code; it reports false when there is too much.
func (p *reProgram) node(n *reNode) bool {
	if len(p.code) > reMaxSize {
		return false
	}
	switch n.kind {
	case reChar:
		r := n.r
		if p.flags.fold {
			r = unicode.ToLower(r)
		}
		p.emit(reInst{op: riChar, r: r})
	case reAny:
		p.emit(reInst{op: riAny})
	case reSet:
		p.emit(reInst{op: riSet, set: n.set})
	case reAssert:
		p.emit(reInst{op: riAssert, r: n.r})
	case reGroup:
		p.emit(reInst{op: riSave, x: 2 * n.n})
		if !p.node(n.subs[0]) {
			return false
		}
		p.emit(reInst{op: riSave, x: 2*n.n + 1})
	case reBack:
		p.back = true
		p.emit(reInst{op: riBack, x: n.n})
	case reCat:
		for _, s := range n.subs {
			if !p.node(s) {
				return false
			}
		}
	case reAlt:
		return p.alternatives(n.subs)
	case reRepeat:
		return p.repeat(n)
	}
	return true
}

func (p *reProgram) alternatives(subs []*reNode) bool {
	var ends []int
	for i, s := range subs {
		split := -1
		if i+1 < len(subs) {
			split = p.emit(reInst{op: riSplit})
			p.code[split].x = len(p.code)
		}
		if !p.node(s) {
			return false
		}
		if split >= 0 {
			ends = append(ends, p.emit(reInst{op: riJump}))
			p.code[split].y = len(p.code)
		}
	}
	for _, e := range ends {
		p.code[e].x = len(p.code)
	}
	return true
}

func (p *reProgram) repeat(n *reNode) bool {
	for range n.min {
		if !p.node(n.subs[0]) {
			return false
		}
	}
	if n.max < 0 {
		slot := p.slots
		p.slots++
		split := p.emit(reInst{op: riSplit})
		p.code[split].x = len(p.code)
		p.emit(reInst{op: riSave, x: slot})
		if !p.node(n.subs[0]) {
			return false
		}
		p.emit(reInst{op: riProgress, x: slot})
		p.emit(reInst{op: riJump, x: split})
		p.code[split].y = len(p.code)
		return true
	}
	var splits []int
	for range n.max - n.min {
		split := p.emit(reInst{op: riSplit})
		p.code[split].x = len(p.code)
		splits = append(splits, split)
		if !p.node(n.subs[0]) {
			return false
		}
	}
	for _, s := range splits {
		p.code[s].y = len(p.code)
	}
	return true
}

// reMatcher is one search.
type reMatcher struct {
	*reProgram
	s       string
	slot    []int
	visited []uint64 // states that have been tried; not with back-references
	steps   int
	stack   []reChoice
	best    []int
}

// reChoice is what to do when a path has failed: go on at pc and pos, or with
// pc -1 give slot back its value pos.
type reChoice struct{ pc, pos, slot int }

// find gives the leftmost longest match that begins at or after from.
func (p *reProgram) find(s string, from int) ([]int, error) {
	m := &reMatcher{reProgram: p, s: s, slot: make([]int, p.slots)}
	if states := len(p.code) * (len(s) + 1); !p.back && states < 64<<20 {
		m.visited = make([]uint64, states/64+1)
	}
	for at := from; at <= len(s); {
		if !m.try(at) {
			return nil, &LimitError{What: "steps of a regular expression", Limit: maxRegexSteps}
		}
		if m.best != nil {
			return m.best, nil
		}
		_, w := utf8.DecodeRuneInString(s[at:])
		at += max(w, 1)
	}
	return nil, nil
}

// try finds the longest match at a place; false at the limit.
func (m *reMatcher) try(at int) bool {
	for i := range m.slot {
		m.slot[i] = -1
	}
	m.stack = append(m.stack[:0], reChoice{0, at, 0})
	for len(m.stack) > 0 {
		c := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		if c.pc < 0 {
			m.slot[c.slot] = c.pos
			continue
		}
		for pc, pos := c.pc, c.pos; pc >= 0; {
			if m.steps++; m.steps > maxRegexSteps {
				return false
			}
			pc, pos = m.step(pc, pos)
		}
		if m.best != nil && m.best[1] == len(m.s) {
			break
		}
	}
	return true
}

// step runs one instruction; pc -1 ends the path.
func (m *reMatcher) step(pc, pos int) (int, int) {
	in := &m.code[pc]
	switch in.op {
	case riSplit:
		if m.seen(pc, pos) {
			return -1, 0
		}
		m.stack = append(m.stack, reChoice{in.y, pos, 0})
		return in.x, pos
	case riJump:
		return in.x, pos
	case riSave:
		m.stack = append(m.stack, reChoice{-1, m.slot[in.x], in.x})
		m.slot[in.x] = pos
		return pc + 1, pos
	case riProgress:
		if m.slot[in.x] == pos {
			return -1, 0
		}
		return pc + 1, pos
	case riAssert:
		if !m.holds(in.r, pos) {
			return -1, 0
		}
		return pc + 1, pos
	case riBack:
		return m.backReference(in.x, pc, pos)
	case riMatch:
		if m.best == nil || pos > m.best[1] {
			m.best = append(m.best[:0], m.slot[:2*(m.groups+1)]...)
		}
		return -1, 0
	}
	if pos >= len(m.s) {
		return -1, 0
	}
	r, w := utf8.DecodeRuneInString(m.s[pos:])
	ok := true
	switch in.op {
	case riChar:
		ok = r == in.r || m.flags.fold && unicode.ToLower(r) == in.r
	case riSet:
		ok = in.set.has(r, m.flags.fold)
	}
	if !ok {
		return -1, 0
	}
	return pc + 1, pos + w
}

// seen marks a state, and reports whether it was tried before.
func (m *reMatcher) seen(pc, pos int) bool {
	if m.visited == nil {
		return false
	}
	bit := pc*(len(m.s)+1) + pos
	word, mask := &m.visited[bit/64], uint64(1)<<(bit%64)
	before := *word&mask != 0
	*word |= mask
	return before
}

// backReference matches what a group has matched.
func (m *reMatcher) backReference(group, pc, pos int) (int, int) {
	lo, hi := m.slot[2*group], m.slot[2*group+1]
	if lo < 0 || hi < lo {
		return -1, 0
	}
	want := m.s[lo:hi]
	m.steps += len(want)
	if m.flags.fold {
		end := pos
		for _, r := range want {
			got, w := utf8.DecodeRuneInString(m.s[end:])
			if end >= len(m.s) || unicode.ToLower(got) != unicode.ToLower(r) {
				return -1, 0
			}
			end += w
		}
		return pc + 1, end
	}
	if pos+len(want) > len(m.s) || m.s[pos:pos+len(want)] != want {
		return -1, 0
	}
	return pc + 1, pos + len(want)
}

// holds reports whether an assertion holds at a place.
func (m *reMatcher) holds(kind rune, pos int) bool {
	before := pos > 0 && wordByte(m.s[pos-1])
	after := pos < len(m.s) && wordByte(m.s[pos])
	switch kind {
	case reBol:
		return pos == 0 || m.flags.lines && m.s[pos-1] == '\n'
	case reEol:
		return pos == len(m.s) || m.flags.lines && m.s[pos] == '\n'
	case reBufStart:
		return pos == 0
	case reBufEnd:
		return pos == len(m.s)
	case reWordStart:
		return !before && after
	case reWordEnd:
		return before && !after
	case reBoundary:
		return before != after
	}
	return before == after
}
