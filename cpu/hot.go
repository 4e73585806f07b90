package cpu

//go:generate go run gen_hot.go gen_families.go

// specialize picks a hot form for the instruction, if there is one for its
// operands, and fills in what the form reads. What it leaves alone is done by
// the executor.
func specialize(o *op) {
	in := o.inst
	if in.AddrSize != 8 || in.exec == nil {
		return
	}
	if leaf := repeatLeaf(in); leaf != nil {
		o.leaf = leaf
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
		o.base = code
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

// quieten gives forms that record no flags to instructions whose flags are
// overwritten before anything can see them: by a branch, a fault or an executor.
// Only the switch has such forms.
func quieten(run []op) {
	for i := range run {
		o := &run[i]
		if int(o.code) < len(hotQuiet) && hotQuiet[o.code] != opSlow && overwritten(run[i+1:]) {
			o.code = hotQuiet[o.code]
		}
	}
}

// overwritten reports whether what follows overwrites all flags first.
func overwritten(run []op) bool {
	for i := range run {
		code := run[i].code
		if int(code) >= len(hotOperands) || hotOperands[code]&harmless == 0 {
			return false
		}
		if hotOperands[code]&setsFlags != 0 {
			return true
		}
	}
	return false
}

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
		a, b := &run[i], &run[i+1]
		code, ok := hotPairs[pairKey{a.code, b.code, sameRegister(a, b)}]
		if !ok {
			code, ok = hotPairs[pairKey{a.code, b.code, 0}]
		}
		if ok {
			a.code = code
		}
	}
}

// A pairKey names two forms that follow each other, and the operands of the
// second that are the register that the first writes.
type pairKey struct {
	first, second uint16
	same          uint8
}

// What a form does with its operands.
const (
	readsD uint8 = 1 << iota
	readsS
	readsB
	readsX
	writesD   // for sure, and nothing else that is an operand
	harmless  // cannot fail, goes to the next instruction, and its result depends on no flag
	setsFlags // harmless, and all flags are set
)

// sameRegister returns which operands b reads from the register that a writes.
func sameRegister(a, b *op) uint8 {
	if int(a.code) >= len(hotOperands) || int(b.code) >= len(hotOperands) || hotOperands[a.code]&writesD == 0 {
		return 0
	}
	same := uint8(0)
	for i, slot := range [...]uint8{b.d, b.s, b.b, b.x} {
		if slot == a.d {
			same |= 1 << i
		}
	}
	return same & hotOperands[b.code]
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
