package cpu

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// notNative are the instructions that user mode does not have, that would end
// the runner, or whose result is the virtual CPU's own.
const notNative = ` in out insb ins outsb outs cli sti clac stac hlt cpuid rdtsc rdtscp rdpmc
 rdrand rdseed rdpid rdmsr wrmsr swapgs sgdt sidt lgdt lidt smsw lmsw sldt str lldt ltr verr verw
 syscall sysret sysenter sysexit iret lret lcall ljmp int int1 int3 monitor mwait vmcall vmmcall
 serialize xgetbv rdpkru wrpkru clts invd wbinvd wbnoinvd invlpg invpcid rdfsbase rdgsbase
 wrfsbase wrgsbase rdssp xbegin xabort xend xtest
 `

// native reports whether the form can be compared with the real CPU.
func (f *Form) native() bool {
	names := strings.Fields(notNative)
	if f.exec == nil || strings.ContainsAny(f.Ops, "SCDs") && !strings.Contains(f.Ops, "S1") {
		return false
	}
	return !slices.Contains(names, f.Name)
}

// A caseGen makes test cases: an encoding of a form with all that is free in it
// chosen at random, and a state in which it mostly does not fault.
type caseGen struct {
	*rand.Rand
}

func newCaseGen(seed uint64) *caseGen {
	return &caseGen{rand.New(rand.NewPCG(seed, 0x6b6c70656d75))}
}

func (g *caseGen) oneIn(n int) bool { return g.IntN(n) == 0 }

// value is an operand: an edge or random bits.
func (g *caseGen) value() uint64 {
	edges := [...]uint64{0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
		0xffffffff, 1 << 32, 1<<63 - 1, 1 << 63, ^uint64(0), ^uint64(1), 0xffffffff80000000, 0xffffffffffffff80}
	switch g.IntN(5) {
	case 0, 1:
		return edges[g.IntN(len(edges))]
	case 2:
		return g.Uint64() >> g.IntN(64)
	case 3:
		return ^(g.Uint64() >> g.IntN(64))
	}
	return g.Uint64()
}

// encode writes the form's bytes with free fields chosen at random.
func (g *caseGen) encode(f *Form) []byte {
	memory := f.modrm && f.attr&noMem == 0 && (f.attr&onlyMem != 0 || g.oneIn(2))
	if f.exact >= 0 {
		memory = f.exact < 0xc0
	}
	var b []byte
	if g.oneIn(12) && (memory || f.attr&(repString|repCond) != 0) {
		b = append(b, 0x67)
	}
	if g.oneIn(12) {
		b = append(b, []byte{0x65, 0x2e, 0x36, 0x3e}[g.IntN(4)])
	}
	if f.vex {
		b = append(b, g.vexBytes(f)...)
	} else {
		b = append(b, g.legacyBytes(f, memory)...)
	}
	b = append(b, f.opcode+uint8(g.IntN(int(f.span))))
	if f.modrm {
		b = append(b, g.modrmBytes(f, memory)...)
	}
	for _, s := range f.imm { // too many bytes do no harm: Decode knows the length
		v := g.value()
		if s.size == 'b' && s.addr != 'O' {
			b = append(b, byte(v))
			continue
		}
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

// legacyBytes are the prefixes and the escape bytes of an opcode.
func (g *caseGen) legacyBytes(f *Form, memory bool) []byte {
	var b []byte
	if f.prefix == 0x66 || !f.sizeOne && g.oneIn(4) {
		b = append(b, 0x66)
	}
	if f.attr&lockable != 0 && memory && g.oneIn(3) || g.oneIn(100) {
		b = append(b, 0xf0)
	}
	switch {
	case f.prefix == 0xf2 || f.prefix == 0xf3:
		b = append(b, f.prefix)
	case f.attr&(repString|repCond) != 0 && !g.oneIn(3):
		b = append(b, 0xf2+byte(g.IntN(2)))
	}
	if f.prefix == 0x66 && g.oneIn(8) {
		b = append(b, 0x66)
	}
	if !g.oneIn(3) {
		b = append(b, 0x40|byte(g.IntN(16)))
	}
	switch f.opmap {
	case 1:
		b = append(b, 0x0f)
	case 2:
		b = append(b, 0x0f, 0x38)
	case 3:
		b = append(b, 0x0f, 0x3a)
	}
	return b
}

func (g *caseGen) vexBytes(f *Form) []byte {
	pp := map[uint8]byte{noPrefix: 0, 0x66: 1, 0xf3: 2, 0xf2: 3}[f.prefix]
	vvvv := byte(g.IntN(16))
	if !f.usesVvvv() && !g.oneIn(20) {
		vvvv = 15
	}
	l := byte(0)
	if g.oneIn(40) {
		l = 4
	}
	return []byte{0xc4, byte(g.IntN(8))<<5 | f.opmap, byte(g.IntN(2))<<7 | vvvv<<3 | l | pp}
}

func (g *caseGen) modrmBytes(f *Form, memory bool) []byte {
	if f.exact >= 0 {
		return []byte{byte(f.exact)}
	}
	reg := byte(g.IntN(8))
	if f.ext >= 0 {
		reg = byte(f.ext)
	}
	rm := byte(g.IntN(8))
	if !memory {
		return []byte{0xc0 | reg<<3 | rm}
	}
	mod := byte(g.IntN(3))
	b := []byte{mod<<6 | reg<<3 | rm}
	if rm == 4 {
		b = append(b, byte(g.IntN(256)))
	}
	switch {
	case mod == 1:
		b = append(b, byte(g.value()))
	case mod == 2 || rm == 5 || rm == 4 && b[len(b)-1]&7 == 5:
		b = binary.LittleEndian.AppendUint32(b, uint32(g.value()))
	}
	return b
}

// target is an address for a memory operand.
func (g *caseGen) target() uint64 {
	switch n := g.IntN(100); {
	case n < 15: // across the two pages
		return nativeData + mem4k - 1 - g.Uint64N(16)
	case n < 25: // at or across the end
		return nativeData + dataSize - g.Uint64N(20)
	case n < 27:
		return 0x28000000 + g.Uint64N(64)
	case n < 29:
		return 1<<63 | g.Uint64N(64)
	case n < 31:
		return 1<<47 - g.Uint64N(20)
	case n < 33:
		return nativeCode + g.Uint64N(64)
	}
	return nativeData + 64 + g.Uint64N(dataSize-128)
}

const mem4k = 4096

// next makes a case of the form. ok is false if the bytes turned out to be
// something that cannot be compared.
func (g *caseGen) next(f *Form) (tc nativeCase, ok bool) {
	code := g.encode(f)
	in, err := Decode(code)
	switch {
	case err == ErrTruncated || err == nil && !in.native():
		return tc, false
	case err == nil:
		code = code[:in.Len]
	default: // only the invalid forms that were meant: lock, vvvv, VEX.L
		code = code[:min(len(code), MaxLen)]
	}
	tc.RIP = nativeCode + 0x800
	switch n := g.IntN(20); {
	case err != nil: // what a CPU says of half an invalid instruction differs
	case n == 0:
		tc.RIP = nativeCode + mem4k - g.Uint64N(uint64(len(code))+1)
	case n == 1:
		tc.RIP = nativeCode + codeSize - 1 - g.Uint64N(uint64(len(code)))
	}
	for i := range tc.Regs {
		tc.Regs[i] = g.value()
	}
	tc.Regs[RSP] = nativeStack + 0x800 + 8*g.Uint64N(8) + g.Uint64N(9)/8
	tc.Flags = g.Uint64()&(arithFlags|FlagDF) | FlagIF | FlagOne
	if err == nil {
		g.operands(&in, &tc, code)
	}
	tc.Len = uint64(copy(tc.Code[:], code))
	tc.Len = min(tc.Len, nativeCode+codeSize-tc.RIP)
	return tc, true
}

// cases makes n cases of a form.
func (g *caseGen) cases(t testing.TB, f *Form, n int) []nativeCase {
	t.Helper()
	var all []nativeCase
	for tries := 0; len(all) < n; tries++ {
		if tries > 100*n {
			t.Fatalf("%s %s %s: no cases: is another row in front of it?", f.Name, f.Enc, f.Ops)
		}
		if tc, ok := g.next(f); ok {
			all = append(all, tc)
		}
	}
	return all
}

// operands prepares what the instruction reads.
func (g *caseGen) operands(in *Inst, tc *nativeCase, code []byte) {
	target := g.target()
	if in.MemArg() >= 0 {
		g.aim(in, tc, code, target)
		tc.patch(0, target, g.value())
		tc.patch(1, target+8, g.value())
	}
	g.special(in, tc, code, target)
}

// patch stores a value before the case, if there is memory for it.
func (tc *nativeCase) patch(i int, addr, v uint64) {
	data := addr >= nativeData && addr+8 <= nativeData+dataSize
	if data || addr >= nativeStack && addr+8 <= nativeStack+stackSize {
		tc.Patch[i] = struct{ Addr, Value uint64 }{addr, v}
	}
}

// aim sets registers or the displacement so that the operand is at target.
func (g *caseGen) aim(in *Inst, tc *nativeCase, code []byte, target uint64) {
	m := &in.Mem
	setDisp := func(v uint64) {
		at := int(in.Len - in.ImmLen - in.DispLen)
		switch in.DispLen {
		case 4:
			binary.LittleEndian.PutUint32(code[at:], uint32(v))
		case 8:
			binary.LittleEndian.PutUint64(code[at:], v)
		}
	}
	index := uint64(0)
	if m.HasIndex() {
		if m.Index != m.Base {
			tc.Regs[m.Index] = g.Uint64N(512) - 256
		}
		index = tc.Regs[m.Index] << m.Scale
	}
	switch {
	case m.Relative:
		setDisp(target - tc.RIP - uint64(in.Len))
	case m.Base == m.Index:
	case m.HasBase():
		tc.Regs[m.Base] = target - index - uint64(m.Disp)
		if in.AddrSize == 4 {
			tc.Regs[m.Base] &= 0xffffffff
			tc.Regs[m.Base] |= g.Uint64() << 32
		}
	default:
		setDisp(target - index)
	}
}

// special makes the interesting cases of some instructions likely, and the
// harmful ones impossible.
func (g *caseGen) special(in *Inst, tc *nativeCase, code []byte, target uint64) {
	isMem := in.MemArg() >= 0
	setArg := func(v uint64) {
		if isMem {
			tc.patch(0, target, v)
		} else if in.Args[0].Kind == ArgReg {
			tc.Regs[in.Args[0].Reg] = v
		}
	}
	switch name := in.Name; {
	case in.attr&(repString|repCond) != 0:
		g.stringRegs(in, tc)
	case name == "xlat":
		tc.Regs[RBX] = target
	case name == "cmpxchg" && g.oneIn(2):
		setArg(tc.Regs[RAX])
	case name == "cmpxchg8b" && g.oneIn(2):
		tc.patch(0, target, tc.Regs[RAX])
		tc.patch(1, target+8, tc.Regs[RDX])
		if in.Size == 4 {
			tc.patch(0, target, tc.Regs[RAX]&0xffffffff|tc.Regs[RDX]<<32)
			tc.Patch[1].Addr = 0
		}
	case name == "div" || name == "idiv":
		g.dividend(in, tc)
	case strings.HasPrefix(name, "bt") && isMem && in.Args[1].Kind == ArgReg && !in.usesInAddress(in.Args[1].Reg):
		tc.Regs[in.Args[1].Reg] = g.Uint64N(8000) - 4000
	case strings.HasPrefix(in.Ops, "J"):
		g.relative(in, tc, code)
	case name == "jmp" || name == "call":
		v := nativeCode + g.Uint64N(0x700)
		if in.MemArg() >= 0 {
			tc.patch(0, target, v)
		} else {
			tc.Regs[in.Args[0].Reg] = v
		}
	case name == "ret":
		tc.patch(0, tc.Regs[RSP], nativeCode+g.Uint64N(0x700))
	case name == "popf":
		tc.patch(0, tc.Regs[RSP], g.Uint64()&(arithFlags|FlagDF|FlagID)|FlagIF)
	case name == "leave" || name == "enter":
		tc.Regs[RBP] = nativeStack + 0x400 + g.Uint64N(512)
		if name == "enter" {
			code[in.Len-2] = byte(g.IntN(3))
		}
	case in.usesCL() && !in.usesInAddress(RCX):
		tc.Regs[RCX] = g.Uint64N(70) | g.Uint64()<<8
	}
}

func (in *Inst) usesCL() bool { return strings.Contains(in.Ops, "cb") }

func (in *Inst) usesInAddress(r Reg) bool {
	return in.Mem.Base == uint8(r) || in.Mem.Index == uint8(r)
}

func (g *caseGen) stringRegs(in *Inst, tc *nativeCase) {
	tc.Regs[RSI], tc.Regs[RDI] = g.target(), g.target()
	tc.Regs[RCX] = g.Uint64N(7)
	if in.AddrSize == 4 {
		tc.Regs[RCX] |= g.Uint64() << 32
	}
	if g.oneIn(2) {
		v := tc.Regs[RAX] & 0xff * 0x0101010101010101
		tc.Regs[RAX] = v
		tc.patch(0, tc.Regs[RSI], v)
		tc.patch(1, tc.Regs[RDI], v)
	}
}

// dividend makes the quotient fit most of the time.
func (g *caseGen) dividend(in *Inst, tc *nativeCase) {
	if g.oneIn(3) || in.usesInAddress(RDX) || in.usesInAddress(RAX) {
		return
	}
	tc.Regs[RDX] = g.Uint64N(3)
	if in.Name == "idiv" && g.oneIn(2) {
		tc.Regs[RDX] = uint64(int64(signExtend(tc.Regs[RAX], in.Size)) >> 63)
	}
	if in.Size == 1 {
		tc.Regs[RAX] &= 0xff
	}
}

// relative keeps a branch inside the code pages and away from its own bytes.
func (g *caseGen) relative(in *Inst, tc *nativeCase, code []byte) {
	if in.Name == "loop" || in.Name == "loope" || in.Name == "loopne" || in.Name == "jrcxz" {
		tc.Regs[RCX] = g.Uint64N(3) | g.Uint64N(2)<<32
	}
	at := int(in.Len - in.ImmLen)
	rel := int64(g.IntN(100) + 1)
	if g.oneIn(2) {
		rel = -rel - int64(in.Len)
	}
	switch in.ImmLen {
	case 1:
		code[at] = byte(int8(rel))
	case 4:
		binary.LittleEndian.PutUint32(code[at:], uint32(rel*10))
	}
}
