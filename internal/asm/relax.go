package asm

import "math"

// relax gives every frag of every section its address. Jumps start short and
// only ever grow, alignments and spaces follow; it is done when a whole pass
// changes nothing. The order in which sizes change is gas's, because with an
// alignment in between another order can settle on other lengths.
func (a *assembler) relax() {
	a.work = layoutWork
	for _, s := range a.sections {
		a.firstLayout(s)
		a.work = max(a.work, minPasses*len(s.frags))
	}
	for round := 0; ; round++ {
		moved := false
		for _, s := range a.sections {
			if a.settle(s) {
				moved = true
			}
			if a.overflow || a.swings {
				return
			}
		}
		if !moved {
			return
		}
		if round > 2*patience {
			a.unsettled()
			return
		}
	}
}

const (
	// patience is how many passes in a row may change only spaces and
	// LEB128s, which can swing for ever; then LEB128s stop shrinking.
	patience = 200
	// layoutWork bounds the frags visited, however many passes that is. Past
	// it all jumps become long: only a program made for it has jumps that
	// lengthen each other one by one, from the last to the first.
	layoutWork = 20_000_000
	minPasses  = 50
)

// settle makes passes over one section until nothing moves.
func (a *assembler) settle(s *section) (moved bool) {
	for a.quiet = 0; a.relaxPass(s); {
		moved = true
		if a.overflow {
			return moved
		}
		if a.quiet > 2*patience || a.visits > 2*a.work {
			a.unsettled()
			return moved
		}
	}
	return moved
}

// unsettled reports a layout that keeps changing, at the first size that can.
func (a *assembler) unsettled() {
	a.swings = true
	for _, s := range a.sections {
		for _, f := range s.frags {
			if f.end == endSpace || f.end == endOrg || f.end == endLEB {
				a.report(newError(f.st, f.col, "the layout does not settle").
					withHint("two sizes depend on each other; break the circle"))
				return
			}
		}
	}
	a.report(newError(a.st, 0, "the layout does not settle"))
}

// firstLayout assigns addresses with the smallest sizes.
func (a *assembler) firstLayout(s *section) {
	addr := int64(0)
	for _, f := range s.frags {
		f.addr = addr
		addr += int64(len(f.data))
		switch f.end {
		case endAlign:
			f.size = f.padding(addr)
		case endJump:
			a.settleJump(f)
			f.size = f.jump.len()
		case endLEB:
			f.size = 1
		}
		addr += f.size
	}
}

// settleJump decides what no layout can change: a jump out of the section, to
// a weak symbol or to a number is long and left to the linker.
func (a *assembler) settleJump(f *frag) {
	j := f.jump
	if j.target == nil {
		j.long, j.fixed = true, true
		return
	}
	t, off, ok := j.target.resolve()
	if ok && t.frag != nil && t.frag.sec == f.sec && !j.target.weak() && !t.weak() {
		j.target, j.off = t, j.off+off
		return
	}
	j.long, j.fixed = true, true
}

// relaxPass goes over a section once; it reports whether anything moved.
func (a *assembler) relaxPass(s *section) bool {
	a.quiet++
	a.visits += len(s.frags)
	stretch, moved := int64(0), false
	pass := !s.frags[0].mark
	for _, f := range s.frags {
		f.mark = pass
		f.addr += stretch
		grow := a.growth(f, stretch)
		if grow != 0 {
			f.size += grow
			stretch += grow
			moved = true
		}
		if f.addr+f.size > a.limits.MaxOutput || f.size < 0 {
			a.overflow = true
			return true
		}
	}
	return moved
}

// growth tells by how much the end of f changes.
func (a *assembler) growth(f *frag, stretch int64) int64 {
	fixed := int64(len(f.data))
	switch f.end {
	case endAlign:
		return f.padding(f.addr+fixed) - f.size
	case endJump:
		if f.jump.long || a.visits <= a.work && a.reaches(f, stretch) {
			return 0
		}
		f.jump.long = true
		a.quiet = 0
		return f.jump.len() - f.size
	case endSpace:
		return a.spaceSize(f) - f.size
	case endOrg:
		return a.orgSize(f) - f.size
	case endLEB:
		v, ok := f.x.linear(finalDistance)
		if !ok || !v.number() {
			return 0
		}
		n := int64(len(leb128(v.off, f.sign)))
		if a.quiet > patience {
			n = max(n, f.size) // it swings: from now on it only grows
		}
		return n - f.size
	}
	return 0
}

// padding is what an alignment adds at addr.
func (f *frag) padding(addr int64) int64 {
	mask := int64(1)<<f.pow - 1
	n := (addr+mask)&^mask - addr
	if f.max != 0 && n > f.max {
		return 0
	}
	return n
}

// reaches reports whether a short jump still gets to its target.
func (a *assembler) reaches(f *frag, stretch int64) bool {
	j := f.jump
	target := j.target.addr() + j.off
	from := f.addr + int64(len(f.data)) + 2
	if stretch != 0 && j.target.frag.mark != f.mark {
		// Far beyond doubt: no need to walk there.
		if target+min(stretch, 0)-from > math.MaxInt8 {
			return false
		}
		target += carried(f, j.target.frag, stretch)
	}
	d := target - from
	return d >= math.MinInt8 && d <= math.MaxInt8
}

// carried estimates how much of the stretch so far will reach a frag further
// on in this pass: each alignment in between may swallow what is less than a
// multiple of it.
func carried(f, to *frag, stretch int64) int64 {
	for _, g := range f.sec.frags[f.seq:to.seq] {
		if g.end != endAlign {
			continue
		}
		mask := int64(1)<<g.pow - 1
		if stretch < 0 {
			stretch = -(-stretch &^ mask)
		} else {
			stretch &^= mask
		}
		if stretch == 0 {
			break
		}
	}
	return stretch
}

// spaceSize evaluates the size of a .skip that uses labels.
func (a *assembler) spaceSize(f *frag) int64 {
	v, ok := f.x.linear(finalDistance)
	if !ok || !v.number() || v.off < 0 {
		return f.size // checkEnds reports it
	}
	return v.off
}

// orgSize is the distance to the offset that .org names.
func (a *assembler) orgSize(f *frag) int64 {
	to, ok := orgTarget(f)
	if !ok {
		return f.size
	}
	return max(0, to-f.addr-int64(len(f.data)))
}

// orgTarget evaluates .org: a number or a label of the same section.
func orgTarget(f *frag) (int64, bool) {
	v, ok := f.x.linear(finalDistance)
	if !ok || v.sub != nil {
		return 0, false
	}
	if v.add == nil {
		return v.off, true
	}
	if v.add.frag == nil || v.add.frag.sec != f.sec {
		return 0, false
	}
	return v.add.addr() + v.off, true
}

// checkEnds reports sizes that turned out impossible.
func (a *assembler) checkEnds() {
	for _, s := range a.sections {
		for _, f := range s.frags {
			a.checkEnd(f)
		}
	}
}

func (a *assembler) checkEnd(f *frag) {
	switch f.end {
	case endSpace:
		v, ok := f.x.linear(finalDistance)
		if !ok || !v.number() {
			a.report(newError(f.st, f.col, "the size is not a number").withHint("use numbers and differences of labels of one section"))
		} else if v.off < 0 {
			a.report(newError(f.st, f.col, "the size is negative: %d", v.off))
		}
	case endOrg:
		to, ok := orgTarget(f)
		if !ok {
			a.report(newError(f.st, f.col, ".org wants a number or a label of the same section"))
		} else if to < f.addr+int64(len(f.data)) {
			a.report(newError(f.st, f.col, ".org cannot go back from %#x to %#x", f.addr+int64(len(f.data)), to))
		}
	case endLEB:
		if v, ok := f.x.linear(finalDistance); !ok || !v.number() {
			a.report(newError(f.st, f.col, "LEB128 values must be numbers").withHint("or differences of labels of one section"))
		}
	}
}
