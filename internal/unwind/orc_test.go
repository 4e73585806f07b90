package unwind

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// words is a memory of single words; everything else is unmapped.
type words map[uint64]uint64

func (w words) Load(addr uint64, size int) (uint64, error) {
	if v, ok := w[addr]; ok && size == 8 {
		return v, nil
	}
	return 0, fmt.Errorf("read of %d bytes at %x: not mapped", size, addr)
}

// orcRow is one entry of a table under test: it holds from ip on.
type orcRow struct {
	ip uint64
	e  orcEntry
}

func (e orcEntry) encode() []byte {
	flags := uint16(e.spReg) | uint16(e.bpReg)<<4 | uint16(e.typ)<<8
	if e.signal {
		flags |= 1 << 11
	}
	b := binary.LittleEndian.AppendUint16(nil, uint16(e.spOffset))
	b = binary.LittleEndian.AppendUint16(b, uint16(e.bpOffset))
	return binary.LittleEndian.AppendUint16(b, flags)
}

const (
	orcAddr    = 0x9000
	orcTextEnd = 0x2000
)

func orcTable(t *testing.T, rows ...orcRow) *ORCTable {
	t.Helper()
	var ips, entries []byte
	for i, r := range rows {
		ips = binary.LittleEndian.AppendUint32(ips, uint32(r.ip-orcAddr-uint64(i*orcIPSize)))
		entries = append(entries, r.e.encode()...)
	}
	table, err := ParseORC("test.o", orcAddr, ips, entries, orcTextEnd)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// The entries of code as gcc makes it: at a function's start, with rbp pushed,
// with rbp set up.
var (
	orcStart  = orcEntry{spReg: orcSP, spOffset: 8, typ: orcTypeCall}
	orcPushed = orcEntry{spReg: orcSP, spOffset: 16, bpReg: orcPrevSP, bpOffset: -16, typ: orcTypeCall}
	orcFramed = orcEntry{spReg: orcBP, spOffset: 16, bpReg: orcPrevSP, bpOffset: -16, typ: orcTypeCall}
	orcEnd    = orcEntry{typ: orcTypeEndOfStack}
	orcNone   = orcEntry{}
)

// The functions of the walks below: entry at 0x1000 calls f at 0x1100, which
// calls g at 0x1200; what follows a function has no type.
func orcFunctions() []orcRow {
	return []orcRow{
		{0x1000, orcEnd}, {0x1080, orcNone},
		{0x1100, orcStart}, {0x1104, orcFramed}, {0x1140, orcNone},
		{0x1200, orcStart}, {0x1240, orcNone},
	}
}

func TestORCWalk(t *testing.T) {
	regs := func(sp, bp uint64) (r [numRegs]uint64) {
		r[RSP], r[RBP] = sp, bp
		return r
	}
	stack := words{0x7f00: 0x1110, 0x7f20: 0x7ff0, 0x7f28: 0x1010}
	tests := []struct {
		name    string
		rows    []orcRow
		stack   words
		top     Frame
		entries []uint64
		why     string // "" is reliable
	}{
		{
			name: "calls up to the end of the stack", stack: stack,
			top: Top(0x1210, regs(0x7f00, 0x7f20), false), entries: []uint64{0x1210, 0x1110, 0x1010},
		},
		{
			name: "a call as the last instruction is looked up by the byte before", stack: words{0x7f00: 0x1140, 0x7f20: 0x7ff0, 0x7f28: 0x1080},
			top: Top(0x1210, regs(0x7f00, 0x7f20), false), entries: []uint64{0x1210, 0x1140, 0x1080},
		},
		{
			name: "an interrupted address is looked up as it is", stack: words{0x7f00: 0x1010},
			top: Top(0x1200, regs(0x7f00, 0), true), entries: []uint64{0x1200, 0x1010},
		},
		{
			name: "a return address at a function's first byte", stack: words{0x7f00: 0x1010},
			top: Top(0x1200, regs(0x7f00, 0), false), entries: []uint64{0x1200}, why: "has no type",
		},
		{
			name: "no entry: the frame pointer is followed and not believed", stack: words{0x7f28: 0x1010, 0x7f20: 0x7ff0},
			top: Top(0x3000, regs(0x7f00, 0x7f20), false), entries: []uint64{0x3000, 0x1010}, why: "no unwind data for 3000",
		},
		{
			name: "an undefined entry", stack: words{},
			top: Top(0x1150, regs(0x7f00, 0x7f20), false), entries: []uint64{0x1150}, why: "has no type",
		},
		{
			name: "an unmapped stack", stack: words{},
			top: Top(0x1210, regs(0x7f00, 0), false), entries: []uint64{0x1210}, why: "not mapped",
		},
		{
			name: "a frame that leads upwards", rows: []orcRow{{0x1000, orcEntry{spReg: orcSP, spOffset: -16, typ: orcTypeCall}}},
			stack: words{0x7ee8: 0x1010}, top: Top(0x1010, regs(0x7f00, 0), false), entries: []uint64{0x1010}, why: "does not come to an end",
		},
		{
			name: "a type that does not exist", rows: []orcRow{{0x1000, orcEntry{spReg: orcSP, spOffset: 8, typ: 7}}},
			stack: words{}, top: Top(0x1010, regs(0x7f00, 0), false), entries: []uint64{0x1010}, why: "has no type",
		},
		{
			name: "a register that is not known", rows: []orcRow{{0x1000, orcEntry{spReg: orcR10, spOffset: 8, typ: orcTypeCall}}},
			stack: words{}, top: Frame{RIP: 0x1010, Known: 1 << RSP}, entries: []uint64{0x1010}, why: "counted from r10",
		},
		{
			name: "no stack register", rows: []orcRow{{0x1000, orcEntry{spReg: orcPrevSP, spOffset: 8, typ: orcTypeCall}}},
			stack: words{}, top: Top(0x1010, regs(0x7f00, 0), false), entries: []uint64{0x1010}, why: "names no stack register",
		},
		{
			name: "no such rule of the frame pointer", rows: []orcRow{{0x1000, orcEntry{spReg: orcSP, spOffset: 8, bpReg: orcDX, typ: orcTypeCall}}},
			stack: words{0x7f00: 0x1010}, top: Top(0x1010, regs(0x7f00, 0), false), entries: []uint64{0x1010}, why: "names no register of the frame pointer",
		},
		{
			name: "stack pointer saved on the stack", rows: append(orcFunctions(), orcRow{0x1300, orcEntry{spReg: orcSPIndirect, spOffset: 8, typ: orcTypeCall}}),
			stack: words{0x7f00: 0x7f80, 0x7f80: 0x1010}, top: Top(0x1310, regs(0x7f00, 0), false), entries: []uint64{0x1310, 0x1010},
		},
		{
			name: "stack pointer saved below the frame pointer", rows: append(orcFunctions(), orcRow{0x1300, orcEntry{spReg: orcBPIndirect, spOffset: -8, typ: orcTypeCall}}),
			stack: words{0x7f18: 0x7f88, 0x7f80: 0x1010}, top: Top(0x1310, regs(0x7f00, 0x7f20), false), entries: []uint64{0x1310, 0x1010},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows := tt.rows
			if rows == nil {
				rows = orcFunctions()
			}
			var ts Tables
			ts.AddORC("test.o", orcTable(t, rows...))
			got := ts.Reliable(tt.top, tt.stack, WalkOptions{})
			if diff := cmp.Diff(tt.entries, got.Entries); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			if got.Reliable != (tt.why == "") || !strings.Contains(got.Why, tt.why) {
				t.Errorf("reliable %v because %q, want reason %q", got.Reliable, got.Why, tt.why)
			}
		})
	}
}

// A frame of saved registers in the kernel is accepted: the interrupted
// function is an entry at the very address (C.7, kernel-mode regs).
func TestORCRegsFrame(t *testing.T) {
	const frame = 0x7e00
	stack := words{0x7f00: 0x1110, 0x7f20: 0x7ff0, 0x7f28: 0x1010}
	for r, off := range ptRegsAt() {
		stack[frame+off] = uint64(r)
	}
	stack[frame+ptRegsSP], stack[frame+0x20], stack[frame+ptRegsIP] = 0x7f00, 0x7f20, 0x1200
	for _, tt := range []struct {
		name string
		e    orcEntry
	}{
		{"full", orcEntry{spReg: orcSP, typ: orcTypeRegs, signal: true}},
		{"iret frame only", orcEntry{spReg: orcSP, spOffset: iretOffset, typ: orcTypeRegsPartial, signal: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var ts Tables
			ts.AddORC("test.o", orcTable(t, append(orcFunctions(), orcRow{0x1300, tt.e})...))
			var regs [numRegs]uint64
			regs[RSP], regs[RBP] = frame, 0x7f20
			called := false
			got := ts.Reliable(Top(0x1310, regs, false), stack, WalkOptions{Return: func(addr, _ uint64) uint64 {
				called = called || addr == 0x1200
				return addr
			}})
			if diff := cmp.Diff([]uint64{0x1310, 0x1200, 0x1110, 0x1010}, got.Entries); diff != "" || !got.Reliable {
				t.Errorf("reliable %v (%s), entries (-want +got):\n%s", got.Reliable, got.Why, diff)
			}
			if called {
				t.Error("an interrupted address was taken for a return address that a tracer may have replaced")
			}
		})
	}
}

// A copy of code, as a per-ops trampoline, is walked by the original's data.
func TestORCAlias(t *testing.T) {
	var ts Tables
	ts.AddORC("test.o", orcTable(t, orcFunctions()...))
	if err := ts.Alias("copy", 0x5000, 0x40, 0x1200); err != nil {
		t.Fatal(err)
	}
	var regs [numRegs]uint64
	regs[RSP] = 0x7f00
	stack := words{0x7f00: 0x1010}
	if got := ts.Reliable(Top(0x5010, regs, true), stack, WalkOptions{}); !got.Reliable {
		t.Errorf("stack through a copy is unreliable: %s", got.Why)
	}
	ts.Remove("copy")
	if got := ts.Reliable(Top(0x5010, regs, true), stack, WalkOptions{}); got.Reliable {
		t.Error("stack through a copy without data is reliable")
	}
}

func TestORCLimit(t *testing.T) {
	var ts Tables
	ts.AddORC("test.o", orcTable(t, orcFunctions()...))
	for _, tt := range []struct {
		frames   int
		reliable bool
	}{{MaxEntries, true}, {MaxEntries + 1, false}} {
		stack := words{}
		sp := uint64(0x7000)
		for i := 0; i < tt.frames-2; i++ {
			stack[sp+uint64(i)*8] = 0x1210
		}
		stack[sp+uint64(tt.frames-2)*8] = 0x1010
		var regs [numRegs]uint64
		regs[RSP] = sp
		got := ts.Reliable(Top(0x1210, regs, true), stack, WalkOptions{})
		if got.Reliable != tt.reliable || len(got.Entries) != MaxEntries {
			t.Errorf("%d frames: reliable %v with %d entries (%s)", tt.frames, got.Reliable, len(got.Entries), got.Why)
		}
	}
}

func TestParseORC(t *testing.T) {
	for _, tt := range []struct {
		name         string
		ips, entries int
		err          string
	}{
		{"empty", 0, 0, ""},
		{"one", 4, 6, ""},
		{"half an address", 3, 6, "multiple of 4"},
		{"an entry is missing", 8, 6, "want 12"},
		{"half an entry", 4, 5, "want 6"},
	} {
		_, err := ParseORC("x.o", orcAddr, make([]byte, tt.ips), make([]byte, tt.entries), orcTextEnd)
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.err)
		}
	}
}

// Modules' tables are not sorted in their files, and the terminator of one
// function may stand at the start of the next.
func TestORCOrder(t *testing.T) {
	table := orcTable(t, orcRow{0x1100, orcStart}, orcRow{0x1000, orcPushed}, orcRow{0x1100, orcNone})
	for _, tt := range []struct {
		pc   uint64
		want *orcEntry
	}{{0xfff, nil}, {0x1000, &orcPushed}, {0x10ff, &orcPushed}, {0x1100, &orcStart}, {orcTextEnd - 1, &orcStart}, {orcTextEnd, nil}} {
		if diff := cmp.Diff(tt.want, table.find(tt.pc), cmp.AllowUnexported(orcEntry{})); diff != "" {
			t.Errorf("find(%x) (-want +got):\n%s", tt.pc, diff)
		}
	}
}

// Whatever the data says, a walk ends and does not crash.
func FuzzORC(f *testing.F) {
	f.Add([]byte{0, 0x80, 0xff, 0xff}, []byte{8, 0, 0, 0, 5, 2}, uint64(0x1010))
	f.Add([]byte{0, 0x80, 0xff, 0xff}, []byte{0, 0, 0, 0, 5, 11}, uint64(0x1010))
	f.Fuzz(func(t *testing.T, ips, entries []byte, rip uint64) {
		table, err := ParseORC("fuzz.o", orcAddr, ips, entries, orcTextEnd)
		if err != nil {
			return
		}
		var ts Tables
		ts.AddORC("fuzz.o", table)
		stack := words{}
		for i := uint64(0); i < 64; i++ {
			stack[0x7000+i*8] = rip + i
		}
		var regs [numRegs]uint64
		regs[RSP], regs[RBP] = 0x7000, 0x7010
		if tr := ts.Reliable(Top(rip, regs, false), stack, WalkOptions{}); len(tr.Entries) > MaxEntries {
			t.Errorf("%d entries", len(tr.Entries))
		}
	})
}
