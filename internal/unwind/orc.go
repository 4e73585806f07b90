package unwind

import (
	"encoding/binary"
	"fmt"
	"sort"
)

// ORC is the kernel's own unwind data (arch/x86/include/asm/orc_types.h), as
// objtool writes it: for each run of instructions, where the caller's stack
// pointer and frame pointer are.

// orcReg is a base register of an ORC rule (ORC_REG_*).
type orcReg uint8

const (
	orcUndefined orcReg = iota
	orcPrevSP
	orcDX
	orcDI
	orcBP
	orcSP
	orcR10
	orcR13
	orcBPIndirect
	orcSPIndirect
)

// orcType is what kind of frame an entry describes (ORC_TYPE_*).
type orcType uint8

const (
	orcTypeUndefined orcType = iota
	orcTypeEndOfStack
	orcTypeCall
	orcTypeRegs
	orcTypeRegsPartial
)

// orcEntry is struct orc_entry.
type orcEntry struct {
	spOffset, bpOffset int16
	spReg, bpReg       orcReg
	typ                orcType
	signal             bool
}

// Sizes of the table's elements.
const (
	orcEntrySize = 6
	orcIPSize    = 4
)

// ORCTable is the ORC data of one object.
type ORCTable struct {
	object  string
	ips     []uint64 // ascending
	entries []orcEntry
	end     uint64 // of the text that the data describes
}

// ParseORC reads .orc_unwind_ip, relocated and lying at addr, with .orc_unwind.
// textEnd is the end of the text that the data describes: the last entry holds
// up to there.
func ParseORC(object string, addr uint64, ips, entries []byte, textEnd uint64) (*ORCTable, error) {
	n := len(ips) / orcIPSize
	switch {
	case len(ips)%orcIPSize != 0:
		return nil, fmt.Errorf("%s: .orc_unwind_ip has %d bytes; want a multiple of %d", object, len(ips), orcIPSize)
	case len(entries) != n*orcEntrySize:
		return nil, fmt.Errorf("%s: .orc_unwind has %d bytes; its %d addresses want %d", object, len(entries), n, n*orcEntrySize)
	}
	t := &ORCTable{object: object, end: textEnd, ips: make([]uint64, n), entries: make([]orcEntry, n)}
	for i := range t.ips {
		off := int32(binary.LittleEndian.Uint32(ips[i*orcIPSize:]))
		t.ips[i] = addr + uint64(i*orcIPSize) + uint64(int64(off))
		t.entries[i] = decodeORC(entries[i*orcEntrySize:])
	}
	sort.Stable((*byIP)(t)) // as unwind_module_init does
	return t, nil
}

func decodeORC(b []byte) orcEntry {
	flags := binary.LittleEndian.Uint16(b[4:])
	return orcEntry{
		spOffset: int16(binary.LittleEndian.Uint16(b)),
		bpOffset: int16(binary.LittleEndian.Uint16(b[2:])),
		spReg:    orcReg(flags & 0xf),
		bpReg:    orcReg(flags >> 4 & 0xf),
		typ:      orcType(flags >> 8 & 7),
		signal:   flags>>11&1 != 0,
	}
}

// byIP sorts a table by address. Of entries for one address the terminator of
// the function before goes first: the last one is looked up (orc_sort_cmp).
type byIP ORCTable

func (t *byIP) Len() int { return len(t.ips) }
func (t *byIP) Less(i, j int) bool {
	if t.ips[i] != t.ips[j] {
		return t.ips[i] < t.ips[j]
	}
	return t.entries[i].typ == orcTypeUndefined && t.entries[j].typ != orcTypeUndefined
}
func (t *byIP) Swap(i, j int) {
	t.ips[i], t.ips[j] = t.ips[j], t.ips[i]
	t.entries[i], t.entries[j] = t.entries[j], t.entries[i]
}

// Len is the number of entries.
func (t *ORCTable) Len() int { return len(t.ips) }

// find is __orc_find: the entry that holds at pc.
func (t *ORCTable) find(pc uint64) *orcEntry {
	if len(t.ips) == 0 || pc < t.ips[0] || pc >= t.end {
		return nil
	}
	i := sort.Search(len(t.ips), func(i int) bool { return t.ips[i] > pc })
	return &t.entries[i-1]
}

// Places in struct pt_regs that ORC's frames of registers refer to.
const (
	ptRegsIP   = 0x80
	ptRegsSP   = 0x98
	iretOffset = 0x80 // IRET_FRAME_OFFSET
)

// ptRegsAt gives the place of each register in struct pt_regs.
func ptRegsAt() [numRegs]uint64 {
	return [numRegs]uint64{
		RAX: 0x50, RCX: 0x58, RDX: 0x60, RBX: 0x28, RSP: ptRegsSP, RBP: 0x20, RSI: 0x68, RDI: 0x70,
		R8: 0x48, R9: 0x40, R10: 0x38, R11: 0x30, R12: 0x18, R13: 0x10, R14: 0x08, R15: 0x00,
	}
}

// step finds the caller of f by its entry (unwind_next_frame).
func (o *orcEntry) step(f *Frame, m Memory) Result {
	switch o.typ {
	case orcTypeEndOfStack:
		return Result{Outcome: End}
	case orcTypeCall, orcTypeRegs, orcTypeRegsPartial:
	default:
		return unreliable("the ORC entry of %x has no type", f.RIP)
	}
	sp, err := o.callerSP(f, m)
	if err != nil {
		return unreliable("the frame of %x cannot be found: %v", f.RIP, err)
	}
	next := Frame{Signal: o.signal, Guess: f.Guess, RegsFrame: o.typ != orcTypeCall}
	if bp, ok := f.get(RBP); ok {
		next.set(RBP, bp)
	}
	switch o.typ {
	case orcTypeCall:
		next.Slot = sp - 8
		next.set(RSP, sp)
	case orcTypeRegs:
		err = next.loadRegs(sp, m)
	case orcTypeRegsPartial:
		next.Slot = sp
		v, e := m.Load(sp-iretOffset+ptRegsSP, 8)
		next.set(RSP, v)
		err = e
	}
	if err == nil {
		next.RIP, err = m.Load(next.Slot, 8)
	}
	if err == nil {
		err = o.callerBP(f, &next, sp, m)
	}
	switch {
	case err != nil:
		return unreliable("the caller of %x is lost: %v", f.RIP, err)
	case next.SP() <= f.SP():
		return unreliable("the stack of %x does not come to an end: its caller's is at %x, its own at %x", f.RIP, next.SP(), f.SP())
	}
	return Result{Next: next}
}

// callerSP computes the caller's stack pointer, or the place of the saved
// registers.
func (o *orcEntry) callerSP(f *Frame, m Memory) (uint64, error) {
	base, off := RSP, uint64(int64(o.spOffset))
	switch o.spReg {
	case orcSP, orcSPIndirect:
	case orcBP, orcBPIndirect:
		base = RBP
	case orcR10:
		base = R10
	case orcR13:
		base = R13
	case orcDI:
		base = RDI
	case orcDX:
		base = RDX
	default:
		return 0, fmt.Errorf("its ORC entry names no stack register (%d)", o.spReg)
	}
	v, ok := f.get(base)
	if !ok {
		return 0, fmt.Errorf("it is counted from %s, which is not known here", regName(base))
	}
	switch o.spReg {
	case orcSPIndirect:
		v, err := m.Load(v, 8)
		return v + off, err
	case orcBPIndirect:
		return m.Load(v+off, 8)
	}
	return v + off, nil
}

// callerBP applies the rule of the frame pointer.
func (o *orcEntry) callerBP(f, next *Frame, sp uint64, m Memory) error {
	var at uint64
	switch o.bpReg {
	case orcUndefined:
		return nil
	case orcPrevSP:
		at = sp + uint64(int64(o.bpOffset))
	case orcBP:
		bp, ok := f.get(RBP)
		if !ok {
			return fmt.Errorf("rbp is counted from itself, and is not known here")
		}
		at = bp + uint64(int64(o.bpOffset))
	default:
		return fmt.Errorf("the ORC entry names no register of the frame pointer (%d)", o.bpReg)
	}
	bp, err := m.Load(at, 8)
	next.set(RBP, bp)
	return err
}

// loadRegs takes all registers from the struct pt_regs at addr.
func (f *Frame) loadRegs(addr uint64, m Memory) error {
	for r, off := range ptRegsAt() {
		v, err := m.Load(addr+off, 8)
		if err != nil {
			return err
		}
		f.set(r, v)
	}
	f.Slot = addr + ptRegsIP
	return nil
}
