package disasm

import (
	"strings"

	"klpemu/cpu"
)

var suffixes = map[uint8]string{1: "b", 2: "w", 4: "l", 8: "q"}

// mnemonic is the instruction's name with the suffix that objdump gives it: the
// operand size, where no register operand tells it.
func (p *printer) mnemonic() string {
	in := p.in
	name := in.Mnemonic()
	p.marks()
	if in.Name == "j*" {
		return name + map[byte]string{0x2e: ",pn", 0x3e: ",pt"}[in.SegByte]
	}
	if s, ok := p.special(name); ok {
		return s
	}
	if p.needsSuffix(name) {
		return name + suffixes[in.Size]
	}
	return name
}

// marks notes which prefixes the text shows by size or name.
func (p *printer) marks() {
	in := p.in
	enc := in.Enc
	p.used.rep = strings.HasPrefix(enc, "f2 ") || strings.HasPrefix(enc, "f3 ")
	p.used.data = strings.HasPrefix(enc, "66 ") || in.Size == 2 && p.sized()
}

// sized reports whether the operand size shows in the text.
func (p *printer) sized() bool {
	in := p.in
	if in.Ops == "" {
		switch in.Name {
		case "cbtw", "cwtd", "pushf", "popf", "leave", "iret", "lret":
			return true
		}
		return p.stringOp()
	}
	if in.Name == "enter" {
		return true
	}
	return strings.Contains(in.Ops, "v") || strings.Contains(in.Ops, "z") || strings.HasPrefix(in.Ops, "s")
}

// rexCounts reports whether the REX prefix at i has an effect on the text.
func (p *printer) rexCounts(i int) bool {
	in := p.in
	c := in.REX
	if c&8 != 0 && !p.wideShows() {
		return false
	}
	if c == 0x40 {
		for _, a := range in.Args[:in.NArgs] {
			if a.Kind == cpu.ArgReg && a.Size == 1 && a.Reg >= 4 && a.Reg < 8 {
				return true
			}
		}
		return false
	}
	return p.rexBitsCount(c)
}

// wideShows reports whether REX.W changes the text.
func (p *printer) wideShows() bool {
	in := p.in
	if in.Ops == "" {
		switch in.Name {
		case "cbtw", "cwtd", "iret", "lret", "sysret":
			return true
		}
		return p.stringOp() && in.Size == 8
	}
	switch in.Name {
	case "push", "pop", "call", "jmp", "ljmp", "lcall", "enter", "leave", "pushf", "popf":
		return false
	}
	return strings.ContainsAny(in.Ops, "vyz")
}

// rexBitsCount reports whether each of R, X and B that is set is used.
func (p *printer) rexBitsCount(c byte) bool {
	ops := p.in.Ops
	modrm := strings.Contains(p.in.Enc, "/")
	mem := p.in.MemArg() >= 0
	if c&4 != 0 && !strings.ContainsAny(ops, "GCDVS") {
		return false
	}
	if c&2 != 0 && !(mem && p.in.HasSIB) {
		return false
	}
	if c&1 != 0 && !(modrm && ops != "" || strings.Contains(ops, "Z")) {
		return false
	}
	return true
}

// special are the names that depend on more than a suffix.
func (p *printer) special(name string) (string, bool) {
	in := p.in
	switch name {
	case "movzb", "movzw", "movsb", "movsw":
		if in.NArgs == 2 {
			return name + suffixes[in.Size], true
		}
		return name, true
	case "movslq":
		if in.Size != 8 {
			return "movsxd", true
		}
	case "cbtw":
		return map[uint8]string{2: "cbtw", 4: "cwtl", 8: "cltq"}[in.Size], true
	case "cwtd":
		return map[uint8]string{2: "cwtd", 4: "cltd", 8: "cqto"}[in.Size], true
	case "movs", "cmps", "ins", "outs":
		if in.NArgs == 0 {
			return name + suffixes[p.elementSize()], true
		}
	case "stosb", "lodsb", "scasb":
		return name[:4], true
	case "cmpxchg8b":
		if in.Size == 8 {
			return "cmpxchg16b", true
		}
	case "crc32", "crc32b":
		if in.MemArg() < 0 {
			return "crc32", true
		}
		return "crc32" + suffixes[in.Args[1].Size], true
	case "mov":
		if in.ImmLen == 8 {
			return "movabs", true
		}
	case "xchg":
		return p.nopName()
	case "jrcxz":
		if in.AddrSize == 4 {
			return "jecxz", true
		}
	case "sysret", "sysexit":
		return name + map[uint8]string{2: "w", 4: "l", 8: "q"}[in.Size], true
	case "iret":
		return name + map[uint8]string{2: "w", 4: "", 8: "q"}[in.Size], true
	case "rdssp":
		return name + map[uint8]string{4: "d", 8: "q"}[in.Size], true
	}
	return "", false
}

func (p *printer) elementSize() uint8 {
	if p.in.Opcode&^3 == 0x6c {
		return min(p.in.Size, 4)
	}
	return p.in.Size
}

// nopName tells the one-byte nop from the exchange of rax with itself.
func (p *printer) nopName() (string, bool) {
	if p.in.Opcode == 0x90 && p.in.Args[0].Reg == cpu.RAX && p.in.Size == 4 {
		return "nop", true
	}
	return "", false
}

// needsSuffix reports whether objdump adds the operand size to the name.
func (p *printer) needsSuffix(name string) bool {
	in := p.in
	switch name {
	case "push", "pop":
		return in.Size == 2 && !strings.HasPrefix(in.Ops, "Z")
	case "call", "jmp", "enter", "leave", "pushf", "popf", "ret":
		return in.Size == 2
	case "lret":
		return in.Size != 4
	case "ljmp", "lcall":
		return in.Size == 2
	case "xbegin":
		return false
	case "invlpg", "cmpxchg8b", "lmsw", "verr", "verw", "ldmxcsr", "stmxcsr":
		return false
	}
	if in.MemArg() < 0 {
		return false
	}
	if strings.HasPrefix(name, "set") || strings.HasPrefix(name, "prefetch") || strings.HasPrefix(name, "cl") {
		return false
	}
	if strings.HasPrefix(in.Ops, "M") && in.NArgs == 1 {
		return false
	}
	if in.Ops == "Ew" {
		return false
	}
	for _, a := range in.Args[:in.NArgs] {
		if (a.Kind == cpu.ArgReg || a.Kind == cpu.ArgHigh) && !(a.Reg == cpu.RCX && in.Ops[len(in.Ops)-2:] == "cb" && a.Size == 1) {
			return false
		}
		if a.Kind == cpu.ArgSeg {
			return false
		}
	}
	return true
}
