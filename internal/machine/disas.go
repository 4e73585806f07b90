package machine

import (
	"fmt"

	"klpemu/internal/disasm"
	"klpemu/mem"
)

// maxInsn is the longest instruction (SDM volume 2, 2.3.11).
const maxInsn = 15

// Insn is one instruction as it is in memory now.
type Insn struct {
	Addr uint64
	Code []byte
	Text string // objdump's, AT&T syntax
}

// Insn disassembles the instruction at addr. Error: *mem.Fault where nothing
// is mapped there.
func (m *Machine) Insn(addr uint64) (Insn, error) { return m.insnIn(m.mem, addr) }

// NextInsn disassembles the instruction that c executes next, which may be a
// program's.
func (m *Machine) NextInsn(c *CPU) (Insn, error) {
	space := m.mem
	if p := c.curr.proc; p != nil {
		space = p.kernel
	}
	return m.insnIn(space, c.vcpu.RIP())
}

func (m *Machine) insnIn(space *mem.Memory, addr uint64) (Insn, error) {
	code := make([]byte, 0, maxInsn)
	for len(code) < maxInsn {
		v, err := space.Load(addr+uint64(len(code)), 1)
		if err != nil {
			if len(code) == 0 {
				return Insn{}, err
			}
			break
		}
		code = append(code, byte(v))
	}
	text, n := disasm.Insn(code, addr, m.nameOf)
	return Insn{addr, code[:max(1, min(n, len(code)))], text}, nil
}

func (m *Machine) nameOf(addr uint64) (name string, base uint64, ok bool) {
	r, ok := m.syms.Lookup(addr)
	return r.Name, r.Addr, ok
}

// Place names an address as objdump does: `ffffffff81000004 <f+0x4>:`.
func (m *Machine) Place(addr uint64) string {
	r, ok := m.syms.Lookup(addr)
	switch {
	case !ok:
		return fmt.Sprintf("%016x:", addr)
	case r.Offset == 0:
		return fmt.Sprintf("%016x <%s>:", addr, r.Name)
	}
	return fmt.Sprintf("%016x <%s+0x%x>:", addr, r.Name, r.Offset)
}

// FuncEnd is where the function at addr ends: by the size that its object file
// gives, else where the next symbol begins.
func (m *Machine) FuncEnd(addr uint64) uint64 {
	for _, im := range m.images() {
		for _, s := range im.Symbols {
			if s.Addr == addr && s.Size > 0 {
				return addr + s.Size
			}
		}
	}
	size, _, _ := m.SizeOffset(addr)
	return addr + size
}

// KernelFuncs names the functions of the kernel image in order of address, the
// ambiguous ones as NAME,N.
func (m *Machine) KernelFuncs() []string {
	var names []string
	for _, s := range m.kernelImage.Symbols {
		if !s.Func {
			continue
		}
		name := s.Name
		if all := m.Symbols("", s.Name); len(all) > 1 {
			for i, addr := range all {
				if addr == s.Addr {
					name = fmt.Sprintf("%s,%d", s.Name, i+1)
				}
			}
		}
		names = append(names, name)
	}
	return names
}

// Used is how many instructions the current command has executed.
func (m *Machine) Used() uint64 { return m.used }
