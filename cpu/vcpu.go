package cpu

import "klpemu/mem"

// Options are the parts of a CPU's surroundings that differ between users.
type Options struct {
	// TSC is the time stamp counter. While it runs, Retired is the number of
	// instructions before the one that asks, so a clock made from it does not
	// depend on how runs are cut. Nil: the counter is Retired.
	TSC func() uint64
	// Seed is where rdrand and rdseed start.
	Seed uint64
}

// A VCPU is one virtual CPU. Several can share a memory; nothing that one keeps
// survives a change that another makes. It is not safe for concurrent use.
type VCPU struct {
	// r holds the general registers and, behind them, the slots that address
	// computation uses. It has 256 elements so that an index of type uint8 needs
	// no bounds check; slotZero and everything behind slotGS stay zero.
	r [256]uint64
	lazyFlags
	flags uint64 // RFLAGS but for the arithmetic flags

	// The next instruction: cur if it is not nil, else the one at rip. While an
	// executor runs, cur is nil and rip is behind the instruction.
	cur *op
	rip uint64

	count   uint64 // instructions retired
	left    uint64 // budget when an executor was called
	version uint64 // of mem, when TLBs, view and cur were last known good
	stop    StopKind

	rtlb, wtlb tlb
	jumps      jumpCache
	view       view
	mem        *mem.Memory // root, or what the mode sees of space
	root       *mem.Memory // nil until there is a space

	kernelGS uint64
	user     bool // privilege level 3
	space    space
	sys      syscallRegs
	cr       [16]uint64
	dr       [8]uint64
	seg      [6]uint16
	random   uint64
	repeat   repeat
	id       int
	opt      Options
}

// New returns a CPU with all registers zero and interrupts disabled.
func New(id int, m *mem.Memory, o Options) *VCPU {
	c := &VCPU{id: id, mem: m, opt: o, flags: FlagOne, random: o.Seed}
	c.setArith(0)
	c.cr[0], c.cr[4] = cr0Value, cr4Value
	c.seg[CS], c.seg[SS] = selectorCS, selectorSS
	c.dr[6], c.dr[7] = 0xffff0ff0, 0x400
	c.view.init(m)
	c.jumps.flush()
	c.sync()
	return c
}

// ID returns the number given to New.
func (c *VCPU) ID() int { return c.id }

// Reg returns a general register.
func (c *VCPU) Reg(r Reg) uint64 { return c.r[r&15] }

// SetReg sets a general register.
func (c *VCPU) SetReg(r Reg, v uint64) { c.r[r&15] = v }

// RIP returns the address of the next instruction.
func (c *VCPU) RIP() uint64 {
	if c.cur != nil {
		return c.cur.rip
	}
	return c.rip
}

// SetRIP sets the address of the next instruction.
func (c *VCPU) SetRIP(v uint64) { c.rip, c.cur, c.repeat = v, nil, repeat{} }

// Flags returns RFLAGS.
func (c *VCPU) Flags() uint64 { return c.flags | c.arith() }

// SetFlags sets RFLAGS. Reserved bits keep their fixed values.
func (c *VCPU) SetFlags(v uint64) {
	c.setArith(v)
	c.flags = v&(restorable|FlagRF)&^uint64(arithFlags) | FlagOne
	if v&FlagTF != 0 {
		c.rip, c.cur = c.RIP(), nil // Step's short way does not look at TF
	}
}

// State returns the whole architectural state of the running task.
func (c *VCPU) State() State {
	s := State{RIP: c.RIP(), Flags: c.Flags(),
		FSBase: c.r[slotFS], GSBase: c.r[slotGS], KernelGSBase: c.kernelGS, User: c.user}
	copy(s.R[:], c.r[:16])
	return s
}

// SetState replaces the whole architectural state.
func (c *VCPU) SetState(s State) {
	c.setMode(s.User)
	copy(c.r[:16], s.R[:])
	c.SetRIP(s.RIP)
	c.SetFlags(s.Flags)
	c.r[slotFS], c.r[slotGS], c.kernelGS = s.FSBase, s.GSBase, s.KernelGSBase
}

// Retired returns the number of instructions executed since New. Each iteration
// of an instruction repeated by rep counts as one.
func (c *VCPU) Retired() uint64 { return c.count }

// sync drops everything that a change of the memory may have made wrong.
func (c *VCPU) sync() {
	c.rip, c.cur = c.RIP(), nil
	c.version = c.mem.Version()
	c.rtlb.flush()
	c.wtlb.flush()
	if c.view.revalidate() {
		c.jumps.flush()
	}
}

// SetStale makes the CPU keep the code that it has fetched, as a real one may,
// until it executes a serialising instruction or Refresh is called. Otherwise it
// sees every change of code at once.
func (c *VCPU) SetStale(stale bool) {
	c.view.stale = stale
	if !stale {
		c.Refresh()
	}
}

// Refresh makes a stale CPU see the code that is in memory now: what sync_core
// does, and every serialising instruction (SDM volume 3, 9.3).
func (c *VCPU) Refresh() {
	stale := c.view.stale
	c.view.stale = false
	c.sync()
	c.view.stale = stale
}
