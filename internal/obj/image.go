package obj

import (
	"fmt"
	"strings"

	"klpemu/internal/symtab"
)

// PageSize is the granularity of segments.
const PageSize = 4096

// DefaultLimit bounds the size of an image if Options.Limit is 0.
const DefaultLimit = 64 << 20

// Perm says what a segment may be used for. The bits are those of mem.Perm.
type Perm uint8

// Permissions of a segment.
const (
	PermR Perm = 1 << iota
	PermW
	PermX
)

// Resolver finds symbols outside the objects: those of the kernel core and of
// loaded modules.
type Resolver func(name string) (addr uint64, ok bool)

// Options says where and against what to link.
type Options struct {
	Base    uint64   // address of the first byte of text; page aligned
	Limit   uint64   // most bytes of address space the image may take; 0 is DefaultLimit
	Resolve Resolver // may be nil
	// OtherSites has entries of __mcount_loc that point at something else than
	// a call or a nop become sites of kind SiteOther: ftrace reports them.
	OtherSites bool
}

// Image is a set of objects, linked.
type Image struct {
	Base, End uint64 // page aligned; all segments lie in [Base, End)
	Segments  []Segment
	Sections  []Placed
	Symbols   []Symbol     // by file, and in symbol table order within one
	CallSites []CallSite   // by address
	Frames    []FrameTable // one for each .eh_frame and .debug_frame section
}

// Segment is a page-aligned run of memory with one set of permissions.
type Segment struct {
	Name string // .text .rodata .data .bss, and .init.text .init.data for what is freed after init
	Addr uint64
	Size uint64 // a multiple of PageSize, at least len(Data); the rest is zero
	Data []byte
	Perm Perm
}

// Placed says where a section of a file went.
type Placed struct {
	File    string
	Section *Section // as it was in the file, not relocated
	Addr    uint64
}

// Symbol is a defined symbol at its final address.
type Symbol struct {
	Name   string
	Addr   uint64
	Size   uint64 // st_size; the kernel's idea of a size is internal/symtab's
	Type   byte   // as in /proc/kallsyms and nm: t T d D b B r R w W v V a A
	Func   bool   // STT_FUNC
	Global bool   // not STB_LOCAL
	Object string // name of the file
	Seq    int    // index in the file's symbol table
}

// SiteKind says what the compiler left at a call site.
type SiteKind uint8

// Kinds of call sites.
const (
	SiteFentry    SiteKind = iota // call __fentry__ (-pg -mfentry)
	SiteNop                       // the 5-byte nop of -mnop-mcount
	SitePatchable                 // nops of -fpatchable-function-entry
	SiteMcount                    // call mcount, or its nop, behind the prologue: no place for a livepatch
	SiteOther                     // no call site, though __mcount_loc says so
)

// String names the kind as messages do.
func (k SiteKind) String() string {
	switch k {
	case SiteFentry:
		return "fentry"
	case SiteNop:
		return "nop"
	case SitePatchable:
		return "patchable"
	case SiteMcount:
		return "mcount"
	case SiteOther:
		return "other"
	}
	return fmt.Sprintf("SiteKind(%d)", uint8(k))
}

// CallSite is five bytes that ftrace may rewrite. Their contents were checked.
type CallSite struct {
	Addr uint64
	Func uint64 // address of the function symbol at or before Addr; 0 if there is none
	Kind SiteKind
}

// Offset is the distance of the site from its function.
func (s CallSite) Offset() uint64 { return s.Addr - s.Func }

// FrameTable is a relocated .eh_frame section, whose bytes are also in a
// segment, or a .debug_frame section, which is in none.
type FrameTable struct {
	Object string
	Addr   uint64 // where it lies; of a .debug_frame a number of its own
	Data   []byte
	Debug  bool
}

// UndefinedSymbol is a name that nothing defines, with its first use.
type UndefinedSymbol struct {
	Name    string
	File    string
	Section string // "" if no relocation uses the symbol
	Offset  uint64
}

// UndefinedError lists every undefined symbol of a link, by file and symbol
// table order.
type UndefinedError struct {
	Symbols []UndefinedSymbol
}

// Error lists the symbols, one a line if there are several.
func (e *UndefinedError) Error() string {
	var b strings.Builder
	for i, s := range e.Symbols {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s: ", s.File)
		if s.Section != "" {
			fmt.Fprintf(&b, "%s+%#x: ", s.Section, s.Offset)
		}
		fmt.Fprintf(&b, "undefined symbol %s", printable(s.Name))
	}
	return b.String()
}

// Symtab returns the memory and the symbols of the image in the form that
// symtab.NewObject takes.
func (im *Image) Symtab() ([]symtab.Region, []symtab.Symbol) {
	var regions []symtab.Region
	for _, s := range im.Segments {
		regions = append(regions, symtab.Region{Start: s.Addr, End: s.Addr + s.Size})
	}
	syms := make([]symtab.Symbol, 0, len(im.Symbols))
	for _, s := range im.Symbols {
		syms = append(syms, symtab.Symbol{Name: s.Name, Addr: s.Addr, Type: s.Type, Func: s.Func})
	}
	return regions, syms
}
