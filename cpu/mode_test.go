package cpu

import (
	"testing"

	"klpemu/mem"
)

const (
	userText  = 0x401000
	userStack = 0x7ff000
)

// newUser returns a CPU in user mode about to execute code, above a kernel whose
// system call entry does entry.
func newUser(t *testing.T, code, entry []byte) *VCPU {
	t.Helper()
	c := newTest(t, entry...)
	c.SetSyscallEntry(textBase, FlagIF|FlagDF|FlagTF)
	newProcess(t, c, code)
	s := c.State()
	s.RIP, s.R[RSP], s.Flags, s.User = userText, userStack+mem.PageSize, FlagIF, true
	c.SetState(s)
	return c
}

// newProcess gives the CPU a process with code in it.
func newProcess(t *testing.T, c *VCPU, code []byte) (kernel, user *mem.Memory) {
	t.Helper()
	root := c.mem
	if c.root != nil {
		root = c.root
	}
	kernel, user = root.NewSpace()
	for _, r := range []struct {
		addr uint64
		perm mem.Perm
	}{{userText, mem.R | mem.X}, {userStack, mem.R | mem.W}} {
		if err := user.Map(r.addr, mem.PageSize, r.perm); err != nil {
			t.Fatal(err)
		}
	}
	if err := user.Poke(userText, code); err != nil {
		t.Fatal(err)
	}
	c.SetSpace(kernel, user)
	return kernel, user
}

func TestSyscallAndSysret(t *testing.T) {
	c := newUser(t, []byte{
		0xb8, 39, 0, 0, 0, // mov $39,%eax
		0x0f, 0x05, // syscall
		0x89, 0xc3, // mov %eax,%ebx
		0xeb, 0xf5, // jmp back
	}, []byte{
		0x8c, 0xca, // mov %cs,%edx
		0x83, 0xc0, 3, // add $3,%eax
		0x48, 0x0f, 0x07, // sysretq
	})
	for round := range 3 {
		if s := c.Run(3); s.Kind != StopBudget || c.User() || c.RIP() != textBase+2 {
			t.Fatalf("round %d, in the kernel: %+v %v user %v rip %x", round, s, s.Fault, c.User(), c.RIP())
		}
		if c.Reg(RCX) != userText+7 || c.Reg(R11)&FlagIF == 0 || c.Flags()&FlagIF != 0 || c.Reg(RDX) != selectorCS {
			t.Errorf("rcx %x r11 %x flags %x cs %x", c.Reg(RCX), c.Reg(R11), c.Flags(), c.Reg(RDX))
		}
		if s := c.Run(4); s.Kind != StopBudget || !c.User() || c.Reg(RBX) != 42 || c.RIP() != userText || c.Flags()&FlagIF == 0 {
			t.Fatalf("round %d, back: %+v %v user %v rbx %d rip %x", round, s, s.Fault, c.User(), c.Reg(RBX), c.RIP())
		}
	}
}

// What user mode may not do, and what the fault says.
func TestUserModeFaults(t *testing.T) {
	jump := func(to uint64) []byte { // mov $to,%rax; jmp *%rax
		b := []byte{0x48, 0xb8}
		for i := range 8 {
			b = append(b, byte(to>>(8*i)))
		}
		return append(b, 0xff, 0xe0)
	}
	read := append(jump(dataBase)[:10], 0x8b, 0x18)  // mov (%rax),%ebx
	write := append(jump(dataBase)[:10], 0x89, 0x18) // mov %ebx,(%rax)
	tests := []struct {
		name   string
		code   []byte
		vector int
		code32 uint32
	}{
		{"cli", []byte{0xfa}, VectorGP, 0},
		{"hlt", []byte{0xf4}, VectorGP, 0},
		{"swapgs", []byte{0x0f, 0x01, 0xf8}, VectorGP, 0},
		{"wrmsr", []byte{0x0f, 0x30}, VectorGP, 0},
		{"mov to cr3", []byte{0x0f, 0x22, 0xd8}, VectorGP, 0},
		{"sysretq", []byte{0x48, 0x0f, 0x07}, VectorGP, 0},
		{"vmcall", []byte{0x0f, 0x01, 0xc1}, VectorUD, 0},
		{"read of the kernel", read, VectorPF, CodeUser},
		{"write to the kernel", write, VectorPF, CodeUser | CodeWrite},
		{"jump to the kernel", jump(textBase), VectorPF, CodeUser | CodeFetch},
		{"jump to no address", jump(1 << 62), VectorGP, 0},
		{"write to text", []byte{0x89, 0x05, 0, 0, 0, 0}, VectorPF, CodeUser | CodeWrite | CodePresent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newUser(t, tt.code, []byte{0xf4})
			// The kernel's code has been decoded, its data translated.
			c.SetState(State{RIP: textBase})
			c.Run(1)
			s := c.State()
			s.RIP, s.User = userText, true
			c.SetState(s)
			stop := c.Run(10)
			if f := stop.Fault; stop.Kind != StopFault || f.Vector != tt.vector || f.Code != tt.code32 {
				t.Errorf("%+v %+v, want %s code %#x", stop, stop.Fault, VectorName(tt.vector), tt.code32)
			}
			if !c.User() {
				t.Error("not in user mode any more")
			}
		})
	}
}

// popf in user mode cannot switch interrupts off, iretq cannot leave it.
func TestUserModeFlags(t *testing.T) {
	c := newUser(t, []byte{
		0x6a, 0x01, // push $1: carry alone
		0x9d,       // popf
		0x48, 0xcf, // iretq
	}, nil)
	if s := c.Run(2); s.Kind != StopBudget || c.Flags()&(FlagIF|FlagCF) != FlagIF|FlagCF {
		t.Fatalf("%+v flags %x", s, c.Flags())
	}
	for i, v := range []uint64{textBase, selectorCS, 0, stackTop, selectorSS} {
		if err := c.mem.Store(userStack+0x800+uint64(i)*8, 8, v); err != nil {
			t.Fatal(err)
		}
	}
	c.SetReg(RSP, userStack+0x800)
	if s := c.Run(1); s.Kind != StopFault || s.Fault.Vector != VectorGP {
		t.Errorf("%+v %v", s, s.Fault)
	}
}

// The kernel goes to user mode by iretq, reads and writes the process's memory,
// and does not execute it.
func TestKernelAndUserMemory(t *testing.T) {
	c := newUser(t, []byte{0x90, 0xfa}, []byte{0x48, 0xcf}) // nop; cli. iretq
	c.SetState(State{RIP: textBase, R: [16]uint64{RSP: stackTop - 40}})
	for i, v := range []uint64{userText, userCS, FlagIF, userStack + 8, userSS} {
		if err := c.mem.Store(stackTop-40+uint64(i)*8, 8, v); err != nil {
			t.Fatal(err)
		}
	}
	if s := c.Run(2); s.Kind != StopBudget || !c.User() || c.RIP() != userText+1 || c.Reg(RSP) != userStack+8 || c.Flags()&FlagIF == 0 {
		t.Fatalf("%+v %v rip %x rsp %x flags %x", s, s.Fault, c.RIP(), c.Reg(RSP), c.Flags())
	}
	c.SetState(State{RIP: userText})
	if s := c.Run(1); s.Kind != StopFault || s.Fault.Code != CodePresent|CodeFetch {
		t.Errorf("kernel executes user text: %+v %v", s, s.Fault)
	}
	if err := c.mem.Store(userStack, 8, 7); err != nil {
		t.Errorf("kernel writes user memory: %v", err)
	}
}

// Two processes have other code at the same address.
func TestSpaces(t *testing.T) {
	c := newUser(t, []byte{0xb0, 1, 0xeb, 0xfe}, []byte{0x90}) // mov $1,%al
	first := c.space
	k2, u2 := newProcess(t, c, []byte{0xb0, 2, 0xeb, 0xfe})
	for range 3 {
		for i, sp := range []struct{ kernel, user *mem.Memory }{{first.kernel, first.user}, {k2, u2}} {
			c.SetSpace(sp.kernel, sp.user)
			c.SetState(State{RIP: userText, User: true})
			if s := c.Run(3); s.Kind != StopBudget || c.Reg(RAX) != uint64(i+1) {
				t.Fatalf("space %d: %+v %v rax %d", i, s, s.Fault, c.Reg(RAX))
			}
		}
	}
	k2.ClearLow()
	if s := c.Run(1); s.Kind != StopFault || s.Fault.Vector != VectorPF {
		t.Errorf("code of a process that has ended: %+v %v", s, s.Fault)
	}
	c.SetSpace(nil, nil)
	c.SetState(State{RIP: textBase})
	if s := c.Run(1); s.Kind != StopBudget {
		t.Errorf("without a process: %+v %v", s, s.Fault)
	}
}
