package cpu

// shiftFunc shifts a by n, which is masked to 5 or 6 bits and not zero, and
// records the flags. w is the width in bits. OF is defined for n == 1 only and
// AF, except for rotates, never; what is computed here for other counts is what
// the CPUs we compare with do.
type shiftFunc func(l *lazyFlags, a uint64, n uint, size uint8) uint64

func execShift(fn shiftFunc) execFunc {
	return func(c *VCPU, in *Inst) *Fault {
		a, f := c.getRMW(in, 0)
		if f != nil {
			return f
		}
		n := c.shiftCount(in, 1)
		if n != 0 {
			a = fn(&c.lazyFlags, a, n, in.Size)
		}
		return c.put(in, 0, a) // also with a zero count: the upper half is cleared
	}
}

// shiftCount is the count operand i, masked as the operand size asks.
func (c *VCPU) shiftCount(in *Inst, i int) uint {
	n := uint(in.Imm)
	switch in.Args[i].Kind {
	case ArgReg:
		n = uint(c.r[in.Args[i].Reg])
	case ArgOne:
		n = 1
	}
	if in.Size == 8 {
		return n & 63
	}
	return n & 31
}

// bit returns bit i of v; beyond the value there are zeros.
func bit(v uint64, i uint) bool { return v>>i&1 != 0 }

func shiftShl(l *lazyFlags, a uint64, n uint, size uint8) uint64 {
	w := 8 * uint(size)
	r := a << n
	l.setResult(r, size)
	cf := n <= w && bit(a, w-n)
	l.fc = 0
	l.setCO(cf, cf != bit(r, w-1))
	return r
}

func shiftShr(l *lazyFlags, a uint64, n uint, size uint8) uint64 {
	w := 8 * uint(size)
	r := a >> n
	l.setResult(r, size)
	l.fc = 0
	l.setCO(bit(a, n-1), bit(a, w-1) && n == 1)
	return r
}

func shiftSar(l *lazyFlags, a uint64, n uint, size uint8) uint64 {
	s := signExtend(a, size)
	r := uint64(int64(s) >> n)
	l.setResult(r, size)
	l.fc = 0
	l.setCO(uint64(int64(s)>>(n-1))&1 != 0, false)
	return r
}

func shiftRol(l *lazyFlags, a uint64, n uint, size uint8) uint64 {
	w := 8 * uint(size)
	k := n & (w - 1)
	r := (a<<k | a>>(w-k)) & mask(size)
	cf := r&1 != 0
	l.setCO(cf, cf != bit(r, w-1))
	return r
}

func shiftRor(l *lazyFlags, a uint64, n uint, size uint8) uint64 {
	w := 8 * uint(size)
	k := n & (w - 1)
	r := (a>>k | a<<(w-k)) & mask(size)
	l.setCO(bit(r, w-1), bit(r, w-1) != bit(r, w-2))
	return r
}

// rcl and rcr rotate through CF: w+1 bits.
func shiftRcl(l *lazyFlags, a uint64, n uint, size uint8) uint64 {
	w := 8 * uint(size)
	cf := l.carry()
	for range n % (w + 1) {
		top := a >> (w - 1) & 1
		a = (a<<1 | cf) & mask(size)
		cf = top
	}
	l.setCO(cf != 0, cf != a>>(w-1)&1)
	return a
}

func shiftRcr(l *lazyFlags, a uint64, n uint, size uint8) uint64 {
	w := 8 * uint(size)
	cf := l.carry()
	for range n % (w + 1) {
		low := a & 1
		a = a>>1 | cf<<(w-1)
		cf = low
	}
	l.setCO(cf != 0, bit(a, w-1) != bit(a, w-2))
	return a
}

func execShld(c *VCPU, in *Inst) *Fault {
	return c.doubleShift(in, func(a, b uint64, n, w uint) (r uint64, cf bool) {
		if n > w { // 16-bit operands, undefined: the CPU goes round
			return b<<(n-w) | a>>(2*w-n), bit(b, 2*w-n)
		}
		return a<<n | b>>(w-n), bit(a, w-n)
	})
}

func execShrd(c *VCPU, in *Inst) *Fault {
	return c.doubleShift(in, func(a, b uint64, n, w uint) (r uint64, cf bool) {
		if n > w {
			return b>>(n-w) | a<<(2*w-n), bit(b, n-w-1)
		}
		return a>>n | b<<(w-n), bit(a, n-1)
	})
}

func (c *VCPU) doubleShift(in *Inst, fn func(a, b uint64, n, w uint) (uint64, bool)) *Fault {
	a, f := c.getRMW(in, 0)
	if f != nil {
		return f
	}
	b, _ := c.get(in, 1)
	if n := c.shiftCount(in, 2); n != 0 {
		w := 8 * uint(in.Size)
		r, cf := fn(a, b, n, w)
		c.setResult(r, in.Size)
		c.fc = 0
		c.setCO(cf, bit(a, w-1) != bit(r, w-1))
		a = r
	}
	return c.put(in, 0, a)
}

// execShiftx is shlx, shrx, sarx: no flags.
func execShiftx(c *VCPU, in *Inst) *Fault {
	a, f := c.get(in, 1)
	if f != nil {
		return f
	}
	n := c.shiftCount(in, 2)
	switch in.prefix {
	case 0x66:
		a <<= n
	case 0xf2:
		a >>= n
	default:
		a = uint64(int64(signExtend(a, in.Size)) >> n)
	}
	return c.put(in, 0, a)
}

func execRorx(c *VCPU, in *Inst) *Fault {
	a, f := c.get(in, 1)
	if f != nil {
		return f
	}
	var l lazyFlags
	return c.put(in, 0, shiftRor(&l, a, uint(in.Imm)&(8*uint(in.Size)-1), in.Size))
}
