package disasm

import (
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"klpemu/cpu"
)

// foreign renders an instruction of which the table knows little more than the
// name. x86asm returns an operation of zero for some encodings without an error;
// that is a failure too, and so is a length that differs from the table's.
func foreign(in *cpu.Inst, code []byte, pc uint64) (string, int) {
	n := int(in.Len)
	x, err := x86asm.Decode(code, 64)
	if err != nil || x.Op == 0 || x.Len != n {
		return in.Mnemonic(), n
	}
	s := x86asm.GNUSyntax(x, pc, nil)
	if name, ops, ok := strings.Cut(s, " "); ok {
		for len(name) < 6 {
			name += " "
		}
		s = name + " " + ops
	}
	return s, n
}
