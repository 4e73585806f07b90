package cpu

import "klpemu/mem"

// A translator decodes one run of instructions.
type translator struct {
	ops []op
}

// run decodes from rip on, to an instruction after which control goes elsewhere,
// the end of the page, an instruction decoded before, or one that cannot be
// decoded. It fails only if the first one cannot.
func (t *translator) run(v *view, p *codePage, rip uint64) *Fault {
	first := rip
	for len(t.ops) < maxRun && rip>>pageShift == p.num && p.slot[rip&pageMask] == 0 {
		in := new(Inst)
		if f := v.decodeAt(p, rip, in); f != nil {
			if rip == first {
				return f
			}
			break
		}
		t.ops = append(t.ops, v.makeOp(in, rip))
		rip += uint64(in.Len)
		if in.attr&ends != 0 {
			break
		}
	}
	t.ops = append(t.ops, makeEnd(rip))
	quieten(t.ops)
	fuse(t.ops)
	if !v.unpaired {
		pair(t.ops)
	}
	p.add(t.ops)
	v.ops += len(t.ops) - 1
	return nil
}

// add makes the instructions of a run findable.
func (p *codePage) add(run []op) {
	for i := range run[:len(run)-1] {
		p.ops = append(p.ops, &run[i])
		p.slot[run[i].rip&pageMask] = uint16(len(p.ops))
	}
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
	return op{rip: rip, leaf: leafEnd, code: opEnd}
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
