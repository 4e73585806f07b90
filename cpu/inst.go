package cpu

// ArgKind is the kind of an operand.
type ArgKind uint8

// The kinds of operands.
const (
	ArgNone ArgKind = iota
	ArgReg          // general register Reg
	ArgHigh         // ah, ch, dh, bh: bits 8 to 15 of register Reg
	ArgMem          // Inst.Mem
	ArgImm          // Inst.Imm, sign-extended to the operand size
	ArgImm2         // Inst.Imm2
	ArgRel          // branch target: the next instruction + Inst.Imm
	ArgOne          // the constant 1 that a shift's opcode implies
	ArgSeg          // segment register Reg
	ArgCR           // control register Reg
	ArgDR           // debug register Reg
	ArgVec          // vector or FPU register Reg of an unsupported instruction
)

// An Arg is one operand.
type Arg struct {
	Kind ArgKind
	Reg  Reg
	Size uint8 // bytes
}

// The segment registers in hardware order.
const (
	ES = iota
	CS
	SS
	DS
	FS
	GS
	noSeg
)

// Register slots behind the general registers. Address computation reads them
// as it reads any register, so "no base" and segment bases cost nothing.
const (
	slotZero = 16 + iota // always zero
	slotFS
	slotGS
	slotRIP // stands for RIP in a Mem; the disassembler alone looks at it
)

// A Mem is a memory operand: Base + Index<<Scale + Disp in segment Seg.
// An absent base or index is slotZero. A RIP-relative Disp counts from the next
// instruction; [Inst.Relative] tells.
type Mem struct {
	Base, Index uint8
	Scale       uint8
	Seg         uint8 // FS or GS; else noSeg
	Relative    bool
	Disp        int64
}

// HasBase reports whether there is a base register.
func (m *Mem) HasBase() bool { return m.Base < 16 }

// HasIndex reports whether there is an index register.
func (m *Mem) HasIndex() bool { return m.Index < 16 }

// Prefixes that an instruction carried.
const (
	PrefixLock = 1 << iota
	PrefixRep  // f3
	PrefixRepne
	PrefixData // 66
	PrefixAddr // 67
	PrefixVEX
)

// An Inst is a decoded instruction. It does not know where it stands.
type Inst struct {
	*Form
	Args     [4]Arg
	NArgs    uint8
	Len      uint8
	Size     uint8 // operand size in bytes
	AddrSize uint8 // address size in bytes
	Prefix   uint8
	REX      uint8 // the REX byte, or 0; for VEX the bits it stands for
	SegByte  uint8 // the segment override prefix that counts, or 0
	Opcode   uint8 // last opcode byte
	ModRM    uint8
	HasSIB   bool
	DispLen  uint8 // bytes of displacement
	ImmLen   uint8
	Mem      Mem
	Imm      int64
	Imm2     int64
}

// Has reports whether all the given prefixes are present.
func (in *Inst) Has(p uint8) bool { return in.Prefix&p == p }

// MemArg returns the index of the memory operand, or -1.
func (in *Inst) MemArg() int {
	for i := range in.NArgs {
		if in.Args[i].Kind == ArgMem {
			return int(i)
		}
	}
	return -1
}

// cond is the condition of jcc, setcc and cmovcc: the opcode's low four bits.
func (in *Inst) cond() uint8 { return in.Opcode & 15 }
