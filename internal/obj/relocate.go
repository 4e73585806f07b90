package obj

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// scanRelocs finds what needs a slot in the global offset table or a jump stub,
// which layout must make room for.
func (l *linker) scanRelocs() error {
	for _, f := range l.files {
		for i, s := range f.Sections {
			if !f.placed[i] {
				continue
			}
			for _, r := range s.Relocs {
				l.scanReloc(f, s, r)
			}
		}
	}
	return nil
}

func (l *linker) scanReloc(f *linkFile, s *Section, r Reloc) {
	v := f.syms[r.Sym]
	if v.state != symHere && v.state != symFixed {
		return
	}
	rule, _ := relocRule(r.Type)
	switch {
	case rule.got:
		if l.relaxation(s.Data, r, v) == relaxNone {
			l.addGOT(l.identity(f, r.Sym))
		}
	case l.needsStub(r, v):
		id := l.identity(f, r.Sym)
		l.addGOT(id)
		if _, ok := l.stubMap[id]; !ok {
			l.stubMap[id] = len(l.stubs)
			l.stubs = append(l.stubs, id)
		}
	}
}

// needsStub reports whether a call goes to a function that a 32-bit
// displacement cannot reach, such as from an image at a low base into the
// kernel. What a linker puts between is a PLT entry.
func (l *linker) needsStub(r Reloc, v symValue) bool {
	return r.Type == elf.R_X86_64_PLT32 && v.state == symFixed && !l.reach(v).near(l.imageReach())
}

// identity makes all references to one symbol share one slot: a defined symbol
// is its definition, an external one its first mention.
func (l *linker) identity(f *linkFile, sym int) symRef {
	y := f.Symbols[sym]
	if v := f.syms[sym]; v.state == symHere {
		return v.def
	}
	if y.Bind == elf.STB_LOCAL {
		return symRef{f.index, sym}
	}
	if def, ok := l.globals[y.Name]; ok {
		return def
	}
	ref := symRef{f.index, sym}
	l.globals[y.Name] = ref
	return ref
}

func (l *linker) addGOT(id symRef) {
	if _, ok := l.gotMap[id]; !ok {
		l.gotMap[id] = len(l.gotSyms)
		l.gotSyms = append(l.gotSyms, id)
	}
}

func (l *linker) gotSlot(id symRef) uint64 {
	return l.gotAddr + uint64(gotReserved+l.gotMap[id])*8
}

// relocate fills the GOT and the stubs and applies all relocations.
func (l *linker) relocate() error {
	for i, id := range l.gotSyms {
		v := symValue{state: symHere, def: id}
		if id.file >= 0 {
			v = l.files[id.file].syms[id.sym]
		}
		binary.LittleEndian.PutUint64(l.gotData[(gotReserved+i)*8:], l.value(v))
	}
	for i, id := range l.stubs {
		b := l.stubData[i*stubSize:]
		at := l.stubAddr + uint64(i)*stubSize
		b[0], b[1] = 0xff, 0x25 // jmp *slot(%rip)
		binary.LittleEndian.PutUint32(b[2:], uint32(l.gotSlot(id)-(at+6)))
		b[6], b[7] = int3, int3
	}
	for _, f := range l.files {
		for i, s := range f.Sections {
			if !f.placed[i] {
				continue
			}
			for _, r := range s.Relocs {
				if err := l.apply(f, s, r); err != nil {
					return err
				}
			}
			if s.Name == ".eh_frame" {
				l.image.Frames = append(l.image.Frames, FrameTable{Object: f.Name, Addr: f.addr[i], Data: f.out[i]})
			}
		}
	}
	l.debugFrames()
	return nil
}

// apply computes one relocation and stores it.
func (l *linker) apply(f *linkFile, s *Section, r Reloc) error {
	if r.Type == elf.R_X86_64_NONE {
		return nil
	}
	v := f.syms[r.Sym]
	out := f.out[s.Index]
	switch v.state {
	case symDropped:
		if !tombstoned(s) {
			return fmt.Errorf("%s: %v against %s, which is in a section group that another file supplied",
				place(f.File, s, r.Offset), r.Type, f.symbolName(r.Sym))
		}
		rule, _ := relocRule(r.Type)
		clear(out[r.Offset : r.Offset+uint64(rule.size)])
		return nil
	case symUnplaced:
		return fmt.Errorf("%s: %v against %s, which is in a section that is not loaded",
			place(f.File, s, r.Offset), r.Type, f.symbolName(r.Sym))
	case symLivepatch:
		return fmt.Errorf("%s: %v against %s, which only a livepatch relocation section (.klp.rela.*) may use",
			place(f.File, s, r.Offset), r.Type, f.symbolName(r.Sym))
	}
	sym := l.value(v)
	rule, _ := relocRule(r.Type)
	if rule.got {
		if how := l.relaxation(s.Data, r, v); how != relaxNone {
			r = relax(out, r, how)
			rule, _ = relocRule(r.Type)
		} else {
			sym = l.gotSlot(l.identity(f, r.Sym))
		}
	} else if l.needsStub(r, v) {
		sym = l.stubAddr + uint64(l.stubMap[l.identity(f, r.Sym)])*stubSize
	}
	value := sym + uint64(r.Addend)
	if rule.pcrel {
		value -= f.addr[s.Index] + r.Offset
	}
	if !rule.check(value) {
		return l.overflow(f, s, r, sym, value)
	}
	if rule.size == 8 {
		binary.LittleEndian.PutUint64(out[r.Offset:], value)
	} else {
		binary.LittleEndian.PutUint32(out[r.Offset:], uint32(value))
	}
	return nil
}

// overflow says what to do about a value that does not fit.
func (l *linker) overflow(f *linkFile, s *Section, r Reloc, sym, value uint64) error {
	at := fmt.Sprintf("%s: %v against %s", place(f.File, s, r.Offset), r.Type, f.symbolName(r.Sym))
	switch r.Type {
	case elf.R_X86_64_32:
		return fmt.Errorf("%s: address %#x does not fit in 32 bits; compile with -mcmodel=kernel -fno-pic, or link at a low base such as %#x",
			at, value, LowBase)
	case elf.R_X86_64_32S:
		return fmt.Errorf("%s: address %#x does not fit in 32 signed bits; link at a base below 2 GiB or in the top 2 GiB", at, value)
	default:
		return fmt.Errorf("%s: the symbol is at %#x, more than 2 GiB away", at, sym)
	}
}

// tombstoned reports whether a section may refer to code that was dropped with
// its group; the reference becomes zero, as ld makes it.
func tombstoned(s *Section) bool {
	switch s.Name {
	case ".eh_frame", secMcountLoc, secPatchable:
		return true
	}
	return strings.HasPrefix(s.Name, ".gcc_except_table")
}
