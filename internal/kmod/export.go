package kmod

import (
	"bytes"
	"encoding/binary"
)

// Sections of exported symbols: arrays of struct kernel_symbol.
const (
	secKsymtab    = "__ksymtab"
	secKsymtabGPL = "__ksymtab_gpl"

	kernelSymbolSize = 12
)

// Export is a symbol that other modules may use.
type Export struct {
	Name      string
	Addr      uint64
	Namespace string
	GPL       bool
}

// Exports reads what the module exports; it is relocated by then.
func (k *Module) Exports() []Export {
	var out []Export
	for _, name := range []string{secKsymtab, secKsymtabGPL} {
		s := k.Section(name)
		if s == nil {
			continue
		}
		for off := uint64(0); off+kernelSymbolSize <= uint64(len(s.Data)); off += kernelSymbolSize {
			e := Export{Addr: s.relative(off), GPL: name == secKsymtabGPL}
			var ok bool
			if e.Name, ok = k.stringAt(s.relative(off + 4)); !ok || e.Name == "" {
				continue // nobody can ask for it
			}
			if binary.LittleEndian.Uint32(s.Data[off+8:]) != 0 {
				e.Namespace, _ = k.stringAt(s.relative(off + 8))
			}
			out = append(out, e)
		}
	}
	return out
}

// exportedNames are the names in one of the export sections.
func (k *Module) exportedNames(section string) map[string]bool {
	names := map[string]bool{}
	for _, e := range k.Exports() {
		if e.GPL == (section == secKsymtabGPL) {
			names[e.Name] = true
		}
	}
	return names
}

// relative is what a 32-bit field points at that counts from itself.
func (s *Section) relative(off uint64) uint64 {
	return s.Addr + off + uint64(int64(int32(binary.LittleEndian.Uint32(s.Data[off:]))))
}

// stringAt reads a string in the module's memory.
func (k *Module) stringAt(addr uint64) (string, bool) {
	for i := range k.Mem {
		m := &k.Mem[i]
		if addr < m.Base || addr-m.Base >= uint64(len(m.Bytes)) {
			continue
		}
		b := m.Bytes[addr-m.Base:]
		b = b[:min(len(b), maxName+1)]
		if n := bytes.IndexByte(b, 0); n >= 0 {
			return string(b[:n]), true
		}
	}
	return "", false
}
