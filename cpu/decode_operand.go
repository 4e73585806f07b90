package cpu

import "encoding/binary"

// operands decodes ModRM's memory operand, then immediates, then builds Args.
func (d *decoder) operands() {
	in := d.in
	d.operandSize()
	if in.modrm && in.ModRM < 0xc0 {
		d.memory()
	}
	for i, s := range in.imm {
		v := d.immediate(s)
		if i == 0 {
			in.Imm = v
		} else {
			in.Imm2 = v
		}
	}
	if d.err != nil {
		return
	}
	for i, s := range in.ops {
		in.Args[i] = d.arg(s)
	}
	in.NArgs = uint8(len(in.ops))
	if in.vex && d.vvvv != 0 && !in.usesVvvv() {
		d.fail(ErrInvalid)
	}
}

// usesVvvv reports whether an operand is in VEX.vvvv; where none is, vvvv must
// be 1111b. The check is left out for vector instructions.
func (f *Form) usesVvvv() bool {
	if f.attr&isVector != 0 {
		return true
	}
	for _, s := range f.ops {
		if s.addr == 'B' {
			return true
		}
	}
	return false
}

// operandSize applies REX.W and 66 (SDM volume 1, table 3-4).
func (d *decoder) operandSize() {
	in := d.in
	w, data := in.REX&rexW != 0, in.Has(PrefixData)
	switch {
	case in.sizeOne:
		in.Size = 1
	case w || in.attr&force64 != 0:
		in.Size = 8
	case in.attr&reads32 != 0 || in.vex:
		in.Size = 4
	case data && in.prefix != 0x66:
		in.Size = 2
	case in.attr&def64 != 0:
		in.Size = 8
	default:
		in.Size = 4
	}
}

// memory decodes ModRM with mod != 3 (SDM volume 2, tables 2-2 and 2-3).
func (d *decoder) memory() {
	in := d.in
	m := &in.Mem
	mod, rm := in.ModRM>>6, in.ModRM&7
	m.Base, m.Index, m.Seg = rm|in.REX&rexB<<3, slotZero, segment(in.SegByte)
	dispLen := [...]uint8{0, 1, 4}[mod]
	switch {
	case rm == 4:
		sib := d.byte()
		in.HasSIB = true
		m.Base = sib&7 | in.REX&rexB<<3
		m.Scale = sib >> 6
		if idx := sib>>3&7 | in.REX&rexX<<2; idx != 4 {
			m.Index = idx
		}
		if sib&7 == 5 && mod == 0 {
			m.Base, dispLen = slotZero, 4
		}
	case rm == 5 && mod == 0:
		m.Base, dispLen, m.Relative = slotZero, 4, true
	}
	in.DispLen = dispLen
	m.Disp = d.signed(int(dispLen))
}

// segment returns FS or GS for an override that has an effect in 64-bit mode.
func segment(prefix byte) uint8 {
	switch prefix {
	case 0x64:
		return FS
	case 0x65:
		return GS
	}
	return noSeg
}

// signed reads a little-endian value of n bytes, sign-extended.
func (d *decoder) signed(n int) int64 {
	if d.pos+n > len(d.code) {
		d.fail(ErrTruncated)
		d.pos = len(d.code)
		return 0
	}
	b := d.code[d.pos:]
	d.pos += n
	switch n {
	case 1:
		return int64(int8(b[0]))
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	case 8:
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// immediate reads the immediate, branch displacement or absolute address s.
func (d *decoder) immediate(s opSpec) int64 {
	in := d.in
	n := 0
	switch {
	case s.addr == 'O':
		n = int(in.AddrSize)
		in.Mem = Mem{Base: slotZero, Index: slotZero, Seg: segment(in.SegByte)}
		v := d.signed(n)
		if n == 4 {
			v = int64(uint32(v))
		}
		in.Mem.Disp, in.DispLen = v, uint8(n)
		return 0
	case s.size == 'b':
		n = 1
	case s.size == 'w':
		n = 2
	case s.size == 'd':
		n = 4
	case s.size == 'v':
		n = int(in.Size)
	default: // z
		n = min(int(in.Size), 4)
	}
	in.ImmLen += uint8(n)
	return d.signed(n)
}

// opSize is the size in bytes of an operand.
func (d *decoder) opSize(size byte) uint8 {
	switch size {
	case 'b':
		return 1
	case 'w':
		return 2
	case 'd':
		return 4
	case 'q':
		return 8
	case 'o':
		return 16
	case 'z':
		return min(d.in.Size, 4)
	case 'y': // 32 bits, 64 with REX.W
		if d.in.REX&rexW != 0 {
			return 8
		}
		return 4
	}
	return d.in.Size
}

// arg builds the operand that s stands for.
func (d *decoder) arg(s opSpec) Arg {
	in := d.in
	size := d.opSize(s.size)
	rm := in.ModRM&7 | in.REX&rexB<<3
	reg := in.ModRM>>3&7 | in.REX&rexR<<1
	switch s.addr {
	case 'E', 'M', 'W', 'R':
		if in.ModRM < 0xc0 {
			return Arg{Kind: ArgMem, Size: size}
		}
		if s.addr == 'W' {
			return Arg{Kind: ArgVec, Reg: Reg(rm), Size: size}
		}
		return d.general(rm, size)
	case 'O':
		return Arg{Kind: ArgMem, Size: size}
	case 'G':
		return d.general(reg, size)
	case 'Z':
		return d.general(in.Opcode&7|in.REX&rexB<<3, size)
	case 'B':
		return Arg{Kind: ArgReg, Reg: Reg(d.vvvv), Size: size}
	case 'A', 'c', 'd': // al/ax/eax/rax, cl, dx
		r := map[byte]Reg{'A': RAX, 'c': RCX, 'd': RDX}[s.addr]
		return Arg{Kind: ArgReg, Reg: r, Size: size}
	case 'I':
		return Arg{Kind: ArgImm, Size: size}
	case 'i':
		return Arg{Kind: ArgImm2, Size: size}
	case 'J':
		return Arg{Kind: ArgRel, Size: 8}
	case '1':
		return Arg{Kind: ArgOne, Size: 1}
	case 'V':
		return Arg{Kind: ArgVec, Reg: Reg(reg), Size: size}
	case 'S', 'C', 'D':
		return d.special(s.addr, reg)
	case 's': // segment register named by the opcode: push %fs
		return Arg{Kind: ArgSeg, Reg: Reg(in.Opcode >> 3 & 7), Size: 2}
	}
	d.fail(ErrInvalid)
	return Arg{}
}

// general is a general register; without REX, byte registers 4 to 7 are the
// high bytes of the first four.
func (d *decoder) general(r, size uint8) Arg {
	if size == 1 && d.in.REX == 0 && r >= 4 && r < 8 {
		return Arg{Kind: ArgHigh, Reg: Reg(r - 4), Size: 1}
	}
	return Arg{Kind: ArgReg, Reg: Reg(r), Size: size}
}

// special is a segment, control or debug register, as far as they exist.
func (d *decoder) special(addr byte, reg uint8) Arg {
	switch addr {
	case 'S':
		reg &= 7
		if reg > GS {
			d.fail(ErrInvalid)
		}
		return Arg{Kind: ArgSeg, Reg: Reg(reg), Size: 2}
	case 'C':
		if reg != 0 && reg != 2 && reg != 3 && reg != 4 && reg != 8 {
			d.fail(ErrInvalid)
		}
		return Arg{Kind: ArgCR, Reg: Reg(reg), Size: 8}
	}
	if reg > 7 {
		d.fail(ErrInvalid)
	}
	return Arg{Kind: ArgDR, Reg: Reg(reg), Size: 8}
}

// checkLock refuses lock where the SDM does: on anything but the listed
// read-modify-write instructions with a memory destination.
func (d *decoder) checkLock() {
	in := d.in
	if d.err != nil || !in.Has(PrefixLock) {
		return
	}
	if in.attr&lockable == 0 || in.Args[0].Kind != ArgMem {
		d.fail(ErrInvalid)
	}
}
