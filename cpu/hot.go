package cpu

//go:generate go run gen_hot.go

// specialize picks a hot form for the instruction, if there is one for its
// operands, and fills in what the form reads. What it leaves alone is done by
// the executor.
func specialize(o *op) {
	in := o.inst
	if in.AddrSize != 8 || in.exec == nil {
		return
	}
	if i := in.MemArg(); i >= 0 && !o.setMem() {
		return
	}
	pick := hotPickers[in.Name]
	if pick == nil {
		return
	}
	if code := pick(o, in); code != opSlow {
		o.code = code
		o.leaf = leaves[code]
	}
}

// A picker returns the code for an instruction, or opSlow.
type picker func(o *op, in *Inst) uint16

// hotPickers finds the picker of a mnemonic. It is never written.
var hotPickers = map[string]picker{
	"add": pickALU(0), "or": pickALU(1), "adc": pickALU(2), "sbb": pickALU(3), "and": pickALU(4),
	"sub": pickALU(5), "xor": pickALU(6), "cmp": pickALU(7), "test": pickALU(8),
	"inc": pickStep(0), "dec": pickStep(1),
	"neg": pickUnary(&hotNeg), "not": pickUnary(&hotNot),
	"imul": pickImul, "mul": pickDivide(&hotMul), "div": pickDivide(&hotDiv), "idiv": pickDivide(&hotIdiv),
	"mov": pickMov, "movabs": pickMov, "lea": pickLea,
	"movzb": pickExtend(0, 0), "movzw": pickExtend(0, 1),
	"movsb": pickExtend(1, 0), "movsw": pickExtend(1, 1), "movslq": pickExtend(1, 2),
	"cbtw": pickExtendA, "cwtd": pickExtendD,
	"xchg": pickXchg, "xadd": pickAtomic(&hotXadd), "cmpxchg": pickAtomic(&hotCmpxchg),
	"push": pickPush, "pop": pickPop, "leave": pickLeave,
	"rol": pickShift(0), "ror": pickShift(1), "shl": pickShift(2), "shr": pickShift(3), "sar": pickShift(4),
	"shlx": pickShiftx(0), "shrx": pickShiftx(1), "sarx": pickShiftx(2),
	"bswap": pickBswap, "bt": pickBt, "bsf": pickScan(&hotBsf[0]), "bsr": pickScan(&hotBsf[1]),
	"tzcnt": pickScan(&hotCount[0]), "lzcnt": pickScan(&hotCount[1]), "popcnt": pickScan(&hotCount[2]),
	"set*": pickSet, "cmov*": pickCmov, "j*": pickJcc,
	"jmp": pickJmp, "call": pickCall, "ret": pickRet,
	"nop": pickNop, "endbr64": pickNop, "pause": pickNop, "lfence": pickNop, "mfence": pickNop, "sfence": pickNop,
	"prefetcht0": pickNop, "prefetchw": pickNop,
}

// setMem fills in the memory operand. A segment base takes a free register slot
// of the address; where there is none it reports false.
func (o *op) setMem() bool {
	m := &o.inst.Mem
	o.b, o.x, o.k, o.disp = m.Base, m.Index, m.Scale, uint64(m.Disp)
	if m.Relative {
		o.disp += o.rip + uint64(o.len)
	}
	if m.Seg == noSeg {
		return true
	}
	slot := uint8(slotFS)
	if m.Seg == GS {
		slot = slotGS
	}
	switch {
	case !m.HasBase():
		o.b = slot
	case !m.HasIndex():
		o.x, o.k = slot, 0
	default:
		return false
	}
	return true
}

// indexed is 1 if the address needs the form with an index.
func (o *op) indexed() int {
	if o.x == slotZero {
		return 0
	}
	return 1
}

// sizeIndex is the operand size as an index: 8, 16, 32, 64 bits.
func sizeIndex(size uint8) int {
	switch size {
	case 1:
		return 0
	case 2:
		return 1
	case 4:
		return 2
	}
	return 3
}

// wideIndex is the operand size as an index for forms of 32 and 64 bits.
func wideIndex(size uint8) (int, bool) { return int(size) / 8, size >= 4 }

// Indices of operand forms, in the order of gen_hot.go.
const (
	formRR = iota
	formRI
	formRM // and formRM+1 with an index
	_
	formMR
	_
	formMI
)

// operands tells the form of two operands and fills in registers and immediate.
func (o *op) operands(in *Inst) (form int, ok bool) {
	dst, src := in.Args[0], in.Args[1]
	o.d, o.s, o.imm = uint8(dst.Reg), uint8(src.Reg), uint64(in.Imm)
	switch {
	case dst.Kind == ArgReg && src.Kind == ArgReg:
		return formRR, true
	case dst.Kind == ArgReg && src.Kind == ArgImm:
		return formRI, true
	case dst.Kind == ArgReg && src.Kind == ArgMem:
		return formRM + o.indexed(), true
	case dst.Kind == ArgMem && src.Kind == ArgReg:
		return formMR + o.indexed(), true
	case dst.Kind == ArgMem && src.Kind == ArgImm:
		return formMI + o.indexed(), true
	}
	return 0, false
}

func pickALU(n int) picker {
	return func(o *op, in *Inst) uint16 {
		if form, ok := o.operands(in); ok {
			return hotALU[n][form][sizeIndex(in.Size)]
		}
		return opSlow
	}
}

func pickMov(o *op, in *Inst) uint16 {
	if form, ok := o.operands(in); ok {
		return hotMov[form][sizeIndex(in.Size)]
	}
	return opSlow
}

func pickStep(n int) picker {
	return func(o *op, in *Inst) uint16 {
		o.d = uint8(in.Args[0].Reg)
		switch in.Args[0].Kind {
		case ArgReg:
			return hotStep[n][0][sizeIndex(in.Size)]
		case ArgMem:
			return hotStep[n][1+o.indexed()][sizeIndex(in.Size)]
		}
		return opSlow
	}
}

func pickUnary(codes *[4]uint16) picker {
	return func(o *op, in *Inst) uint16 {
		if in.Args[0].Kind != ArgReg {
			return opSlow
		}
		o.d = uint8(in.Args[0].Reg)
		return codes[sizeIndex(in.Size)]
	}
}

func pickImul(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	if !ok || in.NArgs < 2 || in.NArgs == 3 && in.Args[1].Kind != ArgReg {
		return opSlow
	}
	form, _ := o.operands(in)
	if in.NArgs == 3 {
		return hotImul[3][w]
	}
	if form != formRR {
		form--
	}
	return hotImul[form][w]
}

func pickDivide(codes *[2]uint16) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		if !ok || in.Args[0].Kind != ArgReg {
			return opSlow
		}
		o.d = uint8(in.Args[0].Reg)
		return codes[w]
	}
}

func pickLea(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	if !ok || in.Mem.Seg != noSeg {
		return opSlow
	}
	o.d = uint8(in.Args[0].Reg)
	return hotLea[o.indexed()][w]
}

func pickExtend(signed, from int) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		if !ok || from == 2 && w == 0 {
			return opSlow
		}
		form, ok := o.operands(in)
		if !ok {
			return opSlow
		}
		if form != formRR {
			form--
		}
		return hotExtend[signed][from][w][form]
	}
}

func pickExtendA(_ *op, in *Inst) uint16 {
	if in.Size == 8 {
		return opCltq
	}
	return opSlow
}

func pickExtendD(_ *op, in *Inst) uint16 {
	switch in.Size {
	case 8:
		return opCqto
	case 4:
		return opCltd
	}
	return opSlow
}

func pickXchg(o *op, in *Inst) uint16 {
	if in.Opcode == 0x90 && in.Args[0].Reg == RAX {
		return opNop
	}
	if in.Args[0].Kind == ArgMem {
		return pickAtomic(&hotXchgM)(o, in)
	}
	w, ok := wideIndex(in.Size)
	if !ok {
		return opSlow
	}
	o.operands(in)
	return hotXchg[w]
}

func pickAtomic(codes *[2]uint16) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		form, _ := o.operands(in)
		if !ok || form != formMR {
			return opSlow
		}
		return codes[w]
	}
}

func pickPush(o *op, in *Inst) uint16 {
	if in.Size != 8 {
		return opSlow
	}
	o.d, o.imm = uint8(in.Args[0].Reg), uint64(in.Imm)
	switch in.Args[0].Kind {
	case ArgReg:
		return opPushR
	case ArgImm:
		return opPushI
	}
	return opSlow
}

func pickPop(o *op, in *Inst) uint16 {
	if in.Size != 8 || in.Args[0].Kind != ArgReg {
		return opSlow
	}
	o.d = uint8(in.Args[0].Reg)
	return opPopR
}

func pickLeave(_ *op, in *Inst) uint16 {
	if in.Size == 8 {
		return opLeave
	}
	return opSlow
}

func pickShift(n int) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		if !ok || in.Args[0].Kind != ArgReg {
			return opSlow
		}
		o.d = uint8(in.Args[0].Reg)
		if in.Args[1].Kind == ArgReg {
			return hotShift[n][1][w]
		}
		k := uint8(1)
		if in.Args[1].Kind == ArgImm {
			k = uint8(in.Imm) & (8*in.Size - 1)
		}
		if k == 0 {
			return opSlow
		}
		o.k = k
		return hotShift[n][0][w]
	}
}

func pickShiftx(n int) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		if !ok || in.Args[1].Kind != ArgReg {
			return opSlow
		}
		o.d, o.s, o.x = uint8(in.Args[0].Reg), uint8(in.Args[1].Reg), uint8(in.Args[2].Reg)
		return hotShiftx[n][w]
	}
}

func pickBswap(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	if !ok {
		return opSlow
	}
	o.d = uint8(in.Args[0].Reg)
	return hotBswap[w]
}

func pickBt(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	form, _ := o.operands(in)
	if !ok || form > formRI {
		return opSlow
	}
	return hotBt[form][w]
}

func pickScan(codes *[2]uint16) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		form, _ := o.operands(in)
		if !ok || form != formRR {
			return opSlow
		}
		return codes[w]
	}
}

func pickSet(o *op, in *Inst) uint16 {
	if in.Args[0].Kind != ArgReg {
		return opSlow
	}
	o.d = uint8(in.Args[0].Reg)
	return hotSet[in.cond()]
}

func pickCmov(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	form, _ := o.operands(in)
	switch {
	case ok && form == formRR:
		return hotCmov[in.cond()][w]
	case ok && form == formRM:
		return hotCmov[in.cond()][w+2]
	}
	return opSlow
}

func pickJcc(_ *op, in *Inst) uint16 { return hotJcc[in.cond()] }

func pickJmp(o *op, in *Inst) uint16 {
	o.d = uint8(in.Args[0].Reg)
	switch in.Args[0].Kind {
	case ArgRel:
		return opJmp
	case ArgReg:
		return opJmpR
	}
	return [2]uint16{opJmpMB, opJmpMX}[o.indexed()]
}

func pickCall(o *op, in *Inst) uint16 {
	o.d, o.imm = uint8(in.Args[0].Reg), o.rip+uint64(o.len)
	switch in.Args[0].Kind {
	case ArgRel:
		return opCall
	case ArgReg:
		return opCallR
	}
	return [2]uint16{opCallMB, opCallMX}[o.indexed()]
}

func pickRet(o *op, in *Inst) uint16 {
	o.imm = 8 + uint64(uint16(in.Imm))
	return opRet
}

func pickNop(*op, *Inst) uint16 { return opNop }

// fuse replaces compares in a run by the forms that include the conditional jump
// behind them. Only the switch has such forms; the leaf stays the compare alone.
func fuse(run []op) {
	for i := range len(run) - 2 {
		o, j := &run[i], &run[i+1]
		if j.inst.Name == "j*" && j.code != opSlow && o.code != opSlow {
			if code := fusedCode(o, j.inst.cond()); code != opSlow {
				o.code = code
			}
		}
	}
}

// pair replaces ops by forms that include the op behind them, which keeps its own
// code: it can still be jumped to.
func pair(run []op) {
	for i := range len(run) - 2 {
		if code, ok := hotPairs[[2]uint16{run[i].code, run[i+1].code}]; ok {
			run[i].code = code
		}
	}
}

func fusedCode(o *op, cc uint8) uint16 {
	kind := 0
	switch o.inst.Name {
	case "cmp":
	case "test":
		kind = 1
	default:
		return opSlow
	}
	form, _ := o.operands(o.inst)
	size := sizeIndex(o.inst.Size)
	if size == 1 {
		return opSlow
	}
	which := map[int]int{formRR: 0, formRI: 1, formRM: 2, formMI: 3}
	n, ok := which[form]
	if !ok {
		return opSlow
	}
	return hotFused[kind][n][max(size-1, 0)][cc]
}
