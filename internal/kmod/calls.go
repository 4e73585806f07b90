package kmod

import (
	"debug/elf"
	"strings"
)

// Call is a place in a section that refers to a function of another object.
type Call struct {
	Offset uint64 // of the relocated field
	Symbol string
}

// Calls lists the relocations of a section against symbols with a prefix, in
// the order of the file.
func (k *Module) Calls(target *Section, prefix string) []Call {
	var calls []Call
	for _, s := range k.Sections[1:] {
		if s.Type != elf.SHT_RELA || int64(s.Info) != int64(target.Index) {
			continue
		}
		rs, err := k.relas(s)
		if err != nil {
			continue // Relocate says what is wrong
		}
		for _, r := range rs {
			if r.offset == 0 || r.offset >= uint64(len(target.Data)) {
				continue
			}
			if name := k.Symbols[r.sym].Name; strings.HasPrefix(name, prefix) {
				calls = append(calls, Call{r.offset, name})
			}
		}
	}
	return calls
}

// FuncAt is the function of a section that holds an offset, nil where there is
// none. The module is not resolved yet.
func (k *Module) FuncAt(s *Section, off uint64) *Symbol {
	var best *Symbol
	for _, y := range k.Symbols {
		if y.Type == elf.STT_FUNC && int64(y.Section) == int64(s.Index) && y.Value <= off && off-y.Value < y.Size &&
			(best == nil || y.Value > best.Value) {
			best = y
		}
	}
	return best
}

// Defines finds a symbol that the module defines; nil where it does not.
func (k *Module) Defines(name string) *Symbol {
	for _, y := range k.Symbols {
		if y.Name == name && y.Section != elf.SHN_UNDEF {
			return y
		}
	}
	return nil
}
