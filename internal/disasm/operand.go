package disasm

import (
	"fmt"
	"strings"

	"klpemu/cpu"
)

// register names by size.
func regName(r cpu.Reg, size uint8) string {
	if r >= cpu.R8 {
		return fmt.Sprintf("%%r%d%s", r, map[uint8]string{1: "b", 2: "w", 4: "d", 8: ""}[size])
	}
	base := []string{"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"}[r]
	switch size {
	case 1:
		return "%" + []string{"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"}[r]
	case 2:
		return "%" + base
	case 4:
		return "%e" + base
	}
	return "%r" + base
}

func segRegName(r cpu.Reg) string {
	return "%" + []string{"es", "cs", "ss", "ds", "fs", "gs"}[r]
}

// operands renders all operands in AT&T order.
func (p *printer) operands() string {
	if s, ok := p.implicit(); ok {
		return s
	}
	in := p.in
	var ops []string
	for i := int(in.NArgs) - 1; i >= 0; i-- {
		if s := p.operand(i); s != "" {
			ops = append(ops, s)
		}
	}
	if in.Name == "enter" {
		ops[0], ops[1] = ops[1], ops[0]
	}
	return strings.Join(ops, ",")
}

func (p *printer) operand(i int) string {
	in, a := p.in, p.in.Args[i]
	switch a.Kind {
	case cpu.ArgReg:
		s := p.regArg(a)
		if p.indirect() || in.Name == "ljmp" || in.Name == "lcall" {
			s = "*" + s
		}
		return s
	case cpu.ArgHigh:
		return "%" + []string{"ah", "ch", "dh", "bh"}[a.Reg]
	case cpu.ArgMem:
		s := p.memory()
		if p.indirect() || in.Name == "ljmp" || in.Name == "lcall" {
			s = "*" + s
		}
		return s
	case cpu.ArgImm:
		return fmt.Sprintf("$%#x", uint64(in.Imm)&p.immMask())
	case cpu.ArgImm2:
		return fmt.Sprintf("$%#x", uint8(in.Imm2))
	case cpu.ArgRel:
		return p.location(p.pc + uint64(in.Len) + uint64(in.Imm))
	case cpu.ArgSeg:
		return segRegName(a.Reg)
	case cpu.ArgCR:
		return fmt.Sprintf("%%cr%d", a.Reg)
	case cpu.ArgDR:
		return fmt.Sprintf("%%db%d", a.Reg)
	}
	return ""
}

func (p *printer) regArg(a cpu.Arg) string {
	if strings.HasPrefix(p.in.Ops, "dw") || strings.HasSuffix(p.in.Ops, "dw") {
		if a.Reg == cpu.RDX && a.Size == 2 {
			return "(%dx)"
		}
	}
	if p.in.Ops == "Sw,Ew" { // shown in the operand size, of which 16 bits count
		return regName(a.Reg, p.in.Size)
	}
	return regName(a.Reg, a.Size)
}

// immMask is the width in which an immediate is shown.
func (p *printer) immMask() uint64 {
	in := p.in
	size := in.Size
	switch in.Name {
	case "ret", "lret", "enter":
		size = 2
	case "int", "in", "out", "xabort", "rol", "ror", "rcl", "rcr", "shl", "shr", "sar", "shld", "shrd",
		"bt", "bts", "btr", "btc", "rorx":
		size = 1
	}
	return ^uint64(0) >> (64 - 8*uint(size))
}

// memory renders the memory operand.
func (p *printer) memory() string {
	m := &p.in.Mem
	var b strings.Builder
	if m.Seg == cpu.FS || m.Seg == cpu.GS {
		p.used.seg = true
		b.WriteString(segRegName(cpu.Reg(m.Seg)) + ":")
	}
	addrMask := ^uint64(0)
	if p.in.AddrSize == 4 {
		addrMask = 0xffffffff
	}
	size := p.in.AddrSize
	switch {
	case m.Relative:
		b.WriteString(signedHex(m.Disp))
		b.WriteString("(" + map[uint8]string{4: "%eip", 8: "%rip"}[size] + ")")
		p.note = p.location((p.pc + uint64(p.in.Len) + uint64(m.Disp)) & addrMask)
		return b.String()
	case !m.HasBase() && !m.HasIndex() && (!p.in.HasSIB || m.Scale == 0):
		fmt.Fprintf(&b, "%#x", uint64(m.Disp)&addrMask)
		return b.String()
	}
	if p.in.DispLen > 0 {
		b.WriteString(signedHex(m.Disp))
	}
	b.WriteString("(" + p.registers(size) + ")")
	return b.String()
}

// registers renders base, index and scale.
func (p *printer) registers(size uint8) string {
	m := &p.in.Mem
	s := ""
	if m.HasBase() {
		s = regName(cpu.Reg(m.Base), size)
	}
	switch {
	case m.HasIndex():
		s += fmt.Sprintf(",%s,%d", regName(cpu.Reg(m.Index), size), 1<<m.Scale)
	case p.in.HasSIB && (m.Scale != 0 || !m.HasBase() || m.Base&7 != uint8(cpu.RSP)):
		s += fmt.Sprintf(",%s,%d", map[uint8]string{4: "%eiz", 8: "%riz"}[size], 1<<m.Scale)
	}
	return s
}

func signedHex(v int64) string {
	if v < 0 {
		return fmt.Sprintf("-%#x", -uint64(v))
	}
	return fmt.Sprintf("%#x", v)
}

func (p *printer) stringOp() bool {
	switch p.in.Opcode &^ 1 {
	case 0xa4, 0xa6, 0xaa, 0xac, 0xae, 0x6c, 0x6e:
		return len(p.in.Enc) == 2
	}
	return p.in.Name == "xlat"
}

func (p *printer) condString() bool {
	return p.stringOp() && (p.in.Opcode&^1 == 0xa6 || p.in.Opcode&^1 == 0xae)
}

// implicit renders the operands of instructions that have them in the opcode.
func (p *printer) implicit() (string, bool) {
	in := p.in
	switch {
	case in.Name == "monitor":
		return "%rax,%ecx,%edx", true
	case in.Name == "mwait":
		return "%eax,%ecx", true
	case !p.stringOp():
		return "", false
	}
	acc := regName(cpu.RAX, in.Size)
	src := p.source() + "(" + regName(cpu.RSI, in.AddrSize) + ")"
	dst := "%es:(" + regName(cpu.RDI, in.AddrSize) + ")"
	switch in.Opcode &^ 1 {
	case 0xa4:
		return src + "," + dst, true
	case 0xa6:
		return dst + "," + src, true
	case 0xaa:
		return acc + "," + dst, true
	case 0xac:
		return src + "," + acc, true
	case 0xae:
		return dst + "," + acc, true
	case 0x6c:
		return "(%dx)," + dst, true
	case 0x6e:
		return src + ",(%dx)", true
	}
	return p.source() + "(" + regName(cpu.RBX, in.AddrSize) + ")", true // xlat
}

// source is the segment of the source of a string instruction.
func (p *printer) source() string {
	if p.in.SegByte == 0 {
		return "%ds:"
	}
	p.used.seg = true
	return "%" + map[byte]string{0x26: "es", 0x2e: "cs", 0x36: "ss", 0x3e: "ds", 0x64: "fs", 0x65: "gs"}[p.in.SegByte] + ":"
}
