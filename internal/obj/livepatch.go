package obj

import (
	"debug/elf"
	"fmt"
)

// LivepatchSymbol is a symbol of the target that new code refers to and that
// livepatch resolves: a local one, or one of a module that may not be there yet.
type LivepatchSymbol struct {
	Name   string // as the code names it
	Object string // "vmlinux" or a module
	Sympos uint64
}

// ConvertLivepatch does what klp-convert does: references to the symbols become
// livepatch relocations, in sections .klp.rela.OBJECT.SECTION against symbols
// .klp.sym.OBJECT.NAME,POS. f is not changed. Error: a relocation of a type that
// the module loader does not apply.
func ConvertLivepatch(f *File, symbols []LivepatchSymbol) (*File, error) {
	out := *f
	out.Symbols = append([]*FileSymbol(nil), f.Symbols...)
	out.Sections = append([]*Section(nil), f.Sections...)
	owner := make(map[int]string) // by symbol index: the object
	for i, y := range f.Symbols {
		for _, s := range symbols {
			if y.Section != elf.SHN_UNDEF || y.Name == "" || y.Name != s.Name {
				continue
			}
			sym := *y
			sym.Name = fmt.Sprintf(".klp.sym.%s.%s,%d", s.Object, s.Name, s.Sympos)
			sym.Section = SectionLivepatch
			out.Symbols[i] = &sym
			owner[i] = s.Object
		}
	}
	if len(owner) == 0 {
		return f, nil
	}
	for i, s := range f.Sections {
		if s.Flags&FlagRelaLivepatch != 0 || !s.alloc() {
			continue
		}
		if err := out.moveRelocs(i, owner); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// moveRelocs splits the relocations of section i: what refers to an owner's
// symbol goes to a section of its own.
func (f *File) moveRelocs(i int, owner map[int]string) error {
	s := *f.Sections[i]
	var made []*Section
	kept := make([]Reloc, 0, len(s.Relocs))
	for _, r := range s.Relocs {
		object, ok := owner[r.Sym]
		if !ok {
			kept = append(kept, r)
			continue
		}
		if rule, _ := relocRule(r.Type); rule.got {
			return fmt.Errorf("%s: %v against %s: a livepatch relocation cannot go through the global offset table; compile with -fno-pic",
				place(f, &s, r.Offset), r.Type, f.symbolName(r.Sym))
		}
		made = addLivepatchReloc(made, f, &s, object, r)
	}
	s.Relocs = kept
	f.Sections[i] = &s
	f.Sections = append(f.Sections, made...)
	return nil
}

func addLivepatchReloc(made []*Section, f *File, target *Section, object string, r Reloc) []*Section {
	name := ".klp.rela." + object + "." + target.Name
	for _, s := range made {
		if s.Name == name {
			s.Relocs = append(s.Relocs, r)
			return made
		}
	}
	return append(made, &Section{
		Index: len(f.Sections) + len(made), Name: name, Type: elf.SHT_RELA, Align: 8, Info: uint32(target.Index),
		Flags: elf.SHF_ALLOC | elf.SHF_INFO_LINK | FlagRelaLivepatch, Relocs: []Reloc{r},
	})
}

// LivepatchReloc is one relocation of a .klp.rela.* section, at its place in an
// image.
type LivepatchReloc struct {
	Addr   uint64
	Type   elf.R_X86_64
	Addend int64
	Sym    *FileSymbol
}

// LivepatchRelocs returns the relocations that section s of f holds for the
// module loader, with addresses in im. Those for a section that im does not
// hold are left out.
func (im *Image) LivepatchRelocs(f *File, s *Section) []LivepatchReloc {
	if s.Flags&FlagRelaLivepatch == 0 || int(s.Info) >= len(f.Sections) {
		return nil
	}
	target := f.Sections[s.Info]
	for _, p := range im.Sections {
		if p.Section != target {
			continue
		}
		relocs := make([]LivepatchReloc, len(s.Relocs))
		for i, r := range s.Relocs {
			relocs[i] = LivepatchReloc{p.Addr + r.Offset, r.Type, r.Addend, f.Symbols[r.Sym]}
		}
		return relocs
	}
	return nil
}

// Apply computes a relocation as apply_relocate_add of x86 does: the bytes to
// store, or an error where the value does not fit or the type is not one that
// the module loader knows.
func (r LivepatchReloc) Apply(sym uint64) (value uint64, size int, err error) {
	rule, ok := relocRule(r.Type)
	if !ok || rule.got {
		return 0, 0, fmt.Errorf("unknown rela relocation: %d", uint32(r.Type))
	}
	value = sym + uint64(r.Addend)
	if rule.pcrel {
		value -= r.Addr
	}
	if !rule.check(value) {
		return value, rule.size, fmt.Errorf("overflow in relocation type %d val %x", uint32(r.Type), value)
	}
	return value, rule.size, nil
}
