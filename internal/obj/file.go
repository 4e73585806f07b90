package obj

import "debug/elf"

// File is a checked relocatable object.
type File struct {
	Name     string        // as given to Parse, used in errors
	Sections []*Section    // by ELF section index; [0] is the null section
	Symbols  []*FileSymbol // by ELF symbol index; [0] is the null symbol
	Groups   []Group       // section groups, in file order
}

// Section is one section of a File.
type Section struct {
	Index  int
	Name   string
	Type   elf.SectionType
	Flags  elf.SectionFlag
	Offset uint64 // in the file
	Size   uint64 // of the contents; for SHT_NOBITS the only trace of them
	Align  uint64 // a power of two, at least 1
	Link   uint32
	Info   uint32
	Data   []byte // Size bytes of the file, shared with it; nil for SHT_NOBITS

	// Relocs are the relocations to apply to this section, in file order. For
	// a section of livepatch relocations (SHF_RELA_LIVEPATCH, .klp.rela.*),
	// which the module loader applies itself, they are those it holds.
	Relocs []Reloc
}

// FlagRelaLivepatch is SHF_RELA_LIVEPATCH: the relocations of this section are
// for apply_relocate_add at the time a livepatch is loaded, not for a linker.
const FlagRelaLivepatch elf.SectionFlag = 0x00100000

// SectionLivepatch is SHN_LIVEPATCH: the symbol is resolved by livepatch, by the
// rules of its name, .klp.sym.OBJECT.NAME,POS.
const SectionLivepatch elf.SectionIndex = 0xff20

// Reloc is one relocation of type RELA.
type Reloc struct {
	Offset uint64 // in the section
	Type   elf.R_X86_64
	Sym    int // index into File.Symbols
	Addend int64
}

// FileSymbol is one entry of the symbol table.
type FileSymbol struct {
	Index   int
	Name    string // of a section symbol: the section's name
	Bind    elf.SymBind
	Type    elf.SymType
	Other   byte             // st_other; the low bits are the visibility
	Section elf.SectionIndex // SHN_UNDEF, SHN_ABS, SHN_COMMON, SHN_LIVEPATCH or an index into Sections
	Value   uint64           // offset in Section; the alignment of a common symbol
	Size    uint64
}

// Group is a section group. Of several COMDAT groups with one signature the
// linker keeps the first.
type Group struct {
	Signature string
	Comdat    bool
	Members   []int // indices into Sections
}

// Section returns the first section of that name, or nil.
func (f *File) Section(name string) *Section {
	for _, s := range f.Sections {
		if s.Name == name && s.Type != elf.SHT_NULL {
			return s
		}
	}
	return nil
}

// defined reports whether the symbol has a section or an absolute value here.
func (s *FileSymbol) defined() bool {
	return s.Section != elf.SHN_UNDEF && s.Section != SectionLivepatch
}

// inSection reports whether Section indexes File.Sections.
func (s *FileSymbol) inSection() bool {
	return s.Section != elf.SHN_UNDEF && s.Section < elf.SHN_LORESERVE
}

func (s *Section) alloc() bool { return s.Flags&elf.SHF_ALLOC != 0 }
func (s *Section) exec() bool  { return s.Flags&elf.SHF_EXECINSTR != 0 }
