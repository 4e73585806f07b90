package cpu

import (
	"hash/crc32"
	"math/bits"
)

type bitOp uint8

const (
	bitTest bitOp = iota
	bitSet
	bitReset
	bitFlip
)

// execBt is bt, bts, btr, btc. With a register offset and a memory operand the
// bit may lie beyond the operand: the offset is signed and moves the address by
// whole operands. ZF is unchanged, the others but CF are undefined and kept.
func execBt(op bitOp) execFunc {
	return func(c *VCPU, in *Inst) *Fault {
		n, f := c.get(in, 1)
		if f != nil {
			return f
		}
		w := 8 * uint64(in.Size)
		if in.Args[0].Kind != ArgMem {
			v, _ := c.get(in, 0)
			v = c.bitOp(op, v, n&(w-1))
			if op == bitTest {
				return nil
			}
			return c.put(in, 0, v)
		}
		addr := c.ea(in)
		if in.Args[1].Kind == ArgReg {
			off := uint64(int64(signExtend(n, in.Size)) >> log2(w) * int64(in.Size))
			addr = c.offset(in) + off
			if in.AddrSize == 4 {
				addr = uint64(uint32(addr))
			}
			addr += c.segBase(in)
		}
		return c.bitMem(in, op, addr, n&(w-1))
	}
}

func log2(v uint64) uint { return uint(bits.TrailingZeros64(v)) }

func (c *VCPU) bitMem(in *Inst, op bitOp, addr, n uint64) *Fault {
	load := c.loadRMW
	if op == bitTest {
		load = c.load
	}
	v, f := load(in, addr, in.Size)
	if f != nil {
		return f
	}
	v = c.bitOp(op, v, n)
	if op == bitTest {
		return nil
	}
	return c.store(in, addr, in.Size, v)
}

func (c *VCPU) bitOp(op bitOp, v, n uint64) uint64 {
	b := uint64(1) << n
	c.setCF(v&b != 0)
	switch op {
	case bitSet:
		return v | b
	case bitReset:
		return v &^ b
	case bitFlip:
		return v ^ b
	}
	return v
}

// execBsf and execBsr leave the destination alone when the source is zero, as
// AMD documents and Intel's CPUs do.
func execBsf(c *VCPU, in *Inst) *Fault {
	return c.bitScan(in, func(v uint64) int { return bits.TrailingZeros64(v) })
}

func execBsr(c *VCPU, in *Inst) *Fault {
	return c.bitScan(in, func(v uint64) int { return 63 - bits.LeadingZeros64(v) })
}

func (c *VCPU) bitScan(in *Inst, fn func(uint64) int) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	c.setZF(v == 0)
	if v == 0 {
		return nil
	}
	return c.put(in, 0, uint64(fn(v)))
}

// setCount records the flags of tzcnt and lzcnt: CF for a zero source, ZF for a
// zero result; the others are undefined.
func (c *VCPU) setCount(r uint64, zeroSource bool) {
	c.fr = r
	c.setZF(r == 0)
	c.fc = 0
	c.setCO(zeroSource, false)
}

func execTzcnt(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	r := min(uint64(bits.TrailingZeros64(v)), 8*uint64(in.Size))
	c.setCount(r, v == 0)
	return c.put(in, 0, r)
}

func execLzcnt(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	r := uint64(bits.LeadingZeros64(v)) - uint64(shiftFor(in.Size))
	c.setCount(r, v == 0)
	return c.put(in, 0, r)
}

func execPopcnt(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	c.setArith(0)
	c.setZF(v == 0)
	return c.put(in, 0, uint64(bits.OnesCount64(v)))
}

// setBMI records the flags of the BMI1 group: SF and ZF of the result, CF as
// given, OF clear; AF and PF are undefined.
func (c *VCPU) setBMI(r uint64, size uint8, cf bool) {
	c.setResult(r, size)
	c.fc = 0
	c.setCO(cf, false)
}

func execAndn(c *VCPU, in *Inst) *Fault {
	a, _ := c.get(in, 1)
	b, f := c.get(in, 2)
	if f != nil {
		return f
	}
	r := ^a & b
	c.setBMI(r, in.Size, false)
	return c.put(in, 0, r)
}

// execBls is blsr, blsmsk and blsi. Their CF differs: blsi sets it for a source
// that is not zero, the others for one that is.
func execBls(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	var r uint64
	cf := v == 0
	switch in.ext {
	case 1:
		r = v & (v - 1)
	case 2:
		r = v ^ (v - 1)
	case 3:
		r, cf = v&-v, v != 0
	}
	c.setBMI(r, in.Size, cf)
	return c.put(in, 0, r)
}

func execBzhi(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	n, _ := c.get(in, 2)
	n &= 0xff
	big := n >= 8*uint64(in.Size)
	if !big {
		v &= 1<<n - 1
	}
	c.setBMI(v, in.Size, big)
	return c.put(in, 0, v)
}

func execBextr(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	ctl, _ := c.get(in, 2)
	start, n := ctl&0xff, ctl>>8&0xff
	v >>= start // a shift by 64 or more gives zero
	if n < 64 {
		v &= 1<<n - 1
	}
	c.setBMI(v, in.Size, false)
	return c.put(in, 0, v)
}

func execPdep(c *VCPU, in *Inst) *Fault {
	src, _ := c.get(in, 1)
	m, f := c.get(in, 2)
	if f != nil {
		return f
	}
	var r uint64
	for ; m != 0; m &= m - 1 {
		if src&1 != 0 {
			r |= m & -m
		}
		src >>= 1
	}
	return c.put(in, 0, r)
}

func execPext(c *VCPU, in *Inst) *Fault {
	src, _ := c.get(in, 1)
	m, f := c.get(in, 2)
	if f != nil {
		return f
	}
	var r uint64
	for i := 0; m != 0; m &= m - 1 {
		if src&(m&-m) != 0 {
			r |= 1 << i
		}
		i++
	}
	return c.put(in, 0, r)
}

// execCRC32 accumulates CRC-32C, without the inversions of the usual checksum.
func execCRC32(c *VCPU, in *Inst) *Fault {
	size := in.Args[1].Size
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	sum := uint32(c.r[in.Args[0].Reg])
	for range size {
		sum ^= uint32(v & 0xff)
		for range 8 {
			low := sum & 1
			sum >>= 1
			if low != 0 {
				sum ^= crc32.Castagnoli
			}
		}
		v >>= 8
	}
	return c.put(in, 0, uint64(sum))
}
