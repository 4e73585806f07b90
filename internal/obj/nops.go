package obj

// endbrSize is the size of endbr64.
const endbrSize = 4

// isEndbr reports whether b begins with endbr64, or with the nop that sealing
// leaves in its place (gen_endbr_poison).
func isEndbr(b []byte) bool {
	if len(b) < endbrSize {
		return false
	}
	return b[0] == 0xf3 && b[1] == 0x0f && b[2] == 0x1e && b[3] == 0xfa ||
		b[0] == 0x66 && b[1] == 0x0f && b[2] == 0x1f && b[3] == 0x00
}

// nopLen is the length of the nop at the start of b, 0 if there is none. It
// knows the nops that assemblers and compilers emit: 90, and 0f 1f with any
// memory operand, both with any number of operand size and segment prefixes.
func nopLen(b []byte) int {
	i := 0
	for i < len(b) && i < 11 && (b[i] == 0x66 || b[i] == 0x2e || b[i] == 0x48) {
		i++
	}
	if i < len(b) && b[i] == 0x90 {
		return i + 1
	}
	if i+2 >= len(b) || b[i] != 0x0f || b[i+1] != 0x1f {
		return 0
	}
	modrm := b[i+2]
	n := i + 3
	mod, rm := modrm>>6, modrm&7
	if mod == 3 || modrm>>3&7 != 0 {
		return 0
	}
	if rm == 4 {
		if n >= len(b) {
			return 0
		}
		if mod == 0 && b[n]&7 == 5 {
			n += 4
		}
		n++
	}
	switch {
	case mod == 0 && rm == 5, mod == 2:
		n += 4
	case mod == 1:
		n++
	}
	if n > len(b) || n > 15 {
		return 0
	}
	return n
}

// nopsEndAt reports whether b begins with nops of which one ends exactly at n,
// so that the first n bytes can be replaced by one instruction.
func nopsEndAt(b []byte, n int) bool {
	i := 0
	for i < n {
		k := nopLen(b[i:])
		if k == 0 {
			return false
		}
		i += k
	}
	return i == n
}

// nopBytes counts the bytes of nops at the start of b, at most n of them.
func nopBytes(b []byte, n int) int {
	i := 0
	for i < n {
		k := nopLen(b[i:])
		if k == 0 {
			break
		}
		i += k
	}
	return i
}
