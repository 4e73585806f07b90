package obj

import (
	"debug/elf"
)

// LowBase is where objects compiled for the small code model can be linked.
const LowBase = 0x400000

// NeedsLowBase reports whether the files must be linked below 2 GiB: some
// allocated section has an R_X86_64_32 relocation, which gcc's default code
// model emits and which cannot hold an address of the kernel's. why names the
// first one.
func NeedsLowBase(files []*File) (why string, low bool) {
	for _, f := range files {
		for _, s := range f.Sections {
			if !s.alloc() {
				continue
			}
			for _, r := range s.Relocs {
				if r.Type == elf.R_X86_64_32 {
					return place(f, s, r.Offset) + ": R_X86_64_32 against " + f.symbolName(r.Sym), true
				}
			}
		}
	}
	return "", false
}
