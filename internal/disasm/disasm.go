// Package disasm renders instructions as GNU objdump does in AT&T syntax.
//
// Lengths and operands come from the instruction table of package cpu, so what
// is shown is what would be executed. Instructions that are not executed
// (x87, SSE, AVX) the table has by name only: their operands come from golang.org/x/arch
// as far as that knows them.
package disasm

import (
	"fmt"
	"strings"

	"klpemu/cpu"
)

// A SymbolFunc names the symbol that covers an address.
type SymbolFunc func(addr uint64) (name string, base uint64, ok bool)

// Insn renders the instruction at the start of code, which stands at pc, and
// returns its length. Bytes that are no instruction are "(bad)", of length 1; at
// the end of code, what is left of one is ".byte 0x..".
func Insn(code []byte, pc uint64, sym SymbolFunc) (text string, n int) {
	if len(code) == 0 {
		return "", 0
	}
	in, err := cpu.Decode(code)
	switch {
	case err == cpu.ErrTruncated:
		return fmt.Sprintf(".byte %#x", code[0]), 1
	case err != nil:
		return "(bad)", 1
	case !in.Supported():
		return foreign(&in, code, pc)
	}
	p := printer{in: &in, code: code[:in.Len], pc: pc, sym: sym}
	return p.render(), int(in.Len)
}

// printer renders one instruction.
type printer struct {
	in   *cpu.Inst
	code []byte
	pc   uint64
	sym  SymbolFunc
	used struct{ data, seg, rep, rexW bool } // prefixes that the text shows otherwise
	note string                              // the comment behind the operands
}

func (p *printer) render() string {
	ops := p.operands()
	name := p.mnemonic()
	prefixes := p.prefixes(name)
	s := prefixes + name
	if ops != "" && (name != "nop" || p.in.Opcode != 0x90) {
		s = fmt.Sprintf("%-6s %s", s, ops)
	}
	if p.note != "" {
		s += "        # " + p.note
	}
	return s
}

// location renders an address with its symbol.
func (p *printer) location(addr uint64) string {
	s := fmt.Sprintf("%x", addr)
	if p.sym == nil {
		return s
	}
	name, base, ok := p.sym(addr)
	switch {
	case !ok:
		return s
	case base == addr:
		return s + " <" + name + ">"
	}
	return fmt.Sprintf("%s <%s+%#x>", s, name, addr-base)
}

// prefixes renders the prefixes that nothing else in the text tells of, in the
// order of the bytes.
func (p *printer) prefixes(name string) string {
	var b strings.Builder
	for i, c := range p.code {
		if w, ok := p.prefixName(i, c, name); ok {
			if w != "" {
				b.WriteString(w + " ")
			}
			continue
		}
		break
	}
	return b.String()
}

// prefixName returns what is shown for prefix byte c, and whether it is one.
func (p *printer) prefixName(i int, c byte, name string) (string, bool) {
	in := p.in
	last := lastPrefix(p.code, c) == i
	switch c {
	case 0xf0:
		return "lock", true
	case 0xf2, 0xf3:
		return p.repName(c, name, last), true
	case 0x66:
		if p.used.data && last {
			return "", true
		}
		return "data16", true
	case 0x67:
		if in.AddrSize == 4 && (in.MemArg() >= 0 || p.stringOp() || in.Opcode == 0xe3) && last {
			return "", true
		}
		return "addr32", true
	case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65:
		return p.segName(c, last), true
	}
	if c&0xf0 == 0x40 && in.REX != 0 && !in.Has(cpu.PrefixVEX) {
		return p.rexName(i, c), true
	}
	return "", false
}

// lastPrefix returns the index of the last occurrence of c among the prefixes.
func lastPrefix(code []byte, c byte) int {
	at := -1
	for i, b := range code {
		switch b {
		case 0xf0, 0xf2, 0xf3, 0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65:
			if b == c {
				at = i
			}
			continue
		}
		if b&0xf0 == 0x40 {
			continue
		}
		break
	}
	return at
}

func (p *printer) repName(c byte, name string, last bool) string {
	if p.used.rep && last {
		return ""
	}
	switch {
	case c == 0xf2 && bndBranch(name):
		return "bnd"
	case c == 0xf2 && p.in.Has(cpu.PrefixLock) || c == 0xf2 && strings.HasPrefix(name, "xchg") && p.in.MemArg() >= 0:
		return "xacquire"
	case c == 0xf3 && p.releases(name):
		return "xrelease"
	case c == 0xf2:
		return "repnz"
	case p.condString():
		return "repz"
	case p.stringOp():
		return "rep"
	}
	return "repz"
}

func (p *printer) releases(name string) bool {
	if p.in.MemArg() < 0 {
		return false
	}
	return p.in.Has(cpu.PrefixLock) || strings.HasPrefix(name, "xchg") ||
		strings.HasPrefix(name, "mov") && (p.in.Opcode&^1 == 0x88 || p.in.Opcode&^1 == 0xc6)
}

// bndBranch reports whether f2 is the bnd prefix of a branch.
func bndBranch(name string) bool {
	return name == "call" || name == "ret" || name[0] == 'j' && name != "jrcxz" && name != "jecxz"
}

func (p *printer) segName(c byte, last bool) string {
	if p.used.seg && last {
		return ""
	}
	switch {
	case c == 0x3e && p.indirect() && last:
		return "notrack"
	case (c == 0x2e || c == 0x3e) && strings.HasPrefix(p.in.Name, "j*") && last:
		return "" // a branch hint, shown in the name
	}
	return map[byte]string{0x26: "es", 0x2e: "cs", 0x36: "ss", 0x3e: "ds", 0x64: "fs", 0x65: "gs"}[c]
}

// indirect reports whether this is a near jump or call through an operand.
func (p *printer) indirect() bool {
	return p.in.Ops == "Ev" && (p.in.Name == "call" || p.in.Name == "jmp")
}

// rexName shows a REX that has no effect, or bits without one.
func (p *printer) rexName(i int, c byte) string {
	if i+1 < len(p.code) && c == p.in.REX && p.rexCounts(i) {
		return ""
	}
	s := "rex"
	if c&15 != 0 {
		s += "."
		for k, name := range []byte("WRXB") {
			if c>>(3-k)&1 != 0 {
				s += string(name)
			}
		}
	}
	return s
}
