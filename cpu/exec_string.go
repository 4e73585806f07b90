package cpu

// String instructions do one iteration per execution. With a rep prefix RIP
// stays on the instruction until the last one, so each iteration costs one unit
// of the budget, an iteration that faults leaves the registers as after the one
// before it, and no count, however large, holds the CPU up.

// stringSize is the element size of a string instruction.
func stringSize(in *Inst) uint8 { return in.Size }

// rep runs one iteration of a string instruction under its prefix. step returns
// the number of bytes that rsi and rdi move by, already signed.
func (c *VCPU) rep(in *Inst, step func() *Fault) *Fault {
	if in.Prefix&(PrefixRep|PrefixRepne) == 0 {
		return step()
	}
	m := mask(in.AddrSize)
	n := c.r[RCX] & m
	if n == 0 {
		return nil
	}
	if f := step(); f != nil {
		return f
	}
	n--
	c.setReg(RCX, in.AddrSize, n)
	if n == 0 || in.attr&repCond != 0 && c.zf() != in.Has(PrefixRep) {
		return nil
	}
	c.rip -= uint64(in.Len)
	return nil
}

// source and dest are the linear addresses of the next elements. Only the
// source can be in another segment.
func (c *VCPU) source(in *Inst) uint64 {
	return c.r[RSI]&mask(in.AddrSize) + c.overrideBase(in)
}

func (c *VCPU) dest(in *Inst) uint64 { return c.r[RDI] & mask(in.AddrSize) }

// advance moves a pointer register by one element, down if DF is set.
func (c *VCPU) advance(in *Inst, r Reg) {
	n := uint64(stringSize(in))
	if c.flags&FlagDF != 0 {
		n = -n
	}
	c.setReg(r, in.AddrSize, c.r[r]+n)
}

func execMovs(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		v, f := c.load(&flatInst, c.source(in), stringSize(in))
		if f != nil {
			return f
		}
		if f := c.store(&flatInst, c.dest(in), stringSize(in), v); f != nil {
			return f
		}
		c.advance(in, RSI)
		c.advance(in, RDI)
		return nil
	})
}

func execStos(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		if f := c.store(&flatInst, c.dest(in), stringSize(in), c.r[RAX]); f != nil {
			return f
		}
		c.advance(in, RDI)
		return nil
	})
}

func execLods(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		v, f := c.load(&flatInst, c.source(in), stringSize(in))
		if f != nil {
			return f
		}
		c.setReg(RAX, stringSize(in), v)
		c.advance(in, RSI)
		return nil
	})
}

func execCmps(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		a, f := c.load(&flatInst, c.source(in), stringSize(in))
		if f != nil {
			return f
		}
		b, f := c.load(&flatInst, c.dest(in), stringSize(in))
		if f != nil {
			return f
		}
		aluCmp(&c.lazyFlags, a, b, stringSize(in))
		c.advance(in, RSI)
		c.advance(in, RDI)
		return nil
	})
}

func execScas(c *VCPU, in *Inst) *Fault {
	return c.rep(in, func() *Fault {
		b, f := c.load(&flatInst, c.dest(in), stringSize(in))
		if f != nil {
			return f
		}
		aluCmp(&c.lazyFlags, c.r[RAX]&mask(stringSize(in)), b, stringSize(in))
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
