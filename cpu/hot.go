package cpu

//go:generate go run gen_hot.go gen_families.go gen_flags.go gen_fuse.go gen_rounds.go

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

// choose finds the forms for the switch, which executes the run as a whole: it
// may leave out flags that nothing can see.
func choose(run []op) {
	for i := range run {
		run[i].code = single(run[i:])
	}
}

// single is the form for the first instruction of a run, with a conditional jump
// behind it.
func single(run []op) uint16 {
	o := &run[0]
	switch {
	case o.inst == nil || o.base == opSlow:
		return o.base
	case run[1].conditional() && int(o.base) < len(hotFused) && hotFused[o.base][run[1].inst.cond()] != opSlow:
		return hotFused[o.base][run[1].inst.cond()]
	case int(o.base) < len(hotQuiet) && hotQuiet[o.base] != opSlow && overwritten(run[1:]):
		return hotQuiet[o.base]
	case int(o.base) < len(hotLate) && hotLate[o.base] != opSlow && !flagsRead(run[1:]):
		return hotLate[o.base]
	}
	return o.base
}

// span is how many instructions the form that choose has found includes.
func (o *op) span() int {
	if int(o.base) < len(hotFused) && o.code != o.base && step(o).conditional() && o.code == hotFused[o.base][step(o).inst.cond()] {
		return 2
	}
	return 1
}

// conditional reports whether o is a conditional jump.
func (o *op) conditional() bool { return o.inst != nil && o.inst.Name == "j*" && o.base != opSlow }

// overwritten reports whether what follows overwrites all flags before anything
// can see them: a branch, a fault, an executor.
func overwritten(run []op) bool {
	for i := range run {
		switch uses := run[i].uses(); {
		case uses&harmless == 0:
			return false
		case uses&setsFlags != 0:
			return true
		}
	}
	return false
}

// flagsRead reports whether what follows in the run reads flags that are set
// before it.
func flagsRead(run []op) bool {
	for i := range run {
		switch uses := run[i].uses(); {
		case uses&readsFlags != 0:
			return true
		case uses&setsFlags != 0:
			return false
		}
	}
	return false
}

// uses is what the form of the instruction alone does.
func (o *op) uses() uint16 {
	if int(o.base) < len(hotOperands) {
		return hotOperands[o.base]
	}
	return 0
}

// join replaces ops by forms that include some behind them, which keep their own
// codes: they can still be jumped to.
func join(run []op) {
	for i := range run {
		code, last := run[i].code, &run[i]
		for j := i + last.span(); j < len(run)-1; j += last.span() {
			next := &run[j]
			longer, ok := hotSequences[sequenceKey{code, next.code, sameRegister(last, next)}]
			if !ok {
				longer, ok = hotSequences[sequenceKey{code, next.code, 0}]
			}
			if !ok {
				break
			}
			code, last = longer, next
		}
		run[i].code = code
	}
}

// couple finds the pairs for Rotate.
func couple(run []op) {
	for i := range run {
		a, b := &run[i], &run[min(i+1, len(run)-1)]
		if a.uses()&harmless == 0 {
			continue
		}
		if a.pair = hotPairs[sequenceKey{a.base, b.base, sameRegister(a, b)}]; a.pair == 0 {
			a.pair = hotPairs[sequenceKey{a.base, b.base, 0}]
		}
	}
}

// A sequenceKey names a form, one that follows it, and the operands of the second
// that are the register that the last instruction of the first writes.
type sequenceKey struct {
	first, second uint16
	same          uint8
}

// What a form does with its operands and with flags.
const (
	readsD uint16 = 1 << iota
	readsS
	readsB
	readsX
	writesD    // for sure, and nothing else that is an operand
	harmless   // cannot fail, goes to the next instruction, and its result depends on no flag
	setsFlags  // all of them, whatever they were
	readsFlags // some, or leaves some as they were
)

// sameRegister returns which operands b reads from the register that a writes.
func sameRegister(a, b *op) uint8 {
	if a.uses()&writesD == 0 {
		return 0
	}
	same := uint8(0)
	for i, slot := range [...]uint8{b.d, b.s, b.b, b.x} {
		if slot == a.d {
			same |= 1 << i
		}
	}
	return same & uint8(b.uses())
}
