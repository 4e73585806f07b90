package asm

// prefixSlot is where a prefix goes: gas writes one of each kind, in this
// order.
type prefixSlot int

const (
	slotSeg prefixSlot = iota
	slotAddr
	slotData
	slotRep
	slotLock
	slotREX
	slots
)

type prefix struct {
	slot prefixSlot
	b    byte
}

// prefixNames are the prefixes that can stand before a mnemonic.
func prefixNames() map[string]prefix {
	m := map[string]prefix{
		"es": {slotSeg, 0x26}, "cs": {slotSeg, 0x2e}, "ss": {slotSeg, 0x36},
		"ds": {slotSeg, 0x3e}, "fs": {slotSeg, 0x64}, "gs": {slotSeg, 0x65},
		"notrack": {slotSeg, 0x3e},
		"addr32":  {slotAddr, 0x67}, "data16": {slotData, 0x66},
		"rep": {slotRep, 0xf3}, "repe": {slotRep, 0xf3}, "repz": {slotRep, 0xf3},
		"repne": {slotRep, 0xf2}, "repnz": {slotRep, 0xf2}, "bnd": {slotRep, 0xf2},
		"xacquire": {slotRep, 0xf2}, "xrelease": {slotRep, 0xf3},
		"lock": {slotLock, 0xf0},
		"rex":  {slotREX, 0x40}, "rex64": {slotREX, 0x48},
	}
	for b := byte(0x41); b < 0x50; b++ {
		n := "rex."
		for i, c := range "WRXB" {
			if b&(8>>i) != 0 {
				n += string(c)
			}
		}
		m[lowerASCII(n)] = prefix{slotREX, b}
	}
	return m
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func segPrefix(r reg) byte {
	return [...]byte{0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65}[r.num]
}
