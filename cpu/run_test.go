package cpu

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/mem"
)

// Every way to cut a run gives the same registers, flags, memory and counts.
func TestCutsAgree(t *testing.T) {
	for _, name := range []string{"k_quicksort", "k_vm", "k_sieve", "k_atomics", "p_strings", "p_alloc", "p_lz"} {
		t.Run(name, func(t *testing.T) {
			type outcome struct {
				State State
				Count uint64
				Arena []byte
			}
			var first *outcome
			for _, cut := range []uint64{1 << 40, 1, 2, 3, 7, 64, 1001} {
				p := loadProgram(t, "O2")
				c := New(0, p.m, Options{})
				p.start(t, c, name, 1, stackTop)
				limit := uint64(40000)
				for c.Retired() < limit {
					if c.Run(min(cut, limit-c.Retired())).Kind != StopBudget {
						break
					}
				}
				o := &outcome{State: c.State(), Count: c.Retired(), Arena: make([]byte, 4096)}
				if err := p.m.Read(p.symbols["arena"], o.Arena); err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = o
				} else if diff := cmp.Diff(first, o); diff != "" {
					t.Errorf("cut %d differs:\n%s", cut, diff)
				}
			}
		})
	}
}

// After a run of any length, every register and flag is what single steps give:
// what the switch leaves out because it will not matter is there when it ends.
func TestEveryBudget(t *testing.T) {
	for _, name := range []string{"k_sha256", "k_bits", "k_matrix", "k_bytes", "p_bittricks", "p_int128", "p_shifts"} {
		for _, image := range []string{"O2", "Os", "v3"} {
			t.Run(name+"/"+image, func(t *testing.T) {
				p := loadProgram(t, image)
				stepped, c := New(0, p.m, Options{}), New(1, p.m, Options{})
				p.call(t, c, name, 1) // what it leaves in memory is the same from now on
				for _, skip := range []uint64{0, 2000} {
					var want []State
					p.start(t, stepped, name, 1, stackTop)
					for n := uint64(0); n < skip+500; n++ {
						if n >= skip {
							want = append(want, stepped.State())
						}
						if stepped.Step().Kind != StopBudget {
							break
						}
					}
					for i, w := range want {
						p.start(t, c, name, 1, stackTop)
						c.Run(skip + uint64(i))
						if diff := cmp.Diff(w, c.State()); diff != "" {
							t.Fatalf("after %d instructions:\n%s", skip+uint64(i), diff)
						}
					}
				}
			})
		}
	}
}

// A budget of a repeated instruction is spent by iteration, and none hangs.
func TestRepBudget(t *testing.T) {
	c := newTest(t, 0xf3, 0xaa, 0xf4) // rep stosb; hlt
	c.SetReg(RDI, dataBase)
	c.SetReg(RCX, 5000)
	for _, want := range []struct{ n, left uint64 }{{1, 4999}, {10, 4989}, {4095, 894}} {
		if s := c.Run(want.n); s.Kind != StopBudget || s.Count != want.n || c.Reg(RCX) != want.left || c.RIP() != textBase {
			t.Fatalf("Run(%d): %+v rcx %d rip %x", want.n, s, c.Reg(RCX), c.RIP())
		}
	}
	if s := c.Run(1000); s.Kind != StopHalt || s.Count != 895 || c.Reg(RDI) != dataBase+5000 {
		t.Fatalf("the rest: %+v", s)
	}
	c.SetRIP(textBase)
	c.SetReg(RDI, dataBase)
	c.SetReg(RCX, 1<<60)
	s := c.Run(1 << 40)
	if s.Kind != StopFault || s.Fault.Addr != dataBase+2*mem.PageSize || s.Count != 2*mem.PageSize || c.RIP() != textBase {
		t.Fatalf("2^60 bytes: %+v %v", s, s.Fault)
	}
	c.SetRIP(textBase)
	c.SetReg(RCX, 0)
	if s := c.Run(1); s.Count != 1 || c.RIP() != textBase+2 {
		t.Fatalf("no bytes: %+v", s)
	}
}

// Bulk copies give what single iterations give, for all overlaps.
func TestBulkCopy(t *testing.T) {
	for _, op := range []byte{0xa4, 0xa5, 0xaa, 0xab} {
		for delta := int64(-20); delta <= 20; delta++ {
			var want []byte
			for _, cut := range []uint64{1, 1 << 20, 5} {
				c := newTest(t, 0xf3, op, 0xf4)
				buf := make([]byte, 2*mem.PageSize)
				for i := range buf {
					buf[i] = byte(i * 7)
				}
				if err := c.mem.Write(dataBase, buf); err != nil {
					t.Fatal(err)
				}
				c.SetReg(RSI, dataBase+mem.PageSize-100)
				c.SetReg(RDI, uint64(int64(c.Reg(RSI))+delta))
				c.SetReg(RAX, 0x0807060504030201)
				c.SetReg(RCX, 50)
				for c.Run(cut).Kind == StopBudget {
				}
				if err := c.mem.Read(dataBase, buf); err != nil {
					t.Fatal(err)
				}
				buf = binary.LittleEndian.AppendUint64(buf, c.Reg(RDI)-c.Reg(RSI))
				if want == nil {
					want = buf
				} else if string(want) != string(buf) {
					t.Errorf("opcode %x, distance %d, cut %d: differs from single iterations", op, delta, cut)
				}
			}
		}
	}
}

// The gate, halt, and what Stop counts.
func TestStops(t *testing.T) {
	c := newTest(t, 0x90, 0x0f, 0x01, 0xc1, 0x90, 0xf4, 0x0f, 0x0b)
	steps := []struct {
		kind  StopKind
		count uint64
		rip   uint64
	}{
		{StopGate, 2, textBase + 4}, {StopHalt, 2, textBase + 6}, {StopFault, 0, textBase + 6},
	}
	for i, want := range steps {
		s := c.Run(100)
		if s.Kind != want.kind || s.Count != want.count || c.RIP() != want.rip {
			t.Errorf("stop %d: %+v at %x, want %+v", i, s, c.RIP(), want)
		}
	}
	if c.Retired() != 4 {
		t.Errorf("%d retired, want 4", c.Retired())
	}
	if s := c.Run(0); s.Kind != StopBudget || s.Count != 0 {
		t.Errorf("Run(0): %+v", s)
	}
}

func TestFaults(t *testing.T) {
	const bad = 0xffff999900000000
	tests := []struct {
		name string
		code []byte
		set  map[Reg]uint64
		want Fault // RIP and Len are filled in
		text string
	}{
		{name: "read", code: []byte{0x48, 0x8b, 0x03}, set: map[Reg]uint64{RBX: bad},
			want: Fault{Vector: VectorPF, Addr: bad, Len: 3, Insn: "mov"},
			text: "#PF at ffffffff81000000 (mov): read of ffff999900000000: not mapped"},
		{name: "write to text", code: []byte{0x48, 0x89, 0x03}, set: map[Reg]uint64{RBX: textBase},
			want: Fault{Vector: VectorPF, Code: CodePresent | CodeWrite, Addr: textBase, Len: 3, Insn: "mov"},
			text: "#PF at ffffffff81000000 (mov): write of ffffffff81000000: not permitted"},
		{name: "stack", code: []byte{0x50}, set: map[Reg]uint64{RSP: stackBase},
			want: Fault{Vector: VectorPF, Code: CodeWrite, Addr: stackBase - 8, Len: 1, Insn: "push"}},
		{name: "not canonical", code: []byte{0x48, 0x8b, 0x03}, set: map[Reg]uint64{RBX: 1 << 63},
			want: Fault{Vector: VectorGP, Len: 3, Insn: "mov"},
			text: "#GP at ffffffff81000000 (mov): error code 0x0"},
		{name: "not canonical stack", code: []byte{0x58}, set: map[Reg]uint64{RSP: 1 << 63},
			want: Fault{Vector: VectorSS, Len: 1, Insn: "pop"}},
		{name: "jump out", code: []byte{0xff, 0xe0}, set: map[Reg]uint64{RAX: 1 << 60},
			want: Fault{Vector: VectorGP, Len: 2, Insn: "jmp"}},
		{name: "divide", code: []byte{0xf7, 0xf1}, set: map[Reg]uint64{RCX: 0},
			want: Fault{Vector: VectorDE, Len: 2, Insn: "div"}, text: "#DE at ffffffff81000000 (div)"},
		{name: "ud2", code: []byte{0x0f, 0x0b}, want: Fault{Vector: VectorUD, Len: 2, Insn: "ud2"}},
		{name: "int3", code: []byte{0xcc}, want: Fault{Vector: VectorBP, Len: 1, Insn: "int3"}},
		{name: "int", code: []byte{0xcd, 0x80}, want: Fault{Vector: 0x80, Len: 2, Insn: "int"},
			text: "interrupt 128 at ffffffff81000000 (int)"},
		{name: "undefined", code: []byte{0x06}, want: Fault{Vector: VectorUD, Insn: "06"}},
		{name: "sse", code: []byte{0x0f, 0x28, 0xc1}, want: Fault{Vector: VectorUD, Len: 3, NoFPU: true, Insn: "movaps"}},
		{name: "too long", code: []byte{0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90},
			want: Fault{Vector: VectorGP, Insn: "66 66 66 66 66 66 66 66 66 66 66 66 66 66 66"}},
		{name: "lock", code: []byte{0xf0, 0x90}, want: Fault{Vector: VectorUD, Insn: "f0 90"}},
		{name: "second half", code: []byte{0x48, 0x89, 0x03}, set: map[Reg]uint64{RBX: dataBase + 2*mem.PageSize - 4},
			want: Fault{Vector: VectorPF, Code: CodeWrite, Addr: dataBase + 2*mem.PageSize, Len: 3, Insn: "mov"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newTest(t, tt.code...)
			for r, v := range tt.set {
				c.SetReg(r, v)
			}
			before := c.State()
			for range 2 { // the same again: nothing has happened
				s := c.Step()
				tt.want.RIP = textBase
				if diff := cmp.Diff(&tt.want, s.Fault); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(before, c.State()); diff != "" {
					t.Errorf("state changed:\n%s", diff)
				}
				if s.Fault != nil && tt.text != "" && s.Fault.Error() != tt.text {
					t.Errorf("text %q, want %q", s.Fault.Error(), tt.text)
				}
			}
		})
	}
	c := newTest(t)
	c.SetRIP(textBase + 4*mem.PageSize - 1) // an instruction cut off by the end of the text
	poke(t, c, c.RIP(), 0x48)
	s := c.Step()
	want := &Fault{Vector: VectorPF, Code: CodeFetch, Addr: textBase + 4*mem.PageSize, RIP: c.RIP()}
	if diff := cmp.Diff(want, s.Fault); diff != "" {
		t.Error(diff)
	}
}
