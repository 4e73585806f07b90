package cpu

import "math/bits"

// Arithmetic flags are kept lazily, in three words that most instructions can
// store without looking at single bits, the same for all widths:
//
//	fz  ZF is fz == 0
//	fr  SF is bit 63; PF is even parity of the low byte
//	fc  CF is bit 63; OF is bit 63 xor bit 62; AF is bit 3
//
// For a result of w bits, fr is the result moved up to bit 63 with its low byte
// kept in place, and fc the vector of carries out of each bit likewise: the
// carry into the sign bit, which OF needs, is the carry out of the bit below.
// The three are separate so that popf can set any combination of flags.
type lazyFlags struct {
	fz, fr, fc uint64
}

const (
	carryBit    = 1 << 63
	overflowBit = 1 << 62
	auxBit      = 1 << 3
)

// shiftFor is how far a value of size bytes is below bit 63.
func shiftFor(size uint8) uint { return 64 - 8*uint(size) }

// mask is all ones in size bytes.
func mask(size uint8) uint64 { return ^uint64(0) >> (shiftFor(size) & 63) }

// setResult records ZF, SF and PF of a result; bits above size do not matter.
func (l *lazyFlags) setResult(r uint64, size uint8) {
	up := r << (shiftFor(size) & 63)
	l.fz = up
	l.fr = up | r&0xff
}

// setCarries records CF, OF and AF from the carries out of each bit.
func (l *lazyFlags) setCarries(v uint64, size uint8) {
	l.fc = v<<(shiftFor(size)&63) | v&auxBit
}

func (l *lazyFlags) setCO(cf, of bool) {
	v := l.fc &^ uint64(carryBit|overflowBit)
	if cf {
		v |= carryBit
	}
	if cf != of {
		v |= overflowBit
	}
	l.fc = v
}

func (l *lazyFlags) setCF(cf bool) { l.setCO(cf, l.of()) }
func (l *lazyFlags) setOF(of bool) { l.setCO(l.cf(), of) }

func (l *lazyFlags) setZF(zf bool) {
	l.fz = 1
	if zf {
		l.fz = 0
	}
}

func (l *lazyFlags) cf() bool { return l.fc>>63 != 0 }
func (l *lazyFlags) of() bool { return (l.fc^l.fc<<1)>>63 != 0 }
func (l *lazyFlags) zf() bool { return l.fz == 0 }
func (l *lazyFlags) sf() bool { return l.fr>>63 != 0 }
func (l *lazyFlags) pf() bool { return bits.OnesCount8(uint8(l.fr))&1 == 0 }
func (l *lazyFlags) af() bool { return l.fc&auxBit != 0 }

// carry is CF as a number.
func (l *lazyFlags) carry() uint64 { return l.fc >> 63 }

// arith returns the six arithmetic flags as bits of RFLAGS.
func (l *lazyFlags) arith() uint64 {
	var v uint64
	for _, f := range [...]struct {
		on  bool
		bit uint64
	}{
		{l.cf(), FlagCF}, {l.pf(), FlagPF}, {l.af(), FlagAF},
		{l.zf(), FlagZF}, {l.sf(), FlagSF}, {l.of(), FlagOF},
	} {
		if f.on {
			v |= f.bit
		}
	}
	return v
}

// setArith takes the six arithmetic flags from bits of RFLAGS.
func (l *lazyFlags) setArith(v uint64) {
	l.setZF(v&FlagZF != 0)
	l.fr = 1
	if v&FlagPF != 0 {
		l.fr = 0
	}
	if v&FlagSF != 0 {
		l.fr |= 1 << 63
	}
	l.fc = 0
	if v&FlagAF != 0 {
		l.fc = auxBit
	}
	l.setCO(v&FlagCF != 0, v&FlagOF != 0)
}

// cond evaluates a condition code (SDM volume 1, appendix B).
func (l *lazyFlags) cond(cc uint8) bool {
	var v bool
	switch cc >> 1 {
	case 0:
		v = l.of()
	case 1:
		v = l.cf()
	case 2:
		v = l.zf()
	case 3:
		v = l.cf() || l.zf()
	case 4:
		v = l.sf()
	case 5:
		v = l.pf()
	case 6:
		v = l.sf() != l.of()
	case 7:
		v = l.zf() || l.sf() != l.of()
	}
	return v != (cc&1 != 0)
}

// Condition names the conditions as mnemonics do: Condition(4) is "e".
func Condition(cc uint8) string {
	return [...]string{"o", "no", "b", "ae", "e", "ne", "be", "a",
		"s", "ns", "p", "np", "l", "ge", "le", "g"}[cc&15]
}
