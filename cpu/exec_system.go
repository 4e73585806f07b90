package cpu

import "klpemu/mem"

// execFlush is clflush, clflushopt and clwb, which fault as a byte load does.
func execFlush(c *VCPU, in *Inst) *Fault {
	_, f := c.load(in, c.ea(in), 1)
	return f
}

func execHlt(c *VCPU, _ *Inst) *Fault {
	c.stop = StopHalt
	return nil
}

func execVmcall(c *VCPU, _ *Inst) *Fault {
	c.stop = StopGate
	return nil
}

// execCarry is cmc (f5), clc (f8) and stc (f9).
func execCarry(c *VCPU, in *Inst) *Fault {
	switch in.Opcode {
	case 0xf5:
		c.setCF(!c.cf())
	case 0xf8:
		c.setCF(false)
	default:
		c.setCF(true)
	}
	return nil
}

// execFlagBit sets or clears one flag that is not arithmetic.
func execFlagBit(bit uint64, on bool) execFunc {
	return func(c *VCPU, _ *Inst) *Fault {
		c.flags &^= bit
		if on {
			c.flags |= bit
		}
		return nil
	}
}

func execSwapgs(c *VCPU, _ *Inst) *Fault {
	c.r[slotGS], c.kernelGS = c.kernelGS, c.r[slotGS]
	return nil
}

// tsc is the virtual time stamp counter.
func (c *VCPU) tsc() uint64 {
	if c.opt.TSC != nil {
		return c.opt.TSC()
	}
	return c.count
}

func (c *VCPU) setPair(v uint64) {
	c.r[RAX], c.r[RDX] = uint64(uint32(v)), v>>32
}

func execRdtsc(c *VCPU, _ *Inst) *Fault {
	c.setPair(c.tsc())
	return nil
}

func execRdtscp(c *VCPU, _ *Inst) *Fault {
	c.setPair(c.tsc())
	c.r[RCX] = uint64(c.id)
	return nil
}

func execRdpid(c *VCPU, in *Inst) *Fault { return c.put(in, 0, uint64(c.id)) }

// execRdpmc: there are no performance counters.
func execRdpmc(*VCPU, *Inst) *Fault { return fault(VectorGP, 0) }

// The model specific registers that exist.
const (
	msrTSC          = 0x10
	msrFSBase       = 0xc0000100
	msrGSBase       = 0xc0000101
	msrKernelGSBase = 0xc0000102
	msrTSCAux       = 0xc0000103
)

// msrBase returns the base register behind a number, or nil.
func (c *VCPU) msrBase(n uint32) *uint64 {
	switch n {
	case msrFSBase:
		return &c.r[slotFS]
	case msrGSBase:
		return &c.r[slotGS]
	case msrKernelGSBase:
		return &c.kernelGS
	}
	return c.sys.reg(n)
}

func execRdmsr(c *VCPU, _ *Inst) *Fault {
	switch n := uint32(c.r[RCX]); n {
	case msrTSC:
		c.setPair(c.tsc())
	case msrTSCAux:
		c.setPair(uint64(c.id))
	default:
		p := c.msrBase(n)
		if p == nil {
			return fault(VectorGP, 0)
		}
		c.setPair(*p)
	}
	return nil
}

func execWrmsr(c *VCPU, _ *Inst) *Fault {
	v := c.r[RDX]<<32 | c.r[RAX]&0xffffffff
	p := c.msrBase(uint32(c.r[RCX]))
	if p == nil || !mem.Canonical(v) && p != &c.sys.star {
		return fault(VectorGP, 0)
	}
	*p = v
	return nil
}

// execFSGSBase is rdfsbase, rdgsbase, wrfsbase, wrgsbase: /0 to /3.
func execFSGSBase(c *VCPU, in *Inst) *Fault {
	p := &c.r[slotFS]
	if in.ext&1 != 0 {
		p = &c.r[slotGS]
	}
	if in.ext < 2 {
		return c.put(in, 0, *p)
	}
	v, _ := c.get(in, 0)
	if !mem.Canonical(v) {
		return fault(VectorGP, 0)
	}
	*p = v
	return nil
}

// The control registers of a running Linux kernel: protected mode with paging
// and write protection, no FPU; PAE, global pages, FSGSBASE, SMEP, SMAP.
const (
	cr0Value = 0x8005003b
	cr4Value = 0x3310a0
)

func execMovFromCR(c *VCPU, in *Inst) *Fault {
	return c.put(in, 0, c.cr[in.Args[1].Reg&15])
}

// execMovToCR keeps cr2 and cr3; the machine's mode cannot change, so any other
// value of the others is refused, as the CPU refuses impossible combinations.
func execMovToCR(c *VCPU, in *Inst) *Fault {
	v, _ := c.get(in, 1)
	r := in.Args[0].Reg & 15
	if r != 2 && r != 3 && v != c.cr[r] {
		return fault(VectorGP, 0)
	}
	c.cr[r] = v
	return nil
}

func execMovFromDR(c *VCPU, in *Inst) *Fault {
	return c.put(in, 0, c.dr[in.Args[1].Reg&7])
}

// execMovToDR refuses to enable breakpoints, which are not modelled.
func execMovToDR(c *VCPU, in *Inst) *Fault {
	v, _ := c.get(in, 1)
	r := in.Args[0].Reg & 7
	if r == 7 && v&0xff != 0 {
		return fault(VectorGP, 0)
	}
	c.dr[r] = v
	return nil
}

func execMovFromSeg(c *VCPU, in *Inst) *Fault {
	a := in.Args[0]
	v := uint64(c.seg[in.Args[1].Reg])
	if a.Kind == ArgMem {
		return c.store(in, c.ea(in), 2, v)
	}
	return c.put(in, 0, v)
}

// execMovToSeg loads a data segment register with what Linux loads: the null
// selector or its own data selectors. CS cannot be loaded.
func execMovToSeg(c *VCPU, in *Inst) *Fault {
	r := in.Args[0].Reg
	if r == CS {
		return fault(VectorUD, 0)
	}
	v, f := c.get(in, 1)
	if f != nil {
		return f
	}
	return c.loadSeg(r, uint16(v))
}

func (c *VCPU) loadSeg(r Reg, v uint16) *Fault {
	const userDS = 0x2b
	if v != 0 && v != selectorSS && (v != userDS || r == SS) {
		return fault(VectorGP, uint32(v)&0xfffc)
	}
	c.seg[r] = v
	switch { // loading a selector loads its base, which is zero
	case r == FS:
		c.r[slotFS] = 0
	case r == GS:
		c.r[slotGS] = 0
	}
	return nil
}

func execPushSeg(c *VCPU, in *Inst) *Fault {
	return c.push(uint64(c.seg[in.Args[0].Reg]), in.Size)
}

func execPopSeg(c *VCPU, in *Inst) *Fault {
	v, f := c.loadStack(c.r[RSP], in.Size)
	if f != nil {
		return f
	}
	if f := c.loadSeg(in.Args[0].Reg, uint16(v)); f != nil {
		return f
	}
	c.r[RSP] += uint64(in.Size)
	return nil
}

// execStoreTable is sgdt and sidt: the tables of the model are empty.
func execStoreTable(c *VCPU, in *Inst) *Fault {
	addr := c.ea(in)
	if f := c.checkStore(in, addr, 10); f != nil {
		return f
	}
	if f := c.store(in, addr, 2, 0); f != nil {
		return f
	}
	return c.store(in, addr+2, 8, 0)
}

// execStoreSelector is sldt and str: no local table, no task register.
func execStoreSelector(c *VCPU, in *Inst) *Fault { return c.putWord(in, 0) }

func execSmsw(c *VCPU, in *Inst) *Fault { return c.putWord(in, c.cr[0]) }

// putWord stores 16 bits to memory, or the operand size to a register.
func (c *VCPU) putWord(in *Inst, v uint64) *Fault {
	if in.Args[0].Kind == ArgMem {
		return c.store(in, c.ea(in), 2, v)
	}
	return c.put(in, 0, v)
}

// execVer is verr and verw: the selectors that can be loaded are readable and
// writable. The kernel uses verw to clear CPU buffers.
func execVer(c *VCPU, in *Inst) *Fault {
	v, f := c.get(in, 0)
	if f != nil {
		return f
	}
	c.setZF(v&0xfffc == selectorSS || v&0xfffc == 0x28)
	return nil
}

// execIn reads a port: there are no devices, so all ones.
func execIn(c *VCPU, in *Inst) *Fault { return c.put(in, 0, ^uint64(0)) }

// execRdrand is rdrand and rdseed: a generator seeded by Options.Seed
// (splitmix64), which always delivers: CF is set, the other flags are cleared.
func execRdrand(c *VCPU, in *Inst) *Fault {
	c.random += 0x9e3779b97f4a7c15
	z := c.random
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	c.setArith(FlagCF)
	return c.put(in, 0, z^z>>31)
}
