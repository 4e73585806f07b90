package asm

// nops fills n bytes with the no-ops gas uses for generic x86-64: the longest
// has 11 bytes, and a run that would take more than seven is jumped over.
func nops(n int64) []byte {
	const (
		maxNop  = 11
		maxNops = 7
	)
	out := make([]byte, 0, n)
	if n/maxNop > maxNops {
		if n-2 <= 127 {
			out = append(out, 0xeb, byte(n-2))
		} else {
			d := n - 5
			out = append(out, 0xe9, byte(d), byte(d>>8), byte(d>>16), byte(d>>24))
		}
	}
	for left := n - int64(len(out)); left > 0; left = n - int64(len(out)) {
		out = append(out, nop(min(left, maxNop))...)
	}
	return out
}

// nop returns the recommended no-op of 1 to 11 bytes.
func nop(n int64) string {
	return [...]string{
		"",
		"\x90",
		"\x66\x90",
		"\x0f\x1f\x00",
		"\x0f\x1f\x40\x00",
		"\x0f\x1f\x44\x00\x00",
		"\x66\x0f\x1f\x44\x00\x00",
		"\x0f\x1f\x80\x00\x00\x00\x00",
		"\x0f\x1f\x84\x00\x00\x00\x00\x00",
		"\x66\x0f\x1f\x84\x00\x00\x00\x00\x00",
		"\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00",
		"\x66\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00",
	}[n]
}

// leb128 encodes v, signed or unsigned.
func leb128(v int64, signed bool) []byte {
	var out []byte
	for {
		b := byte(v & 0x7f)
		if signed {
			v >>= 7
			if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
				return append(out, b)
			}
		} else {
			v = int64(uint64(v) >> 7)
			if v == 0 {
				return append(out, b)
			}
		}
		out = append(out, b|0x80)
	}
}
