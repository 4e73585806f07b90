package cpu

import "math/bits"

func execNop(*VCPU, *Inst) *Fault { return nil }

func execMov(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	return c.put(in, 0, v)
}

func execMovzx(c *VCPU, in *Inst) *Fault { return execMov(c, in) }

func execMovsx(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	return c.put(in, 0, signExtend(v, in.Args[1].Size))
}

func execMovbe(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	return c.put(in, 0, bits.ReverseBytes64(v)>>shiftFor(in.Size))
}

func execLea(c *VCPU, in *Inst) *Fault { return c.put(in, 0, c.offset(in)) }

func execXchg(c *VCPU, in *Inst) *Fault {
	a, f := c.getRMW(in, 0)
	if f != nil {
		return f
	}
	b, _ := c.get(in, 1)
	if f := c.put(in, 0, b); f != nil {
		return f
	}
	return c.put(in, 1, a)
}

// execXchgA is opcode 90 and up; 90 itself is nop and does not clear the upper
// half of rax.
func execXchgA(c *VCPU, in *Inst) *Fault {
	if in.Args[0].Reg == RAX {
		return nil
	}
	return execXchg(c, in)
}

// execCmov reads its source whatever the condition, and always clears the upper
// half of a 32-bit destination.
func execCmov(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	if !c.cond(in.cond()) {
		v, _ = c.get(in, 0)
	}
	return c.put(in, 0, v)
}

func execSetcc(c *VCPU, in *Inst) *Fault {
	v := uint64(0)
	if c.cond(in.cond()) {
		v = 1
	}
	return c.put(in, 0, v)
}

// execBswap of 16 bits is undefined; the CPUs we compare with give zero.
func execBswap(c *VCPU, in *Inst) *Fault {
	v, _ := c.get(in, 0)
	if in.Size == 2 {
		v = 0
	}
	return c.put(in, 0, bits.ReverseBytes64(v)>>shiftFor(in.Size))
}

// execExtendA is cbtw, cwtl, cltq: rax from its lower half.
func execExtendA(c *VCPU, in *Inst) *Fault {
	c.setReg(RAX, in.Size, signExtend(c.r[RAX], in.Size/2))
	return nil
}

// execExtendD is cwtd, cltd, cqto: rdx from the sign of rax.
func execExtendD(c *VCPU, in *Inst) *Fault {
	c.setReg(RDX, in.Size, uint64(int64(signExtend(c.r[RAX], in.Size))>>63))
	return nil
}

const sahfFlags = FlagCF | FlagPF | FlagAF | FlagZF | FlagSF

func execLahf(c *VCPU, in *Inst) *Fault {
	c.r[RAX] = c.r[RAX]&^0xff00 | (c.Flags()&sahfFlags|FlagOne)<<8
	return nil
}

func execSahf(c *VCPU, in *Inst) *Fault {
	v := c.arith()
	c.setArith(v&^sahfFlags | c.r[RAX]>>8&sahfFlags)
	return nil
}

func execXlat(c *VCPU, in *Inst) *Fault {
	a := c.r[RBX] + c.r[RAX]&0xff
	if in.AddrSize == 4 {
		a = uint64(uint32(a))
	}
	v, f := c.load(&flatInst, a+c.overrideBase(in), 1)
	if f != nil {
		return f
	}
	c.setReg(RAX, 1, v)
	return nil
}

// overrideBase is the base of the segment that a prefix names, for instructions
// without ModRM.
func (c *VCPU) overrideBase(in *Inst) uint64 {
	switch segment(in.SegByte) {
	case FS:
		return c.r[slotFS]
	case GS:
		return c.r[slotGS]
	}
	return 0
}

// push stores v below the stack pointer, which moves only if that succeeds.
func (c *VCPU) push(v uint64, size uint8) *Fault {
	sp := c.r[RSP] - uint64(size)
	if f := c.storeStack(sp, size, v); f != nil {
		return f
	}
	c.r[RSP] = sp
	return nil
}

func execPush(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 0)
	if f != nil {
		return f
	}
	return c.push(v, in.Size)
}

// execPop computes a memory destination with the stack pointer already moved.
func execPop(c *VCPU, in *Inst) *Fault {
	v, f := c.loadStack(c.r[RSP], in.Size)
	if f != nil {
		return f
	}
	c.r[RSP] += uint64(in.Size)
	if f := c.put(in, 0, v); f != nil {
		c.r[RSP] -= uint64(in.Size)
		return f
	}
	return nil
}

// restorable are the flags that popf and iret can change at privilege level 0.
const restorable = arithFlags | FlagTF | FlagIF | FlagDF | iopl | FlagNT | FlagAC | FlagID

func execPushf(c *VCPU, in *Inst) *Fault {
	return c.push(c.Flags()&^uint64(FlagRF), in.Size)
}

func execPopf(c *VCPU, in *Inst) *Fault {
	v, f := c.loadStack(c.r[RSP], in.Size)
	if f != nil {
		return f
	}
	c.r[RSP] += uint64(in.Size)
	can := c.restorableNow()
	if in.Size == 2 {
		can &= 0xffff
	}
	c.SetFlags(c.Flags()&^(can|FlagRF) | v&can)
	return nil
}

// execEnter is enter with nesting level 0 to 31: the frame pointers of the
// enclosing levels are copied first (SDM volume 2, ENTER).
func execEnter(c *VCPU, in *Inst) *Fault {
	n, size := uint64(in.Size), in.Size
	level := uint64(in.Imm2) & 31
	sp, bp := c.r[RSP], c.r[RBP]
	words := level + 1
	if f := c.checkStore(&stackInst, sp-words*n, int(words*n)); f != nil {
		return f
	}
	vals := []uint64{bp}
	for i := uint64(1); i < level; i++ {
		v, f := c.loadStack(bp-i*n, size)
		if f != nil {
			return f
		}
		vals = append(vals, v)
	}
	frame := sp - n
	if level > 0 {
		vals = append(vals, frame)
	}
	for _, v := range vals {
		sp -= n
		if f := c.storeStack(sp, size, v); f != nil {
			return f
		}
	}
	sp -= uint64(uint16(in.Imm))
	if f := c.checkStore(&stackInst, sp, 1); f != nil {
		return f
	}
	c.setReg(RBP, size, frame)
	c.r[RSP] = sp
	return nil
}

func execLeave(c *VCPU, in *Inst) *Fault {
	v, f := c.loadStack(c.r[RBP], in.Size)
	if f != nil {
		return f
	}
	c.r[RSP] = c.r[RBP] + uint64(in.Size)
	c.setReg(RBP, in.Size, v)
	return nil
}
