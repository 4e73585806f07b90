package cpu

import (
	"testing"

	"klpemu/mem"
)

// movEAX is mov $v,%eax.
func movEAX(v byte) []byte { return []byte{0xb8, v, 0, 0, 0} }

func poke(t *testing.T, c *VCPU, addr uint64, b ...byte) {
	t.Helper()
	if err := c.mem.Poke(addr, b); err != nil {
		t.Fatal(err)
	}
}

// A poke to any byte of an instruction that was executed before is seen by the
// next execution, by every CPU, stepped or run.
func TestPokeAnyByte(t *testing.T) {
	code := []byte{0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 0xeb, 0xf4} // movabs; jmp back
	for i := 2; i < 10; i++ {
		a := newTest(t, code...)
		b := New(1, a.mem, Options{})
		b.SetRIP(textBase)
		a.Run(7)
		b.Step()
		b.Step()
		poke(t, a, textBase+uint64(i), 0xee)
		want := uint64(0x0807060504030201)&^(0xff<<(8*(i-2))) | 0xee<<(8*(i-2))
		for _, c := range []*VCPU{a, b} {
			c.Step()
			c.Run(2)
			if got := c.Reg(RAX); got != want {
				t.Errorf("byte %d, CPU %d: rax %#x, want %#x", i, c.ID(), got, want)
			}
		}
	}
}

// An instruction that crosses into another page is redecoded when either page
// changes.
func TestPokeAcrossPages(t *testing.T) {
	at := uint64(textBase + mem.PageSize - 2)
	c := newTest(t)
	poke(t, c, at, 0xb8, 1, 0, 0, 0, 0xeb, 0xf9)
	c.SetRIP(at)
	c.Run(4)
	poke(t, c, at+2, 7) // in the second page
	c.Run(2)
	if got := c.Reg(RAX); got != 0x701 {
		t.Errorf("after a poke to the second page: rax %#x", got)
	}
	poke(t, c, at+1, 9) // in the first
	c.Run(2)
	if got := c.Reg(RAX); got != 0x709 {
		t.Errorf("after a poke to the first page: rax %#x", got)
	}
}

// Code that the guest writes itself: the store is in the block that runs, and
// what it changes comes next in that block.
func TestStoreIntoRunningBlock(t *testing.T) {
	m := mem.New(1 << 20)
	m.AllowWX()
	if err := m.Map(textBase, mem.PageSize, mem.R|mem.W|mem.X); err != nil {
		t.Fatal(err)
	}
	code := []byte{
		0xc6, 0x05, 1, 0, 0, 0, 42, // movb $42,1(%rip): the immediate of the next
		0xb8, 1, 0, 0, 0, // mov $1,%eax
		0xf4, // hlt
	}
	for _, run := range []func(*VCPU) Stop{
		func(c *VCPU) Stop { return c.Run(3) },
		func(c *VCPU) Stop { c.Step(); c.Step(); return c.Step() },
	} {
		if err := m.Poke(textBase, code); err != nil {
			t.Fatal(err)
		}
		c := New(0, m, Options{})
		c.SetRIP(textBase)
		if s := run(c); s.Kind != StopHalt || c.Reg(RAX) != 42 {
			t.Errorf("stopped by %v %v with rax %d, want 42", s.Kind, s.Fault, c.Reg(RAX))
		}
	}
}

// The stages of text_poke_bp: int3 on the first byte, then the tail, then the
// first byte. A CPU sees exactly what is there when it fetches.
func TestTextPokeStages(t *testing.T) {
	c := newTest(t, 0x0f, 0x1f, 0x44, 0, 0, 0xeb, 0xf9) // nopl; jmp back
	c.Run(10)
	c.SetRIP(textBase)
	poke(t, c, textBase, 0xcc)
	s := c.Run(10)
	if s.Kind != StopFault || s.Fault.Vector != VectorBP || c.RIP() != textBase || s.Count != 0 {
		t.Fatalf("int3: %+v %v at %x", s, s.Fault, c.RIP())
	}
	poke(t, c, textBase+1, 0x10, 0, 0, 0)
	if s := c.Step(); s.Kind != StopFault || s.Fault.Vector != VectorBP {
		t.Fatalf("tail: %+v", s)
	}
	poke(t, c, textBase, 0xe9) // jmp to textBase+0x15
	poke(t, c, textBase+0x15, 0xf4)
	if s := c.Run(10); s.Kind != StopHalt || s.Count != 2 {
		t.Fatalf("jmp: %+v %v", s, s.Fault)
	}
}

// Unmapping, remapping and changed permissions are seen at once.
func TestMappingChanges(t *testing.T) {
	c := newTest(t, append(movEAX(1), 0xeb, 0xf9)...)
	other := New(1, c.mem, Options{})
	other.SetRIP(textBase)
	c.Run(4)
	other.Run(4)
	if err := c.mem.Protect(textBase, mem.PageSize, mem.R|mem.W); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*VCPU{c, other} {
		s := c.Step()
		if s.Kind != StopFault || s.Fault.Vector != VectorPF || s.Fault.Code != CodeFetch|CodePresent || s.Fault.Addr != textBase {
			t.Errorf("not executable: %+v %v", s, s.Fault)
		}
	}
	if err := c.mem.Store(textBase+1, 1, 5); err != nil {
		t.Fatal(err)
	}
	if err := c.mem.Protect(textBase, mem.PageSize, mem.R|mem.X); err != nil {
		t.Fatal(err)
	}
	if c.Step(); c.Reg(RAX) != 5 {
		t.Errorf("rax %d after the page was written, want 5", c.Reg(RAX))
	}
	if err := c.mem.Unmap(textBase, mem.PageSize); err != nil {
		t.Fatal(err)
	}
	if s := c.Run(3); s.Kind != StopFault || s.Fault.Code != CodeFetch {
		t.Errorf("unmapped: %+v %v", s, s.Fault)
	}
}

// Data that other CPUs or Go write is seen by a CPU that has the page in its TLB.
func TestSharedData(t *testing.T) {
	c := newTest(t, 0x48, 0x8b, 0x03, 0xeb, 0xfb) // mov (%rbx),%rax; jmp back
	c.SetReg(RBX, dataBase)
	for v := uint64(1); v < 5; v++ {
		if err := c.mem.Store(dataBase, 8, v); err != nil {
			t.Fatal(err)
		}
		if c.Run(2); c.Reg(RAX) != v {
			t.Errorf("rax %d, want %d", c.Reg(RAX), v)
		}
	}
}

// A stale CPU keeps what it fetched until it serialises or is refreshed.
func TestStaleView(t *testing.T) {
	loop := append(movEAX(1), 0xeb, 0xf9)
	c := newTest(t, loop...)
	c.SetStale(true)
	c.Run(2)
	poke(t, c, textBase+1, 2)
	if c.Run(2); c.Reg(RAX) != 1 {
		t.Errorf("stale: rax %d, want the old 1", c.Reg(RAX))
	}
	c.Refresh()
	if c.Run(2); c.Reg(RAX) != 2 {
		t.Errorf("refreshed: rax %d, want 2", c.Reg(RAX))
	}
	poke(t, c, textBase+1, 3)
	c.Run(2)
	poke(t, c, textBase+mem.PageSize, 0x0f, 0xa2, 0xe9, 0xf9, 0xef, 0xff, 0xff) // cpuid; jmp textBase
	c.SetRIP(textBase + mem.PageSize)
	if c.Run(3); c.Reg(RAX) != 3 {
		t.Errorf("after cpuid: rax %d, want 3", c.Reg(RAX))
	}
	poke(t, c, textBase+1, 4)
	c.SetStale(false)
	c.SetRIP(textBase)
	if c.Run(1); c.Reg(RAX) != 4 {
		t.Errorf("no longer stale: rax %d, want 4", c.Reg(RAX))
	}
}

// A view that is full starts again and goes on rightly.
func TestViewStartsAgain(t *testing.T) {
	c := newTest(t, append(movEAX(1), 0xeb, 0xf9)...)
	c.Run(4)
	c.view.ops = maxOps + 1
	c.SetRIP(textBase)
	if s := c.Run(5); s.Kind != StopBudget || c.view.ops > 100 {
		t.Errorf("%+v, %d instructions kept", s, c.view.ops)
	}
}
