//go:build ignore

package main

import (
	"fmt"
	"strings"
)

// The families of forms: each makes its bodies and a table of their codes.

func (g *generator) arith() {
	var ops []string
	for _, op := range []string{"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp", "test"} {
		drop := op == "cmp" || op == "test"
		var forms []string
		for _, f := range operandForms {
			var codes []string
			for _, size := range sizes {
				read, write := operands(f, size, !drop)
				if drop {
					write = ""
				}
				codes = append(codes, g.add(fmt.Sprintf("%s%s%d", title(op), f, size), read+compute(op, size)+write+next))
			}
			forms = append(forms, "{"+strings.Join(codes, ", ")+"}")
		}
		ops = append(ops, "{"+strings.Join(forms, ", ")+"}")
	}
	g.table("hotALU", "[9][8][4]uint16", ops)
	g.unary()
	g.multiply()
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// sized makes one code for each operand size.
func (g *generator) sized(name string, body func(size int) string) string {
	var codes []string
	for _, size := range sizes {
		codes = append(codes, g.add(fmt.Sprintf("%s%d", name, size), body(size)))
	}
	return "{" + strings.Join(codes, ", ") + "}"
}

// step1 is inc or dec: CF stays.
func step1(size int, sign string) string {
	v := "a &^ r" // carries of a+1
	if sign == "-" {
		v = "^a & r"
	}
	one := map[string]string{"+": "a + 1", "-": "a - 1"}[sign]
	return "r := " + one + "\n" + someFlags(result(size)+fmt.Sprintf("v := %s\nv <<= %d\nold := c.fc & carryBit\nc.fc = old | (old^(v^v<<1)&carryBit)>>1 | %s&auxBit\n",
		wide(size, v), 64-size, wide(size, "("+v+")")))
}

func (g *generator) unary() {
	var rows []string
	for _, u := range []struct{ name, sign string }{{"Inc", "+"}, {"Dec", "-"}} {
		row := []string{g.sized(u.name+"R", func(size int) string {
			return "a := " + reg(size, "d") + "\n" + step1(size, u.sign) + setReg(size, "d", "r") + next
		})}
		for _, mode := range []string{"B", "X"} {
			row = append(row, g.sized(u.name+"M"+mode, func(size int) string {
				return address(mode) + page("wtlb", size) + "a := " + load(size) + "\n" + step1(size, u.sign) + store(size, "r") + next
			}))
		}
		rows = append(rows, "{"+strings.Join(row, ", ")+"}")
	}
	g.table("hotStep", "[2][3][4]uint16", rows)
	g.table("hotNeg", "[4]uint16", []string{strings.Trim(g.sized("NegR", func(size int) string {
		return fmt.Sprintf("var a %s\nb := %s\n", typ(size), reg(size, "d")) + compute("sub", size) + setReg(size, "d", "r") + next
	}), "{}")})
	g.table("hotNot", "[4]uint16", []string{strings.Trim(g.sized("NotR", func(size int) string {
		return "r := ^" + reg(size, "d") + "\n" + setReg(size, "d", "r") + next
	}), "{}")})
}

// imul is the two and three operand multiplication of 32 and 64 bits.
func imul(size int) string {
	if size == 32 {
		return "p := int64(int32(a)) * int64(int32(b))\nr := uint32(p)\n" +
			allFlags("c.fz = 1\nc.fr = uint64(r)<<32 | uint64(r)\nc.fc = 0\nif p != int64(int32(p)) {\nc.fc = carryBit\n}\n")
	}
	return "r := a * b\n" + allFlags("hi, _ := bits.Mul64(a, b)\nhi -= uint64(int64(a)>>63)&b + uint64(int64(b)>>63)&a\n"+
		"c.fz, c.fr, c.fc = 1, r, 0\nif hi != uint64(int64(r)>>63) {\nc.fc = carryBit\n}\n")
}

func (g *generator) multiply() {
	var rows []string
	for _, f := range []string{"RR", "RMB", "RMX", "RRI"} {
		var codes []string
		for _, size := range []int{32, 64} {
			read := fmt.Sprintf("a, b := %s, %s\n", reg(size, "s"), conv(size, "o.imm"))
			if f != "RRI" {
				read, _ = operands(f, size, false)
			}
			codes = append(codes, g.add(fmt.Sprintf("Imul%s%d", f, size), read+imul(size)+setReg(size, "d", "r")+next))
		}
		rows = append(rows, "{"+strings.Join(codes, ", ")+"}")
	}
	g.table("hotImul", "[4][2]uint16", rows)
	wideFlags := "c.fz, c.fr, c.fc = 1, lo, 0\nif hi != 0 {\nc.fc = carryBit\n}\nFLAGS\n"
	g.table("hotMul", "[2]uint16", []string{
		g.add("MulR32", "p := uint64(uint32(c.r[RAX])) * uint64(uint32(c.r[o.d]))\nlo, hi := uint64(uint32(p)), p>>32\n"+
			"c.r[RAX], c.r[RDX] = lo, hi\n"+strings.Replace(wideFlags, "lo, 0", "lo<<32 | lo, 0", 1)+next),
		g.add("MulR64", "hi, lo := bits.Mul64(c.r[RAX], c.r[o.d])\nc.r[RAX], c.r[RDX] = lo, hi\n"+wideFlags+next),
	})
	g.table("hotDiv", "[2]uint16", []string{
		g.add("DivR32", "d, hi := uint64(uint32(c.r[o.d])), uint64(uint32(c.r[RDX]))\nif d <= hi {\nSLOW\n}\n"+
			"v := hi<<32 | uint64(uint32(c.r[RAX]))\nc.r[RAX], c.r[RDX] = v/d, v%d\n"+next),
		g.add("DivR64", "d, hi := c.r[o.d], c.r[RDX]\nif d <= hi {\nSLOW\n}\n"+
			"c.r[RAX], c.r[RDX] = bits.Div64(hi, c.r[RAX], d)\n"+next),
	})
	g.table("hotIdiv", "[2]uint16", []string{
		g.add("IdivR32", "d, v := int64(int32(c.r[o.d])), int64(c.r[RDX]<<32|uint64(uint32(c.r[RAX])))\n"+
			"if d == 0 || int64(int32(v)) != v || v == -1<<31 {\nSLOW\n}\n"+
			"c.r[RAX], c.r[RDX] = uint64(uint32(v/d)), uint64(uint32(v%d))\n"+next),
		g.add("IdivR64", "d, v := int64(c.r[o.d]), int64(c.r[RAX])\n"+
			"if d == 0 || c.r[RDX] != uint64(v>>63) || v == -1<<63 {\nSLOW\n}\n"+
			"c.r[RAX], c.r[RDX] = uint64(v/d), uint64(v%d)\n"+next),
	})
}

func (g *generator) moves() {
	var rows []string
	for _, f := range operandForms {
		rows = append(rows, g.sized("Mov"+f, func(size int) string {
			mode := f[len(f)-1:]
			switch f {
			case "RR":
				return "v := " + reg(size, "s") + "\n" + setReg(size, "d", "v") + next
			case "RI":
				return setReg(size, "d", conv(size, "o.imm")) + next
			case "RMB", "RMX":
				return address(mode) + page("rtlb", size) + setReg(size, "d", load(size)) + next
			case "MRB", "MRX":
				return address(mode) + page("wtlb", size) + store(size, reg(size, "s")) + next
			}
			return address(mode) + page("wtlb", size) + store(size, conv(size, "o.imm")) + next
		}))
	}
	g.table("hotMov", "[8][4]uint16", rows)
	g.extend()
	g.table("hotLea", "[2][2]uint16", []string{
		"{" + g.add("LeaB32", address("B")+"c.r[o.d] = uint64(uint32(addr))\n"+next) + ", " +
			g.add("LeaB64", address("B")+"c.r[o.d] = addr\n"+next) + "}",
		"{" + g.add("LeaX32", address("X")+"c.r[o.d] = uint64(uint32(addr))\n"+next) + ", " +
			g.add("LeaX64", address("X")+"c.r[o.d] = addr\n"+next) + "}",
	})
	g.table("hotXchg", "[2]uint16", []string{
		g.add("XchgRR32", "c.r[o.d], c.r[o.s] = uint64(uint32(c.r[o.s])), uint64(uint32(c.r[o.d]))\n"+next),
		g.add("XchgRR64", "c.r[o.d], c.r[o.s] = c.r[o.s], c.r[o.d]\n"+next),
	})
	g.add("Nop", next)
	g.add("Cltq", "c.r[RAX] = uint64(int64(int32(c.r[RAX])))\n"+next)
	g.add("Cltd", "c.r[RDX] = uint64(uint32(int32(c.r[RAX]) >> 31))\n"+next)
	g.add("Cqto", "c.r[RDX] = uint64(int64(c.r[RAX]) >> 63)\n"+next)
	g.stack()
}

// extend is movzx and movsx: from 8, 16 or 32 bits to 32 or 64.
func (g *generator) extend() {
	var rows []string
	for _, signed := range []bool{false, true} {
		var row []string
		for _, from := range []int{8, 16, 32} {
			var to []string
			for _, size := range []int{32, 64} {
				ext := func(v string) string {
					if !signed {
						return "uint64(" + v + ")"
					}
					v = fmt.Sprintf("int%d(%s)", from, v)
					if size == 32 {
						return "uint64(uint32(" + v + "))"
					}
					return "uint64(" + v + ")"
				}
				name := map[bool]string{false: "Movzx", true: "Movsx"}[signed] + fmt.Sprintf("%dto%d", from, size)
				to = append(to, "{"+strings.Join([]string{
					g.add(name+"RR", "c.r[o.d] = "+ext(conv(from, "c.r[o.s]"))+"\n"+next),
					g.add(name+"RMB", address("B")+page("rtlb", from)+"c.r[o.d] = "+ext(load(from))+"\n"+next),
					g.add(name+"RMX", address("X")+page("rtlb", from)+"c.r[o.d] = "+ext(load(from))+"\n"+next),
				}, ", ")+"}")
			}
			row = append(row, "{"+strings.Join(to, ", ")+"}")
		}
		rows = append(rows, "{"+strings.Join(row, ", ")+"}")
	}
	g.table("hotExtend", "[2][3][2][3]uint16", rows)
}

const pushAddr = "addr := c.r[RSP] - 8\n"

func (g *generator) stack() {
	push := func(v string) string {
		return "v := " + v + "\n" + pushAddr + page("wtlb", 64) + store(64, "v") + "c.r[RSP] = addr\n" + next
	}
	g.add("PushR", push("c.r[o.d]"))
	g.add("PushI", push("o.imm"))
	g.add("PopR", "addr := c.r[RSP]\n"+page("rtlb", 64)+"c.r[RSP] = addr + 8\nc.r[o.d] = "+load(64)+"\n"+next)
	g.add("Leave", "addr := c.r[RBP]\n"+page("rtlb", 64)+"c.r[RSP] = addr + 8\nc.r[RBP] = "+load(64)+"\n"+next)
}

func (g *generator) shifts() {
	// The flags follow shiftShl and its neighbours; k is not zero.
	flags := map[string]func(size int) string{
		"shl": func(size int) string {
			return "r := a << k\n" + allFlags(result(size)+fmt.Sprintf("c.fc = %s<<%d<<(k-1)&carryBit | c.fr>>1&overflowBit\n", wide(size, "a"), 64-size))
		},
		"shr": func(size int) string {
			return "r := a >> k\n" + allFlags(result(size)+fmt.Sprintf("cf := %s<<(64-k)&carryBit\nof := uint64(0)\nif k == 1 {\nof = %s<<%d&carryBit\n}\nc.fc = cf | (cf^of)>>1\n",
				wide(size, "a"), wide(size, "a"), 64-size))
		},
		"sar": func(size int) string {
			return fmt.Sprintf("r := %s(int%d(a) >> k)\n", typ(size), size) + allFlags(result(size)+fmt.Sprintf("cf := uint64(int64(int%d(a)) >> (k-1))<<63\nc.fc = cf | cf>>1\n", size))
		},
		"rol": func(size int) string {
			return fmt.Sprintf("r := bits.RotateLeft%d(a, int(k))\n", size) + someFlags(fmt.Sprintf("c.fc = c.fc&^(carryBit|overflowBit) | %s<<63 | %s>>%d<<62\n", wide(size, "r"), wide(size, "r"), size-1))
		},
		"ror": func(size int) string {
			return fmt.Sprintf("r := bits.RotateLeft%d(a, -int(k))\n", size) + someFlags(fmt.Sprintf("c.fc = c.fc&^(carryBit|overflowBit) | %s<<%d&(carryBit|overflowBit)\n", wide(size, "r"), 64-size))
		},
	}
	var rows []string
	for _, op := range []string{"rol", "ror", "shl", "shr", "sar"} {
		var imm, cl []string
		for _, size := range []int{32, 64} {
			a := "a := " + reg(size, "d") + "\n"
			body := flags[op](size) + setReg(size, "d", "r")
			imm = append(imm, g.add(fmt.Sprintf("%sRI%d", title(op), size), "k := uint(o.k) & 63\n"+a+body+next))
			zero := ""
			if size == 32 {
				zero = "else {\nc.r[o.d] = uint64(uint32(c.r[o.d]))\n}"
			}
			cl = append(cl, g.add(fmt.Sprintf("%sRC%d", title(op), size),
				fmt.Sprintf("if k := uint(c.r[RCX]) & %d; k != 0 {\n%s%s} %s\n%s", size-1, a, body, zero, next)))
		}
		rows = append(rows, "{{"+strings.Join(imm, ", ")+"}, {"+strings.Join(cl, ", ")+"}}")
	}
	g.table("hotShift", "[5][2][2]uint16", rows)
	g.shiftx()
}

func (g *generator) shiftx() {
	var rows []string
	for _, op := range []string{"shl", "shr", "sar"} {
		var codes []string
		for _, size := range []int{32, 64} {
			expr := map[string]string{"shl": "a << k", "shr": "a >> k", "sar": fmt.Sprintf("%s(int%d(a) >> k)", typ(size), size)}[op]
			codes = append(codes, g.add(fmt.Sprintf("%sx%d", title(op), size),
				fmt.Sprintf("a, k := %s, uint(c.r[o.x])&%d\nr := %s\n%s%s", reg(size, "s"), size-1, expr, setReg(size, "d", "r"), next)))
		}
		rows = append(rows, "{"+strings.Join(codes, ", ")+"}")
	}
	g.table("hotShiftx", "[3][2]uint16", rows)
}

func (g *generator) bits() {
	g.table("hotBswap", "[2]uint16", []string{
		g.add("Bswap32", "c.r[o.d] = uint64(bits.ReverseBytes32(uint32(c.r[o.d])))\n"+next),
		g.add("Bswap64", "c.r[o.d] = bits.ReverseBytes64(c.r[o.d])\n"+next),
	})
	var rows []string
	for _, f := range []string{"RR", "RI"} {
		var codes []string
		for _, size := range []int{32, 64} {
			n := map[string]string{"RR": "c.r[o.s]", "RI": "o.imm"}[f]
			codes = append(codes, g.add(fmt.Sprintf("Bt%s%d", f, size), fmt.Sprintf(
				"SETTLED\ncf := c.r[o.d] >> (%s & %d) << 63\nof := (c.fc ^ c.fc<<1) & carryBit\nc.fc = c.fc&^(carryBit|overflowBit) | cf | (cf^of)>>1\n", n, size-1)+next))
		}
		rows = append(rows, "{"+strings.Join(codes, ", ")+"}")
	}
	g.table("hotBt", "[2][2]uint16", rows)
	scan := func(name string, size int, count string) string {
		return g.add(fmt.Sprintf("%s%d", name, size), "SETTLED\nv := "+reg(size, "s")+"\nc.fz = "+wide(size, "v")+"\nif v != 0 {\nc.r[o.d] = uint64("+count+")\n}\n"+next)
	}
	g.table("hotBsf", "[2][2]uint16", []string{
		"{" + scan("Bsf", 32, "bits.TrailingZeros32(v)") + ", " + scan("Bsf", 64, "bits.TrailingZeros64(v)") + "}",
		"{" + scan("Bsr", 32, "31 - bits.LeadingZeros32(v)") + ", " + scan("Bsr", 64, "63 - bits.LeadingZeros64(v)") + "}",
	})
	count := func(name string, size int, expr string) string {
		return g.add(fmt.Sprintf("%s%d", name, size), "v := "+reg(size, "s")+"\nr := uint64("+expr+")\n"+
			"FLAGS\nc.fr, c.fz, c.fc = r, r, 0\nif v == 0 {\nc.fc = carryBit | overflowBit\n}\nc.r[o.d] = r\n"+next)
	}
	// Not bits.OnesCount: that is a call where the host has no popcnt, and a call
	// anywhere in the loop costs every instruction.
	popcnt := func(size int) string {
		return g.add(fmt.Sprintf("Popcnt%d", size), "v := "+wide(size, reg(size, "s"))+"\nFLAGS\nc.fr, c.fz, c.fc = 1, v, 0\n"+
			"v -= v >> 1 & 0x5555555555555555\nv = v&0x3333333333333333 + v>>2&0x3333333333333333\n"+
			"c.r[o.d] = (v + v>>4) & 0x0f0f0f0f0f0f0f0f * 0x0101010101010101 >> 56\n"+next)
	}
	g.table("hotCount", "[3][2]uint16", []string{
		"{" + count("Tzcnt", 32, "bits.TrailingZeros32(v)") + ", " + count("Tzcnt", 64, "bits.TrailingZeros64(v)") + "}",
		"{" + count("Lzcnt", 32, "bits.LeadingZeros32(v)") + ", " + count("Lzcnt", 64, "bits.LeadingZeros64(v)") + "}",
		"{" + popcnt(32) + ", " + popcnt(64) + "}",
	})
	g.conditional()
}

// conditional is setcc and cmovcc between registers.
func (g *generator) conditional() {
	var set, cmov []string
	for cc, name := range conditions {
		set = append(set, g.add("Set"+name, "SETTLED\nv := c.r[o.d] &^ 0xff\nif "+condition(cc)+" {\nv |= 1\n}\nc.r[o.d] = v\n"+next))
		cmov = append(cmov, "{"+
			g.add("Cmov"+name+"32", "SETTLED\nv := c.r[o.d]\nif "+condition(cc)+" {\nv = c.r[o.s]\n}\nc.r[o.d] = uint64(uint32(v))\n"+next)+", "+
			g.add("Cmov"+name+"64", "SETTLED\nif "+condition(cc)+" {\nc.r[o.d] = c.r[o.s]\n}\n"+next)+", "+
			g.add("Cmov"+name+"M32", "SETTLED\n"+address("B")+page("rtlb", 32)+"v := uint32(c.r[o.d])\nif "+condition(cc)+" {\nv = "+load(32)+"\n}\nc.r[o.d] = uint64(v)\n"+next)+", "+
			g.add("Cmov"+name+"M64", "SETTLED\n"+address("B")+page("rtlb", 64)+"if "+condition(cc)+" {\nc.r[o.d] = "+load(64)+"\n}\n"+next)+"}")
	}
	g.table("hotSet", "[16]uint16", set)
	g.table("hotCmov", "[16][4]uint16", cmov)
}

// linked goes on at a direct branch's target.
const linked = "TAKE\n"

// found is where address v leads, if it was jumped to before.
const found = "j := &c.jumps[jumpIndex(v)]\nif j.rip != v {\nSLOW\n}\n"

const goFound = "t := j.op\nFOUND\n"

func (g *generator) branches() {
	var jcc []string
	for cc, name := range conditions {
		jcc = append(jcc, g.add("J"+name, "SETTLED\nif "+condition(cc)+" {\n"+linked+"} else {\n"+next+"}\n"))
	}
	g.table("hotJcc", "[16]uint16", jcc)
	g.add("Jmp", linked)
	call := pushAddr + page("wtlb", 64) + store(64, "o.imm") + "c.r[RSP] = addr\n"
	g.add("Call", "if o.link == nil {\nSLOW\n}\n"+call+linked)
	g.add("CallR", "v := c.r[o.d]\n"+found+call+goFound)
	g.add("JmpR", "v := c.r[o.d]\n"+found+goFound)
	g.add("Ret", "addr := c.r[RSP]\n"+page("rtlb", 64)+"v := "+load(64)+"\n"+found+"c.r[RSP] = addr + o.imm\n"+goFound)
	for _, mode := range []string{"B", "X"} {
		read := address(mode) + page("rtlb", 64) + "v := " + load(64) + "\n" + found
		g.add("JmpM"+mode, read+goFound)
		g.add("CallM"+mode, read+"{\n"+call+"}\n"+goFound)
	}
}

// atomics are the read-modify-write instructions that usually carry lock.
func (g *generator) atomics() {
	var xadd, cx, xchg []string
	for _, size := range []int{32, 64} {
		at := address("B") + page("wtlb", size) + "a := " + load(size) + "\n"
		xadd = append(xadd, g.add(fmt.Sprintf("XaddMR%d", size), at+"b := "+reg(size, "s")+"\n"+compute("add", size)+
			store(size, "r")+setReg(size, "s", "a")+next))
		xchg = append(xchg, g.add(fmt.Sprintf("XchgMR%d", size), at+store(size, reg(size, "s"))+setReg(size, "s", "a")+next))
		cmp := "old := a\n{\na, b := " + conv(size, "c.r[RAX]") + ", old\n" + withFlags(compute("cmp", size), loud) + "}\n"
		cx = append(cx, g.add(fmt.Sprintf("CmpxchgMR%d", size), at+cmp+
			"if c.fz == 0 {\n"+store(size, reg(size, "s"))+"} else {\nc.r[RAX] = "+wide(size, "old")+"\n}\n"+next))
	}
	g.table("hotXadd", "[2]uint16", xadd)
	g.table("hotXchgM", "[2]uint16", xchg)
	g.table("hotCmpxchg", "[2]uint16", cx)
}
