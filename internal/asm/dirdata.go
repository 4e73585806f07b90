package asm

import (
	"encoding/binary"
	"math"
	"strconv"
)

// dirData is .byte and its larger brothers.
func dirData(size int) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		for first := true; first || s.accept(','); first = false {
			if first && s.eof() {
				return nil // an empty list is none
			}
			e, err := s.expression()
			if err != nil {
				return err
			}
			if err := a.datum(s, e, size); err != nil {
				return err
			}
		}
		return nil
	}
}

// datum emits one number or address.
func (a *assembler) datum(s *scanner, e parsed, size int) *Error {
	if err := a.grow(int64(size)); err != nil {
		return err
	}
	if err := a.noBSS(s, e.isConst() && e.val == 0); err != nil {
		return err
	}
	if e.isConst() && e.reloc == "" {
		a.checkWidth(s, e, size)
		a.cur.emit(littleEndian(e.val, e.hi, size)...)
		return nil
	}
	if size == 16 {
		return s.errorAt(e.col, ".octa wants numbers")
	}
	a.cur.emitFix(&fixup{size: size, x: e.expr, kind: fixData, reloc: e.reloc, st: s.st, col: e.col})
	return nil
}

// noBSS refuses contents in a section that has none.
func (a *assembler) noBSS(s *scanner, zero bool) *Error {
	if a.cur.bss() && !zero {
		return s.errorAt(0, "section %s holds only zeros", a.cur.name).withHint("put data with values in .data or .rodata")
	}
	return nil
}

func (a *assembler) checkWidth(s *scanner, e parsed, size int) {
	if size < 8 && (e.val >= 1<<(8*size) || e.val < -1<<(8*size-1) && e.val < -1<<(8*size)) {
		a.warn(s.errorAt(e.col, "value %#x does not fit in %d bytes and is cut", e.val, size))
	}
}

// littleEndian returns the low bytes of a 128-bit number.
func littleEndian(lo, hi int64, size int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(lo))
	return binary.LittleEndian.AppendUint64(b, uint64(hi))[:size]
}

// dirString is .ascii and .asciz; width widens each character.
func dirString(zero bool, width int) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		if s.eof() {
			return nil
		}
		for {
			b, err := s.str()
			if err != nil {
				return err
			}
			// Adjacent strings of .ascii join by themselves.
			if zero {
				b = append(b, 0)
			}
			if err := a.grow(int64(len(b) * width)); err != nil {
				return err
			}
			if err := a.noBSS(s, false); err != nil {
				return err
			}
			for _, c := range b {
				a.cur.emit(littleEndian(int64(c), 0, width)...)
			}
			if s.peek() == '"' {
				continue
			}
			if !s.accept(',') {
				return nil
			}
		}
	}
}

// dirFloat is .float and .double: data only, no arithmetic.
func dirFloat(size int) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		for {
			s.skip()
			at := s.i
			for s.i < len(s.st.text) && s.at(0) != ',' && s.at(0) != ' ' {
				s.i++
			}
			f, err := strconv.ParseFloat(s.st.text[at:s.i], size*8)
			if err != nil {
				return s.errorAt(at, "bad floating-point number")
			}
			if err := a.grow(int64(size)); err != nil {
				return err
			}
			if err := a.noBSS(s, false); err != nil {
				return err
			}
			bits := int64(math.Float64bits(f))
			if size == 4 {
				bits = int64(math.Float32bits(float32(f)))
			}
			a.cur.emit(littleEndian(bits, 0, size)...)
			if !s.accept(',') {
				return nil
			}
		}
	}
}

// dirLEB is .uleb128 and .sleb128.
func dirLEB(signed bool) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		for {
			e, err := s.expression()
			if err != nil {
				return err
			}
			if err := a.grow(10); err != nil {
				return err
			}
			if err := a.noBSS(s, false); err != nil {
				return err
			}
			if e.isConst() {
				a.cur.emit(leb128(e.val, signed)...)
			} else {
				f := a.cur.tail()
				f.end, f.x, f.sign, f.st, f.col = endLEB, e.expr, signed, s.st, e.col
				a.cur.open(false, 0)
			}
			if !s.accept(',') {
				return nil
			}
		}
	}
}

// dirIncbin is .incbin "FILE"[, SKIP[, COUNT]].
func dirIncbin(a *assembler, s *scanner) *Error {
	_, b, err := a.include(s)
	if err != nil {
		return err
	}
	bounds := [2]int64{0, int64(len(b))}
	for i := range bounds {
		if s.accept(',') {
			if bounds[i], err = s.absolute("the operand of .incbin"); err != nil {
				return err
			}
		}
	}
	if bounds[0] < 0 || bounds[0] > int64(len(b)) || bounds[1] < 0 {
		return s.errorAt(0, ".incbin starts outside of the file")
	}
	b = b[bounds[0]:]
	b = b[:min(bounds[1], int64(len(b)))]
	if err := a.grow(int64(len(b))); err != nil {
		return err
	}
	if err := a.noBSS(s, len(b) == 0); err != nil {
		return err
	}
	a.cur.emit(b...)
	return nil
}
