package kmod

import (
	"debug/elf"
	"strings"
)

// Kallsym is a symbol as kallsyms has it.
type Kallsym struct {
	Name string
	Addr uint64
	Type byte
	Func bool
}

// Kallsyms is add_kallsyms: every symbol of the module, or with core what is
// left of them when the init memory has gone. A livepatch keeps all.
func (k *Module) Kallsyms(core bool) []Kallsym {
	var out []Kallsym
	exported := k.exportedNames(secKsymtab)
	for i, y := range k.Symbols {
		if i == 0 || y.Name == "" || isMapping(y.Name) || core && !k.Livepatch() && !k.coreSymbol(y) {
			continue
		}
		c := k.letter(y)
		if exported[y.Name] {
			c -= 'a' - 'A'
		}
		out = append(out, Kallsym{y.Name, y.Value, c, y.Type == elf.STT_FUNC})
	}
	return out
}

// isMapping is is_mapping_symbol: what assemblers call a place by themselves.
func isMapping(name string) bool {
	return strings.HasPrefix(name, ".L") || strings.HasPrefix(name, "L0") || strings.HasPrefix(name, "$")
}

// letter is elf_type, in lower case as /proc/kallsyms prints what is not
// exported.
func (k *Module) letter(y *Symbol) byte {
	switch {
	case y.Section == elf.SHN_UNDEF: // also a weak one, which the kernel gives its own letter
		return 'u'
	case y.Bind == elf.STB_WEAK && y.Type == elf.STT_OBJECT:
		return 'v'
	case y.Bind == elf.STB_WEAK:
		return 'w'
	case y.Section == elf.SHN_ABS, k.index.pcpu != 0 && int(y.Section) == k.index.pcpu:
		return 'a'
	case int(y.Section) >= len(k.Sections):
		return '?'
	}
	s := k.Sections[y.Section]
	switch alloc := s.Flags&elf.SHF_ALLOC != 0; {
	case s.Flags&elf.SHF_EXECINSTR != 0:
		return 't'
	case alloc && s.Type != elf.SHT_NOBITS && s.Flags&elf.SHF_WRITE == 0:
		return 'r'
	case alloc && s.Type != elf.SHT_NOBITS:
		return 'd'
	case s.Type == elf.SHT_NOBITS:
		return 'b'
	case strings.HasPrefix(s.Name, ".debug"):
		return 'n'
	}
	return '?'
}
