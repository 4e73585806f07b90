package obj

import (
	"debug/elf"
	"fmt"
)

// Link places the allocated sections of files at o.Base, resolves their symbols
// among each other and through o.Resolve, applies the relocations and finds the
// call sites. The files are not changed.
//
// Text comes first, file by file, and begins exactly at o.Base; then read-only
// data, data, bss, and the same again for sections named .init*, which the
// kernel frees. Undefined symbols are an *UndefinedError that lists all.
func Link(files []*File, o Options) (*Image, error) {
	l, err := newLinker(files, o)
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		l.dropGroups,
		l.defineGlobals,
		l.resolveSymbols,
		l.scanRelocs,
		l.layout,
		l.relocate,
		l.findCallSites,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l.image, nil
}

// linker holds the state of one Link.
type linker struct {
	o       Options
	files   []*linkFile
	globals map[string]symRef // looked up only, never ranged over
	commons []*common
	gotMap  map[symRef]int // slot of a symbol; looked up only
	gotSyms []symRef
	stubMap map[symRef]int // jump stub of a symbol; looked up only
	stubs   []symRef
	gotAddr uint64
	gotData []byte
	wantGOT bool // something refers to _GLOBAL_OFFSET_TABLE_

	stubAddr uint64
	stubData []byte
	image    *Image
}

// linkFile is a File with what the linker decided about it.
type linkFile struct {
	*File
	index   int
	dropped []bool   // by section: in a COMDAT group that another file supplied
	placed  []bool   // by section
	addr    []uint64 // by section, where placed
	out     [][]byte // by section: its bytes in the image; nil for bss
	syms    []symValue
	sorted  [][]Reloc       // by section: its relocations by offset, once asked for
	funcs   [][]*FileSymbol // by section: its functions by address, once asked for
}

// symRef names a symbol of one file.
type symRef struct {
	file, sym int
}

// symState says what a symbol of a file came to.
type symState uint8

const (
	symHere      symState = iota // in a placed section of the image; value is known after layout
	symFixed                     // absolute, external, or an undefined weak one: value is final
	symUnplaced                  // in a section that is not loaded
	symDropped                   // in a COMDAT group that was dropped
	symLivepatch                 // SHN_LIVEPATCH: not for a linker
	symMissing                   // undefined
)

// symValue is the resolution of one symbol.
type symValue struct {
	state symState
	def   symRef // the definition, for symHere
	addr  uint64
}

// common is a common symbol, allocated in bss.
type common struct {
	ref         symRef
	size, align uint64
}

func newLinker(files []*File, o Options) (*linker, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("link: no object files")
	}
	if o.Base%PageSize != 0 {
		return nil, fmt.Errorf("link: base address %#x is not a multiple of %#x", o.Base, PageSize)
	}
	if o.Limit == 0 {
		o.Limit = DefaultLimit
	}
	// Keep the top page out of reach, so that no end of anything becomes 0.
	if room := -o.Base - PageSize; o.Base != 0 && o.Limit > room {
		o.Limit = room
	}
	l := &linker{
		o:       o,
		globals: make(map[string]symRef),
		gotMap:  make(map[symRef]int),
		stubMap: make(map[symRef]int),
		image:   &Image{Base: o.Base},
	}
	for i, f := range files {
		n := len(f.Sections)
		lf := &linkFile{
			File:    f,
			index:   i,
			dropped: make([]bool, n),
			placed:  make([]bool, n),
			addr:    make([]uint64, n),
			out:     make([][]byte, n),
			syms:    make([]symValue, len(f.Symbols)),
		}
		l.files = append(l.files, lf)
	}
	return l, nil
}

// dropGroups keeps the first COMDAT group of each signature and decides which
// sections are loaded at all.
func (l *linker) dropGroups() error {
	seen := make(map[string]bool)
	for _, f := range l.files {
		for _, g := range f.Groups {
			if !g.Comdat {
				continue
			}
			if !seen[g.Signature] {
				seen[g.Signature] = true
				continue
			}
			for _, m := range g.Members {
				f.dropped[m] = true
			}
		}
		for i, s := range f.Sections {
			if !loaded(s) || f.dropped[i] {
				continue
			}
			if err := loadable(f.File, s); err != nil {
				return err
			}
			f.placed[i] = true
		}
	}
	return nil
}

// loadable refuses sections that no machine of ours can hold.
func loadable(f *File, s *Section) error {
	var why string
	switch {
	case s.Flags&elf.SHF_TLS != 0:
		why = "thread-local storage is not supported; there are no threads to have it"
	case s.exec() && s.Flags&elf.SHF_WRITE != 0:
		why = "the section is both writable and executable"
	case s.exec() && s.Type == elf.SHT_NOBITS:
		why = "the section is executable and has no contents"
	default:
		return nil
	}
	return fmt.Errorf("%s: section %d %s: %s", f.Name, s.Index, printable(s.Name), why)
}
