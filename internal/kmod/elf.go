package kmod

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"strings"

	"klpemu/internal/trace"
)

// Sizes of the structures of ELF64.
const (
	ehdrSize = 64
	shdrSize = 64
	symSize  = 24
	relaSize = 24
)

// maxName bounds a name, so that a file cannot make one long string the name of
// everything. The kernel's own bound for symbols is 512.
const maxName = 4096

// Open reads a module file as far as load_module looks at it before it asks
// whether the module fits this kernel: module_sig_check and
// elf_validity_cache_copy. file is not changed, and shared.
func Open(file []byte, log Log) (*Module, error) {
	k := &Module{file: file, log: log}
	for _, step := range []func() error{
		k.stripSignature, k.readHeader, k.readSections, k.readNames, k.indexInfo, k.indexModule, k.indexSymbols,
		k.readSymbols, k.readName,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// ReadInfo returns the entries of a module file's .modinfo, TAG=VALUE each; the
// rest of the file need not make a module.
func ReadInfo(file []byte) ([]string, error) {
	said := ""
	k := &Module{file: file, log: func(_ trace.Level, text string) { said = text }}
	for _, step := range []func() error{k.readHeader, k.readSections, k.readNames, k.indexInfo} {
		if err := step(); err != nil {
			if said != "" {
				return nil, errors.New(said)
			}
			return nil, err
		}
	}
	return k.info, nil
}

// readHeader is elf_validity_ehdr and the first half of
// elf_validity_cache_sechdrs.
func (k *Module) readHeader() error {
	d, le := k.file, binary.LittleEndian
	if len(d) < ehdrSize {
		return k.refuse(trace.Err, "Invalid ELF header len %d", len(d))
	}
	kind, machine := le.Uint16(d[16:]), le.Uint16(d[18:])
	h := elfIdent{le.Uint64(d[40:]), int(le.Uint16(d[60:])), int(le.Uint16(d[62:]))}
	switch {
	case string(d[:4]) != elf.ELFMAG:
		return k.refuse(trace.Err, "Invalid ELF header magic: != %s", elf.ELFMAG)
	case elf.Type(kind) != elf.ET_REL:
		return k.refuse(trace.Err, "Invalid ELF header type: %d != %d", kind, elf.ET_REL)
	case elf.Machine(machine) != elf.EM_X86_64:
		return k.refuse(trace.Err, "Invalid architecture in ELF header: %d", machine)
	case le.Uint16(d[58:]) != shdrSize:
		return k.refuse(trace.Err, "Invalid ELF section header size")
	case h.shoff >= uint64(len(d)) || uint64(h.shnum)*shdrSize > uint64(len(d))-h.shoff:
		return k.refuse(trace.Err, "Invalid ELF section header overflow")
	case h.shnum == 0:
		return k.broken("offset 0x3c: the file has no sections")
	}
	k.ident = h
	return nil
}

// readSections is the second half of elf_validity_cache_sechdrs.
func (k *Module) readSections() error {
	le := binary.LittleEndian
	table := k.file[k.ident.shoff:]
	for i := range k.ident.shnum {
		h := table[i*shdrSize:]
		s := &Section{
			Index: i, Type: elf.SectionType(le.Uint32(h[4:])), Flags: elf.SectionFlag(le.Uint64(h[8:])),
			Offset: le.Uint64(h[24:]), Size: le.Uint64(h[32:]), Link: le.Uint32(h[40:]), Info: le.Uint32(h[44:]),
			Align: max(1, le.Uint64(h[48:])), Mem: None,
		}
		k.Sections = append(k.Sections, s)
		if i == 0 {
			if s.Type != elf.SHT_NULL || s.Size != 0 || le.Uint64(h[16:]) != 0 {
				return k.refuse(trace.Err, "ELF Spec violation: section 0 type(%d)!=SH_NULL or non-zero len or addr", s.Type)
			}
			continue
		}
		if s.Type == elf.SHT_NULL || s.Type == elf.SHT_NOBITS {
			continue
		}
		if s.Offset > uint64(len(k.file)) || s.Size > uint64(len(k.file))-s.Offset {
			return k.refuse(trace.Err, "Invalid ELF section in module (section %d type %d)", i, s.Type)
		}
		s.Data = k.file[s.Offset : s.Offset+s.Size : s.Offset+s.Size]
	}
	return nil
}

// readNames is elf_validity_cache_secstrings.
func (k *Module) readNames() error {
	n := k.ident.shstrndx
	if n == 0 || n >= len(k.Sections) {
		return k.refuse(trace.Err, "Invalid ELF section name index: %d || e_shstrndx (%d) >= e_shnum (%d)", n, n, len(k.Sections))
	}
	t := k.Sections[n]
	switch {
	case t.Type != elf.SHT_STRTAB:
		return k.refuse(trace.Err, "Invalid ELF section name table type: %d", t.Type)
	case t.Size == 0:
		return k.refuse(trace.Err, "empty section name table")
	case t.Data[t.Size-1] != 0:
		return k.refuse(trace.Err, "ELF Spec violation: section name table isn't null terminated")
	}
	names := string(t.Data)
	for i, s := range k.Sections {
		if s.Type == elf.SHT_NULL {
			continue
		}
		off := binary.LittleEndian.Uint32(k.file[k.ident.shoff+uint64(i)*shdrSize:])
		if uint64(off) >= t.Size {
			return k.refuse(trace.Err, "Invalid ELF section name in module (section %d type %d)", i, s.Type)
		}
		var ok bool
		if s.Name, ok = cString(names, uint64(off)); !ok {
			return k.broken("section %d: its name has more than %d bytes", i, maxName)
		}
	}
	return nil
}

// cString is the string at off, which must end within maxName bytes.
func cString(table string, off uint64) (string, bool) {
	if off >= uint64(len(table)) {
		return "", false
	}
	s := table[off:]
	n := strings.IndexByte(s[:min(len(s), maxName+1)], 0)
	if n < 0 {
		return "", false
	}
	return s[:n], true
}

// unique is find_any_unique_sec: 0 for none, -1 for several.
func (k *Module) unique(name string) int {
	found := 0
	for i, s := range k.Sections[1:] {
		switch {
		case s.Name != name:
		case found != 0:
			return -1
		default:
			found = i + 1
		}
	}
	return found
}

// indexInfo is elf_validity_cache_index_info.
func (k *Module) indexInfo() error {
	n := k.unique(".modinfo")
	if n < 0 {
		return k.refuse(trace.Err, "Only one .modinfo section must exist.")
	}
	if n > 0 {
		k.index.info = n
		k.readInfo(string(k.Sections[n].Data))
	}
	k.infoName, _ = k.Info("name")
	return nil
}

// indexModule is elf_validity_cache_index_mod.
func (k *Module) indexModule() error {
	bad := func(what string) error { return k.refuse(trace.Err, "module %s: %s", k.title(), what) }
	n := k.unique(secThisModule)
	if n <= 0 {
		return bad("Exactly one .gnu.linkonce.this_module section must exist.")
	}
	switch s := k.Sections[n]; {
	case s.Type == elf.SHT_NOBITS:
		return bad(".gnu.linkonce.this_module section must have a size set")
	case s.Flags&elf.SHF_ALLOC == 0:
		return bad(".gnu.linkonce.this_module must occupy memory during process execution")
	case s.Size != structModuleSize:
		return bad(".gnu.linkonce.this_module section size must match the kernel's built struct module size at run time")
	case len(s.Data) == 0:
		return k.broken("section %d %s is inactive", n, s.Name)
	}
	k.index.mod = n
	return nil
}

// indexSymbols is elf_validity_cache_index_sym and _str.
func (k *Module) indexSymbols() error {
	count := 0
	for i, s := range k.Sections {
		if s.Type == elf.SHT_SYMTAB {
			count++
			k.index.sym = i
		}
	}
	if count != 1 {
		return k.refuse(trace.Warning, "%s: module has no symbols (stripped?)", k.title())
	}
	n := k.Sections[k.index.sym].Link
	if n == 0 || int64(n) >= int64(len(k.Sections)) {
		return k.refuse(trace.Err, "Invalid ELF sh_link!=SHN_UNDEF(%d) or (sh_link(%d) >= hdr->e_shnum(%d)", n, n, len(k.Sections))
	}
	if s := k.Sections[n]; s.Type != elf.SHT_STRTAB {
		return k.refuse(trace.Err, "Invalid ELF symbol string table type: %d", s.Type)
	}
	k.index.str = int(n)
	return nil
}

// readName takes the name from the struct module.
func (k *Module) readName() error {
	b := k.Sections[k.index.mod].Data[moduleNameAt : moduleNameAt+moduleNameLen]
	name, ok := cString(string(b), 0)
	switch {
	case !ok:
		return k.broken("%s+%#x: the module's name does not end within %d bytes", secThisModule, moduleNameAt, moduleNameLen)
	case name == "" || strings.ContainsAny(name, "/\n"):
		return k.broken("%s+%#x: %q cannot be the name of a module", secThisModule, moduleNameAt, name)
	}
	k.Name = name
	if k.infoName == "" {
		k.infoName = name
	}
	return nil
}

// readSymbols reads the symbol table.
func (k *Module) readSymbols() error {
	s := k.Sections[k.index.sym]
	names := string(k.Sections[k.index.str].Data)
	le := binary.LittleEndian
	backing := make([]Symbol, s.Size/symSize)
	for i := range backing {
		b := s.Data[i*symSize:]
		name, ok := cString(names, uint64(le.Uint32(b)))
		if !ok && le.Uint32(b) != 0 {
			return k.broken("section %d %s: the name of symbol %d at offset %#x is outside of the %#x bytes of names, or does not end",
				s.Index, s.Name, i, le.Uint32(b), len(names))
		}
		backing[i] = Symbol{
			Name: name, Bind: elf.ST_BIND(b[4]), Type: elf.ST_TYPE(b[4]),
			Section: elf.SectionIndex(le.Uint16(b[6:])), Value: le.Uint64(b[8:]), Size: le.Uint64(b[16:]),
		}
		k.Symbols = append(k.Symbols, &backing[i])
	}
	return nil
}
