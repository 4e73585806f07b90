package kmod

import (
	"debug/elf"
	"fmt"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// Log takes a line that the kernel prints.
type Log func(level trace.Level, text string)

// Refusal says why a module is not loaded: the kernel's errno, and where the
// kernel says no more than that, the place in the file.
type Refusal struct {
	Err    errno.Errno
	Detail error // may be nil
}

// Error is the detail, else the errno.
func (r *Refusal) Error() string {
	if r.Detail != nil {
		return r.Detail.Error()
	}
	return r.Err.Error()
}

// Unwrap gives the errno.
func (r *Refusal) Unwrap() error { return r.Err }

// Module is a module that is being loaded: struct load_info and what struct
// module says of sections.
type Module struct {
	Name     string // of its struct module
	Sections []*Section
	Symbols  []*Symbol // by index in the symbol table; [0] is the empty one
	Mem      [MemTypes]Memory
	Signed   bool // a signature is at the end of the file

	log      Log
	file     []byte // without the signature
	infoName string // what messages call it before it has a place
	index    struct{ mod, sym, str, vers, info, pcpu int }
	ident    elfIdent
	info     []string // the entries of .modinfo
	percpu   uint64
}

// elfIdent is what is used of the ELF header.
type elfIdent struct {
	shoff    uint64
	shnum    int
	shstrndx int
}

// Section is one section, with its place once that is known.
type Section struct {
	Index  int
	Name   string
	Type   elf.SectionType
	Flags  elf.SectionFlag
	Offset uint64 // in the file
	Size   uint64
	Align  uint64
	Link   uint32
	Info   uint32
	Mem    MemType
	Addr   uint64 // once placed; 0 for what is not loaded
	Data   []byte // in the module's memory once placed, in the file before; nil for SHT_NOBITS

	at uint64 // offset in its memory
}

// Symbol is one entry of the symbol table.
type Symbol struct {
	Name    string
	Bind    elf.SymBind
	Type    elf.SymType
	Section elf.SectionIndex
	Value   uint64 // st_value: after Resolve the address
	Size    uint64
}

const (
	flagRelaLivepatch elf.SectionFlag  = 0x00100000 // SHF_RELA_LIVEPATCH
	flagROAfterInit   elf.SectionFlag  = 0x00200000 // SHF_RO_AFTER_INIT
	sectionLivepatch  elf.SectionIndex = 0xff20     // SHN_LIVEPATCH
)

// Section returns the first section of that name that is loaded, or nil
// (find_sec).
func (k *Module) Section(name string) *Section {
	for _, s := range k.Sections[1:] {
		if s.Flags&elf.SHF_ALLOC != 0 && s.Name == name {
			return s
		}
	}
	return nil
}

// errno is a refusal of which the kernel has said all there is.
func (k *Module) errno(e errno.Errno) error { return &Refusal{Err: e} }

// refuse is ENOEXEC after a line in the log.
func (k *Module) refuse(level trace.Level, format string, args ...any) error {
	k.say(level, format, args...)
	return k.errno(errno.ENOEXEC)
}

// broken is ENOEXEC for what the kernel does not look at.
func (k *Module) broken(format string, args ...any) error {
	return &Refusal{errno.ENOEXEC, fmt.Errorf(format, args...)}
}

func (k *Module) say(level trace.Level, format string, args ...any) {
	k.log(level, fmt.Sprintf(format, args...))
}

// title is what messages call a module that may have no name yet.
func (k *Module) title() string {
	if k.infoName == "" {
		return "(missing .modinfo section or name field)"
	}
	return k.infoName
}
