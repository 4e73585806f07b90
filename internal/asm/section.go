package asm

import (
	"debug/elf"
	"strings"
)

// section is one output section.
type section struct {
	name    string
	typ     elf.SectionType
	flags   elf.SectionFlag
	entsize uint64
	align   uint // log2
	frags   []*frag
	fixups  []*fixup
	group   *group
	link    *symbol  // SHF_LINK_ORDER target
	linked  *section // the same, found
	sym     *symbol  // the section's own symbol
	bytes   int64    // emitted so far, for the limit

	data   []byte // final contents
	size   int64
	relocs []reloc
	index  uint16
	relIdx uint16
}

// group is a COMDAT or plain section group.
type group struct {
	name    string
	comdat  bool
	members []*section
	index   uint16
	sym     *symbol
}

func (s *section) code() bool { return s.flags&elf.SHF_EXECINSTR != 0 }
func (s *section) bss() bool  { return s.typ == elf.SHT_NOBITS }

// addSection makes a section and, as gas does, its symbol at that moment.
func (a *assembler) addSection(name string, typ elf.SectionType, flags elf.SectionFlag) *section {
	s := &section{name: name, typ: typ, flags: flags}
	s.frags = []*frag{{sec: s}}
	s.sym = a.sectionSymbol(s)
	a.sections = append(a.sections, s)
	return s
}

// findSection returns the section of that name and group.
func (a *assembler) findSection(name, group string) *section {
	for _, s := range a.secByName[name] {
		if s.groupName() == group {
			return s
		}
	}
	return nil
}

func (s *section) groupName() string {
	if s.group == nil {
		return ""
	}
	return s.group.name
}

// getSection finds a section or makes it with the attributes that ELF gives
// to its name.
func (a *assembler) getSection(name string) *section {
	if s := a.findSection(name, ""); s != nil {
		return s
	}
	typ, flags := wellKnown(name)
	return a.newSection(name, typ, flags)
}

func (a *assembler) newSection(name string, typ elf.SectionType, flags elf.SectionFlag) *section {
	s := a.addSection(name, typ, flags)
	if typ == elf.SHT_INIT_ARRAY || typ == elf.SHT_FINI_ARRAY || typ == elf.SHT_PREINIT_ARRAY {
		s.entsize = 8
	}
	a.secByName[name] = append(a.secByName[name], s)
	return s
}

// wellKnown gives the type and flags that the System V ABI ties to a name.
func wellKnown(name string) (elf.SectionType, elf.SectionFlag) {
	const (
		progbits = elf.SHT_PROGBITS
		a        = elf.SHF_ALLOC
		w        = elf.SHF_WRITE
		x        = elf.SHF_EXECINSTR
		tls      = elf.SHF_TLS
	)
	known := []struct {
		prefix string
		exact  bool
		typ    elf.SectionType
		flags  elf.SectionFlag
	}{
		{".text", false, progbits, a | x},
		{".init", true, progbits, a | x},
		{".fini", true, progbits, a | x},
		{".plt", true, progbits, a | x},
		{".data", false, progbits, a | w},
		{".data1", true, progbits, a | w},
		{".tdata", false, progbits, a | w | tls},
		{".tbss", false, elf.SHT_NOBITS, a | w | tls},
		{".bss", false, elf.SHT_NOBITS, a | w},
		{".rodata", false, progbits, a},
		{".rodata1", true, progbits, a},
		{".eh_frame", true, progbits, a},
		{".init_array", false, elf.SHT_INIT_ARRAY, a | w},
		{".fini_array", false, elf.SHT_FINI_ARRAY, a | w},
		{".preinit_array", false, elf.SHT_PREINIT_ARRAY, a | w},
		{".ctors", false, progbits, a | w},
		{".dtors", false, progbits, a | w},
		{".note.GNU-stack", true, progbits, 0},
		{".note", false, elf.SHT_NOTE, 0},
	}
	for _, k := range known {
		if name == k.prefix || !k.exact && strings.HasPrefix(name, k.prefix+".") {
			return k.typ, k.flags
		}
	}
	return progbits, 0
}
