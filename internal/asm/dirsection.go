package asm

import (
	"debug/elf"
	"strings"
)

// enterSection makes sec the current section.
func (a *assembler) enterSection(sec *section) {
	a.prev, a.cur = a.cur, sec
}

// dirNamedSection is .text, .data and .bss.
func dirNamedSection(name string) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		if !s.eof() {
			n, err := s.absolute("the subsection")
			if err != nil {
				return err
			}
			if n != 0 {
				return subsectionError(s)
			}
		}
		a.enterSection(a.getSection(name))
		return nil
	}
}

func subsectionError(s *scanner) *Error {
	return s.errorAt(0, "subsections are not supported").withHint("use a .section of its own")
}

func dirSubsection(_ *assembler, s *scanner) *Error { return subsectionError(s) }

func dirPrevious(a *assembler, _ *scanner) *Error {
	a.cur, a.prev = a.prev, a.cur
	return nil
}

func dirPushSection(a *assembler, s *scanner) *Error {
	const maxStack = 1000
	if len(a.stack) >= maxStack {
		return s.errorAt(0, "more than %d sections pushed", maxStack)
	}
	a.stack = append(a.stack, sectionPair{a.cur, a.prev})
	return dirSection(a, s)
}

func dirPopSection(a *assembler, s *scanner) *Error {
	if len(a.stack) == 0 {
		return s.errorAt(0, ".popsection without .pushsection")
	}
	top := a.stack[len(a.stack)-1]
	a.stack = a.stack[:len(a.stack)-1]
	a.cur, a.prev = top.cur, top.prev
	return nil
}

// sectionSpec is what .section says.
type sectionSpec struct {
	name    string
	flags   elf.SectionFlag
	hasFlag bool
	join    bool // "?": the group of the current section
	typ     elf.SectionType
	hasType bool
	entsize uint64
	group   string
	comdat  bool
	link    string
}

// dirSection is .section NAME[, "FLAGS"[, @TYPE[, ENTSIZE][, LINK][, GROUP[, comdat]]]].
func dirSection(a *assembler, s *scanner) *Error {
	spec, err := s.sectionSpec()
	if err != nil {
		return err
	}
	if spec.join && a.cur.group != nil {
		spec.group, spec.comdat = a.cur.group.name, a.cur.group.comdat
		spec.flags |= elf.SHF_GROUP
	}
	sec := a.findSection(spec.name, spec.group)
	if sec == nil {
		const maxSections = 20000 // with groups and relocations still below SHN_LORESERVE
		if len(a.sections) >= maxSections {
			return s.errorAt(0, "more than %d sections", maxSections)
		}
		sec = a.makeSection(spec)
	} else if spec.hasFlag && spec.flags != sec.flags&^elf.SHF_GROUP|spec.flags&elf.SHF_GROUP {
		return s.errorAt(0, "section %s has other flags", spec.name).withHint("repeat the name alone, or the flags it began with")
	}
	a.enterSection(sec)
	return nil
}

func (a *assembler) makeSection(spec sectionSpec) *section {
	typ, flags := wellKnown(spec.name)
	if spec.hasFlag {
		flags |= spec.flags
		if spec.name != ".text" && typ == elf.SHT_PROGBITS || spec.name == ".note.GNU-stack" {
			flags = spec.flags
		}
	}
	if spec.hasType {
		typ = spec.typ
	}
	sec := a.newSection(spec.name, typ, flags)
	if spec.entsize != 0 {
		sec.entsize = spec.entsize
	}
	if spec.link != "" {
		sec.link = a.symbol(spec.link)
	}
	if spec.group != "" {
		a.joinGroup(sec, spec)
	}
	return sec
}

func (a *assembler) joinGroup(sec *section, spec sectionSpec) {
	g := a.groupByName[spec.group]
	if g == nil {
		g = &group{name: spec.group, comdat: spec.comdat}
		a.groups = append(a.groups, g)
		a.groupByName[spec.group] = g
	}
	g.members = append(g.members, sec)
	sec.group = g
}

func (s *scanner) sectionSpec() (sectionSpec, *Error) {
	var spec sectionSpec
	var err *Error
	if spec.name, err = s.sectionName(); err != nil {
		return spec, err
	}
	if !s.accept(',') {
		return spec, nil
	}
	if err := s.sectionFlags(&spec); err != nil {
		return spec, err
	}
	if !s.accept(',') {
		return spec, s.needed(&spec)
	}
	if c := s.peek(); c == '@' || c == '%' || c == '"' {
		if err := s.sectionType(&spec); err != nil {
			return spec, err
		}
		if !s.accept(',') {
			return spec, s.needed(&spec)
		}
	}
	return spec, s.sectionTail(&spec)
}

// needed reports flags whose operand is missing.
func (s *scanner) needed(spec *sectionSpec) *Error {
	switch {
	case spec.flags&elf.SHF_GROUP != 0 && spec.group == "":
		return s.errorf("flag G needs the group's name").withHint(`write "axG",@progbits,NAME,comdat`)
	case spec.flags&elf.SHF_MERGE != 0 && spec.entsize == 0:
		return s.errorf("flag M needs the entry size").withHint(`write "aMS",@progbits,1`)
	case spec.flags&elf.SHF_LINK_ORDER != 0 && spec.link == "":
		return s.errorf("flag o needs the linked section")
	}
	return nil
}

// sectionTail reads what the flags M, o and G ask for, in this order.
func (s *scanner) sectionTail(spec *sectionSpec) *Error {
	more := true
	if spec.flags&elf.SHF_MERGE != 0 && more {
		n, err := s.absolute("the entry size")
		if err != nil {
			return err
		}
		if n <= 0 || n > 1<<20 {
			return s.errorf("bad entry size %d", n)
		}
		spec.entsize = uint64(n)
		more = s.accept(',')
	}
	if spec.flags&elf.SHF_LINK_ORDER != 0 && more {
		n, err := s.symbolName()
		if err != nil {
			return err
		}
		spec.link = n
		more = s.accept(',')
	}
	if spec.flags&elf.SHF_GROUP != 0 && more {
		n, err := s.symbolName()
		if err != nil {
			return err
		}
		spec.group = n
		if s.accept(',') {
			if w := s.word(); w != "comdat" {
				return s.errorf("expected comdat, found %q", w)
			}
			spec.comdat = true
		}
	}
	return s.needed(spec)
}

func (s *scanner) sectionName() (string, *Error) {
	if s.peek() == '"' {
		return s.quotedName()
	}
	start := s.i
	for s.i < len(s.st.text) && s.at(0) != ',' && s.at(0) != ' ' && s.at(0) != '"' {
		s.i++
	}
	if s.i == start {
		return "", s.errorf("expected a section name, found %s", s.found())
	}
	return s.st.text[start:s.i], nil
}

func (s *scanner) sectionFlags(spec *sectionSpec) *Error {
	s.skip()
	at := s.i
	b, err := s.str()
	if err != nil {
		return err
	}
	spec.hasFlag = true
	letters := map[byte]elf.SectionFlag{
		'a': elf.SHF_ALLOC, 'w': elf.SHF_WRITE, 'x': elf.SHF_EXECINSTR, 'M': elf.SHF_MERGE,
		'S': elf.SHF_STRINGS, 'G': elf.SHF_GROUP, 'T': elf.SHF_TLS, 'o': elf.SHF_LINK_ORDER,
		'e': 0x80000000, 'R': 0x200000, 'l': 0x10000000,
	}
	for i, c := range b {
		f, ok := letters[c]
		switch {
		case c == '?':
			spec.join = true
		case !ok:
			return s.errorAt(at+1+i, "unknown section flag %q", c).withHint("flags are awxMSGToeRl and ?")
		}
		spec.flags |= f
	}
	return nil
}

func (s *scanner) sectionType(spec *sectionSpec) *Error {
	at := s.i
	var name string
	if s.peek() == '"' {
		b, err := s.str()
		if err != nil {
			return err
		}
		name = string(b)
	} else {
		s.i++
		name = s.word()
	}
	types := map[string]elf.SectionType{
		"progbits": elf.SHT_PROGBITS, "nobits": elf.SHT_NOBITS, "note": elf.SHT_NOTE,
		"init_array": elf.SHT_INIT_ARRAY, "fini_array": elf.SHT_FINI_ARRAY,
		"preinit_array": elf.SHT_PREINIT_ARRAY, "unwind": 0x70000001,
	}
	t, ok := types[strings.ToLower(name)]
	if !ok {
		return s.errorAt(at, "unknown section type @%s", name).suggest(name, sortedKeys(types))
	}
	spec.typ, spec.hasType = t, true
	return nil
}
