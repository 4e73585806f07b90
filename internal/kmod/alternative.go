package kmod

import (
	"encoding/binary"

	"klpemu/cpu"
)

// struct alt_instr.
const (
	altSize       = 14
	altCPUID      = 8
	altFlags      = 10
	altInsnLen    = 12
	altReplLen    = 13
	altFlagNot    = 1
	altFlagDirect = 2

	maxFeature = (22 + 2) * 32 // NCAPINTS + NBUGINTS
	maxPatch   = 255 - 1       // MAX_PATCH_LEN
)

// alt is one entry of .altinstructions.
type alt struct {
	instr, repl       uint64
	feature, flags    int
	instrLen, replLen int
}

// applyAlternatives is apply_alternatives.
func (p *patcher) applyAlternatives() error {
	s, data, err := p.table(".altinstructions")
	if err != nil || s == nil {
		return err
	}
	alts := make([]alt, len(data)/altSize)
	for i := range alts {
		b := data[i*altSize:]
		at := s.Addr + uint64(i*altSize)
		a := alt{
			instr: at + uint64(int64(int32(binary.LittleEndian.Uint32(b)))),
			repl:  at + 4 + uint64(int64(int32(binary.LittleEndian.Uint32(b[4:])))),

			feature: int(binary.LittleEndian.Uint16(b[altCPUID:])), flags: int(binary.LittleEndian.Uint16(b[altFlags:])),
			instrLen: int(b[altInsnLen]), replLen: int(b[altReplLen]),
		}
		switch {
		case a.instrLen > maxPatch:
			return p.bug("apply_alternatives", "a->instrlen > sizeof(insn_buff)")
		case a.feature >= maxFeature:
			return p.bug("apply_alternatives", "a->cpuid >= (NCAPINTS + NBUGINTS) * 32")
		case a.replLen > a.instrLen:
			return p.k.broken("section %d %s+%#x: a replacement of %d bytes for %d", s.Index, s.Name, i*altSize, a.replLen, a.instrLen)
		}
		alts[i] = a
	}
	for i, end := 0, 0; i < len(alts); i++ {
		if i == end { // alternatives of alternatives: the entries of one place follow each other
			end = longestOfRun(alts, i)
		}
		if err := p.own(s, uint64(i*altSize), alts[i].instr, uint64(alts[i].instrLen)); err != nil {
			return err
		}
		if err := p.applyAlternative(s, i, &alts[i]); err != nil {
			return err
		}
	}
	return nil
}

// longestOfRun gives all entries for one place, from i on, the length of the
// longest, and returns where they end.
func longestOfRun(alts []alt, i int) int {
	end, n := i, 0
	for ; end < len(alts) && alts[end].instr == alts[i].instr; end++ {
		n = max(n, alts[end].instrLen)
	}
	for ; i < end; i++ {
		alts[i].instrLen = n
	}
	return end
}

func (p *patcher) applyAlternative(s *Section, i int, a *alt) error {
	code := make([]byte, a.instrLen)
	if p.Has(a.feature) == (a.flags&altFlagNot != 0) {
		if err := p.Mem.Read(a.instr, code); err != nil {
			return err
		}
		optimizeNops(code)
		return p.Mem.Poke(a.instr, code)
	}
	if p.Mem.Read(a.repl, code[:a.replLen]) != nil {
		return p.k.broken("section %d %s+%#x: there is no replacement at %#x", s.Index, s.Name, i*altSize, a.repl)
	}
	used := a.replLen
	if a.flags&altFlagDirect != 0 {
		var err error
		if used, err = p.directCall(a, code); err != nil {
			return err
		}
	}
	fill(code[used:], opNop)
	if err := p.moveCode(code, a); err != nil {
		return err
	}
	optimizeNops(code)
	return p.Mem.Poke(a.instr, code)
}

// directCall is alt_replace_call: a call through a pointer of pv_ops becomes one
// of what the pointer holds.
func (p *patcher) directCall(a *alt, code []byte) (int, error) {
	old := make([]byte, a.instrLen)
	if err := p.Mem.Read(a.instr, old); err != nil {
		return 0, err
	}
	switch {
	case a.replLen != 5 || code[0] != opCall:
		return 0, p.bug("alt_replace_call", "ALT_FLAG_DIRECT_CALL set for a non-call replacement instruction")
	case a.instrLen != 6 || old[0] != opGroup || old[1] != 0x15:
		return 0, p.bug("alt_replace_call", "ALT_FLAG_DIRECT_CALL set for unrecognized indirect call")
	}
	var ptr [8]byte
	if err := p.Mem.Read(a.instr+6+uint64(int64(int32(binary.LittleEndian.Uint32(old[2:])))), ptr[:]); err != nil {
		return 0, p.bug("alt_replace_call", "the pointer cannot be read")
	}
	to := binary.LittleEndian.Uint64(ptr[:])
	if to == 0 {
		return 5, nil // stays a call of BUG_func
	}
	binary.LittleEndian.PutUint32(code[1:], uint32(to-(a.repl+5)))
	return 5, nil
}

// moveCode is __apply_relocation: what is relative to the place of the
// replacement becomes relative to where it goes.
func (p *patcher) moveCode(code []byte, a *alt) error {
	diff := int64(a.repl - a.instr)
	for i := 0; i < len(code); {
		in, err := cpu.Decode(code[i:])
		if err != nil {
			p.Warn("__apply_relocation", "insn_decode_kernel(&insn, &buf[i])")
			return nil
		}
		next := i + int(in.Len)
		b := code[i:next]
		if op := opcodeAt(b); isBranch(op) {
			if outside(next, in.Imm, a.replLen) && !adjust(b[len(b)-int(in.ImmLen):], diff) {
				return p.bug("apply_reloc", "the displacement does not fit")
			}
			if op[0] == opJmp {
				shorten(b, in.Imm+diff)
			}
		}
		if in.MemArg() >= 0 && in.Mem.Relative && outside(next, in.Mem.Disp, a.replLen) {
			at := len(b) - int(in.ImmLen) - int(in.DispLen)
			if !adjust(b[at:at+int(in.DispLen)], diff) {
				return p.bug("apply_reloc", "the displacement does not fit")
			}
		}
		i = next
	}
	return nil
}

// isBranch reports a relative call or jump.
func isBranch(op []byte) bool {
	return isJcc32(op) || op[0]&0xf0 == 0x70 || op[0] == opJmp8 || op[0] == opJmp || op[0] == opCall
}

// outside is need_reloc: what lies in the block moves with it.
func outside(next int, disp int64, size int) bool {
	at := int64(next) + disp
	return at < 0 || at > int64(size)
}

// adjust is apply_reloc: it adds to a displacement of 1 or 4 bytes.
func adjust(field []byte, diff int64) bool {
	switch len(field) {
	case 1:
		v := int64(int8(field[0])) + diff
		field[0] = byte(v)
		return v == int64(int8(v))
	case 4:
		v := int64(int32(binary.LittleEndian.Uint32(field))) + diff
		binary.LittleEndian.PutUint32(field, uint32(v))
		return v == int64(int32(v))
	}
	return false
}

// shorten makes a jump to a near place a short one.
func shorten(b []byte, imm int64) {
	imm += 5 - 2
	if imm != int64(int8(imm)) {
		return
	}
	b[0], b[1] = opJmp8, byte(imm)
	fill(b[2:], opInt3)
}
