// Package disasm renders instructions as objdump does.
package disasm

import "golang.org/x/arch/x86/x86asm"

// Insn disassembles one instruction. TEMPORARY: the real one replaces this file.
func Insn(code []byte, pc uint64, sym func(addr uint64) (name string, base uint64, ok bool)) (text string, n int) {
	if len(code) >= 4 && code[0] == 0xf3 && code[1] == 0x0f && code[2] == 0x1e && code[3] == 0xfa {
		return "endbr64", 4
	}
	in, err := x86asm.Decode(code, 64)
	if err != nil || in.Op == 0 {
		return "(bad)", 1
	}
	return x86asm.GNUSyntax(in, pc, func(a uint64) (string, uint64) { n, b, _ := sym(a); return n, b }), in.Len
}
