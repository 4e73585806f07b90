package disasm

import (
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

// foreign renders what the table does not have. x86asm returns an operation of
// zero for some encodings without an error; that is a failure too.
func foreign(code []byte, pc uint64) (string, int) {
	in, err := x86asm.Decode(code, 64)
	if err != nil || in.Op == 0 || in.Len == 0 || in.Len > len(code) {
		return "(bad)", 1
	}
	s := x86asm.GNUSyntax(in, pc, nil)
	if name, ops, ok := strings.Cut(s, " "); ok {
		for len(name) < 6 {
			name += " "
		}
		s = name + " " + ops
	}
	return s, in.Len
}
