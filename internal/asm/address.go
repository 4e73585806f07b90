package asm

import "math"

// segmentOverride notes the segment prefix of a memory operand, unless the
// address uses that segment anyway.
func (e *encoder) segmentOverride(m *memory) {
	const ss, ds = 2, 3
	if m.seg.class == regNone || m.seg.class != regSeg {
		return
	}
	def := byte(ds)
	if m.base.class == regGPR && (m.base.num == 4 || m.base.num == 5) {
		def = ss
	}
	if m.seg.num != def {
		e.prefix[slotSeg] = segPrefix(m.seg)
	}
}

// address notes the prefixes of a memory operand that has no ModRM.
func (e *encoder) address(m *memory) {
	const es, rdi = 0, 7
	if !(m.base.num == rdi && m.seg.class == regSeg && m.seg.num == es) {
		e.segmentOverride(m)
	}
	e.addressSize(m)
}

func (e *encoder) addressSize(m *memory) {
	if m.base.class != regNone && m.base.size == 4 || m.index.class != regNone && m.index.size == 4 {
		e.prefix[slotAddr] = 0x67
	}
}

// memory emits ModRM, SIB and displacement.
func (e *encoder) memory(m *memory, reg byte, col int) *Error {
	e.segmentOverride(m)
	e.addressSize(m)
	e.rexBit(m.base.num, rexB)
	e.rexBit(m.index.num, rexX)
	const (
		useSIB   = 4
		disp32   = 5
		sibNone  = 0x25 // no base, no index
		noBase   = 5
		noIndex  = 4
		modDisp8 = 0x40
		modDisp4 = 0x80
	)
	reg <<= 3
	switch {
	case m.base.class == regIP:
		e.tail = append(e.tail, reg|disp32)
		return e.displacement(m, 4, fixPC, col)
	case m.base.class == regNone && m.index.class == regNone:
		e.tail = append(e.tail, reg|useSIB, sibNone)
		return e.displacement(m, 4, fixSigned, col)
	case m.base.class == regNone:
		e.tail = append(e.tail, reg|useSIB, scaleBits(m.scale)|m.index.num&7<<3|noBase)
		return e.displacement(m, 4, e.dispKind(), col)
	}
	size := e.dispSize(m)
	mod := [...]byte{0: 0, 1: modDisp8, 4: modDisp4}[size]
	if m.index.class == regNone && m.base.num&7 != useSIB {
		e.tail = append(e.tail, mod|reg|m.base.num&7)
	} else {
		index := byte(noIndex)
		if m.index.class != regNone {
			index = m.index.num & 7
		}
		e.tail = append(e.tail, mod|reg|useSIB, scaleBits(m.scale)|index<<3|m.base.num&7)
	}
	if size == 0 {
		return nil
	}
	return e.displacement(m, size, e.dispKind(), col)
}

func scaleBits(scale int) byte {
	switch scale {
	case 2:
		return 0x40
	case 4:
		return 0x80
	case 8:
		return 0xc0
	}
	return 0
}

// dispKind tells how the CPU widens the displacement.
func (e *encoder) dispKind() fixKind {
	if e.prefix[slotAddr] != 0 {
		return fixAbs
	}
	return fixSigned
}

// dispSize picks the shortest displacement for an address with a base.
func (e *encoder) dispSize(m *memory) int {
	const rbp = 5
	switch {
	case e.disp == 4 || m.hasDisp && (!m.disp.isConst() || m.disp.reloc != ""):
		return 4
	case e.disp == 1:
		return 1
	case (!m.hasDisp || m.disp.val == 0) && m.base.num&7 != rbp:
		return 0
	case !m.hasDisp || m.disp.val >= math.MinInt8 && m.disp.val <= math.MaxInt8:
		return 1
	case e.prefix[slotAddr] != 0 && int64(int32(m.disp.val)) >= math.MinInt8 && int64(int32(m.disp.val)) <= math.MaxInt8:
		return 1
	}
	return 4
}

// displacement emits the displacement, whose range is that of a signed
// 32-bit number (or any 32 bits with 32-bit registers).
func (e *encoder) displacement(m *memory, size int, kind fixKind, col int) *Error {
	if m.hasDisp && m.disp.isConst() && m.disp.reloc == "" {
		v, limit := m.disp.val, int64(math.MaxInt32)
		if kind == fixAbs {
			limit = math.MaxUint32
		}
		if v < math.MinInt32 || v > limit {
			return newError(e.st, col, "displacement %#x does not fit in a signed 32-bit field", v).
				withHint("load the address into a register with movabs first")
		}
	}
	e.number(m.disp, size, kind, col)
	return nil
}
