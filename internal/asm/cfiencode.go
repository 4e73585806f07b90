package asm

import (
	"bytes"
	"encoding/binary"
)

// cie is a common information entry: what FDEs share, and the instructions
// their functions begin with.
type cie struct {
	off          int64
	insns        []cfiInsn
	signal       bool
	returnColumn int64
	personality  cfiPointer
	lsdaEnc      byte
}

// finishCFI writes .eh_frame. It runs after relaxation, when every advance is
// a number.
func (a *assembler) finishCFI() {
	if len(a.cfi.fdes) == 0 || a.cfi.off {
		return
	}
	const align = 3
	sec := a.getSection(".eh_frame")
	a.cur = sec
	sec.align = max(sec.align, align)
	w := &ehWriter{a: a, sec: sec, base: sec.end()}
	for i, d := range a.cfi.fdes {
		c, rest := w.cieFor(d)
		last := i == len(a.cfi.fdes)-1
		w.writeFDE(d, c, rest, last)
		if a.total += int64(len(sec.tail().data)) - w.counted; a.total > a.limits.MaxOutput {
			a.overflow = true
			return
		}
		w.counted = int64(len(sec.tail().data))
	}
}

// end is the size a section has after relaxation.
func (s *section) end() int64 {
	f := s.tail()
	return f.addr + int64(len(f.data)) + f.size
}

// ehWriter writes the entries of .eh_frame.
type ehWriter struct {
	a       *assembler
	sec     *section
	base    int64
	cies    []*cie
	counted int64
}

func (w *ehWriter) pos() int64 { return w.sec.end() }

func (w *ehWriter) u32(v int64) {
	w.sec.emit(binary.LittleEndian.AppendUint32(nil, uint32(v))...)
}

// shared splits off the instructions that can live in the CIE: those before
// the first advance.
func shared(insns []cfiInsn) int {
	for i, in := range insns {
		if in.op == cfaAdvance || in.op == cfaRemember || in.op == cfaEscape {
			return i
		}
	}
	return len(insns)
}

// cieFor finds a CIE that fits or writes a new one; rest is what the FDE has
// to say beyond it.
func (w *ehWriter) cieFor(d *fde) (*cie, []cfiInsn) {
	// gas looks at the newest first and takes the first that fits.
	for i := len(w.cies) - 1; i >= 0; i-- {
		if c := w.cies[i]; c.fits(d) {
			return c, d.insns[len(c.insns):]
		}
	}
	n := shared(d.insns)
	c := &cie{
		off: w.pos(), insns: d.insns[:n], signal: d.signal, returnColumn: d.returnColumn,
		personality: d.personality, lsdaEnc: d.lsda.enc,
	}
	w.cies = append(w.cies, c)
	w.writeCIE(c)
	return c, d.insns[n:]
}

// fits reports whether an FDE can build on the CIE: all they share is equal
// and the FDE begins with the CIE's instructions.
func (c *cie) fits(d *fde) bool {
	if c.signal != d.signal || c.returnColumn != d.returnColumn || c.lsdaEnc != d.lsda.enc ||
		c.personality.enc != d.personality.enc || len(c.insns) > len(d.insns) || !sameTarget(c.personality.x, d.personality.x) {
		return false
	}
	for i, in := range c.insns {
		if o := d.insns[i]; in.op != o.op || in.reg != o.reg || in.off != o.off {
			return false
		}
	}
	return true
}

func sameTarget(x, y *expr) bool {
	if x == nil || y == nil {
		return x == y
	}
	v, ok := x.linear(finalDistance)
	u, ok2 := y.linear(finalDistance)
	return ok && ok2 && v == u
}

// sized patches the length of an entry that begins at off and pads it.
func (w *ehWriter) sized(off int64, align int64) {
	for (w.pos()-w.base)%align != 0 {
		w.sec.emit(0)
	}
	f := w.sec.tail()
	binary.LittleEndian.PutUint32(f.data[off-f.addr:], uint32(w.pos()-off-4))
}

func (w *ehWriter) writeCIE(c *cie) {
	const pcrelSdata4 = 0x1b
	off := w.pos()
	w.u32(0)
	w.u32(0)
	aug := "zR"
	if c.personality.enc != encOmit {
		aug = "zPR"
	}
	if c.lsdaEnc != encOmit {
		aug = aug[:len(aug)-1] + "LR"
	}
	if c.signal {
		aug += "S"
	}
	const version = 1
	w.sec.emit(version)
	w.sec.emit(append([]byte(aug), 0)...)
	w.sec.emit(leb128(1, false)...)
	w.sec.emit(leb128(cfiDataAlign, true)...)
	w.sec.emit(byte(c.returnColumn))
	n := 1
	if c.personality.enc != encOmit {
		n += 1 + c.personality.size()
	}
	if c.lsdaEnc != encOmit {
		n++
	}
	w.sec.emit(byte(n))
	if c.personality.enc != encOmit {
		w.sec.emit(c.personality.enc)
		w.pointer(c.personality)
	}
	if c.lsdaEnc != encOmit {
		w.sec.emit(c.lsdaEnc)
	}
	w.sec.emit(pcrelSdata4)
	w.write(c.insns, nil)
	w.sized(off, 4)
}

// pointer emits an encoded address.
func (w *ehWriter) pointer(p cfiPointer) {
	const pcrel = 0x10
	kind := fixData
	if p.enc&pcrel != 0 {
		kind = fixPC
	}
	if p.x.isConst() && kind == fixData {
		w.sec.emit(littleEndian(p.x.val, 0, p.size())...)
		return
	}
	w.sec.emitFix(&fixup{size: p.size(), x: p.x, kind: kind, st: p.st, col: p.col})
}

func (w *ehWriter) writeFDE(d *fde, c *cie, rest []cfiInsn, last bool) {
	off := w.pos()
	w.u32(0)
	w.u32(off + 4 - c.off)
	w.sec.emitFix(&fixup{size: 4, x: &expr{op: opSym, sym: d.start}, kind: fixPC, st: d.st})
	if d.end.frag.sec != d.start.frag.sec {
		w.a.report(newError(d.st, 0, "the procedure ends in section %s but begins in %s", d.end.frag.sec.name, d.start.frag.sec.name))
		return
	}
	w.u32(d.end.addr() - d.start.addr())
	w.sec.emit(byte(d.lsda.size()))
	if d.lsda.enc != encOmit {
		w.pointer(d.lsda)
	}
	w.write(rest, d.start)
	align := int64(4)
	if last {
		align = 8
	}
	w.sized(off, align)
}

// write emits instructions; from is where the first advance starts.
func (w *ehWriter) write(insns []cfiInsn, from *symbol) {
	var b bytes.Buffer
	for _, in := range insns {
		if in.op == cfaAdvance {
			if in.to.frag.sec == from.frag.sec {
				b.Write(advance(in.to.addr() - from.addr()))
			}
			from = in.to
			continue
		}
		b.Write(in.encode())
	}
	w.sec.emit(b.Bytes()...)
}

// advance encodes DW_CFA_advance_loc in its shortest form; zero is nothing.
func advance(n int64) []byte {
	switch {
	case n == 0:
		return nil
	case n < 0x40:
		return []byte{cfaAdvance + byte(n)}
	case n < 0x100:
		return []byte{0x02, byte(n)}
	case n < 0x10000:
		return []byte{0x03, byte(n), byte(n >> 8)}
	}
	return binary.LittleEndian.AppendUint32([]byte{0x04}, uint32(n))
}

// encode picks the DWARF form that fits the operands.
func (in cfiInsn) encode() []byte {
	const extendedSF, extended, restoreExtended, defSF, defOffSF, valSF = 0x11, 0x05, 0x06, 0x12, 0x13, 0x15
	scaled := in.off / cfiDataAlign
	switch in.op {
	case cfaOffset:
		switch {
		case scaled < 0:
			return cfaOperands(extendedSF, leb128(in.reg, false), leb128(scaled, true))
		case in.reg < 0x40:
			return cfaOperands(cfaOffset+byte(in.reg), leb128(scaled, false))
		}
		return cfaOperands(extended, leb128(in.reg, false), leb128(scaled, false))
	case cfaValOffset:
		if scaled < 0 {
			return cfaOperands(valSF, leb128(in.reg, false), leb128(scaled, true))
		}
		return cfaOperands(cfaValOffset, leb128(in.reg, false), leb128(scaled, false))
	case cfaDefCFA:
		if in.off < 0 {
			return cfaOperands(defSF, leb128(in.reg, false), leb128(scaled, true))
		}
		return cfaOperands(cfaDefCFA, leb128(in.reg, false), leb128(in.off, false))
	case cfaDefCFAOff:
		if in.off < 0 {
			return cfaOperands(defOffSF, leb128(scaled, true))
		}
		return cfaOperands(cfaDefCFAOff, leb128(in.off, false))
	case cfaRestore:
		if in.reg < 0x40 {
			return []byte{cfaRestore + byte(in.reg)}
		}
		return cfaOperands(restoreExtended, leb128(in.reg, false))
	case cfaRegister:
		return cfaOperands(cfaRegister, leb128(in.reg, false), leb128(in.off, false))
	case cfaDefCFAReg, cfaUndefined, cfaSameValue:
		return cfaOperands(in.op, leb128(in.reg, false))
	case cfaEscape:
		return in.raw
	}
	return []byte{in.op}
}

func cfaOperands(op byte, operands ...[]byte) []byte {
	out := []byte{op}
	for _, o := range operands {
		out = append(out, o...)
	}
	return out
}
