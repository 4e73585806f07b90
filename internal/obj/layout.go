package obj

import (
	"debug/elf"
	"fmt"
	"strings"
)

// zone is a group of sections with one set of permissions; the zones of an
// image lie in this order.
type zone int

const (
	zoneText zone = iota
	zoneRodata
	zoneData
	zoneBss
	zoneInitText
	zoneInitRodata
	zoneInitData
	zoneInitBss
	zoneCount
)

// segment is the name and the permissions of a zone's memory. The kernel has
// the same parts as enum mod_mem_type.
func (z zone) segment() (name string, perm Perm) {
	switch z {
	case zoneText:
		return ".text", PermR | PermX
	case zoneRodata:
		return ".rodata", PermR
	case zoneData:
		return ".data", PermR | PermW
	case zoneBss:
		return ".bss", PermR | PermW
	case zoneInitText:
		return ".init.text", PermR | PermX
	case zoneInitRodata:
		return ".init.rodata", PermR
	case zoneInitData:
		return ".init.data", PermR | PermW
	default:
		return ".init.bss", PermR | PermW
	}
}

// zoneOf sorts a section by its flags, and by its name as module_init_section
// does.
func zoneOf(s *Section) zone {
	z := zoneRodata
	switch {
	case s.exec():
		z = zoneText
	case s.Type == elf.SHT_NOBITS:
		z = zoneBss
	case s.Flags&elf.SHF_WRITE != 0:
		z = zoneData
	}
	if strings.HasPrefix(s.Name, ".init") {
		z += zoneInitText
	}
	return z
}

// loaded reports whether a section gets memory. The kernel's linker scripts
// drop .discard.*; livepatch relocations stay with the File.
func loaded(s *Section) bool {
	switch {
	case !s.alloc(), s.Flags&FlagRelaLivepatch != 0:
		return false
	case s.Type == elf.SHT_NULL, s.Type == elf.SHT_RELA, s.Type == elf.SHT_REL,
		s.Type == elf.SHT_SYMTAB, s.Type == elf.SHT_GROUP:
		return false
	case s.Name == ".discard" || strings.HasPrefix(s.Name, ".discard."):
		return false
	}
	return true
}

// cold reports whether the compiler put the section aside as rarely run; such
// code goes behind all other, as in TEXT_TEXT of the kernel's linker script.
func cold(s *Section) bool {
	return s.Name == ".text.unlikely" || strings.HasPrefix(s.Name, ".text.unlikely.")
}

// int3 fills the gaps in text, as in the kernel's linker script.
const int3 = 0xcc

// stubSize is the size of a jump stub: jmp *slot(%rip), filled up with int3.
const stubSize = 8

// layout gives every placed section, the commons, the GOT and the jump stubs
// their addresses and their bytes.
func (l *linker) layout() error {
	cur := uint64(0) // offset from Base
	for z := zone(0); z < zoneCount; z++ {
		a := &area{l: l, zone: z, start: cur, cur: cur}
		if err := a.fill(); err != nil {
			return err
		}
		if a.cur == cur {
			continue
		}
		end := (a.cur + PageSize - 1) &^ (PageSize - 1)
		if end > l.o.Limit {
			return a.full("the rest of the last page")
		}
		name, perm := z.segment()
		l.image.Segments = append(l.image.Segments, Segment{
			Name: name, Addr: l.o.Base + cur, Size: end - cur, Data: a.copyData(), Perm: perm,
		})
		cur = end
	}
	l.image.End = l.o.Base + cur
	return nil
}

// area is one zone being laid out.
type area struct {
	l          *linker
	zone       zone
	start, cur uint64 // offsets from Base
	parts      []part
}

// part is something with contents in an area.
type part struct {
	addr, size uint64
	data       []byte
	out        *[]byte // where to leave the slice of the image
}

// fill places everything that belongs to the zone.
func (a *area) fill() error {
	for _, pass := range []bool{false, true} {
		for _, f := range a.l.files {
			for i, s := range f.Sections {
				if !f.placed[i] || zoneOf(s) != a.zone || cold(s) != pass {
					continue
				}
				if err := a.section(f, s); err != nil {
					return err
				}
			}
		}
	}
	l := a.l
	switch {
	case a.zone == zoneText && len(l.stubs) > 0:
		return a.made("jump stubs", len(l.stubs)*stubSize, stubSize, &l.stubAddr, &l.stubData)
	case a.zone == zoneRodata && (l.wantGOT || len(l.gotSyms) > 0):
		return a.made("global offset table", (gotReserved+len(l.gotSyms))*8, 8, &l.gotAddr, &l.gotData)
	case a.zone == zoneBss:
		return a.commons()
	}
	return nil
}

// commons places the common symbols.
func (a *area) commons() error {
	for _, c := range a.l.commons {
		f := a.l.files[c.ref.file]
		addr, err := a.take(c.size, c.align)
		if err != nil {
			return fmt.Errorf("%s: common symbol %s: %w", f.Name, printable(f.Symbols[c.ref.sym].Name), err)
		}
		f.syms[c.ref.sym].addr = addr
	}
	return nil
}

// gotReserved counts the slots that the psABI reserves at the start of a GOT.
const gotReserved = 3

// section places one section.
func (a *area) section(f *linkFile, s *Section) error {
	addr, err := a.take(s.Size, s.Align)
	if err != nil {
		return fmt.Errorf("%s: section %d %s: %w", f.Name, s.Index, printable(s.Name), err)
	}
	f.addr[s.Index] = addr
	if s.Type != elf.SHT_NOBITS {
		a.parts = append(a.parts, part{addr, s.Size, s.Data, &f.out[s.Index]})
	}
	a.l.image.Sections = append(a.l.image.Sections, Placed{File: f.Name, Section: s, Addr: addr})
	return nil
}

// made places something that the linker makes.
func (a *area) made(what string, size int, align uint64, addr *uint64, out *[]byte) error {
	var err error
	if *addr, err = a.take(uint64(size), align); err != nil {
		return fmt.Errorf("link: %s: %w", what, err)
	}
	a.parts = append(a.parts, part{*addr, uint64(size), make([]byte, size), out})
	return nil
}

// take reserves size bytes.
func (a *area) take(size, align uint64) (addr uint64, err error) {
	base := a.l.o.Base
	off := (base+a.cur+align-1)&^(align-1) - base
	switch {
	case a.zone == zoneText && a.cur == 0 && off != 0:
		return 0, fmt.Errorf("its alignment %#x is not met by the base address %#x", align, base)
	case off < a.cur, !within(off, size, a.l.o.Limit):
		return 0, a.full(fmt.Sprintf("%#x bytes, aligned to %#x,", size, align))
	}
	a.cur = off + size
	return base + off, nil
}

// copyData makes the bytes of the area, now that its size is known.
func (a *area) copyData() []byte {
	if len(a.parts) == 0 {
		return nil
	}
	start := a.l.o.Base + a.start
	data := make([]byte, a.cur-a.start)
	if a.zone == zoneText || a.zone == zoneInitText {
		for i := range data {
			data[i] = int3
		}
	}
	for _, p := range a.parts {
		off := p.addr - start
		*p.out = data[off : off+p.size : off+p.size]
		copy(*p.out, p.data)
	}
	return data
}

func (a *area) full(what string) error {
	return fmt.Errorf("%s at %#x do not fit: the image is limited to %#x bytes from %#x",
		what, a.l.o.Base+a.cur, a.l.o.Limit, a.l.o.Base)
}
