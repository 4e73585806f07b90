package cpu

import (
	"encoding/binary"
	"errors"
)

// MaxLen is the length an instruction cannot exceed (SDM volume 2, 2.3.11).
const MaxLen = 15

// The ways in which bytes are not an instruction.
var (
	// ErrTruncated: the instruction is longer than the bytes given.
	ErrTruncated = errors.New("instruction is cut off")
	// ErrInvalid: no instruction has this encoding.
	ErrInvalid = errors.New("invalid instruction")
	// ErrTooLong: prefixes make the instruction longer than 15 bytes.
	ErrTooLong = errors.New("instruction is longer than 15 bytes")
)

// REX bits.
const (
	rexB = 1 << iota
	rexX
	rexR
	rexW
)

// decoder is the state of decoding one instruction.
type decoder struct {
	code []byte
	pos  int
	in   *Inst
	err  error
	vexL uint8
	vvvv uint8
}

// Decode decodes the instruction at the start of code in 64-bit mode.
func Decode(code []byte) (Inst, error) {
	var in Inst
	err := decodeInto(&in, code)
	return in, err
}

func decodeInto(in *Inst, code []byte) error {
	d := decoder{code: code, in: in}
	if len(code) > MaxLen {
		d.code = code[:MaxLen]
	}
	*in = Inst{AddrSize: 8}
	d.decode()
	in.Len = uint8(d.pos)
	if d.err == ErrTruncated && len(code) >= MaxLen {
		d.err = ErrTooLong
	}
	return d.err
}

func (d *decoder) byte() byte {
	if d.pos >= len(d.code) {
		d.fail(ErrTruncated)
		return 0
	}
	b := d.code[d.pos]
	d.pos++
	return b
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// decode runs the stages in the order of the bytes.
func (d *decoder) decode() {
	op := d.prefixes()
	vex, opmap, op := d.opcode(op)
	if d.err != nil {
		return
	}
	d.in.Opcode = op
	forms := optab[vex][opmap][op]
	if len(forms) == 0 {
		d.fail(ErrInvalid)
		return
	}
	if forms[0].modrm {
		d.in.ModRM = d.byte()
		if d.err != nil {
			return
		}
	}
	for _, f := range forms {
		if f.match(d) {
			d.in.Form = f
			break
		}
	}
	if d.in.Form == nil {
		d.fail(ErrInvalid)
		return
	}
	d.operands()
	d.checkLock()
}

// prefixes consumes the legacy prefixes and REX and returns the first byte that
// is neither. A REX that is not last has no effect (SDM volume 2, 2.2.1).
func (d *decoder) prefixes() byte {
	in := d.in
	for {
		b := d.byte()
		if d.err != nil {
			return 0
		}
		switch b {
		case 0x66:
			in.Prefix |= PrefixData
		case 0x67:
			in.Prefix |= PrefixAddr
			in.AddrSize = 4
		case 0xf0:
			in.Prefix |= PrefixLock
		case 0xf2: // the last of f2 and f3 counts
			in.Prefix = in.Prefix&^PrefixRep | PrefixRepne
		case 0xf3:
			in.Prefix = in.Prefix&^PrefixRepne | PrefixRep
		case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65:
			in.SegByte = b
		default:
			if b&0xf0 != 0x40 {
				return b
			}
			in.REX = b
			continue
		}
		in.REX = 0
	}
}

// opcode follows the escapes to a map and the last opcode byte.
func (d *decoder) opcode(b byte) (vex, opmap int, op byte) {
	switch b {
	case 0x0f:
		switch b = d.byte(); b {
		case 0x38:
			return 0, 2, d.byte()
		case 0x3a:
			return 0, 3, d.byte()
		}
		return 0, 1, b
	case 0xc4, 0xc5:
		return d.vexOpcode(b)
	}
	return 0, 0, b
}

// vexOpcode reads a two or three byte VEX prefix (SDM volume 2, 2.3.5).
func (d *decoder) vexOpcode(b byte) (vex, opmap int, op byte) {
	in := d.in
	if in.REX != 0 || in.Prefix&(PrefixData|PrefixLock|PrefixRep|PrefixRepne) != 0 {
		d.fail(ErrInvalid)
		return
	}
	in.Prefix |= PrefixVEX
	opmap = 1
	p := d.byte()
	if b == 0xc5 {
		in.REX = 0x40 | ^p>>7&1<<2
	} else {
		in.REX = 0x40 | ^p>>5&7
		opmap = int(p & 0x1f)
		p = d.byte()
		in.REX |= p >> 7 << 3
	}
	d.vexL, d.vvvv = p>>2&1, ^p>>3&15
	switch p & 3 {
	case 1:
		in.Prefix |= PrefixData
	case 2:
		in.Prefix |= PrefixRep
	case 3:
		in.Prefix |= PrefixRepne
	}
	if opmap < 1 || opmap > 3 {
		d.fail(ErrInvalid)
		return
	}
	return 1, opmap, d.byte()
}

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
