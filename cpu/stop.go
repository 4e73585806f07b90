package cpu

import "fmt"

// StopKind says why Run or Step returned.
type StopKind uint8

// The reasons to stop.
const (
	StopBudget StopKind = iota // the number of instructions asked for is done
	StopGate                   // a vmcall was executed; RIP is behind it
	StopFault                  // Stop.Fault; state is as before the instruction
	StopHalt                   // hlt was executed; RIP is behind it
)

// String returns "budget", "gate", "fault" or "halt".
func (k StopKind) String() string {
	switch k {
	case StopBudget:
		return "budget"
	case StopGate:
		return "gate"
	case StopFault:
		return "fault"
	case StopHalt:
		return "halt"
	}
	return fmt.Sprintf("stop(%d)", uint8(k))
}

// A Stop is the result of Run and Step.
type Stop struct {
	Kind  StopKind
	Count uint64 // instructions executed by this call; a faulting one is not counted
	Fault *Fault // if Kind is StopFault
}

// The exception vectors (SDM volume 3, table 6-1).
const (
	VectorDE = 0  // divide error
	VectorDB = 1  // debug
	VectorBP = 3  // breakpoint
	VectorOF = 4  // overflow
	VectorUD = 6  // invalid opcode
	VectorNM = 7  // no FPU
	VectorDF = 8  // double fault
	VectorSS = 12 // stack segment
	VectorGP = 13 // general protection
	VectorPF = 14 // page fault
	VectorAC = 17 // alignment check
)

// The bits of a page fault's error code.
const (
	CodePresent = 1 << 0 // the page is mapped
	CodeWrite   = 1 << 1
	CodeUser    = 1 << 2 // at privilege level 3
	CodeFetch   = 1 << 4
)

// A Fault is an exception of the guest. The state is as it was before the
// instruction, so the instruction can be restarted; for a trap (int3, int n,
// into) too, RIP is the instruction's own address. The trap behind a single step is
// different: the instruction is done and counted, RIP is that of the next, Len is 0.
type Fault struct {
	Vector int
	Code   uint32 // error code; 0 for vectors that have none
	Addr   uint64 // of a page fault: the address that was refused (CR2)
	RIP    uint64
	Len    int    // bytes of the instruction, 0 where it could not be decoded
	NoFPU  bool   // the instruction is of x87, SSE or AVX, which the interpreter does not have
	Insn   string // mnemonic, or the bytes in hexadecimal where there is none
}

// VectorName returns "#PF" and the like.
func VectorName(vector int) string {
	switch vector {
	case VectorDE:
		return "#DE"
	case VectorDB:
		return "#DB"
	case VectorBP:
		return "#BP"
	case VectorOF:
		return "#OF"
	case VectorUD:
		return "#UD"
	case VectorNM:
		return "#NM"
	case VectorDF:
		return "#DF"
	case VectorSS:
		return "#SS"
	case VectorGP:
		return "#GP"
	case VectorPF:
		return "#PF"
	case VectorAC:
		return "#AC"
	}
	return fmt.Sprintf("interrupt %d", vector)
}

// Error says what, where and on which instruction.
func (f *Fault) Error() string {
	s := fmt.Sprintf("%s at %016x", VectorName(f.Vector), f.RIP)
	if f.Insn != "" {
		s += " (" + f.Insn + ")"
	}
	switch f.Vector {
	case VectorPF:
		kind := "read"
		switch {
		case f.Code&CodeFetch != 0:
			kind = "fetch"
		case f.Code&CodeWrite != 0:
			kind = "write"
		}
		why := "not mapped"
		if f.Code&CodePresent != 0 {
			why = "not permitted"
		}
		s += fmt.Sprintf(": %s of %016x: %s", kind, f.Addr, why)
	case VectorGP, VectorSS:
		s += fmt.Sprintf(": error code %#x", f.Code)
	}
	return s
}
