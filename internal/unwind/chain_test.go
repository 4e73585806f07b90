package unwind

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// debugLike is a .debug_frame with one function, whose return address is below
// what it has pushed, in the 32-bit or the 64-bit form.
func debugLike(long bool) []byte {
	le := binary.LittleEndian
	wrap := func(id uint64, body []byte) []byte {
		if long {
			b := le.AppendUint32(nil, 0xffffffff)
			b = le.AppendUint64(b, uint64(8+len(body)))
			return append(le.AppendUint64(b, id), body...)
		}
		b := le.AppendUint32(nil, uint32(4+len(body)))
		return append(le.AppendUint32(b, uint32(id)), body...)
	}
	// version 4, no augmentation, 8-byte addresses; CFA is rsp+8, rip at -8
	out := wrap(^uint64(0), []byte{4, 0, 8, 0, 1, 0x78, dwarfRA, 0x0c, 7, 8, 0x80 + dwarfRA, 1})
	fde := le.AppendUint64(nil, textAddr)
	fde = le.AppendUint64(fde, 0x100)
	return append(out, wrap(0, append(fde, 0x41, 0x0e, 16))...)
}

func TestDebugFrame(t *testing.T) {
	m := sparse{}
	m.push(stackAddr, 0xbb, textAddr+0x500)
	for _, long := range []bool{false, true} {
		tab, err := ParseDebug("test", debugLike(long))
		if err != nil {
			t.Fatal(err)
		}
		ts := new(Tables)
		ts.AddDebug("test", tab)
		r := ts.Step(Top(textAddr+0x10, regsWithSP(stackAddr), false), m)
		if r.Outcome != Stepped || r.Next.RIP != textAddr+0x500 || r.Next.SP() != stackAddr+16 {
			t.Errorf("64-bit form %v: step is %+v", long, r)
		}
		if ts.Remove("test"); ts.Known(textAddr) {
			t.Error("the table is still there")
		}
	}
	// .eh_frame comes first.
	tab, _ := ParseDebug("test", debugLike(false))
	ts := mustParse(t, one(0x0e, 8))
	ts.AddDebug("debug", tab)
	if r := ts.Step(Top(textAddr+0x10, regsWithSP(stackAddr+8), false), m); r.Next.RIP != textAddr+0x500 {
		t.Errorf("step by .eh_frame is %+v", r)
	}
}

// TestChain is the frame-pointer unwinder: each saved frame pointer, and what
// makes it give up.
func TestChain(t *testing.T) {
	const (
		a, b, c = textAddr + 0x10, textAddr + 0x20, textAddr + 0x30
		top     = stackAddr + 0x100
		last    = top - 0x20
	)
	stack := func(at ...uint64) sparse {
		m := sparse{}
		for i := 0; i < len(at); i += 2 {
			m[at[i]] = at[i+1]
		}
		return m
	}
	whole := stack(stackAddr+0x10, stackAddr+0x40, stackAddr+0x18, b, stackAddr+0x40, last, stackAddr+0x48, c, last, 0, last+8, a)
	text := func(addr uint64) bool { return addr >= textAddr && addr < textAddr+0x1000 }
	tests := []struct {
		name    string
		m       sparse
		rbp     uint64
		regs    bool
		max     int
		entries []uint64
		why     string
	}{
		{"whole", whole, stackAddr + 0x10, false, 0, []uint64{a, b, c, a}, ""},
		{"interrupted", whole, stackAddr + 0x10, true, 0, []uint64{a, b, c, a}, "registers of an interrupt"},
		{"too many", whole, stackAddr + 0x10, false, 2, []uint64{a, b}, "more than 2 entries"},
		{"off the stack", whole, top, false, 0, []uint64{a}, "is not on it"},
		{"below the stack pointer", whole, stackAddr - 8, false, 0, []uint64{a}, "is not on it"},
		{"odd", whole, stackAddr + 0x11, false, 0, []uint64{a}, "is not on it"},
		{"unmapped", sparse{}, stackAddr + 0x10, false, 0, []uint64{a}, "cannot be followed"},
		{"back", stack(stackAddr+0x10, stackAddr+0x10, stackAddr+0x18, b), stackAddr + 0x10, false, 0, []uint64{a, b}, "is not on it"},
		{"no text", stack(stackAddr+0x10, last, stackAddr+0x18, 0x1234), stackAddr + 0x10, false, 0, []uint64{a}, "is not kernel text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			regs := regsWithSP(stackAddr)
			regs[RBP] = tt.rbp
			var tr Trace
			new(Tables).Chain(&tr, Top(a, regs, false), tt.m, WalkOptions{Text: text, Max: tt.max}, ChainEnd{Last: last, Top: top, Regs: tt.regs})
			if diff := cmp.Diff(tt.entries, tr.Entries); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			if tr.Reliable != (tt.why == "") || !strings.Contains(tr.Why, tt.why) {
				t.Errorf("reliable %v, because %q; want %q", tr.Reliable, tr.Why, tt.why)
			}
		})
	}
}

// TestGuess: every text address on the stack, none of them reliable.
func TestGuess(t *testing.T) {
	m := sparse{}
	m.push(stackAddr, 5, textAddr+1, 7, textAddr+2)
	var tr Trace
	text := func(addr uint64) bool { return addr >= textAddr }
	Guess(&tr, Top(textAddr, regsWithSP(stackAddr), false), m, WalkOptions{Text: text}, stackAddr+32)
	if diff := cmp.Diff([]uint64{textAddr, textAddr + 1, textAddr + 2}, tr.Entries); diff != "" || tr.Reliable {
		t.Errorf("reliable %v; entries (-want +got):\n%s", tr.Reliable, diff)
	}
}
