package unwind

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	textAddr  = 0xffffffff81000000
	frameAddr = 0xffffffff81010000
	stackAddr = 0xffffc90000000000
)

func mustParse(t *testing.T, s *section) *Tables {
	t.Helper()
	tab, err := Parse("test", s.addr, s.b)
	if err != nil {
		t.Fatal(err)
	}
	ts := new(Tables)
	ts.Add("test", tab)
	return ts
}

func regsWithSP(sp uint64) (r [numRegs]uint64) {
	for i := range r {
		r[i] = 0x1000 + uint64(i)
	}
	r[RSP] = sp
	return r
}

// kernelLike is a kernel in small:
//
//	+0x000 entry      the end of every stack
//	+0x100 outer      pushes rbx, ends with a call
//	+0x200 inner      pushes rbp and uses it as the frame pointer
//	+0x300 interrupt  a stub with the interrupted registers on its stack
func kernelLike() *section {
	s := &section{addr: frameAddr}
	c := s.cie("zR", ordinary...)
	s.fde(c, textAddr, 0x100, 0x07, 16)
	s.fde(c, textAddr+0x100, 0x100, 0x41, 0x0e, 16, 0x83, 2)
	s.fde(c, textAddr+0x200, 0x100, 0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6)
	// CFA = rsp+0, rip at 0, rsp at 24, rbx at 40: all with offset_extended_sf or val.
	sig := s.cie("zRS", 0x0c, 7, 0, 0x11, 16, 0, 0x11, 7, 0x7d, 0x11, 3, 0x7b)
	s.fde(sig, textAddr+0x300, 0x100)
	return s
}

func TestWalk(t *testing.T) {
	ts := mustParse(t, kernelLike())
	m := make(sparse)
	// interrupt was called (returns to +0x310), interrupted inner at its first
	// instruction, which outer called with its last one, and entry called outer.
	m.push(stackAddr, textAddr+0x200, 1, 2, stackAddr+0x100, 3, 0xb0b)
	m.push(stackAddr+0x100, textAddr+0x200, 0xb0a, textAddr+0x40, 0)
	got := ts.Reliable(Top(textAddr+0x310, regsWithSP(stackAddr), false), m, WalkOptions{})
	want := []uint64{textAddr + 0x310, textAddr + 0x200, textAddr + 0x200, textAddr + 0x40}
	if diff := cmp.Diff(want, got.Entries); diff != "" || !got.Reliable {
		t.Fatalf("walk: reliable %v, %s; entries (-want +got):\n%s", got.Reliable, got.Why, diff)
	}
	// The same address twice: interrupted at the first byte of inner, and
	// returning behind the last byte of outer.
	in, out, entry := got.Frames[1], got.Frames[2], got.Frames[3]
	if !in.Signal || out.Signal {
		t.Errorf("signal flags: inner %v, outer %v", in.Signal, out.Signal)
	}
	if v, ok := in.get(RBX); !ok || v != 0xb0b {
		t.Errorf("rbx of the interrupted frame is %#x (known %v), want b0b from its stack", v, ok)
	}
	if v, ok := entry.get(RBX); !ok || v != 0xb0a {
		t.Errorf("rbx of entry is %#x (known %v), want b0a, which outer saved", v, ok)
	}
	if _, ok := entry.get(RAX); ok || entry.Regs[RAX] != 0 {
		t.Error("rax of a caller is said to be known")
	}
	if entry.SP() != stackAddr+0x118 || entry.Slot != stackAddr+0x110 {
		t.Errorf("entry's stack pointer %x, found at %x", entry.SP(), entry.Slot)
	}
}

// inner's CFA is counted from rsp, then from rsp after a push, then from rbp.
func TestRows(t *testing.T) {
	ts := mustParse(t, kernelLike())
	regs := regsWithSP(stackAddr)
	regs[RBP] = stackAddr + 0x40
	tests := []struct {
		pc, cfa uint64
	}{
		{0x200, stackAddr + 8},
		{0x201, stackAddr + 16},
		{0x203, stackAddr + 16},
		{0x204, stackAddr + 0x50},
		{0x2ff, stackAddr + 0x50},
	}
	for _, tt := range tests {
		m := make(sparse)
		m.push(tt.cfa-16, 0x1234, textAddr+0x150)
		r := ts.Step(Top(textAddr+tt.pc, regs, true), m)
		if r.Outcome != Stepped || r.Next.SP() != tt.cfa || r.Next.RIP != textAddr+0x150 {
			t.Errorf("step from +%#x: %+v, want CFA %#x", tt.pc, r, tt.cfa)
		}
		wantBP := uint64(0x1234)
		if tt.pc == 0x200 {
			wantBP = regs[RBP]
		}
		if v, _ := r.Next.get(RBP); v != wantBP {
			t.Errorf("step from +%#x: rbp %#x, want %#x", tt.pc, v, wantBP)
		}
	}
}

func TestAlias(t *testing.T) {
	ts := mustParse(t, kernelLike())
	copyAt := uint64(0xffffffffc0100000)
	if err := ts.Alias("ops", copyAt, 0x80, textAddr+0x200); err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][3]uint64{{copyAt + 0x7f, 1, 0}, {copyAt, 0, 0}, {^uint64(0), 2, 0}} {
		if err := ts.Alias("bad", bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("Alias(%x, %x) succeeded", bad[0], bad[1])
		}
	}
	m := make(sparse)
	m.push(stackAddr, 0x1234, textAddr+0x150)
	if r := ts.Step(Top(copyAt+2, regsWithSP(stackAddr), true), m); r.Outcome != Stepped || r.Next.RIP != textAddr+0x150 {
		t.Errorf("step in the copy: %+v", r)
	}
	if ts.Known(copyAt+0x80) || !ts.Known(copyAt+0x7f) {
		t.Error("the alias has the wrong size")
	}
	before := ts.Clone()
	ts.Remove("ops")
	if ts.Known(copyAt) || !ts.Known(textAddr) || !before.Known(copyAt) {
		t.Error("Remove(ops) must take out the alias, and only here")
	}
	ts.Remove("test")
	if ts.Known(textAddr) {
		t.Error("Remove(test) left the table")
	}
}

// one builds a table of a single function with the program behind the ordinary
// common entry.
func one(program ...byte) *section {
	s := &section{addr: frameAddr}
	s.fde(s.cie("zR", ordinary...), textAddr, 0x100, program...)
	return s
}

func TestInstructions(t *testing.T) {
	m := make(sparse)
	for i := uint64(0); i < 64; i++ {
		m[stackAddr+i*8] = 0x100 + i
	}
	tests := []struct {
		name    string
		program []byte
		cfa     uint64 // relative to the stack pointer
		rip     uint64
		reg     int
		value   uint64
	}{
		{"def_cfa", []byte{0x0c, 7, 32}, 32, 0x103, RBX, 0x1003},
		{"def_cfa_sf", []byte{0x12, 7, 0x7c}, 32, 0x103, RBX, 0x1003},
		{"def_cfa_offset_sf", []byte{0x13, 0x7c}, 32, 0x103, RBX, 0x1003},
		{"offset_extended", []byte{0x0e, 32, 0x05, 12, 3}, 32, 0x103, R12, 0x101},
		{"offset_extended_sf", []byte{0x11, 15, 0x7f}, 8, 0x100, R15, 0x102},
		{"negative_offset_extended", []byte{0x2f, 15, 2}, 8, 0x100, R15, 0x103},
		{"same_value", []byte{0x83, 2, 0x08, 3}, 8, 0x100, RBX, 0x1003},
		{"same_value of a scratch register", []byte{0x08, 0}, 8, 0x100, RAX, 0x1000},
		{"register", []byte{0x09, 3, 12}, 8, 0x100, RBX, 0x100c},
		{"return address in a register", []byte{0x09, 16, 10}, 8, 0x100a, RBX, 0x1003},
		{"restore", []byte{0x83, 2, 0xc3}, 8, 0x100, RBX, 0x1003},
		{"restore_extended", []byte{0x83, 2, 0x06, 3}, 8, 0x100, RBX, 0x1003},
		{"val_offset", []byte{0x14, 3, 2}, 8, 0x100, RBX, stackAddr + 8 - 16},
		{"val_offset_sf", []byte{0x15, 3, 0x7e}, 8, 0x100, RBX, stackAddr + 8 + 16},
		{"remember and restore state", []byte{0x0a, 0x0e, 64, 0x83, 2, 0x0b}, 8, 0x100, RBX, 0x1003},
		{"args_size", []byte{0x2e, 16}, 8, 0x100, RBX, 0x1003},
		{"advance_loc2 not reached", []byte{0x03, 0xff, 0, 0x0e, 64}, 8, 0x100, RBX, 0x1003},
		{"advance_loc4 not reached", []byte{0x04, 0xff, 0, 0, 0, 0x0e, 64}, 8, 0x100, RBX, 0x1003},
		{"advance_loc1 reached", []byte{0x02, 0x0f, 0x0e, 64}, 64, 0x107, RBX, 0x1003},
		{"xmm registers", []byte{0x05, 17, 4, 0x07, 20, 0x06, 33}, 8, 0x100, RBX, 0x1003},
		{"def_cfa_expression", []byte{0x0f, 2, 0x77, 48}, 48, 0x105, RBX, 0x1003},
		{"expression", []byte{0x10, 3, 2, 0x77, 40}, 8, 0x100, RBX, 0x105},
		{"val_expression starts with the CFA", []byte{0x16, 3, 2, 0x23, 3}, 8, 0x100, RBX, stackAddr + 11},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ts := mustParse(t, one(tt.program...))
			r := ts.Step(Top(textAddr+0x10, regsWithSP(stackAddr), true), m)
			if r.Outcome != Stepped {
				t.Fatalf("%+v", r)
			}
			if r.Next.SP() != stackAddr+tt.cfa || r.Next.RIP != tt.rip {
				t.Errorf("stack pointer +%#x, rip %#x; want +%#x, %#x", r.Next.SP()-stackAddr, r.Next.RIP, tt.cfa, tt.rip)
			}
			if v, ok := r.Next.get(tt.reg); !ok || v != tt.value {
				t.Errorf("%s = %#x (known %v), want %#x", regName(tt.reg), v, ok, tt.value)
			}
		})
	}
}

func TestExpressions(t *testing.T) {
	m := sparse{stackAddr: 0x8877665544332211}
	f := Top(0, regsWithSP(stackAddr), true)
	tests := []struct {
		name string
		code []byte
		want uint64
	}{
		{"lit", []byte{0x4f}, 31},
		{"consts", []byte{0x08, 0xff, 0x09, 0xff, 0x22}, 254},
		{"const2", []byte{0x0a, 0, 1, 0x0b, 0xff, 0xff, 0x22}, 255},
		{"const4", []byte{0x0c, 0, 0, 1, 0, 0x0d, 0xff, 0xff, 0xff, 0xff, 0x22}, 0xffff},
		{"const8, addr", []byte{0x0e, 1, 0, 0, 0, 0, 0, 0, 0, 0x03, 2, 0, 0, 0, 0, 0, 0, 0, 0x22}, 3},
		{"constu, consts", []byte{0x10, 0x80, 1, 0x11, 0x7f, 0x22}, 127},
		{"breg, bregx", []byte{0x73, 1, 0x92, 3, 0x7f, 0x1c}, 2},
		{"deref", []byte{0x77, 0, 0x06}, 0x8877665544332211},
		{"deref_size", []byte{0x77, 2, 0x94, 2}, 0x4433},
		{"dup, drop", []byte{0x33, 0x12, 0x22, 0x30, 0x13}, 6},
		{"over, swap", []byte{0x35, 0x32, 0x14, 0x1c, 0x16, 0x1e}, ^uint64(14)},
		{"pick", []byte{0x31, 0x32, 0x33, 0x15, 2}, 1},
		{"rot", []byte{0x31, 0x32, 0x33, 0x17, 0x1c, 0x1c}, 4},
		{"logic", []byte{0x3c, 0x36, 0x1a, 0x31, 0x21, 0x37, 0x27}, 2},
		{"neg, not", []byte{0x31, 0x1f, 0x20}, 0},
		{"shifts", []byte{0x31, 0x34, 0x24, 0x32, 0x25, 0x1f, 0x31, 0x26}, ^uint64(1)},
		{"mul", []byte{0x36, 0x37, 0x1e}, 42},
		{"compare", []byte{0x31, 0x32, 0x2d, 0x31, 0x29, 0x31, 0x2a, 0x30, 0x2b, 0x31, 0x2c, 0x30, 0x2e}, 1},
		{"skip", []byte{0x2f, 1, 0, 0xff, 0x35}, 5},
		{"bra taken", []byte{0x35, 0x31, 0x28, 1, 0, 0xff, 0x96}, 5},
		{"bra not taken", []byte{0x35, 0x30, 0x28, 1, 0, 0x12, 0x22}, 10},
	}
	for _, tt := range tests {
		got, err := evaluate(tt.code, &f, m)
		if err != nil || got != tt.want {
			t.Errorf("%s: %#x, %v, want %#x", tt.name, got, err, tt.want)
		}
	}
}

// Broken data makes a stack unreliable and says why.
func TestUnreliable(t *testing.T) {
	tests := []struct {
		name    string
		program []byte
		why     string
	}{
		{"unknown instruction", []byte{0x3f}, "unknown instruction 0x3f"},
		{"cut off", []byte{0x0e, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}, "ends in the middle"},
		{"restore without remember", []byte{0x0b}, "no state was remembered"},
		{"remember without end", []byte(strings.Repeat("\x0a", 17)), "more than 16"},
		{"register that is none", []byte{0x0c, 40, 8}, "register 40"},
		{"set_loc", []byte{0x01, 0, 0, 0, 0}, "DW_CFA_set_loc"},
		{"expression without end", []byte{0x0f, 3, 0x2f, 0xfd, 0xff}, "more than 256 steps"},
		{"expression jumps away", []byte{0x0f, 3, 0x2f, 0, 0x80}, "jumps out"},
		{"expression that grows", []byte{0x0f, 5, 0x31, 0x12, 0x2f, 0xfc, 0xff}, "more than 32 places"},
		{"empty expression", []byte{0x0f, 1, 0x96}, "takes more"},
		{"expression longer than the data", []byte{0x0f, 0xff, 1}, "ends in the middle"},
		{"unmapped stack", []byte{0x0c, 3, 0}, "not mapped"},
		{"frame that does not advance", []byte{0x0e, 0, 0x11, 16, 0}, "does not come to an end"},
		{"stack pointer undefined", []byte{0x07, 7}, "rsp"},
		{"no return address", []byte{0x08, 16}, "does not say where"},
	}
	m := make(sparse)
	m.push(stackAddr-8, 1, 2, 3)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := mustParse(t, one(tt.program...)).Step(Top(textAddr, regsWithSP(stackAddr), true), m)
			if r.Outcome != Unreliable || !strings.Contains(r.Why, tt.why) {
				t.Errorf("%+v, want unreliable: %s", r, tt.why)
			}
		})
	}
	if r := new(Tables).Step(Top(textAddr, regsWithSP(stackAddr), true), m); !strings.Contains(r.Why, "no unwind data") {
		t.Errorf("without tables: %+v", r)
	}
}

// A CFA counted from a register that a call destroyed is unreliable.
func TestUnknownRegister(t *testing.T) {
	ts := mustParse(t, one(0x0c, 0, 8))
	m := make(sparse)
	m.push(0x1000, textAddr+1)
	f := Top(textAddr+1, regsWithSP(stackAddr), true)
	f.Regs[RAX] = stackAddr
	m.push(stackAddr, textAddr+1)
	f.forget(RAX)
	if r := ts.Step(f, m); r.Outcome != Unreliable || !strings.Contains(r.Why, "rax, which is not known") {
		t.Errorf("%+v", r)
	}
}

func TestFramePointer(t *testing.T) {
	ts := mustParse(t, kernelLike())
	m := make(sparse)
	m.push(stackAddr+0x20, stackAddr+0x40, textAddr+0x10)
	f := Top(0xffffffffc0000000, regsWithSP(stackAddr), true)
	f.Regs[RBP] = stackAddr + 0x20
	r := FramePointer(f, m)
	if r.Outcome != Stepped || !r.Next.Guess || r.Next.RIP != textAddr+0x10 || r.Next.SP() != stackAddr+0x30 {
		t.Fatalf("%+v", r)
	}
	if got := ts.Reliable(r.Next, m, WalkOptions{}); got.Reliable || !strings.Contains(got.Why, "frame pointer only") {
		t.Errorf("a walk over a guess: %+v", got)
	}
	for _, bp := range []uint64{0, stackAddr + 0x21, stackAddr + 0x1000} {
		f.Regs[RBP] = bp
		if r := FramePointer(f, m); r.Outcome != Unreliable {
			t.Errorf("rbp %#x: %+v", bp, r)
		}
	}
}

func TestReliableOptions(t *testing.T) {
	ts := mustParse(t, kernelLike())
	m := make(sparse)
	m.push(stackAddr, textAddr+0x150, 0xb0a, 0xbad, 0, 0)
	top := Top(textAddr+0x200, regsWithSP(stackAddr), true)
	fix := func(addr, slot uint64) uint64 {
		if addr == 0xbad && slot == stackAddr+16 {
			return textAddr + 0x10
		}
		return addr
	}
	text := func(addr uint64) bool { return addr >= textAddr }
	tests := []struct {
		name string
		o    WalkOptions
		why  string
		n    int
	}{
		{"recovered", WalkOptions{Text: text, Return: fix}, "", 3},
		{"not text", WalkOptions{Text: text}, "bad is not kernel text", 2},
		{"no data", WalkOptions{}, "no unwind data for bad", 3},
		{"limit", WalkOptions{Return: fix, Max: 2}, "more than 2 entries", 2},
	}
	for _, tt := range tests {
		got := ts.Reliable(top, m, tt.o)
		if got.Reliable != (tt.why == "") || !strings.Contains(got.Why, tt.why) || len(got.Entries) != tt.n {
			t.Errorf("%s: %+v, want %q and %d entries", tt.name, got, tt.why, tt.n)
		}
	}
}

func TestParseErrors(t *testing.T) {
	good := kernelLike().b
	edit := func(off int, b ...byte) []byte {
		c := append([]byte(nil), good...)
		copy(c[off:], b)
		return c
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"length", edit(0, 0xff, 0xff), "the section has"},
		{"version", edit(8, 4), "version 4"},
		{"augmentation", edit(9, 'x'), "augmentation"},
		{"augmentation letter", edit(10, 'x'), "augmentation"},
		{"return address column", edit(14, 15), "register 15"},
		{"encoding", edit(16, 0x3b), "encoding 0x3b"},
		{"common entry before the section", edit(28, 0xff), "said to be 0xff bytes before"},
		{"not a common entry", edit(28, 0x1b), "common entry"},
		{"64-bit length", append([]byte{0xff, 0xff, 0xff, 0xff}, make([]byte, 7)...), "ends in the middle"},
	}
	for _, tt := range tests {
		_, err := Parse("test", frameAddr, tt.data)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "test: .eh_frame+0x") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	// A zero length ends the section, whatever is behind it.
	if tab, err := Parse("test", frameAddr, append(make([]byte, 4), good...)); err != nil || tab.Len() != 0 {
		t.Errorf("after a terminator: %v, %v", tab, err)
	}
}
