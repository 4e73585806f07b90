package cpu

import "fmt"

// Reg names a general register by its hardware number.
type Reg uint8

// The general registers in hardware order.
const (
	RAX Reg = iota
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
)

// String returns the 64-bit name, "rax".
func (r Reg) String() string {
	names := [...]string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}
	if int(r) < len(names) {
		return names[r]
	}
	return fmt.Sprintf("reg(%d)", uint8(r))
}

// The bits of RFLAGS (SDM volume 1, 3.4.3).
const (
	FlagCF  = 1 << 0
	FlagOne = 1 << 1 // always set
	FlagPF  = 1 << 2
	FlagAF  = 1 << 4
	FlagZF  = 1 << 6
	FlagSF  = 1 << 7
	FlagTF  = 1 << 8
	FlagIF  = 1 << 9
	FlagDF  = 1 << 10
	FlagOF  = 1 << 11
	FlagNT  = 1 << 14
	FlagRF  = 1 << 16
	FlagAC  = 1 << 18
	FlagID  = 1 << 21
)

const (
	arithFlags = FlagCF | FlagPF | FlagAF | FlagZF | FlagSF | FlagOF
	iopl       = 3 << 12
)

// State is the architectural state of a task: what a context switch saves.
type State struct {
	R            [16]uint64
	RIP          uint64
	Flags        uint64
	FSBase       uint64
	GSBase       uint64
	KernelGSBase uint64
	User         bool // privilege level 3
}
