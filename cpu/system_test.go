package cpu

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSystem executes what user mode does not have, and so cannot be compared
// with the CPU the test runs on: each test says what changes, and nothing else
// may.
func TestSystem(t *testing.T) {
	const gs = dataBase + 0x100
	type change func(s *State)
	set := func(r Reg, v uint64) change { return func(s *State) { s.R[r] = v } }
	flags := func(on, off uint64) change { return func(s *State) { s.Flags = s.Flags&^off | on } }
	tests := []struct {
		name   string
		code   []byte
		before []change
		after  []change
	}{
		{"cli", []byte{0xfa}, []change{flags(FlagIF, 0)}, []change{flags(0, FlagIF)}},
		{"sti", []byte{0xfb}, nil, []change{flags(FlagIF, 0)}},
		{"stac", []byte{0x0f, 0x01, 0xcb}, nil, []change{flags(FlagAC, 0)}},
		{"clac", []byte{0x0f, 0x01, 0xca}, []change{flags(FlagAC, 0)}, []change{flags(0, FlagAC)}},
		{"swapgs", []byte{0x0f, 0x01, 0xf8}, []change{func(s *State) { s.GSBase, s.KernelGSBase = 1, 2 }},
			[]change{func(s *State) { s.GSBase, s.KernelGSBase = 2, 1 }}},
		{"wrmsr", []byte{0x0f, 0x30}, []change{set(RCX, msrGSBase), set(RAX, 0x1234), set(RDX, 0xffff8880)},
			[]change{func(s *State) { s.GSBase = 0xffff888000001234 }}},
		{"rdmsr", []byte{0x0f, 0x32}, []change{set(RCX, msrFSBase), func(s *State) { s.FSBase = 0x7000000001 }},
			[]change{set(RAX, 1), set(RDX, 0x70)}},
		{"gs load", []byte{0x65, 0x48, 0x8b, 0x04, 0x25, 8, 0, 0, 0}, []change{func(s *State) { s.GSBase = gs }},
			[]change{set(RAX, 0x1122334455667788)}},
		{"gs load with base", []byte{0x65, 0x8b, 0x03}, []change{set(RBX, 8), func(s *State) { s.GSBase = gs }},
			[]change{set(RAX, 0x55667788)}},
		{"gs load with base and index", []byte{0x65, 0x8b, 0x04, 0x4b}, []change{set(RBX, 4), set(RCX, 2), func(s *State) { s.GSBase = gs }},
			[]change{set(RAX, 0x55667788)}},
		{"fs load", []byte{0x64, 0x0f, 0xb6, 0x03}, []change{set(RBX, 9), func(s *State) { s.FSBase = gs }}, []change{set(RAX, 0x77)}},
		{"rdtsc", []byte{0x0f, 0x31}, nil, []change{set(RAX, 0x55), set(RDX, 2)}},
		{"rdtscp", []byte{0x0f, 0x01, 0xf9}, nil, []change{set(RAX, 0x55), set(RDX, 2), set(RCX, 3)}},
		{"rdpid", []byte{0xf3, 0x0f, 0xc7, 0xf8}, nil, []change{set(RAX, 3)}},
		{"in", []byte{0xec}, nil, []change{set(RAX, 0xff)}},
		{"out", []byte{0xee}, nil, nil},
		{"mov from cr0", []byte{0x0f, 0x20, 0xc0}, nil, []change{set(RAX, cr0Value)}},
		{"mov from ds", []byte{0x8c, 0xc8}, nil, []change{set(RAX, selectorCS)}},
		{"pushf", []byte{0x9c, 0x58}, []change{flags(FlagIF|FlagCF, 0)},
			[]change{set(RAX, FlagIF|FlagCF|FlagOne)}},
		{"popf", []byte{0x6a, 0x01, 0x9d}, []change{flags(FlagIF|FlagZF, 0)}, []change{flags(FlagCF, FlagIF|FlagZF)}},
		{"xadd lock", []byte{0xf0, 0x48, 0x0f, 0xc1, 0x03}, []change{set(RBX, gs+64), set(RAX, 5)}, []change{set(RAX, 0), flags(FlagPF, FlagZF)}},
		{"cpuid of nothing", []byte{0x0f, 0xa2}, []change{set(RAX, 0x4000), set(RBX, 1), set(RDX, 2)},
			[]change{set(RAX, 0), set(RBX, 0), set(RDX, 0)}},
		{"serialize", []byte{0x0f, 0x01, 0xe8}, nil, nil},
		{"endbr64", []byte{0xf3, 0x0f, 0x1e, 0xfa}, nil, nil},
		{"prefetch of nothing", []byte{0x0f, 0x18, 0x0b}, []change{set(RBX, 1<<63)}, nil},
		{"nop of nothing", []byte{0x0f, 0x1f, 0x03}, []change{set(RBX, 1<<63)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newTest(t, tt.code...)
			c.id = 3
			c.opt.TSC = func() uint64 { return 2<<32 | 0x55 }
			if err := c.mem.Store(gs+8, 8, 0x1122334455667788); err != nil {
				t.Fatal(err)
			}
			s := c.State()
			for _, f := range tt.before {
				f(&s)
			}
			c.SetState(s)
			for c.RIP() != textBase+uint64(len(tt.code)) {
				if st := c.Step(); st.Kind != StopBudget {
					t.Fatalf("%+v %v", st, st.Fault)
				}
			}
			for _, f := range tt.after {
				f(&s)
			}
			s.RIP = textBase + uint64(len(tt.code))
			if diff := cmp.Diff(s, c.State()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// iretq, far returns and far calls stay in the kernel's code segment.
func TestFarTransfers(t *testing.T) {
	const target = textBase + 0x100
	tests := []struct {
		name  string
		code  []byte
		stack []uint64
		fault int // vector, or -1
		rsp   uint64
	}{
		{"iretq", []byte{0x48, 0xcf}, []uint64{target, selectorCS, FlagIF | FlagOne, stackBase + 64, selectorSS}, -1, stackBase + 64},
		{"iretq to user mode", []byte{0x48, 0xcf}, []uint64{target, 0x33, FlagIF, 0, 0x2b}, VectorGP, 0},
		{"iretq out", []byte{0x48, 0xcf}, []uint64{1 << 63, selectorCS, FlagIF, stackBase, selectorSS}, VectorGP, 0},
		{"lretq", []byte{0x48, 0xcb}, []uint64{target, selectorCS}, -1, stackTop - 256 + 16},
		{"lretq elsewhere", []byte{0x48, 0xcb}, []uint64{target, 0x23}, VectorGP, 0},
		{"lretq 16", []byte{0x48, 0xca, 16, 0}, []uint64{target, selectorCS}, -1, stackTop - 256 + 32},
		{"ljmp", []byte{0x48, 0xff, 0x2c, 0x24}, []uint64{target, selectorCS}, -1, stackTop - 256},
		{"lcall", []byte{0x48, 0xff, 0x1c, 0x24}, []uint64{target, selectorCS}, -1, stackTop - 256 - 16},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newTest(t, tt.code...)
			for i, v := range tt.stack {
				if err := c.mem.Store(stackTop-256+8*uint64(i), 8, v); err != nil {
					t.Fatal(err)
				}
			}
			before := c.State()
			s := c.Step()
			switch {
			case tt.fault >= 0:
				if s.Kind != StopFault || s.Fault.Vector != tt.fault {
					t.Errorf("%+v %v, want %s", s, s.Fault, VectorName(tt.fault))
				}
				if diff := cmp.Diff(before, c.State()); diff != "" {
					t.Error(diff)
				}
			case s.Kind != StopBudget || c.RIP() != target || c.Reg(RSP) != tt.rsp:
				t.Errorf("%+v %v: rip %x rsp %x", s, s.Fault, c.RIP(), c.Reg(RSP))
			}
		})
	}
}

// The same seed gives the same random numbers, on every CPU.
func TestRdrand(t *testing.T) {
	get := func(seed uint64) (v [2]uint64) {
		c := newTest(t, 0x48, 0x0f, 0xc7, 0xf0, 0x48, 0x0f, 0xc7, 0xfb) // rdrand %rax; rdseed %rbx
		c = New(0, c.mem, Options{Seed: seed})
		c.SetRIP(textBase)
		c.Run(2)
		if !c.cf() {
			t.Error("CF is clear")
		}
		return [2]uint64{c.Reg(RAX), c.Reg(RBX)}
	}
	a, b, other := get(1), get(1), get(2)
	if a != b || a == other || a[0] == a[1] {
		t.Errorf("%x %x %x", a, b, other)
	}
}
