package kmod

import "klpemu/cpu"

// nop returns the nop of n bytes that the kernel uses, 1 to 11.
func nop(n int) []byte {
	nops := [...]string{
		"\x90", "\x66\x90", "\x0f\x1f\x00", "\x0f\x1f\x40\x00", "\x0f\x1f\x44\x00\x00", "\x66\x0f\x1f\x44\x00\x00",
		"\x0f\x1f\x80\x00\x00\x00\x00", "\x0f\x1f\x84\x00\x00\x00\x00\x00", "\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00",
		"\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00", "\x66\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00",
	}
	return []byte(nops[n-1])
}

const longestNop = 11

// addNop is add_nop: one nop, or a jump over what is longer.
func addNop(b []byte) {
	switch n := len(b); {
	case n == 0:
	case n <= longestNop:
		copy(b, nop(n))
	case n < 128:
		b[0], b[1] = opJmp8, byte(n-2)
		fill(b[2:], opInt3)
	default:
		d := uint32(n - 5)
		b[0], b[1], b[2], b[3], b[4] = opJmp, byte(d), byte(d>>8), byte(d>>16), byte(d>>24)
		fill(b[5:], opInt3)
	}
}

// isNop is insn_is_nop: nop and nopl, but not pause.
func isNop(b []byte) bool {
	op := opcodeAt(b)
	return len(op) > 0 && op[0] == opNop && b[0] != 0xf3 || len(op) > 1 && op[0] == 0x0f && op[1] == 0x1f
}

// optimizeNops is optimize_nops: of each run of nops one is made.
func optimizeNops(b []byte) {
	for i := 0; i < len(b); {
		in, err := cpu.Decode(b[i:])
		if err != nil {
			return
		}
		next := i + int(in.Len)
		if isNop(b[i:next]) {
			if next == len(b) {
				return
			}
			start := i
			for next < len(b) {
				in, err := cpu.Decode(b[next:])
				if err != nil || !isNop(b[next:next+int(in.Len)]) {
					break
				}
				next += int(in.Len)
			}
			addNop(b[start:next])
		}
		i = next
	}
}
