package cpu

// binaryFunc computes a op b in size bytes and records the flags. Bits above
// size in a and b are zero; those of the result do not matter.
type binaryFunc func(l *lazyFlags, a, b uint64, size uint8) uint64

func aluAdd(l *lazyFlags, a, b uint64, size uint8) uint64 { return addCarry(l, a, b, 0, size) }
func aluAdc(l *lazyFlags, a, b uint64, size uint8) uint64 { return addCarry(l, a, b, l.carry(), size) }
func aluSub(l *lazyFlags, a, b uint64, size uint8) uint64 { return subBorrow(l, a, b, 0, size) }
func aluCmp(l *lazyFlags, a, b uint64, size uint8) uint64 { return subBorrow(l, a, b, 0, size) }
func aluSbb(l *lazyFlags, a, b uint64, size uint8) uint64 { return subBorrow(l, a, b, l.carry(), size) }
func aluAnd(l *lazyFlags, a, b uint64, size uint8) uint64 { return logic(l, a&b, size) }
func aluOr(l *lazyFlags, a, b uint64, size uint8) uint64  { return logic(l, a|b, size) }
func aluXor(l *lazyFlags, a, b uint64, size uint8) uint64 { return logic(l, a^b, size) }

func addCarry(l *lazyFlags, a, b, carry uint64, size uint8) uint64 {
	r := a + b + carry
	l.setResult(r, size)
	l.setCarries(a&b|(a|b)&^r, size)
	return r
}

func subBorrow(l *lazyFlags, a, b, borrow uint64, size uint8) uint64 {
	r := a - b - borrow
	l.setResult(r, size)
	l.setCarries(^a&b|(^a|b)&r, size)
	return r
}

// logic clears CF and OF. AF is undefined; the CPUs we compare with clear it.
func logic(l *lazyFlags, r uint64, size uint8) uint64 {
	l.setResult(r, size)
	l.fc = 0
	return r
}

// execBinary is destination = destination op source.
func execBinary(fn binaryFunc) execFunc {
	return func(c *VCPU, in *Inst) *Fault {
		a, f := c.getRMW(in, 0)
		if f != nil {
			return f
		}
		b, f := c.get(in, 1)
		if f != nil {
			return f
		}
		return c.put(in, 0, fn(&c.lazyFlags, a, b, in.Size))
	}
}

// execCompare is a binary operation whose result is dropped: cmp, test.
func execCompare(fn binaryFunc) execFunc {
	return func(c *VCPU, in *Inst) *Fault {
		a, f := c.get(in, 0)
		if f != nil {
			return f
		}
		b, f := c.get(in, 1)
		if f != nil {
			return f
		}
		fn(&c.lazyFlags, a, b, in.Size)
		return nil
	}
}

// unary is destination = fn(destination).
func (c *VCPU) unary(in *Inst, fn func(a uint64) uint64) *Fault {
	a, f := c.getRMW(in, 0)
	if f != nil {
		return f
	}
	return c.put(in, 0, fn(a))
}

func execNot(c *VCPU, in *Inst) *Fault {
	return c.unary(in, func(a uint64) uint64 { return ^a })
}

func execNeg(c *VCPU, in *Inst) *Fault {
	return c.unary(in, func(a uint64) uint64 { return aluSub(&c.lazyFlags, 0, a, in.Size) })
}

// inc and dec keep CF.
func execInc(c *VCPU, in *Inst) *Fault {
	return c.unary(in, func(a uint64) uint64 {
		cf := c.cf()
		r := aluAdd(&c.lazyFlags, a, 1, in.Size)
		c.setCF(cf)
		return r
	})
}

func execDec(c *VCPU, in *Inst) *Fault {
	return c.unary(in, func(a uint64) uint64 {
		cf := c.cf()
		r := aluSub(&c.lazyFlags, a, 1, in.Size)
		c.setCF(cf)
		return r
	})
}

// execAdx is adcx and adox: add with CF or OF as the only flag used and changed.
func execAdx(c *VCPU, in *Inst) *Fault {
	b, f := c.get(in, 1)
	if f != nil {
		return f
	}
	over := in.prefix == 0xf3
	carry := c.carry()
	if over {
		carry = 0
		if c.of() {
			carry = 1
		}
	}
	var l lazyFlags
	a, _ := c.get(in, 0)
	r := addCarry(&l, a, b, carry, in.Size)
	if over {
		c.setOF(l.cf())
	} else {
		c.setCF(l.cf())
	}
	return c.put(in, 0, r)
}

func execCmpxchg(c *VCPU, in *Inst) *Fault {
	old, f := c.getRMW(in, 0)
	if f != nil {
		return f
	}
	src, _ := c.get(in, 1)
	aluCmp(&c.lazyFlags, c.r[RAX]&mask(in.Size), old, in.Size)
	if c.zf() {
		return c.put(in, 0, src)
	}
	c.setReg(RAX, in.Size, old)
	return nil
}

// execCmpxchgPair is cmpxchg8b and cmpxchg16b. Only ZF changes.
func execCmpxchgPair(c *VCPU, in *Inst) *Fault {
	n, addr := in.Size, c.ea(in)
	if n == 8 && addr&15 != 0 {
		return fault(VectorGP, 0)
	}
	if f := c.checkStore(in, addr, 2*int(n)); f != nil {
		return f
	}
	lo, f := c.load(in, addr, n)
	if f != nil {
		return f
	}
	hi, f := c.load(in, addr+uint64(n), n)
	if f != nil {
		return f
	}
	m := mask(n)
	if lo != c.r[RAX]&m || hi != c.r[RDX]&m {
		c.setReg(RAX, n, lo)
		c.setReg(RDX, n, hi)
		c.setZF(false)
		return nil
	}
	c.setZF(true)
	if f := c.store(in, addr, n, c.r[RBX]); f != nil {
		return f
	}
	return c.store(in, addr+uint64(n), n, c.r[RCX])
}

func execXadd(c *VCPU, in *Inst) *Fault {
	a, f := c.getRMW(in, 0)
	if f != nil {
		return f
	}
	b, _ := c.get(in, 1)
	r := aluAdd(&c.lazyFlags, a, b, in.Size)
	if in.Args[0].Kind == ArgMem { // while its address can still be computed
		if f := c.put(in, 0, r); f != nil {
			return f
		}
		return c.put(in, 1, a)
	}
	if f := c.put(in, 1, a); f != nil {
		return f
	}
	return c.put(in, 0, r)
}
