package machine

import (
	"klpemu/internal/errno"
	"klpemu/mem"
)

// KprobeAddr is _kprobe_addr: the address of a symbol and an offset; the start of
// a function stands for the instruction behind its endbr64. Errors: ENOENT for a
// symbol that nobody has.
func (m *Machine) KprobeAddr(module, symbol string, offset uint64) (addr uint64, onEntry bool, err error) {
	if symbol != "" {
		found := false
		for _, r := range m.syms.ByName(symbol) {
			if module == "" || r.Module() == module {
				addr, found = r.Addr, true
				break
			}
		}
		if !found {
			return 0, false, errno.ENOENT
		}
	} else {
		sym, ok := m.syms.Lookup(offset)
		if !ok {
			return offset, false, nil // refused by checkKprobe
		}
		addr, offset = sym.Addr, offset-sym.Addr
	}
	if m.isEndbr(addr) { // arch_adjust_kprobe_addr
		if onEntry = offset == 0 || offset == 4; onEntry {
			offset = 4
		}
		return addr + offset, onEntry, nil
	}
	return addr + offset, offset == 0, nil
}

// isEndbr is is_endbr of the bytes at addr.
func (m *Machine) isEndbr(addr uint64) bool {
	v, err := m.mem.Load(addr, 4)
	return err == nil && (v == 0xfa1e0ff3 || v == 0x001f0f66) // as built, or sealed
}

// blacklisted are the objects of the core text whose functions no probe may be
// in: entry code and what ftrace itself is made of (NOKPROBE_SYMBOL, .entry.text).
func blacklisted(object string) bool {
	switch object {
	case "entry.o", "irq.o", "ftrace.o", "tracers.o":
		return true
	}
	return false
}

// KprobeBlacklist is debugfs's kprobes/blacklist: the functions that no probe may
// be in, as address ranges with their names.
func (m *Machine) KprobeBlacklist() []KprobeRange {
	var list []KprobeRange
	for _, s := range m.coreImage.Symbols {
		if s.Func && s.Size > 0 && blacklisted(s.Object) {
			list = append(list, KprobeRange{s.Addr, s.Addr + s.Size, s.Name})
		}
	}
	return list
}

// KprobeRange is one function of the blacklist.
type KprobeRange struct {
	Start, End uint64
	Name       string
}

// checkKprobe is check_kprobe_address_safe and can_probe.
func (m *Machine) checkKprobe(addr uint64) error {
	sym, ok := m.syms.Lookup(addr)
	if !ok || !m.inText(addr) {
		return errno.EINVAL
	}
	for _, r := range m.KprobeBlacklist() {
		if addr >= r.Start && addr < r.End {
			return errno.EINVAL
		}
	}
	if name := sym.Module(); name != "" {
		if mod := m.module(name); mod == nil || mod.State == ModuleGoing {
			return errno.ENOENT
		}
	}
	for at := sym.Addr; at != addr; {
		if p := m.kprobeAt(at); p != nil && p.armed && !p.Ftrace {
			n, err := m.probedLen(p)
			if err != nil {
				return errno.EILSEQ
			}
			at += n
			continue
		}
		insn, err := m.Insn(at)
		if err != nil || at > addr {
			return errno.EILSEQ
		}
		at += uint64(len(insn.Code))
	}
	return nil
}

// probedLen is the length of the instruction that an int3 stands for
// (recover_probed_instruction).
func (m *Machine) probedLen(p *Kprobe) (uint64, error) {
	if err := m.mem.Poke(p.Addr, []byte{p.saved}); err != nil {
		return 0, err
	}
	insn, err := m.Insn(p.Addr)
	if perr := m.mem.Poke(p.Addr, []byte{int3Opcode}); err == nil {
		err = perr
	}
	return uint64(len(insn.Code)), err
}

// inText is kernel_text_address: code of the kernel or of a module.
func (m *Machine) inText(addr uint64) bool {
	perm, ok := m.mem.Perm(addr)
	return ok && perm&mem.X != 0 && !m.trampolines.holds(addr)
}
