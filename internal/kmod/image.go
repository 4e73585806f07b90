package kmod

import (
	"debug/elf"
	"encoding/binary"

	"klpemu/internal/obj"
)

// perm is what a kind of memory may be used for once it is formed.
// .data..ro_after_init is written by the module's init.
func (t MemType) perm() obj.Perm {
	switch t {
	case Text, InitText:
		return obj.PermR | obj.PermX
	case Rodata, InitRodata:
		return obj.PermR
	}
	return obj.PermR | obj.PermW
}

// Image is the module as something to put in memory.
func (k *Module) Image() *obj.Image {
	im := &obj.Image{Base: k.Mem[Text].Base}
	for t := range MemTypes {
		m := &k.Mem[t]
		if m.Size == 0 {
			continue
		}
		if im.Base == 0 {
			im.Base = m.Base
		}
		im.End = max(im.End, m.Base+m.Size)
		im.Segments = append(im.Segments, obj.Segment{
			Name: MemType(t).String(), Addr: m.Base, Size: m.Size, Data: m.Bytes, Perm: MemType(t).perm(),
		})
	}
	for _, s := range k.Sections {
		if s.Mem == None || s.Flags&elf.SHF_ALLOC == 0 {
			continue
		}
		im.Sections = append(im.Sections, obj.Placed{File: k.Name, Addr: s.Addr, Section: &obj.Section{
			Index: s.Index, Name: s.Name, Type: s.Type, Flags: s.Flags, Size: s.Size, Align: s.Align, Link: s.Link, Info: s.Info, Data: s.Data,
		}})
		if s.Name == ".eh_frame" && s.Data != nil {
			im.Frames = append(im.Frames, obj.FrameTable{Object: k.Name, Addr: s.Addr, Data: s.Data})
		}
	}
	for i, y := range k.Symbols {
		if i > 0 && y.Name != "" && y.Section != elf.SHN_UNDEF {
			im.Symbols = append(im.Symbols, obj.Symbol{
				Name: y.Name, Addr: y.Value, Size: y.Size, Type: k.letter(y), Func: y.Type == elf.STT_FUNC,
				Global: y.Bind != elf.STB_LOCAL, Object: k.Name, Seq: i,
			})
		}
	}
	return im
}

// CallSites are the addresses in __mcount_loc.
func (k *Module) CallSites() ([]uint64, error) {
	s := k.Section("__mcount_loc")
	if s == nil {
		return nil, nil
	}
	var sites []uint64
	for off := 0; off+8 <= len(s.Data); off += 8 {
		addr := binary.LittleEndian.Uint64(s.Data[off:])
		if addr == 0 {
			continue // of a weak function that was not taken
		}
		if !k.inMem(Text, addr) && !k.inMem(InitText, addr) {
			return nil, k.broken("section %d %s+%#x: the call site %#x is outside of the module's code", s.Index, s.Name, off, addr)
		}
		sites = append(sites, addr)
	}
	return sites, nil
}

// LivepatchSection is one section of relocations for livepatch to apply.
type LivepatchSection struct {
	Name   string
	Relocs []LivepatchReloc
}

// LivepatchReloc is one relocation of it.
type LivepatchReloc struct {
	Addr   uint64
	Type   elf.R_X86_64
	Addend int64
	Sym    *Symbol
}

// Livepatch reports a symbol that livepatch resolves.
func (y *Symbol) Livepatch() bool { return y.Section == sectionLivepatch }

// LivepatchSections collects the sections with SHF_RELA_LIVEPATCH that are for a
// section that is loaded. A place that no livepatch could write is refused.
func (k *Module) LivepatchSections() ([]LivepatchSection, error) {
	var out []LivepatchSection
	for _, s := range k.Sections[1:] {
		target, ok := k.relocTarget(s)
		if !ok || s.Flags&flagRelaLivepatch == 0 || s.Type != elf.SHT_RELA {
			continue
		}
		rs, err := k.relas(s)
		if err != nil {
			return nil, err
		}
		ls := LivepatchSection{Name: s.Name}
		for i, r := range rs {
			if n := target.Size; r.offset > n || n-r.offset < 4 {
				return nil, k.broken("section %d %s: relocation %d is for %s+%#x, outside of its %#x bytes", s.Index, s.Name, i, target.Name, r.offset, n)
			}
			ls.Relocs = append(ls.Relocs, LivepatchReloc{target.Addr + r.offset, r.typ, r.addend, k.Symbols[r.sym]})
		}
		out = append(out, ls)
	}
	return out, nil
}
