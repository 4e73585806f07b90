package layout

import (
	"debug/elf"
	"encoding/binary"

	"klpemu/internal/obj"
)

// relaSize is the size of an Elf64_Rela.
const relaSize = 24

// Section returns the contents of a section of a relocatable object, with the
// relocations applied that compilers make in debugging information: addresses
// of 4 and 8 bytes, of symbols whose sections begin at 0. nil where there is no
// such section.
func Section(f *obj.File, name string) []byte {
	s := f.Section(name)
	if s == nil || s.Flags&elf.SHF_COMPRESSED != 0 {
		return nil
	}
	data := s.Data
	for _, r := range f.Sections {
		if r.Type == elf.SHT_RELA && int64(r.Info) == int64(s.Index) {
			data = relocate(f, data, r.Data)
		}
	}
	return data
}

func relocate(f *obj.File, section, relas []byte) []byte {
	data := append([]byte(nil), section...)
	le := binary.LittleEndian
	for ; len(relas) >= relaSize; relas = relas[relaSize:] {
		off, info, addend := le.Uint64(relas), le.Uint64(relas[8:]), le.Uint64(relas[16:])
		sym := info >> 32
		if sym >= uint64(len(f.Symbols)) || off > uint64(len(data)) {
			continue // debug/dwarf finds what is wrong
		}
		v, at := f.Symbols[sym].Value+addend, data[off:]
		switch t := elf.R_X86_64(uint32(info)); {
		case t == elf.R_X86_64_64 && len(at) >= 8:
			le.PutUint64(at, v)
		case (t == elf.R_X86_64_32 || t == elf.R_X86_64_32S) && len(at) >= 4:
			le.PutUint32(at, uint32(v))
		}
	}
	return data
}
