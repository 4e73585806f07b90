package obj

import (
	"debug/elf"
	"fmt"
)

// gotSymbol is the name that position-independent code uses for the global
// offset table; linkers define it.
const gotSymbol = "_GLOBAL_OFFSET_TABLE_"

// rank orders definitions of one global name: a strong one beats a common
// symbol, which beats a weak one.
func rank(y *FileSymbol) int {
	switch {
	case y.Bind == elf.STB_WEAK:
		return 1
	case y.Section == elf.SHN_COMMON:
		return 2
	}
	return 3
}

// defineGlobals chooses the definition of each global name.
func (l *linker) defineGlobals() error {
	merged := make(map[string]*common)
	for fi, f := range l.files {
		for _, y := range f.Symbols {
			if y.Bind == elf.STB_LOCAL || !y.defined() || y.inSection() && f.dropped[y.Section] {
				continue
			}
			ref := symRef{fi, y.Index}
			old, ok := l.globals[y.Name]
			if !ok {
				l.globals[y.Name] = ref
			} else if o := l.files[old.file].Symbols[old.sym]; rank(y) == 3 && rank(o) == 3 {
				return fmt.Errorf("symbol %s is defined twice: in %s and in %s",
					printable(y.Name), l.whereDefined(old), l.whereDefined(ref))
			} else if rank(y) > rank(o) {
				l.globals[y.Name] = ref
			}
			if y.Section == elf.SHN_COMMON {
				c := merged[y.Name]
				if c == nil {
					c = &common{ref: ref}
					merged[y.Name] = c
					l.commons = append(l.commons, c)
				}
				c.size, c.align = max(c.size, y.Size), max(c.align, y.Value)
			}
		}
	}
	// A common symbol that a definition replaced takes no memory.
	kept := l.commons[:0]
	for _, c := range l.commons {
		name := l.files[c.ref.file].Symbols[c.ref.sym].Name
		if def := l.globals[name]; l.symbol(def).Section == elf.SHN_COMMON {
			c.ref = def
			kept = append(kept, c)
		}
	}
	l.commons = kept
	return nil
}

func (l *linker) symbol(r symRef) *FileSymbol { return l.files[r.file].Symbols[r.sym] }

// whereDefined names file and section of a definition.
func (l *linker) whereDefined(r symRef) string {
	f, y := l.files[r.file], l.symbol(r)
	if !y.inSection() {
		return f.Name
	}
	return fmt.Sprintf("%s (%s+%#x)", f.Name, printable(f.Sections[y.Section].Name), y.Value)
}

// resolveSymbols binds every symbol of every file, or lists those it cannot.
func (l *linker) resolveSymbols() error {
	var undef UndefinedError
	for fi, f := range l.files {
		var uses []UndefinedSymbol
		for i, y := range f.Symbols {
			if i == 0 {
				continue
			}
			v := l.resolve(symRef{fi, i})
			f.syms[i] = v
			if v.state == symMissing {
				if uses == nil {
					uses = f.firstUses()
				}
				u := uses[i]
				u.Name, u.File = y.Name, f.Name
				undef.Symbols = append(undef.Symbols, u)
			}
			if v.state == symHere && v.def.file >= 0 && l.symbol(v.def).Type == elf.STT_GNU_IFUNC {
				return fmt.Errorf("%s: symbol %s is an indirect function, which needs a dynamic linker; compile without ifunc",
					l.files[v.def.file].Name, printable(y.Name))
			}
		}
	}
	if len(undef.Symbols) > 0 {
		return &undef
	}
	return nil
}

// resolve binds one symbol.
func (l *linker) resolve(r symRef) symValue {
	f, y := l.files[r.file], l.symbol(r)
	if y.Section == SectionLivepatch {
		return symValue{state: symLivepatch}
	}
	if y.Bind != elf.STB_LOCAL {
		def, ok := l.globals[y.Name]
		if !ok {
			return l.resolveOutside(y)
		}
		r, f, y = def, l.files[def.file], l.symbol(def)
	}
	switch {
	case y.Section == elf.SHN_COMMON:
		return symValue{state: symHere, def: r}
	case !y.inSection():
		return symValue{state: symFixed, addr: y.Value}
	case f.dropped[y.Section]:
		return symValue{state: symDropped}
	case !f.placed[y.Section]:
		return symValue{state: symUnplaced}
	}
	return symValue{state: symHere, def: r}
}

// resolveOutside binds a name that no file defines.
func (l *linker) resolveOutside(y *FileSymbol) symValue {
	if l.o.Resolve != nil {
		if addr, ok := l.o.Resolve(y.Name); ok {
			return symValue{state: symFixed, addr: addr}
		}
	}
	switch {
	case y.Name == gotSymbol:
		l.wantGOT = true
		return symValue{state: symHere, def: symRef{file: -1}}
	case y.Bind == elf.STB_WEAK:
		return symValue{state: symFixed}
	}
	return symValue{state: symMissing}
}

// firstUses finds where the file first refers to each of its symbols.
func (f *linkFile) firstUses() []UndefinedSymbol {
	uses := make([]UndefinedSymbol, len(f.Symbols))
	for i, s := range f.Sections {
		if !f.placed[i] {
			continue
		}
		for _, r := range s.Relocs {
			if u := &uses[r.Sym]; u.Section == "" {
				u.Section, u.Offset = s.Name, r.Offset
			}
		}
	}
	return uses
}

// value is the address of a symbol after layout.
func (l *linker) value(v symValue) uint64 {
	if v.state != symHere {
		return v.addr
	}
	if v.def.file < 0 {
		return l.gotAddr
	}
	f, y := l.files[v.def.file], l.symbol(v.def)
	if y.Section == elf.SHN_COMMON {
		return l.commonAddr(v.def)
	}
	return f.addr[y.Section] + y.Value
}

func (l *linker) commonAddr(r symRef) uint64 {
	return l.files[r.file].syms[r.sym].addr
}
