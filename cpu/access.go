package cpu

import "klpemu/mem"

// fault makes a fault; what the caller knows about the instruction is filled in
// where the executor returns.
func fault(vector int, code uint32) *Fault { return &Fault{Vector: vector, Code: code} }

// memFault turns a refused access into the exception the CPU raises for it.
func memFault(err error, addr uint64, size int, stack bool) *Fault {
	f, ok := err.(*mem.Fault)
	if !ok || !mem.Canonical(addr) || !mem.Canonical(addr+uint64(size)-1) {
		if stack {
			return fault(VectorSS, 0)
		}
		return fault(VectorGP, 0)
	}
	code := uint32(0)
	if f.Present {
		code |= CodePresent
	}
	switch f.Access {
	case mem.Write:
		code |= CodeWrite
	case mem.Fetch:
		code |= CodeFetch
	}
	return &Fault{Vector: VectorPF, Code: code, Addr: f.Addr}
}

// ea is the linear address of the memory operand.
func (c *VCPU) ea(in *Inst) uint64 {
	return c.offset(in) + c.segBase(in)
}

func (c *VCPU) segBase(in *Inst) uint64 {
	switch in.Mem.Seg {
	case FS:
		return c.r[slotFS]
	case GS:
		return c.r[slotGS]
	}
	return 0
}

// offset is the effective address: what lea computes.
func (c *VCPU) offset(in *Inst) uint64 {
	m := &in.Mem
	a := c.r[m.Base] + c.r[m.Index]<<m.Scale + uint64(m.Disp)
	if m.Relative {
		a += c.rip
	}
	if in.AddrSize == 4 {
		a = uint64(uint32(a))
	}
	return a
}

// stackSegment reports whether the operand is in SS, whose faults are #SS.
func (in *Inst) stackSegment() bool {
	b := in.Mem.Base
	return in.Mem.Seg == noSeg && (b == uint8(RSP) || b == uint8(RBP))
}

// load reads size bytes (1, 2, 4 or 8) for the memory operand of in.
func (c *VCPU) load(in *Inst, addr uint64, size uint8) (uint64, *Fault) {
	if v, ok := c.loadFast(addr, size); ok {
		return v, nil
	}
	v, err := c.mem.Load(addr, int(size))
	if err != nil {
		return 0, memFault(err, addr, int(size), in.stackSegment())
	}
	c.fillRead(addr)
	return v, nil
}

// store writes size bytes for the memory operand of in.
func (c *VCPU) store(in *Inst, addr uint64, size uint8, v uint64) *Fault {
	if c.storeFast(addr, size, v) {
		return nil
	}
	if err := c.mem.Store(addr, int(size), v); err != nil {
		return memFault(err, addr, int(size), in.stackSegment())
	}
	c.fillWrite(addr)
	return nil
}

// checkStore faults as a store would.
func (c *VCPU) checkStore(in *Inst, addr uint64, size int) *Fault {
	if err := c.mem.Check(addr, size, mem.Write); err != nil {
		return memFault(err, addr, size, in.stackSegment())
	}
	return nil
}

// loadRMW reads a value that the instruction will write back. The access is a
// write from the start, as on the CPU, so the store that follows cannot fault.
func (c *VCPU) loadRMW(in *Inst, addr uint64, size uint8) (uint64, *Fault) {
	if f := c.checkStore(in, addr, int(size)); f != nil {
		return 0, f
	}
	return c.load(in, addr, size)
}

// get returns operand i, zero-extended from its size; an immediate is
// sign-extended to the operand size.
func (c *VCPU) get(in *Inst, i int) (uint64, *Fault) {
	a := &in.Args[i]
	switch a.Kind {
	case ArgReg:
		return c.r[a.Reg] & mask(a.Size), nil
	case ArgHigh:
		return c.r[a.Reg] >> 8 & 0xff, nil
	case ArgMem:
		return c.load(in, c.ea(in), a.Size)
	case ArgImm:
		return uint64(in.Imm) & mask(in.Size), nil
	case ArgImm2:
		return uint64(in.Imm2), nil
	case ArgOne:
		return 1, nil
	}
	return 0, fault(VectorUD, 0)
}

// getRMW is get for an operand that will be put back.
func (c *VCPU) getRMW(in *Inst, i int) (uint64, *Fault) {
	if in.Args[i].Kind == ArgMem {
		return c.loadRMW(in, c.ea(in), in.Args[i].Size)
	}
	return c.get(in, i)
}

// put stores v to operand i.
func (c *VCPU) put(in *Inst, i int, v uint64) *Fault {
	a := &in.Args[i]
	switch a.Kind {
	case ArgReg:
		c.setReg(a.Reg, a.Size, v)
	case ArgHigh:
		c.r[a.Reg] = c.r[a.Reg]&^0xff00 | v&0xff<<8
	case ArgMem:
		return c.store(in, c.ea(in), a.Size, v)
	default:
		return fault(VectorUD, 0)
	}
	return nil
}

// setReg writes a register of a size: 32-bit writes clear the upper half,
// smaller ones keep the rest (SDM volume 1, 3.4.1.1).
func (c *VCPU) setReg(r Reg, size uint8, v uint64) {
	switch size {
	case 8:
		c.r[r] = v
	case 4:
		c.r[r] = uint64(uint32(v))
	case 2:
		c.r[r] = c.r[r]&^0xffff | v&0xffff
	default:
		c.r[r] = c.r[r]&^0xff | v&0xff
	}
}

// signExtend widens the low size bytes of v.
func signExtend(v uint64, size uint8) uint64 {
	s := shiftFor(size)
	return uint64(int64(v<<s) >> s)
}

// loadStack and storeStack access the stack, where a bad address is #SS.
func (c *VCPU) loadStack(addr uint64, size uint8) (uint64, *Fault) {
	return c.load(&stackInst, addr, size)
}

func (c *VCPU) storeStack(addr uint64, size uint8, v uint64) *Fault {
	return c.store(&stackInst, addr, size, v)
}

// stackInst is an instruction whose memory operand is in SS. It is never written.
var stackInst = Inst{Mem: Mem{Base: uint8(RSP), Index: slotZero, Seg: noSeg}}

// flatInst is one whose operand is in DS or ES, as string instructions have it.
var flatInst = Inst{Mem: Mem{Base: uint8(RDI), Index: slotZero, Seg: noSeg}}
