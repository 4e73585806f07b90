package check

import (
	"debug/elf"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"klpemu/internal/kmod"
)

// shadowUse lists the calls of klp_shadow_* in a module's code, with the id where
// it is a constant that stands before the call.
func shadowUse(k *kmod.Module) []Shadow {
	var uses []Shadow
	for _, s := range k.Sections[1:] {
		if s.Flags&elf.SHF_EXECINSTR == 0 || s.Flags&elf.SHF_ALLOC == 0 {
			continue
		}
		for _, c := range k.Calls(s, "klp_shadow_") {
			fn := k.FuncAt(s, c.Offset)
			use := Shadow{Func: c.Symbol, In: "?"}
			start := uint64(0)
			if fn != nil {
				use.In, start = fn.Name, fn.Value
			}
			if id, ok := constantID(s.Data, start, c.Offset-1, idRegister(c.Symbol)); ok {
				use.ID = fmt.Sprintf("%#x", id)
			}
			if !slices.Contains(uses, use) {
				uses = append(uses, use)
			}
		}
	}
	return uses
}

// idRegister is the register that holds the id when a function is called.
func idRegister(fn string) x86asm.Reg {
	if strings.HasSuffix(fn, "_free_all") {
		return x86asm.EDI
	}
	return x86asm.ESI
}

// constantID reads the code of a function up to the call at an offset, and gives what a register
// was last set to, if that was a constant.
func constantID(code []byte, start, call uint64, reg x86asm.Reg) (id uint64, ok bool) {
	for at := start; at < call && call <= uint64(len(code)); {
		if call-at >= 4 && string(code[at:at+4]) == "\xf3\x0f\x1e\xfa" {
			at += 4 // endbr64, which x86asm does not know
			continue
		}
		in, err := x86asm.Decode(code[at:], 64)
		if err != nil || in.Op == 0 || in.Len == 0 {
			at, ok = at+1, false
			continue
		}
		at += uint64(in.Len)
		switch v, sets := sets(in, reg); {
		case sets:
			id, ok = v, true
		case clobbers(in, reg):
			ok = false
		}
	}
	return id, ok
}

// same reports whether a is reg or its 64-bit form.
func same(a x86asm.Arg, reg x86asm.Reg) bool {
	r, ok := a.(x86asm.Reg)
	return ok && (r == reg || r == reg-x86asm.EAX+x86asm.RAX)
}

// sets gives the constant that an instruction puts into reg.
func sets(in x86asm.Inst, reg x86asm.Reg) (uint64, bool) {
	if !same(in.Args[0], reg) {
		return 0, false
	}
	switch in.Op {
	case x86asm.MOV:
		if v, ok := in.Args[1].(x86asm.Imm); ok {
			return uint64(v), true
		}
	case x86asm.XOR:
		return 0, same(in.Args[1], reg)
	}
	return 0, false
}

// clobbers reports an instruction behind which nothing is known of reg.
func clobbers(in x86asm.Inst, reg x86asm.Reg) bool {
	switch in.Op {
	case x86asm.CALL, x86asm.SYSCALL:
		return true
	case x86asm.CMP, x86asm.TEST, x86asm.PUSH:
		return false
	}
	return same(in.Args[0], reg)
}
