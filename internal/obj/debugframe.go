package obj

import (
	"debug/elf"
	"encoding/binary"
)

// debugFrameSection is call frame information for debuggers alone: it is not
// loaded, and refers to places in itself by offset.
const debugFrameSection = ".debug_frame"

// debugFrames relocates each file's .debug_frame beside the image.
func (l *linker) debugFrames() {
	for _, f := range l.files {
		for i, s := range f.Sections {
			if s.Name != debugFrameSection || f.placed[i] || f.dropped[i] || len(s.Data) == 0 {
				continue
			}
			data := append([]byte(nil), s.Data...)
			for _, r := range s.Relocs {
				l.applyDebug(f, s, data, r)
			}
			l.image.Frames = append(l.image.Frames, FrameTable{
				Object: f.Name, Addr: l.image.Base + uint64(f.index), Data: data, Debug: true,
			})
		}
	}
}

// applyDebug applies one relocation; what it cannot be applied to becomes zero,
// which describes no function.
func (l *linker) applyDebug(f *linkFile, s *Section, data []byte, r Reloc) {
	size := uint64(8)
	switch r.Type {
	case elf.R_X86_64_64:
	case elf.R_X86_64_32, elf.R_X86_64_32S:
		size = 4
	default:
		return
	}
	if r.Offset > uint64(len(data)) || size > uint64(len(data))-r.Offset {
		return
	}
	value := uint64(r.Addend)
	switch v := f.syms[r.Sym]; v.state {
	case symHere, symFixed:
		value += l.value(v)
	case symUnplaced:
		if y := f.Symbols[r.Sym]; int(y.Section) == s.Index {
			value += y.Value
		}
	default:
		value = 0
	}
	if size == 8 {
		binary.LittleEndian.PutUint64(data[r.Offset:], value)
		return
	}
	binary.LittleEndian.PutUint32(data[r.Offset:], uint32(value))
}
