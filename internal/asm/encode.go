package asm

// encoder builds the bytes of one instruction.
type encoder struct {
	*matched
	rex    byte
	rexUse string // the register that needs a REX prefix
	high   string // the register that cannot have one
	vvvv   byte
	tail   []byte // ModRM, SIB, displacement, immediates
	fixes  []*fixup
}

// encode emits the instruction into the current section.
func (m *matched) encode() *Error {
	e := &encoder{matched: m}
	if m.branch != "" {
		return e.encodeBranch()
	}
	e.special()
	if err := e.operandBytes(); err != nil {
		return err
	}
	if err := e.immediates(); err != nil {
		return err
	}
	head, err := e.head()
	if err != nil {
		return err
	}
	e.emit(append(head, e.row.opcode...))
	return nil
}

// special rewrites the few forms that gas shortens by value.
func (e *encoder) special() {
	if e.row.opcode[0] == 0xcd && e.ops[0].imm.isConst() && e.ops[0].imm.val == 3 {
		r := *e.row
		r.opcode, r.imm = []byte{0xcc}, nil
		e.matched = &matched{insn: e.insn, row: &r}
	}
}

// opcodeBytes applies w and +r.
func (e *encoder) opcodeBytes(reg byte) {
	op := append([]byte{}, e.row.opcode...)
	last := len(op) - 1
	if e.wbit && e.size != 1 {
		op[last]++
	}
	op[last] += reg
	r := *e.row
	r.opcode = op
	e.matched = &matched{insn: e.insn, row: &r, size: e.size}
}

// operandBytes places the operands in opcode, ModRM and SIB.
func (e *encoder) operandBytes() *Error {
	var regField, rmField *operand
	plus := byte(0)
	for i := range e.ops {
		o, kind := &e.ops[i], e.row.operands[i].kind
		if o.kind == kindReg {
			e.noteReg(o.reg)
		}
		switch kind {
		case "r", "sreg", "cr", "dr":
			if regField != nil || e.modrm == modrmDigit {
				rmField = o
			} else {
				regField = o
			}
		case "rm", "m", "*rm", "*m":
			rmField = o
		case "rr":
			regField, rmField = o, o
		case "v":
			e.vvvv = o.reg.num
		case "mo", "mobig", "xs", "xd":
			e.address(&o.mem)
		}
		if o.indirect || kind != "*rm" {
			continue
		}
		e.a.warn(newError(e.st, o.col, "indirect %s without *", e.name))
	}
	if e.plusR {
		if e.row.opcode[0] == 0x90 { // xchg: the operand that is not the accumulator
			regField = e.otherThanAccumulator()
		} else if regField == nil {
			regField = rmField
		}
		plus = regField.reg.num & 7
		e.rexBit(regField.reg.num, rexB)
	}
	e.opcodeBytes(plus)
	if e.modrm == modrmNone {
		return e.moffset()
	}
	return e.modRM(e.orderFields(regField, rmField))
}

// orderFields sorts out rows whose two operands are both registers by name:
// special registers always go in ModRM.reg.
func (e *encoder) orderFields(regField, rmField *operand) (*operand, *operand) {
	if regField != nil && rmField != nil && rmField.kind == kindReg && rmField.reg.class > regGPR {
		return rmField, regField
	}
	// Of r,r (lar, lsl) the second one is the destination.
	if e.modrm == modrmReg && rmField != nil && len(e.row.operands) == 2 &&
		e.row.operands[0].kind == "r" && e.row.operands[1].kind == "r" && rmField.reg.class == regGPR && regField.reg.class == regGPR {
		return rmField, regField
	}
	return regField, rmField
}

func (e *encoder) otherThanAccumulator() *operand {
	for i, spec := range e.row.operands {
		if spec.kind == "r" {
			return &e.ops[i]
		}
	}
	return &e.ops[0]
}

const (
	rexB = 1 << iota
	rexX
	rexR
	rexW
)

func (e *encoder) rexBit(num, bit byte) {
	if num >= 8 {
		e.rex |= bit
	}
}

// noteReg remembers what a byte register says about REX.
func (e *encoder) noteReg(r reg) {
	if r.rex {
		e.rexUse = r.name
	}
	if r.high {
		e.high = r.name
	}
}

// moffset emits the 64-bit address of movabs.
func (e *encoder) moffset() *Error {
	if !e.moffs {
		return nil
	}
	for i := range e.ops {
		if e.ops[i].kind == kindMem {
			e.number(e.ops[i].mem.disp, 8, fixData, e.ops[i].col)
		}
	}
	return nil
}

// modRM emits ModRM and what belongs to it.
func (e *encoder) modRM(regField, rmField *operand) *Error {
	reg := e.digit
	if e.modrm == modrmReg && regField != nil {
		reg = regField.reg.num
		e.rexBit(reg, rexR)
	}
	reg &= 7
	if rmField.kind == kindReg {
		e.rexBit(rmField.reg.num, rexB)
		e.tail = append(e.tail, 0xc0|reg<<3|rmField.reg.num&7)
		return nil
	}
	return e.memory(&rmField.mem, reg, rmField.col)
}

// immediates emits the immediates in the order of the row.
func (e *encoder) immediates() *Error {
	k := 0
	for i := range e.ops {
		if e.ops[i].kind != kindImm || e.row.operands[i].kind == "one" || k >= len(e.row.imm) {
			continue
		}
		size, kind := e.immField(e.row.imm[k])
		k++
		o := &e.ops[i]
		e.checkImmediate(o, size)
		e.number(o.imm, size, kind, o.col)
	}
	return nil
}

// immField gives the size of an immediate and how the CPU widens it.
func (e *encoder) immField(c byte) (int, fixKind) {
	switch c {
	case 'b':
		return 1, fixAbs
	case 'w':
		return 2, fixAbs
	case 'q':
		return 8, fixAbs
	}
	switch e.size {
	case 1, 2:
		return e.size, fixAbs
	case 8:
		return 4, fixSigned
	}
	return 4, fixAbs
}

// checkImmediate warns, as gas does, of one that is cut.
func (e *encoder) checkImmediate(o *operand, size int) {
	if !o.imm.isConst() || o.imm.reloc != "" || size >= 8 {
		return
	}
	bits := 8 * size
	v := o.imm.val
	// An i8s field was checked against the operand size, not against its own.
	if e.size > size {
		return
	}
	if v < -1<<(bits-1) || v >= 1<<bits {
		e.a.warn(newError(e.st, o.col, "immediate %#x does not fit in %d bits and is cut", v, bits))
	}
}

// number emits a constant or a field to be filled.
func (e *encoder) number(x parsed, size int, kind fixKind, col int) {
	if x.expr == nil {
		x.expr = constant(0)
	}
	if x.isConst() && x.reloc == "" {
		e.tail = append(e.tail, littleEndian(x.val, x.val>>63, size)...)
		return
	}
	e.fixes = append(e.fixes, &fixup{
		off: int64(len(e.tail)), size: size, x: x.expr, kind: kind, reloc: x.reloc, st: e.st, col: col,
	})
	e.tail = append(e.tail, make([]byte, size)...)
}

// head builds everything before the opcode.
func (e *encoder) head() ([]byte, *Error) {
	switch {
	case e.size == 2 && !e.no66 && e.vex == nil:
		e.prefix[slotData] = 0x66
	case e.size == 8 && !e.noRexW && e.vex == nil && !e.nopXchg():
		e.rex |= rexW
	}
	if e.rexW {
		e.rex |= rexW
	}
	for _, p := range e.mandatory {
		switch p {
		case 0x66:
			e.prefix[slotData] = p
		case 0x67:
			e.prefix[slotAddr] = p
		default:
			e.prefix[slotRep] = p
		}
	}
	if e.vex != nil {
		return append(e.prefixBytes(), e.vexBytes()...), nil
	}
	if e.rex != 0 || e.rexUse != "" {
		if e.high != "" {
			return nil, e.errorf("%%%s cannot stand in an instruction that needs a REX prefix", e.high).
				withHint("use al, bl, cl or dl")
		}
		e.prefix[slotREX] |= 0x40 | e.rex
	}
	return e.prefixBytes(), nil
}

// nopXchg is xchg %rax,%rax, which gas writes as a plain nop.
func (e *encoder) nopXchg() bool {
	return e.plusR && e.row.opcode[0] == 0x90 && len(e.ops) == 2 && e.ops[0].reg.num == 0 && e.ops[1].reg.num == 0
}

// vexBytes builds a three-byte VEX prefix.
func (e *encoder) vexBytes() []byte {
	w := byte(0)
	if e.vex.w1 || e.size == 8 {
		w = 0x80
	}
	rxb := byte(0) // unlike in REX, set means no extension
	if e.rex&rexR == 0 {
		rxb |= 0x80
	}
	if e.rex&rexX == 0 {
		rxb |= 0x40
	}
	if e.rex&rexB == 0 {
		rxb |= 0x20
	}
	return []byte{0xc4, rxb | e.vex.mmmmm, w | (^e.vvvv&15)<<3 | e.vex.pp}
}

// emit puts head and tail into the section and the fixups where they belong.
func (e *encoder) emit(head []byte) {
	sec := e.a.cur
	f, at := sec.place()
	total := int64(len(head) + len(e.tail))
	for _, fx := range e.fixes {
		fx.frag = f
		off := int64(len(head)) + fx.off
		if fx.kind == fixPC || fx.kind == fixBranch {
			fx.adj = off - total
		}
		if fx.reloc == "GOTPCREL" && fx.kind == fixPC {
			fx.reloc = e.relaxableGOT()
		}
		fx.off = at + off
		sec.fixups = append(sec.fixups, fx)
	}
	sec.emit(head...)
	sec.emit(e.tail...)
}

// relaxableGOT picks the relocation that lets a linker turn a load from the
// GOT into an address, where the instruction allows it.
func (e *encoder) relaxableGOT() string {
	op := e.row.opcode
	ok := len(op) == 1 && e.size >= 4 &&
		(op[0] == 0x8b || op[0] == 0x85 || op[0]&^0x38 == 0x03 || op[0] == 0xff && (e.digit == 2 || e.digit == 4))
	switch {
	case !ok:
		return "GOTPCREL"
	case e.prefix[slotREX] != 0:
		return "REX_GOTPCRELX"
	}
	return "GOTPCRELX"
}
