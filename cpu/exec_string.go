package cpu

// String instructions do one iteration per execution. With a rep prefix RIP
// stays on the instruction until the last one, so each iteration costs one unit
// of the budget, an iteration that faults leaves the registers as after the one
// before it, and no count, however large, holds the CPU up.

// rep runs one iteration, step, of a string instruction under its prefix.
func (c *VCPU) rep(in *Inst, step func() *Fault) *Fault {
	if in.Prefix&(PrefixRep|PrefixRepne) == 0 {
		return step()
	}
	n := c.r[RCX] & mask(in.AddrSize)
	if in.AddrSize == 4 {
		c.truncate(in)
	}
	c.r[RCX] = n // a 32-bit count clears the upper half even if it is zero
	if n == 0 {
		return nil
	}
	was, at := c.lazyFlags, c.rip-uint64(in.Len)
	if c.repeat.rip == at && c.repeat.left == n && c.repeat.count == c.count {
		was = c.repeat.flags
	}
	if f := step(); f != nil {
		c.lazyFlags = was
		return f
	}
	n--
	c.setReg(RCX, in.AddrSize, n)
	if n == 0 || in.attr&repCond != 0 && c.zf() != in.Has(PrefixRep) {
		return nil
	}
	c.rip = at
	c.repeat = repeat{at, n, c.count + 1, was}
	return nil
}

// truncate clears the upper halves of the pointers of movs and stos repeated with
// 32-bit addresses: the CPU does that even if the first access faults or the
// count is zero, and does not do it for the other string instructions.
func (c *VCPU) truncate(in *Inst) {
	switch in.Opcode &^ 1 {
	case 0xa4:
		c.r[RSI] &= 0xffffffff
		c.r[RDI] &= 0xffffffff
	case 0xaa:
		c.r[RDI] &= 0xffffffff
	}
}

// repeat remembers the flags from before a repeated instruction that goes on: an
// iteration of cmps or scas that faults restores them (SDM volume 2, REP).
type repeat struct {
	rip, left, count uint64
	flags            lazyFlags
}

// source and dest are the linear addresses of the next elements. Only the
// source can be in another segment.
func (c *VCPU) source(in *Inst) uint64 {
	return c.r[RSI]&mask(in.AddrSize) + c.overrideBase(in)
}

func (c *VCPU) dest(in *Inst) uint64 { return c.r[RDI] & mask(in.AddrSize) }

// advance moves a pointer register by one element, down if DF is set.
func (c *VCPU) advance(in *Inst, r Reg) {
	n := uint64(in.Size)
	if c.flags&FlagDF != 0 {
		n = -n
	}
	c.setReg(r, in.AddrSize, c.r[r]+n)
}

func execMovs(c *VCPU, in *Inst) *Fault {
	if c.bulk(in, true) {
		return nil
	}
	return c.rep(in, func() *Fault {
		v, f := c.load(&flatInst, c.source(in), in.Size)
		if f != nil {
			return f
		}
		if f := c.store(&flatInst, c.dest(in), in.Size, v); f != nil {
			return f
		}
		c.advance(in, RSI)
		c.advance(in, RDI)
		return nil
	})
}

func execStos(c *VCPU, in *Inst) *Fault {
	if c.bulk(in, false) {
		return nil
	}
	return c.rep(in, func() *Fault {
		if f := c.store(&flatInst, c.dest(in), in.Size, c.r[RAX]); f != nil {
			return f
		}
		c.advance(in, RDI)
		return nil
	})
}

func execLods(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		v, f := c.load(&flatInst, c.source(in), in.Size)
		if f != nil {
			return f
		}
		c.setReg(RAX, in.Size, v)
		c.advance(in, RSI)
		return nil
	})
}

func execCmps(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		b, f := c.load(&flatInst, c.dest(in), in.Size)
		if f != nil {
			return f
		}
		a, f := c.load(&flatInst, c.source(in), in.Size)
		if f != nil {
			return f
		}
		aluCmp(&c.lazyFlags, a, b, in.Size)
		c.advance(in, RSI)
		c.advance(in, RDI)
		return nil
	})
}

func execScas(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		b, f := c.load(&flatInst, c.dest(in), in.Size)
		if f != nil {
			return f
		}
		aluCmp(&c.lazyFlags, c.r[RAX]&mask(in.Size), b, in.Size)
		c.advance(in, RDI)
		return nil
	})
}

// execIns reads a port: there are no devices, so all ones.
func execIns(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		if f := c.store(&flatInst, c.dest(in), portSize(in), ^uint64(0)); f != nil {
			return f
		}
		c.advancePort(in, RDI)
		return nil
	})
}

func execOuts(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		if _, f := c.load(&flatInst, c.source(in), portSize(in)); f != nil {
			return f
		}
		c.advancePort(in, RSI)
		return nil
	})
}

// portSize is the size of an I/O access: there is no 64-bit one.
func portSize(in *Inst) uint8 { return min(in.Size, 4) }

func (c *VCPU) advancePort(in *Inst, r Reg) {
	n := uint64(portSize(in))
	if c.flags&FlagDF != 0 {
		n = -n
	}
	c.setReg(r, in.AddrSize, c.r[r]+n)
}
