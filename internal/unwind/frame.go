package unwind

// Register numbers, in the order of x86 encodings, as in cpu.State.
const (
	RAX = iota
	RCX
	RDX
	RBX
	RSP
	RBP
	RSI
	RDI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
	numRegs
)

// AllKnown is the Known mask of a frame whose registers are all true, such as
// the topmost one.
const AllKnown = 1<<numRegs - 1

// calleeSaved are the registers that a function preserves (psABI 3.2.1).
const calleeSaved = 1<<RBX | 1<<RBP | 1<<RSP | 1<<R12 | 1<<R13 | 1<<R14 | 1<<R15

// Frame is the state of the registers in one activation of a function.
type Frame struct {
	RIP  uint64
	Regs [numRegs]uint64 // valid where Known says so
	// Known has a bit for each register whose value is known. Calls destroy
	// the registers that no callee has to preserve.
	Known uint16
	// Signal says that RIP is not a return address: the frame was interrupted
	// there, or is the topmost one of a running task.
	Signal bool
	// RegsFrame says that RIP comes from saved registers rather than from a
	// call, so that no tracer can have replaced it.
	RegsFrame bool
	// Guess says that a frame pointer was believed on the way here, so nothing
	// from here on is reliable.
	Guess bool
	// Slot is where on the stack RIP was found, 0 for the topmost frame.
	Slot uint64
}

// Top returns the frame of a task that was stopped at rip with all registers
// known. signal is false if rip is where a call will return to, as for a task
// that sleeps in schedule.
func Top(rip uint64, regs [numRegs]uint64, signal bool) Frame {
	return Frame{RIP: rip, Regs: regs, Known: AllKnown, Signal: signal}
}

// SP is the frame's stack pointer.
func (f *Frame) SP() uint64 { return f.Regs[RSP] }

// lookup is the address by which the frame's function is found.
func (f *Frame) lookup() uint64 {
	if f.Signal {
		return f.RIP
	}
	return f.RIP - 1
}

func (f *Frame) get(r int) (uint64, bool) { return f.Regs[r], f.Known>>r&1 != 0 }

func (f *Frame) set(r int, v uint64) {
	f.Regs[r] = v
	f.Known |= 1 << r
}

// copy is for the evaluation of expressions, which keeps its frame: only the
// few frames that need it are allocated.
func (f *Frame) copy() *Frame {
	c := *f
	return &c
}

func (f *Frame) forget(r int) {
	f.Regs[r] = 0
	f.Known &^= 1 << r
}

// Memory reads the guest's stacks. *mem.Memory is one.
type Memory interface {
	Load(addr uint64, size int) (uint64, error)
}

// Outcome says how a step ended.
type Outcome uint8

// Outcomes of a step.
const (
	Stepped    Outcome = iota // Result.Next is the caller
	End                       // the stack ends here, as its entry stub says
	Unreliable                // the caller cannot be told; Result.Why says why
)

// Result is what a step came to.
type Result struct {
	Outcome Outcome
	Next    Frame  // if Stepped
	Why     string // if Unreliable
	NoData  bool   // if Unreliable: because nothing describes the code
}

// dwarfReg translates the psABI's DWARF register numbers (figure 3.36).
func dwarfReg(n uint64) (int, bool) {
	switch n {
	case 0:
		return RAX, true
	case 1:
		return RDX, true
	case 2:
		return RCX, true
	case 3:
		return RBX, true
	case 4:
		return RSI, true
	case 5:
		return RDI, true
	case 6:
		return RBP, true
	case 7:
		return RSP, true
	}
	return int(n), n < numRegs
}

// dwarfRA is the number of the column for the return address.
const dwarfRA = 16
