package kmod

import (
	"encoding/binary"
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/trace"
)

// Machine is the memory of the machine, in which the module lies by the time its code is
// patched.
type Machine interface {
	Read(addr uint64, b []byte) error
	Poke(addr uint64, b []byte) error
}

// CPU is what a module's code is patched for.
type CPU struct {
	Mem Machine
	// Has is boot_cpu_has: the features of asm/cpufeatures.h, WORD*32+BIT.
	Has func(feature int) bool
	// Thunk is the register of the indirect thunk at an address.
	Thunk       func(addr uint64) (cpu.Reg, bool)
	ReturnThunk uint64 // __x86_return_thunk
	Return0     uint64 // __static_call_return0; 0 where there is none
	Possible    int    // CPUs that there may ever be
	// IsText reports an address in the code of the kernel or a module.
	IsText func(addr uint64) bool
	// Warn is a WARN_ON; it is called once at most for each function.
	Warn func(function, condition string)
}

// Finalize is module_finalize of x86: what the compiler and objtool left to be
// decided by the CPU at hand is patched. .call_sites asks for nothing there: the
// modeled CPU needs no accounting of call depth.
func (k *Module) Finalize(c CPU) error {
	p := newPatcher(k, c)
	for _, step := range []func() error{
		p.applyRetpolines, p.applyReturns, p.applyAlternatives, p.sealEndbr, p.unlock,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// patcher changes the code of one module.
type patcher struct {
	CPU
	k *Module
}

func newPatcher(k *Module, c CPU) *patcher {
	p := &patcher{k: k, CPU: c}
	warned := map[string]bool{}
	p.Warn = func(function, condition string) {
		if !warned[function] {
			warned[function] = true
			c.Warn(function, condition)
		}
	}
	return p
}

// table reads a section from memory.
func (p *patcher) table(name string) (*Section, []byte, error) {
	s := p.k.Section(name)
	if s == nil {
		return nil, nil, nil
	}
	data := make([]byte, len(s.Data))
	return s, data, p.Mem.Read(s.Addr, data)
}

// each calls f with the address that each 32-bit entry of a section points at,
// relative to itself.
func (p *patcher) each(name string, f func(addr uint64) error) error {
	s, data, err := p.table(name)
	if err != nil {
		return err
	}
	for off := 0; off+4 <= len(data); off += 4 {
		addr := s.Addr + uint64(off) + uint64(int64(int32(binary.LittleEndian.Uint32(data[off:]))))
		if err := p.own(s, uint64(off), addr, 1); err != nil {
			return err
		}
		if err := f(addr); err != nil {
			return err
		}
	}
	return nil
}

// own refuses an entry whose code is not the module's.
func (p *patcher) own(s *Section, off, addr, size uint64) error {
	for _, t := range []MemType{Text, InitText} {
		m := &p.k.Mem[t]
		if addr >= m.Base && addr-m.Base < m.Size && size <= m.Size-(addr-m.Base) {
			return nil
		}
	}
	return p.k.broken("section %d %s+%#x: %#x is outside of the module's code", s.Index, s.Name, off, addr)
}

// insn decodes the instruction at addr, in the module's code.
func (p *patcher) insn(addr uint64) (cpu.Inst, []byte, error) {
	var b [15]byte
	n := len(b)
	for ; n > 0 && p.Mem.Read(addr, b[:n]) != nil; n-- {
	}
	in, err := cpu.Decode(b[:n])
	if err != nil {
		return in, nil, err
	}
	return in, b[:in.Len], nil
}

// target is where a call or jump at addr goes.
func target(addr uint64, in *cpu.Inst) uint64 { return addr + uint64(in.Len) + uint64(in.Imm) }

const (
	opCall  = 0xe8
	opJmp   = 0xe9
	opJmp8  = 0xeb
	opRet   = 0xc3
	opInt3  = 0xcc
	opNop   = 0x90
	opLock  = 0xf0
	opDS    = 0x3e
	opGroup = 0xff
)

func isTwoByte(b []byte) bool { return len(b) > 1 && b[0] == 0x0f }
func isJcc32(b []byte) bool   { return isTwoByte(b) && b[1]&0xf0 == 0x80 }

// opcodeAt skips the prefixes of an instruction.
func opcodeAt(b []byte) []byte {
	for len(b) > 0 {
		switch b[0] {
		case 0x2e, 0x3e, 0x26, 0x36, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3:
			b = b[1:]
			continue
		}
		if b[0]&0xf0 == 0x40 {
			b = b[1:]
		}
		break
	}
	return b
}

// applyReturns is apply_returns: the CPU needs no return thunk.
func (p *patcher) applyReturns() error {
	return p.each(".return_sites", func(addr uint64) error {
		in, b, err := p.insn(addr)
		if err != nil {
			p.Warn("apply_returns", "ret < 0")
			return nil
		}
		if op := opcodeAt(b); op[0] != opJmp || target(addr, &in) != p.ReturnThunk {
			p.Warn("apply_returns", fmt.Sprintf("missing return thunk: %#x: % x", addr, b))
			return nil
		}
		code := fill(make([]byte, in.Len), opInt3)
		code[0] = opRet
		return p.Mem.Poke(addr, code)
	})
}

func fill(b []byte, v byte) []byte {
	for i := range b {
		b[i] = v
	}
	return b
}

// applyRetpolines is apply_retpolines: a call or jump of an indirect thunk
// becomes the indirect call or jump.
func (p *patcher) applyRetpolines() error {
	return p.each(".retpoline_sites", func(addr uint64) error {
		in, b, err := p.insn(addr)
		if err != nil {
			p.Warn("apply_retpolines", "ret < 0")
			return nil
		}
		op := opcodeAt(b)
		if op[0] != opCall && op[0] != opJmp && !isJcc32(op) {
			p.Warn("apply_retpolines", "1")
			return nil
		}
		reg, ok := p.Thunk(target(addr, &in))
		if !ok {
			p.Warn("patch_retpoline", "reg & ~0xf")
			return nil
		}
		code := indirect(op, reg, int(in.Len))
		optimizeNops(code)
		return p.Mem.Poke(addr, code)
	})
}

// indirect is patch_retpoline where no retpolines are wanted.
func indirect(op []byte, reg cpu.Reg, size int) []byte {
	code := make([]byte, 0, size)
	jump := op[0] != opCall
	if isJcc32(op) {
		code = append(code, 0x70|op[1]&0xf^1, byte(size-2)) // the opposite condition, past the jump
	}
	if reg >= 8 {
		code = append(code, 0x41)
	}
	modrm := byte(0xd0) // call *%reg
	if jump {
		modrm = 0xe0
	}
	code = append(code, opGroup, modrm|byte(reg&7))
	if jump && len(code) < size {
		code = append(code, opInt3)
	}
	for len(code) < size {
		code = append(code, opNop)
	}
	return code
}

// sealEndbr is apply_seal_endbr: functions that nobody calls indirectly lose
// their endbr64.
func (p *patcher) sealEndbr() error {
	return p.each(".ibt_endbr_seal", func(addr uint64) error {
		var b [4]byte
		if p.Mem.Read(addr, b[:]) != nil {
			p.Warn("poison_endbr", "get_kernel_nofault(endbr, addr)")
			return nil
		}
		poison := [4]byte{0x66, 0x0f, 0x1f, 0x00}
		if b[3] &= 0xfe; b != [4]byte{0xf3, 0x0f, 0x1e, 0xfa} && b != poison {
			p.Warn("poison_endbr", "warn")
			return nil
		}
		return p.Mem.Poke(addr, poison[:])
	})
}

// unlock is alternatives_smp_module_add on a machine that has one CPU and will
// not have more: lock prefixes are no longer needed.
func (p *patcher) unlock() error {
	if p.Possible > 1 {
		return nil
	}
	return p.each(".smp_locks", func(addr uint64) error {
		var b [1]byte
		text := &p.k.Mem[Text]
		if addr < text.Base || addr-text.Base >= text.Size {
			return nil // not in what stays
		}
		if p.Mem.Read(addr, b[:]) != nil || b[0] != opLock {
			return nil
		}
		return p.Mem.Poke(addr, []byte{opDS})
	})
}

// bug is BUG_ON in the loader, which no machine survives: the module is refused.
func (p *patcher) bug(function, condition string) error {
	return p.k.refuse(trace.Crit, "kernel BUG in %s: %s", function, condition)
}
