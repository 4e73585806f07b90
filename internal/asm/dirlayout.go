package asm

// space ends the frag with n bytes of a known fill.
func (a *assembler) space(n int64, fill []byte) *Error {
	if err := a.grow(n); err != nil {
		return err.withHint("the size here is %d", n)
	}
	// Short runs stay plain bytes, long ones are not stored.
	const plain = 4096
	if n <= plain && !a.cur.bss() {
		b := make([]byte, n)
		for i := range b {
			if len(fill) > 0 {
				b[i] = fill[i%len(fill)]
			}
		}
		a.cur.emit(b...)
		return nil
	}
	f := a.cur.tail()
	f.end, f.size, f.fill = endFill, n, fill
	a.cur.open(true, n)
	return nil
}

// fillByte reads an optional `, FILL`.
func (s *scanner) fillByte() (byte, *Error) {
	if !s.accept(',') || s.eof() {
		return 0, nil
	}
	v, err := s.absolute("the fill")
	return byte(v), err
}

// dirSkip is .skip SIZE[, FILL]; SIZE may depend on the layout.
func dirSkip(a *assembler, s *scanner) *Error {
	e, err := s.expression()
	if err != nil {
		return err
	}
	c, err := s.fillByte()
	if err != nil {
		return err
	}
	if err := a.noBSS(s, c == 0); err != nil {
		return err
	}
	if !e.isConst() {
		f := a.cur.tail()
		f.end, f.x, f.fill, f.st, f.col = endSpace, e.expr, []byte{c}, s.st, e.col
		a.cur.open(false, 0)
		return nil
	}
	if e.val < 0 {
		return s.errorAt(e.col, "the size is negative: %d", e.val)
	}
	return a.space(e.val, []byte{c})
}

// dirFill is .fill COUNT[, SIZE[, VALUE]].
func dirFill(a *assembler, s *scanner) *Error {
	count, err := s.absolute("the count of .fill")
	if err != nil {
		return err
	}
	size, v := int64(1), int64(0)
	if s.accept(',') {
		if size, err = s.absolute("the size of .fill"); err != nil {
			return err
		}
		if s.accept(',') {
			if v, err = s.absolute("the value of .fill"); err != nil {
				return err
			}
		}
	}
	if count < 0 || size < 0 {
		return s.errorAt(0, "count and size of .fill must not be negative")
	}
	size = min(size, 8)
	if size == 0 {
		return nil
	}
	if count > a.limits.MaxOutput {
		return s.errorAt(0, "the output grows beyond the limit of %d bytes", a.limits.MaxOutput)
	}
	if err := a.noBSS(s, v == 0); err != nil {
		return err
	}
	// Only the low four bytes of the value count, as in the assembler of
	// VAX days that gas follows.
	b := littleEndian(v, 0, 8)
	copy(b[4:], make([]byte, 4))
	return a.space(count*size, b[:size])
}

// dirNops is .nops SIZE[, MAX].
func dirNops(a *assembler, s *scanner) *Error {
	n, err := s.absolute("the size of .nops")
	if err != nil {
		return err
	}
	longest := int64(11)
	if s.accept(',') {
		v, err := s.absolute("the longest nop")
		if err != nil {
			return err
		}
		if v != 0 {
			longest = v
		}
	}
	if n < 0 || longest < 0 || longest > 11 {
		return s.errorAt(0, "the size must not be negative and the longest nop has 11 bytes")
	}
	if err := a.grow(n); err != nil {
		return err
	}
	if err := a.noBSS(s, n == 0); err != nil {
		return err
	}
	for ; n > 0; n -= min(n, longest) {
		a.cur.emit([]byte(nop(min(n, longest)))...)
	}
	return nil
}

// dirOrg is .org OFFSET[, FILL].
func dirOrg(a *assembler, s *scanner) *Error {
	e, err := s.expression()
	if err != nil {
		return err
	}
	c, err := s.fillByte()
	if err != nil {
		return err
	}
	return a.org(s.st, e, []byte{c})
}

func (a *assembler) org(st *stmt, e parsed, fill []byte) *Error {
	f := a.cur.tail()
	f.end, f.x, f.fill, f.st, f.col = endOrg, e.expr, fill, st, e.col
	a.cur.open(false, 0)
	return nil
}

// dirAlign is .align (bytes) and .p2align (power of two):
// ALIGN[, FILL[, MAX]].
func dirAlign(bytes bool, width int) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		at := s.i
		n := int64(0)
		var err *Error
		if s.peek() != ',' && !s.eof() {
			if n, err = s.absolute("the alignment"); err != nil {
				return err
			}
		}
		pow, ok := alignPower(n, bytes)
		if !ok {
			return s.errorAt(at+1, "bad alignment %d", n).withHint("%s", alignHint(bytes))
		}
		var fill []byte
		limit := int64(0)
		if s.accept(',') {
			if s.peek() != ',' && !s.eof() {
				v, err := s.absolute("the fill")
				if err != nil {
					return err
				}
				fill = littleEndian(v, 0, width)
			}
			if s.accept(',') {
				if limit, err = s.absolute("the limit"); err != nil {
					return err
				}
			}
		}
		a.align(pow, fill, limit)
		return nil
	}
}

func alignHint(bytes bool) string {
	if bytes {
		return "use a power of two"
	}
	return "use the power itself, 0 to 30"
}

func alignPower(n int64, bytes bool) (uint, bool) {
	const maxPow = 30
	if !bytes {
		return uint(n), n >= 0 && n <= maxPow
	}
	if n == 0 {
		return 0, true
	}
	for p := uint(0); p <= maxPow; p++ {
		if n == 1<<p {
			return p, true
		}
	}
	return 0, false
}

// align ends the frag with an alignment.
func (a *assembler) align(pow uint, fill []byte, limit int64) {
	s := a.cur
	// A fill of one nop in code means nops of any length.
	code := s.code() && (fill == nil || len(fill) == 1 && fill[0] == 0x90)
	if pow > 0 {
		f := s.tail()
		f.end, f.pow, f.fill, f.code, f.max, f.st = endAlign, pow, fill, code, max(limit, 0), a.st
		s.open(false, 0)
	}
	s.align = max(s.align, pow)
}
