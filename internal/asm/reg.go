package asm

import "fmt"

// regClass groups registers that stand in the same places.
type regClass uint8

const (
	regNone regClass = iota
	regGPR
	regSeg
	regCR
	regDR
	regIP
)

// reg is one register.
type reg struct {
	name  string
	class regClass
	num   byte // as encoded, 0 to 15
	size  int  // in bytes, general registers and rip/eip
	rex   bool // spl, bpl, sil, dil: need a REX prefix
	high  bool // ah, ch, dh, bh: cannot have one
}

func (r reg) is(class regClass, num byte) bool { return r.class == class && r.num == num }

// registers is the register file by name, without the percent sign.
func registers() map[string]reg {
	m := map[string]reg{}
	add := func(r reg) { m[r.name] = r }
	low := []string{"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"}
	for i, n := range low {
		num := byte(i)
		add(reg{name: n, class: regGPR, num: num, size: 2})
		add(reg{name: "e" + n, class: regGPR, num: num, size: 4})
		add(reg{name: "r" + n, class: regGPR, num: num, size: 8})
		if i < 4 {
			add(reg{name: n[:1] + "l", class: regGPR, num: num, size: 1})
			add(reg{name: n[:1] + "h", class: regGPR, num: num + 4, size: 1, high: true})
		} else {
			add(reg{name: n + "l", class: regGPR, num: num, size: 1, rex: true})
		}
	}
	for i := 8; i < 16; i++ {
		n := fmt.Sprintf("r%d", i)
		add(reg{name: n, class: regGPR, num: byte(i), size: 8})
		add(reg{name: n + "d", class: regGPR, num: byte(i), size: 4})
		add(reg{name: n + "w", class: regGPR, num: byte(i), size: 2})
		add(reg{name: n + "b", class: regGPR, num: byte(i), size: 1})
	}
	for i, n := range []string{"es", "cs", "ss", "ds", "fs", "gs"} {
		add(reg{name: n, class: regSeg, num: byte(i), size: 2})
	}
	for i := range 16 {
		add(reg{name: fmt.Sprintf("cr%d", i), class: regCR, num: byte(i), size: 8})
		add(reg{name: fmt.Sprintf("dr%d", i), class: regDR, num: byte(i), size: 8})
		add(reg{name: fmt.Sprintf("db%d", i), class: regDR, num: byte(i), size: 8})
	}
	add(reg{name: "rip", class: regIP, size: 8})
	add(reg{name: "eip", class: regIP, size: 4})
	return m
}
