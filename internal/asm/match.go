package asm

import (
	"math"
	"strings"
)

// matched is an instruction with the row that encodes it.
type matched struct {
	*insn
	*row
	size int // operand size in bytes; 0 where it plays no part
}

// match picks the first row that takes the operands.
func (in *insn) match() (*matched, *Error) {
	rows := in.a.insns.find(in.name)
	var fallback *matched
	for _, c := range rows {
		size, sure, ok := in.sizeFor(c)
		if !ok || !in.fits(c.row, size, sure) {
			continue
		}
		m := &matched{insn: in, row: c.row, size: size}
		if in.load && in.loadable(c.row) {
			if fallback == nil {
				fallback = m
			}
			continue
		}
		if !sure {
			in.a.warn(in.errorf("%s shows no operand size, taken as %s%c", in.name, in.name, sizeLetter(size)).
				withHint("write the suffix"))
		}
		return m, in.checkPrefixes(m)
	}
	if fallback != nil {
		return fallback, in.checkPrefixes(fallback)
	}
	return nil, in.mismatch(rows)
}

// loadable reports whether a row is the store form of two registers, which
// {load} passes over.
func (in *insn) loadable(r *row) bool {
	return len(in.ops) == 2 && in.ops[0].kind == kindReg && in.ops[1].kind == kindReg &&
		len(r.operands) == 2 && r.operands[0].kind == "r" && r.operands[1].kind == "rm"
}

// sizeFor finds the operand size: from the suffix, a register, or the row.
// sure is false where gas would warn.
func (in *insn) sizeFor(c candidate) (size int, sure, ok bool) {
	r := c.row
	if len(in.ops) != len(r.operands) {
		return 0, false, false
	}
	size, sure = c.size, true
	if r.sizes == "" {
		return 0, true, true
	}
	for i, spec := range r.operands {
		if size == 0 && spec.size == 0 && in.ops[i].kind == kindReg && in.ops[i].reg.class == regGPR && sizedKind(spec.kind) {
			size = in.ops[i].reg.size
		}
	}
	if size == 0 {
		size, sure = r.defaultSize()
	}
	return size, sure, strings.IndexByte(r.sizes, sizeLetter(size)) >= 0
}

// sizedKind reports whether an operand of that kind has the operand size.
func sizedKind(kind string) bool {
	switch kind {
	case "r", "rm", "a", "v", "rr", "*rm":
		return true
	}
	return false
}

// defaultSize is the size of a row whose operands show none.
func (r *row) defaultSize() (size int, sure bool) {
	switch {
	case len(r.sizes) == 1:
		return suffixSize(r.sizes[0]), true
	case r.def != 0:
		return suffixSize(r.def), true
	case r.modrm == modrmReg && r.sizes == "wlq" && len(r.operands) == 2 && r.operands[0].size == 1:
		return 4, true
	case strings.IndexByte(r.sizes, 'l') >= 0:
		return 4, false
	}
	return suffixSize(r.sizes[0]), false
}

// fits checks every operand against the row. An immediate is read as a number
// of the operand size only if that size is sure.
func (in *insn) fits(r *row, size int, sure bool) bool {
	for i, spec := range r.operands {
		want := spec.size
		if want == 0 {
			want = size
		}
		if !sure && in.ops[i].kind == kindImm {
			if v := in.ops[i].imm; v.isConst() && (v.val < math.MinInt32 || v.val > math.MaxUint32) {
				return false
			}
			if spec.kind != "i" {
				want = 8
			}
		}
		if !in.ops[i].fits(spec.kind, want) {
			return false
		}
	}
	// Both strings of movs or cmps take addresses of one size.
	if len(r.operands) == 2 && r.operands[0].kind[0] == 'x' && r.operands[1].kind[0] == 'x' && in.ops[0].mem.base.size != in.ops[1].mem.base.size {
		return false
	}
	// xchg %eax,%eax clears the upper half, the short form is a nop.
	if r.plusR && r.opcode[0] == 0x90 && size == 4 && in.ops[0].reg.num == 0 && in.ops[1].reg.num == 0 {
		return false
	}
	return true
}

// fits checks one operand.
func (o *operand) fits(kind string, size int) bool {
	star := strings.HasPrefix(kind, "*")
	kind = strings.TrimPrefix(kind, "*")
	if o.indirect && !star {
		return false
	}
	switch o.kind {
	case kindReg:
		return o.regFits(kind, size)
	case kindImm:
		return o.immFits(kind, size)
	}
	// jmp foo is direct; without a star only (...) can be indirect.
	if star && !o.indirect && o.mem.plain() {
		return false
	}
	return o.memFits(kind)
}

func (o *operand) regFits(kind string, size int) bool {
	r := o.reg
	switch kind {
	case "r", "rm", "v", "rr":
		return r.class == regGPR && r.size == size
	case "a":
		return r.is(regGPR, 0) && r.size == size
	case "cl":
		return r.is(regGPR, 1) && r.size == 1
	case "dx":
		return r.is(regGPR, 2) && r.size == 2
	case "ax":
		return r.is(regGPR, 0) && r.size == 2
	case "fs":
		return r.is(regSeg, 4)
	case "gs":
		return r.is(regSeg, 5)
	case "sreg":
		return r.class == regSeg
	case "cr":
		return r.class == regCR
	case "dr":
		return r.class == regDR
	}
	return false
}

// immFits checks an immediate. A symbol's value is not known, so it goes
// where a full-sized field is.
func (o *operand) immFits(kind string, size int) bool {
	known := o.imm.isConst() && o.imm.reloc == ""
	v := int64(0)
	if known {
		v = o.imm.val
	}
	switch kind {
	case "one":
		return known && v == 1
	case "i8s":
		v := signExtended(v, size)
		return known && v >= math.MinInt8 && v <= math.MaxInt8
	case "i":
		return !known || size < 8 || v >= math.MinInt32 && v <= math.MaxInt32
	case "ib":
		v = shortNumber(v, size)
		return v >= math.MinInt8 && v <= math.MaxUint8
	case "iw":
		v = shortNumber(v, size)
		return v >= math.MinInt16 && v <= math.MaxUint16
	case "iq":
		return true
	}
	return false
}

// signExtended reads v as a signed number of the operand size, where it is one
// of that size. (With 16 bits gas also looks at it as one of 32.)
func signExtended(v int64, size int) int64 {
	switch {
	case size == 2 && v >= 0 && v <= math.MaxUint16:
		return int64(int16(v))
	case size <= 4 && v >= 0 && v <= math.MaxUint32:
		return int64(int32(v))
	}
	return v
}

// shortNumber reads an immediate of one or two bytes; under an operand size of
// up to 32 bits gas takes 0xfffffff0 for -16.
func shortNumber(v int64, size int) int64 {
	if size == 1 || size == 2 || size == 4 {
		return signExtended(v, 4)
	}
	return v
}

func (o *operand) memFits(kind string) bool {
	m := &o.mem
	port := m.base.class == regGPR && m.base.size == 2
	bare := m.index.class == regNone && (!m.hasDisp || m.disp.isConst() && m.disp.val == 0) && m.base.size >= 4
	switch kind {
	case "dx":
		return port
	case "rm", "m":
		return !port
	case "rel":
		return m.plain() && !o.indirect
	case "mo":
		return !m.paren
	case "mobig":
		return !m.paren && m.disp.isConst() && m.disp.reloc == "" && (m.disp.val < math.MinInt32 || m.disp.val > math.MaxInt32)
	case "xs":
		return bare && m.base.num == 6
	case "xd":
		return bare && m.base.num == 7 && (m.seg.class == regNone || m.seg.num == 0)
	}
	return false
}

// checkPrefixes refuses prefixes that the CPU would.
func (in *insn) checkPrefixes(m *matched) *Error {
	if in.prefix[slotLock] != 0 {
		dest := len(in.ops) > 0 && (in.ops[len(in.ops)-1].kind == kindMem || m.opcode[0]&^1 == 0x86 && in.ops[0].kind == kindMem)
		if !m.lock || !dest {
			return in.errorf("lock cannot stand before %s", in.name).
				withHint("it needs a read-modify-write instruction with a memory destination")
		}
	}
	if b := in.prefix[slotRep]; b != 0 && !m.takesRep(in.repName) {
		return in.errorf("%s cannot stand before %s", in.repName, in.name)
	}
	return nil
}

// takesRep reports whether the row goes with a prefix in rep's place.
func (m *matched) takesRep(name string) bool {
	switch name {
	case "xacquire", "xrelease":
		return m.lock || m.opcode[0] == 0x88 || m.opcode[0] == 0xc6
	case "bnd":
		return m.branch != "" || m.opcode[0] == 0xff || m.opcode[0] == 0xc3 || m.opcode[0] == 0xc2
	}
	// rep bsf is how gcc writes a tzcnt that older CPUs understand.
	bsf := len(m.opcode) == 2 && m.opcode[1]&^1 == 0xbc
	return m.rep || bsf || m.opcode[0] == 0xc3 || m.opcode[0] == 0xc2 || m.opcode[0] == 0x90
}

// mismatch explains why no row took the operands.
func (in *insn) mismatch(rows []candidate) *Error {
	counts := map[int]bool{}
	for _, c := range rows {
		counts[len(c.operands)] = true
	}
	if !counts[len(in.ops)] {
		return in.errorf("%s does not take %d operands", in.name, len(in.ops)).withHint("it takes %s", countList(counts))
	}
	if err := in.sizeClash(rows); err != nil {
		return err
	}
	for _, o := range in.ops {
		if o.kind == kindImm && o.imm.isConst() && (o.imm.val < math.MinInt32 || o.imm.val > math.MaxInt32) {
			return newError(in.st, o.col, "immediate %#x does not fit in a signed 32-bit field", o.imm.val).
				withHint("load it into a register with movabs first")
		}
	}
	err := in.errorf("%s does not take these operands", in.name)
	for _, o := range in.ops {
		if o.kind == kindReg && o.reg.class == regGPR && !acceptsSize(rows, o.reg.size) {
			return err.withHint("%%%s has %d bits, which %s cannot use", o.reg.name, 8*o.reg.size, in.name)
		}
	}
	return err
}

// acceptsSize reports whether any row has operands of that size.
func acceptsSize(rows []candidate, size int) bool {
	for _, c := range rows {
		if strings.IndexByte(c.sizes, sizeLetter(size)) >= 0 {
			return true
		}
		for _, spec := range c.operands {
			if spec.size == size {
				return true
			}
		}
	}
	return false
}

// sizeClash finds registers that contradict each other or the suffix.
func (in *insn) sizeClash(rows []candidate) *Error {
	suffix := 0
	for _, c := range rows {
		suffix = max(suffix, c.size)
	}
	var first reg
	for _, o := range in.ops {
		if o.kind != kindReg || o.reg.class != regGPR {
			continue
		}
		if suffix != 0 && len(in.a.insns.rows[in.name]) == 0 && o.reg.size != suffix {
			return newError(in.st, o.col, "%%%s has %d bits, but %s works on %d", o.reg.name, o.reg.size*8, in.name, suffix*8)
		}
		if first.class != regNone && first.size != o.reg.size {
			return newError(in.st, o.col, "%%%s and %%%s differ in size", first.name, o.reg.name)
		}
		first = o.reg
	}
	return nil
}

func countList(counts map[int]bool) string {
	var out []string
	for i := range 6 {
		if counts[i] {
			out = append(out, string(rune('0'+i)))
		}
	}
	return strings.Join(out, " or ")
}
