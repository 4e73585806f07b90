package cpu

import "errors"

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
