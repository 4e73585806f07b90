package cpu

import "klpemu/mem"

// A translator decodes one run of instructions.
type translator struct {
	ops []op
}

// run decodes from rip on, to an instruction after which control goes elsewhere,
// the end of the page or one that cannot be decoded. It follows direct jumps in
// the page. Instructions decoded before are copied, so that a loop is one run
// wherever it was entered. It fails only if the first one cannot be decoded.
func (t *translator) run(v *view, p *codePage, rip uint64) *Fault {
	first, copies := rip, 0
	for len(t.ops) < maxRun && rip>>pageShift == p.num {
		if i := p.slot[rip&pageMask]; i != 0 {
			if copies++; copies > maxCopies {
				break
			}
			t.ops = append(t.ops, p.ops[i-1].alone())
		} else {
			in := new(Inst)
			if f := v.decodeAt(p, rip, in); f != nil {
				if rip == first {
					return f
				}
				break
			}
			t.ops = append(t.ops, v.makeOp(in, rip))
		}
		o := &t.ops[len(t.ops)-1]
		rip += uint64(o.len)
		if o.inst.attr&ends != 0 {
			target := rip + uint64(o.inst.Imm)
			if o.base != opJmp && o.base != opNop || target>>pageShift != p.num {
				break
			}
			o.base, o.leaf = opNop, leafNop // the target is next
			rip = target
		}
	}
	t.ops = append(t.ops, makeEnd(rip))
	for i := range t.ops {
		t.ops[i].rem = uint16(len(t.ops) - 1 - i)
	}
	couple(t.ops)
	choose(t.ops)
	if !v.unjoined {
		join(t.ops)
	}
	p.add(t.ops)
	v.ops += len(t.ops) - 1
	return nil
}

// add makes the instructions of a run findable.
func (p *codePage) add(run []op) {
	p.held += len(run) - 1
	for i := range run[:len(run)-1] {
		if slot := &p.slot[run[i].rip&pageMask]; *slot == 0 {
			p.ops = append(p.ops, &run[i])
			*slot = uint16(len(p.ops))
		}
	}
}

// alone is a copy of o that is linked to nothing.
func (o *op) alone() op {
	a := *o
	a.link, a.pair = nil, 0
	return a
}

// decodeAt decodes the instruction at rip, which may run into the next page.
func (v *view) decodeAt(p *codePage, rip uint64, in *Inst) *Fault {
	off := int(rip & pageMask)
	code := p.page.Data[off:min(off+MaxLen, mem.PageSize)]
	err := decodeInto(in, code)
	if err == ErrTruncated {
		nextAddr := rip&^pageMask + mem.PageSize
		next, f := v.fetchable(nextAddr)
		if f != nil {
			f.RIP = rip
			return f
		}
		var buf [MaxLen]byte
		n := copy(buf[:], code)
		copy(buf[n:], next.Data[:])
		code = buf[:]
		err = decodeInto(in, code)
		p.next, p.nextGen = next, next.Generation()
	}
	if err != nil {
		return badCode(err, rip, code[:max(int(in.Len), 1)])
	}
	return nil
}

func (v *view) makeOp(in *Inst, rip uint64) op {
	o := op{inst: in, rip: rip, len: in.Len, leaf: slowLeaf}
	if !v.plain {
		specialize(&o)
	}
	return o
}

func makeEnd(rip uint64) op {
	return op{rip: rip, leaf: leafEnd, base: opEnd}
}

// slowLeaf leaves the instruction to its executor.
func slowLeaf(*VCPU, *op) *op { return nil }

// leafEnd goes on with what follows the run.
func leafEnd(c *VCPU, o *op) *op {
	if o.link == nil {
		return nil
	}
	return o.link.leaf(c, o.link)
}
