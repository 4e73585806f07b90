package cpu

import "klpemu/mem"

// Options are the parts of a CPU's surroundings that differ between users.
type Options struct {
	TSC  func() uint64 // the time stamp counter; nil: instructions retired
	Seed uint64        // of rdrand and rdseed
}

// A VCPU is one virtual CPU.
type VCPU struct {
	id    int
	mem   *mem.Memory
	opt   Options
	s     State
	count uint64
}

// New returns a CPU with all registers zero and interrupts disabled.
func New(id int, m *mem.Memory, o Options) *VCPU {
	return &VCPU{id: id, mem: m, opt: o, s: State{Flags: FlagOne}}
}

// ID returns the number given to New.
func (c *VCPU) ID() int { return c.id }

// Reg returns a general register.
func (c *VCPU) Reg(r Reg) uint64 { return c.s.R[r&15] }

// SetReg sets a general register.
func (c *VCPU) SetReg(r Reg, v uint64) { c.s.R[r&15] = v }

// RIP returns the address of the next instruction.
func (c *VCPU) RIP() uint64 { return c.s.RIP }

// SetRIP sets the address of the next instruction.
func (c *VCPU) SetRIP(v uint64) { c.s.RIP = v }

// Flags returns RFLAGS.
func (c *VCPU) Flags() uint64 { return c.s.Flags }

// SetFlags sets RFLAGS.
func (c *VCPU) SetFlags(v uint64) { c.s.Flags = v | FlagOne }

// State returns the whole architectural state.
func (c *VCPU) State() State { return c.s }

// SetState replaces the whole architectural state.
func (c *VCPU) SetState(s State) { c.s = s; c.SetFlags(s.Flags) }

// Retired returns the number of instructions executed since New.
func (c *VCPU) Retired() uint64 { return c.count }

// Step executes exactly one instruction.
func (c *VCPU) Step() Stop { return c.Run(1) }

// Run executes at most n instructions.
func (c *VCPU) Run(n uint64) Stop {
	return Stop{Kind: StopFault, Fault: &Fault{Vector: VectorUD, RIP: c.s.RIP}}
}
