package obj

import "debug/elf"

// relaxation is a way to do without a slot in the global offset table, as the
// psABI allows (section B.2, "Optimize GOTPCRELX Relocations") and GNU ld does
// when it links a static executable.
type relaxation uint8

const (
	relaxNone relaxation = iota
	relaxLea             // mov foo@GOTPCREL(%rip), %r   -> lea foo(%rip), %r
	relaxMov             // mov foo@GOTPCREL(%rip), %r   -> mov $foo, %r
	relaxTest            // test %r, foo@GOTPCREL(%rip)  -> test $foo, %r
	relaxBin             // add foo@GOTPCREL(%rip), %r   -> add $foo, %r; also adc and cmp or sbb sub xor
	relaxCall            // call *foo@GOTPCREL(%rip)     -> addr32 call foo
	relaxJmp             // jmp *foo@GOTPCREL(%rip)      -> jmp foo; nop
)

// Bits of a REX prefix.
const (
	rexW = 0x08
	rexR = 0x04
	rexB = 0x01
)

// reach is what is known of an address before layout: it lies in [lo, hi].
type reach struct {
	lo, hi uint64
}

// reach bounds the address of a symbol. Within the image anything can be
// anywhere, because layout is still to come.
func (l *linker) reach(v symValue) reach {
	if v.state == symHere {
		return l.imageReach()
	}
	return reach{v.addr, v.addr}
}

func (l *linker) imageReach() reach { return reach{l.o.Base, l.o.Base + l.o.Limit} }

// absolute reports whether the address fits an immediate that passes check.
func (r reach) absolute(check func(uint64) bool) bool {
	return check(r.lo) && check(r.hi) && r.hi-r.lo < 1<<31
}

// near reports whether a 32-bit displacement spans from any place in from to
// the address.
func (r reach) near(from reach) bool {
	// One page covers addends and the length of the instruction.
	return fitsInt32(r.lo-from.hi-PageSize) && fitsInt32(r.hi-from.lo+PageSize) &&
		r.hi-r.lo < 1<<31 && from.hi-from.lo < 1<<31
}

// relaxation decides what to do with a GOTPCREL relocation. code is the section.
func (l *linker) relaxation(code []byte, r Reloc, v symValue) relaxation {
	rex := r.Type == elf.R_X86_64_REX_GOTPCRELX
	before := uint64(2)
	if rex {
		before = 3
	}
	if r.Addend != -4 || r.Offset < before {
		return relaxNone
	}
	to, from := l.reach(v), l.imageReach()
	near := to.near(from)
	// An immediate is sign-extended for a 64-bit register only.
	fits := fitsUint32
	if rex && code[r.Offset-3]&rexW != 0 {
		fits = fitsInt32
	}
	imm := to.absolute(fits)
	op, modrm := code[r.Offset-2], code[r.Offset-1]
	switch {
	case modrm&0xc7 != 0x05: // not disp32(%rip)
		return relaxNone
	case r.Type == elf.R_X86_64_GOTPCREL:
		if op == 0x8b && near {
			return relaxLea
		}
		return relaxNone
	case op == 0xff && modrm == 0x15 && near:
		return relaxCall
	case op == 0xff && modrm == 0x25 && near:
		return relaxJmp
	case op == 0x8b && imm:
		return relaxMov
	case op == 0x8b && near:
		return relaxLea
	case op == 0x85 && imm:
		return relaxTest
	case op&0xc7 == 0x03 && imm:
		return relaxBin
	}
	return relaxNone
}

// relax rewrites the instruction around a GOTPCREL relocation and returns the
// relocation that remains.
func relax(code []byte, r Reloc, how relaxation) Reloc {
	i := r.Offset
	reg := code[i-1] >> 3 & 7
	switch how {
	case relaxLea:
		code[i-2] = 0x8d
		r.Type = elf.R_X86_64_PC32
		return r
	case relaxCall:
		code[i-2], code[i-1] = 0x67, 0xe8
		r.Type = elf.R_X86_64_PC32
		return r
	case relaxJmp:
		code[i-2], code[i+3] = 0xe9, 0x90
		r.Offset--
		r.Type = elf.R_X86_64_PC32
		return r
	case relaxMov:
		code[i-2], code[i-1] = 0xc7, 0xc0|reg
	case relaxTest:
		code[i-2], code[i-1] = 0xf7, 0xc0|reg
	case relaxBin:
		code[i-1] = 0xc0 | code[i-2]&0x38 | reg
		code[i-2] = 0x81
	}
	rt := r.Type
	r.Type, r.Addend = elf.R_X86_64_32, 0
	if rt == elf.R_X86_64_REX_GOTPCRELX {
		// The register moves from the reg field to the r/m field, and its
		// high bit from REX.R to REX.B.
		rex := code[i-3]
		code[i-3] = rex&^(rexR|rexB) | rex&rexR>>2
		if rex&rexW != 0 {
			r.Type = elf.R_X86_64_32S
		}
	}
	return r
}
