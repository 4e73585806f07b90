package cpu

import "klpemu/mem"

// jump sets RIP if the target is an address; a jump to anything else faults on
// the jump, as on Intel's CPUs.
func (c *VCPU) jump(target uint64) *Fault {
	if !mem.Canonical(target) {
		return fault(VectorGP, 0)
	}
	c.rip = target
	return nil
}

// target is where a near branch goes: relative, or the value of its operand.
func (c *VCPU) target(in *Inst) (uint64, *Fault) {
	if in.Args[0].Kind == ArgRel {
		return c.rip + uint64(in.Imm), nil
	}
	return c.get(in, 0)
}

func execJcc(c *VCPU, in *Inst) *Fault {
	if c.cond(in.cond()) {
		return c.jump(c.rip + uint64(in.Imm))
	}
	return nil
}

func execJmp(c *VCPU, in *Inst) *Fault {
	t, f := c.target(in)
	if f != nil {
		return f
	}
	return c.jump(t)
}

func execCall(c *VCPU, in *Inst) *Fault {
	t, f := c.target(in)
	if f != nil {
		return f
	}
	if f := c.checkStore(&stackInst, c.r[RSP]-8, 8); f != nil {
		return f
	}
	if !mem.Canonical(t) {
		return fault(VectorGP, 0)
	}
	if f := c.push(c.rip, 8); f != nil {
		return f
	}
	c.rip = t
	return nil
}

func execRet(c *VCPU, in *Inst) *Fault {
	t, f := c.loadStack(c.r[RSP], 8)
	if f != nil {
		return f
	}
	if f := c.jump(t); f != nil {
		return f
	}
	c.r[RSP] += 8 + uint64(uint16(in.Imm))
	return nil
}

// execLoop is loopne, loope, loop and jrcxz: opcodes e0 to e3.
func execLoop(c *VCPU, in *Inst) *Fault {
	n := c.r[RCX]
	if in.Opcode != 0xe3 {
		n--
	}
	if in.AddrSize == 4 {
		n = uint64(uint32(n))
	}
	take := n != 0
	switch in.Opcode {
	case 0xe0:
		take = take && !c.zf()
	case 0xe1:
		take = take && c.zf()
	case 0xe3:
		take = !take
	}
	if take {
		if f := c.jump(c.rip + uint64(in.Imm)); f != nil {
			return f
		}
	}
	if in.Opcode != 0xe3 {
		c.setReg(RCX, in.AddrSize, n)
	}
	return nil
}

// execInt is int3, int1 and int n. They are delivered as faults: the machine
// finds RIP on the instruction, and its length in the fault.
func execInt(_ *VCPU, in *Inst) *Fault {
	switch in.Opcode {
	case 0xcc:
		return fault(VectorBP, 0)
	case 0xf1:
		return fault(VectorDB, 0)
	}
	return fault(int(uint8(in.Imm)), 0)
}

func execUD(*VCPU, *Inst) *Fault { return fault(VectorUD, 0) }

// The selectors of a Linux kernel. No others can be loaded.
const (
	selectorCS = 0x10
	selectorSS = 0x18
)

// execIret returns to kernel code, or from it to user code: RIP, CS, RFLAGS, RSP, SS.
func execIret(c *VCPU, in *Inst) *Fault {
	if in.Size != 8 {
		return fault(VectorUD, 0) // 16 and 32-bit frames have no use in a 64-bit kernel
	}
	var frame [5]uint64
	for i := range frame {
		v, f := c.loadStack(c.r[RSP]+8*uint64(i), 8)
		if f != nil {
			return f
		}
		frame[i] = v
	}
	user := frame[1]&0xffff == userCS && c.space.kernel != nil
	if sel := frame[1]; sel != selectorCS && !user || !user && c.user {
		return fault(VectorGP, uint32(sel)&0xfffc)
	}
	if sel := frame[4]; user && sel&0xffff != userSS || !user && sel != selectorSS && sel != 0 {
		return fault(VectorGP, uint32(sel)&0xfffc)
	}
	if f := c.jump(frame[0]); f != nil {
		return f
	}
	can := c.restorableNow() | FlagRF
	c.SetFlags(c.Flags()&^can | frame[2]&can)
	c.r[RSP] = frame[3]
	c.setMode(user)
	return nil
}

// execLret is a far return to the same privilege level.
func execLret(c *VCPU, in *Inst) *Fault {
	ip, f := c.loadStack(c.r[RSP], in.Size)
	if f != nil {
		return f
	}
	sel, f := c.loadStack(c.r[RSP]+uint64(in.Size), in.Size)
	if f != nil {
		return f
	}
	if sel&0xffff != c.codeSelector() {
		return fault(VectorGP, uint32(sel)&0xfffc)
	}
	if f := c.jump(ip); f != nil {
		return f
	}
	c.r[RSP] += 2*uint64(in.Size) + uint64(uint16(in.Imm))
	return nil
}

// execFar is lcall and ljmp through memory: an offset and a selector.
func execFar(c *VCPU, in *Inst) *Fault {
	addr := c.ea(in)
	ip, f := c.load(in, addr, in.Size)
	if f != nil {
		return f
	}
	sel, f := c.load(in, addr+uint64(in.Size), 2)
	if f != nil {
		return f
	}
	if sel != c.codeSelector() {
		return fault(VectorGP, uint32(sel)&0xfffc)
	}
	if !mem.Canonical(ip) {
		return fault(VectorGP, 0)
	}
	if in.ext == 3 {
		n := uint64(in.Size)
		if f := c.checkStore(&stackInst, c.r[RSP]-2*n, 2*int(n)); f != nil {
			return f
		}
		if f := c.push(c.codeSelector(), in.Size); f != nil {
			return f
		}
		if f := c.push(c.rip, in.Size); f != nil {
			return f
		}
	}
	c.rip = ip
	return nil
}
