package cpu

import "math/bits"

// setMul records the flags of a multiplication: CF and OF say that the upper
// half is needed. The others are undefined; like the CPUs we compare with, SF
// and PF follow the lower half and ZF and AF are cleared.
func (c *VCPU) setMul(low uint64, size uint8, wide bool) {
	c.setResult(low, size)
	c.fz = 1
	c.fc = 0
	c.setCO(wide, wide)
}

// setWide stores a double-width result: ax for bytes, else rdx:rax.
func (c *VCPU) setWide(hi, lo uint64, size uint8) {
	if size == 1 {
		c.setReg(RAX, 2, lo&0xff|hi<<8)
		return
	}
	c.setReg(RAX, size, lo)
	c.setReg(RDX, size, hi)
}

func execMul(c *VCPU, in *Inst) *Fault {
	b, f := c.get(in, 0)
	if f != nil {
		return f
	}
	hi, lo := mulWide(c.r[RAX]&mask(in.Size), b, in.Size)
	c.setWide(hi, lo, in.Size)
	c.setMul(lo, in.Size, hi != 0)
	return nil
}

// mulWide is the unsigned product of two values of size bytes.
func mulWide(a, b uint64, size uint8) (hi, lo uint64) {
	if size == 8 {
		return bits.Mul64(a, b)
	}
	p := a * b
	return p >> (8 * uint(size)) & mask(size), p & mask(size)
}

// imulWide is the signed product; wide is set if it does not fit in size bytes.
func imulWide(a, b uint64, size uint8) (hi, lo uint64, wide bool) {
	a, b = signExtend(a, size), signExtend(b, size)
	hi, lo = bits.Mul64(a, b)
	if int64(a) < 0 {
		hi -= b
	}
	if int64(b) < 0 {
		hi -= a
	}
	wide = signExtend(lo, size) != lo || hi != uint64(int64(lo)>>63)
	if size == 8 {
		return hi, lo, wide
	}
	return lo >> (8 * uint(size)) & mask(size), lo & mask(size), wide
}

func execImul1(c *VCPU, in *Inst) *Fault {
	b, f := c.get(in, 0)
	if f != nil {
		return f
	}
	hi, lo, wide := imulWide(c.r[RAX], b, in.Size)
	c.setWide(hi, lo, in.Size)
	c.setMul(lo, in.Size, wide)
	return nil
}

func execImul2(c *VCPU, in *Inst) *Fault { return c.imul(in, 0, 1) }
func execImul3(c *VCPU, in *Inst) *Fault { return c.imul(in, 1, 2) }

func (c *VCPU) imul(in *Inst, i, j int) *Fault {
	a, f := c.get(in, i)
	if f != nil {
		return f
	}
	b, f := c.get(in, j)
	if f != nil {
		return f
	}
	_, lo, wide := imulWide(a, b, in.Size)
	c.setMul(lo, in.Size, wide)
	return c.put(in, 0, lo)
}

// execMulx is mulx: no flags, two destinations; the first one wins if both are
// the same.
func execMulx(c *VCPU, in *Inst) *Fault {
	b, f := c.get(in, 2)
	if f != nil {
		return f
	}
	hi, lo := mulWide(c.r[RDX]&mask(in.Size), b, in.Size)
	if f := c.put(in, 1, lo); f != nil {
		return f
	}
	return c.put(in, 0, hi)
}

// dividend is the double-width dividend of div and idiv.
func (c *VCPU) dividend(size uint8) (hi, lo uint64) {
	if size == 1 {
		return c.r[RAX] >> 8 & 0xff, c.r[RAX] & 0xff
	}
	return c.r[RDX] & mask(size), c.r[RAX] & mask(size)
}

func (c *VCPU) setQuotient(q, r uint64, size uint8) {
	if size == 1 {
		c.setReg(RAX, 2, q&0xff|r<<8)
		return
	}
	c.setReg(RAX, size, q)
	c.setReg(RDX, size, r)
}

func execDiv(c *VCPU, in *Inst) *Fault {
	d, f := c.get(in, 0)
	if f != nil {
		return f
	}
	hi, lo := c.dividend(in.Size)
	if d <= hi { // zero divisor, or the quotient needs more bits
		return fault(VectorDE, 0)
	}
	var q, r uint64
	if in.Size == 8 {
		q, r = bits.Div64(hi, lo, d)
	} else {
		n := hi<<(8*uint(in.Size)) | lo
		q, r = n/d, n%d
	}
	c.setQuotient(q, r, in.Size)
	return nil
}

func execIdiv(c *VCPU, in *Inst) *Fault {
	d, f := c.get(in, 0)
	if f != nil {
		return f
	}
	d = signExtend(d, in.Size)
	hi, lo := c.dividend(in.Size)
	if in.Size != 8 {
		n := signExtend(hi<<(8*uint(in.Size))|lo, min(2*in.Size, 8))
		hi, lo = uint64(int64(n)>>63), n
	}
	q, r, ok := idiv128(hi, lo, d)
	if !ok || signExtend(q, in.Size) != q {
		return fault(VectorDE, 0)
	}
	c.setQuotient(q, r, in.Size)
	return nil
}

// idiv128 divides the signed hi:lo by d, truncating; ok is false where the
// quotient does not fit in 64 bits.
func idiv128(hi, lo, d uint64) (q, r uint64, ok bool) {
	neg, dneg := int64(hi) < 0, int64(d) < 0
	if neg {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	if dneg {
		d = -d
	}
	if d <= hi {
		return 0, 0, false
	}
	q, r = bits.Div64(hi, lo, d)
	limit := uint64(1) << 63
	if neg != dneg {
		ok = q <= limit
		q = -q
	} else {
		ok = q < limit
	}
	if neg {
		r = -r
	}
	return q, r, ok
}
