package kmod

import (
	"debug/elf"
	"encoding/binary"

	"klpemu/internal/trace"
)

// Hash prints an address as %p does.
type Hash func(addr uint64) string

// Relocate is apply_relocations but for those of livepatches: the relocations
// of every section that is loaded, in the order of the sections.
func (k *Module) Relocate(hash Hash) error {
	if err := k.countRelocs(); err != nil {
		return err
	}
	for _, s := range k.Sections[1:] {
		target, ok := k.relocTarget(s)
		if !ok || s.Flags&flagRelaLivepatch != 0 {
			continue
		}
		switch s.Type {
		case elf.SHT_REL:
			return k.refuse(trace.Err, "module %s: REL relocation unsupported", k.Name)
		case elf.SHT_RELA:
			if err := k.relocateSection(s, target, hash); err != nil {
				return err
			}
		}
	}
	return nil
}

// countRelocs refuses a file whose sections of relocations are more than the
// file: they overlap, and applying them would take longer than any file should.
func (k *Module) countRelocs() error {
	left := uint64(len(k.file))
	for _, s := range k.Sections {
		if s.Type != elf.SHT_RELA {
			continue
		}
		if s.Size > left {
			return k.broken("section %d %s: the sections of relocations overlap", s.Index, s.Name)
		}
		left -= s.Size
	}
	return nil
}

// relocTarget is the section that s has relocations for, if that is loaded.
func (k *Module) relocTarget(s *Section) (*Section, bool) {
	if int64(s.Info) >= int64(len(k.Sections)) {
		return nil, false
	}
	t := k.Sections[s.Info]
	return t, t.Flags&elf.SHF_ALLOC != 0
}

// rela is one relocation.
type rela struct {
	offset uint64
	typ    elf.R_X86_64
	sym    int
	addend int64
}

// relas reads the relocations of a section.
func (k *Module) relas(s *Section) ([]rela, error) {
	le := binary.LittleEndian
	out := make([]rela, 0, len(s.Data)/relaSize)
	for off := 0; off+relaSize <= len(s.Data); off += relaSize {
		b := s.Data[off:]
		info := le.Uint64(b[8:])
		r := rela{le.Uint64(b), elf.R_X86_64(uint32(info)), int(info >> 32), int64(le.Uint64(b[16:]))}
		if r.sym >= len(k.Symbols) {
			return nil, k.broken("section %d %s+%#x: relocation against symbol %d; there are %d", s.Index, s.Name, off, r.sym, len(k.Symbols))
		}
		out = append(out, r)
	}
	return out, nil
}

// relocateSection is __write_relocate_add with apply.
func (k *Module) relocateSection(s, target *Section, hash Hash) error {
	rs, err := k.relas(s)
	if err != nil {
		return err
	}
	for i, r := range rs {
		loc := target.Addr + r.offset
		value := k.Symbols[r.sym].Value + uint64(r.addend)
		size := 4
		switch r.typ {
		case elf.R_X86_64_NONE:
			continue
		case elf.R_X86_64_64:
			size = 8
		case elf.R_X86_64_32:
			if value != uint64(uint32(value)) {
				return k.overflow(r.typ, value)
			}
		case elf.R_X86_64_32S:
			if value != uint64(int64(int32(value))) {
				return k.overflow(r.typ, value)
			}
		case elf.R_X86_64_PC32, elf.R_X86_64_PLT32:
			value -= loc
		case elf.R_X86_64_PC64:
			value, size = value-loc, 8
		default:
			return k.refuse(trace.Err, "module: %s: Unknown rela relocation: %d", k.Name, uint32(r.typ))
		}
		if n := uint64(len(target.Data)); r.offset > n || uint64(size) > n-r.offset {
			return k.broken("section %d %s: relocation %d is for %s+%#x, outside of its %#x bytes", s.Index, s.Name, i, target.Name, r.offset, n)
		}
		field := target.Data[r.offset:][:size]
		for _, b := range field {
			if b != 0 {
				return k.refuse(trace.Err, "module: x86/modules: Invalid relocation target, existing value is nonzero for type %d, loc %s, val %x",
					uint32(r.typ), hash(loc), value)
			}
		}
		if size == 8 {
			binary.LittleEndian.PutUint64(field, value)
		} else {
			binary.LittleEndian.PutUint32(field, uint32(value))
		}
	}
	return nil
}

func (k *Module) overflow(t elf.R_X86_64, value uint64) error {
	k.say(trace.Err, "module: overflow in relocation type %d val %x", uint32(t), value)
	return k.refuse(trace.Err, "module: `%s' likely not compiled with -mcmodel=kernel", k.Name)
}
