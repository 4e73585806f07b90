package cpu

import (
	"testing"

	"klpemu/mem"
)

const (
	textBase  = 0xffffffff81000000
	stackBase = 0xffffc90000000000
	stackTop  = stackBase + 4*mem.PageSize
	dataBase  = 0xffff888000000000
)

// newTest returns a CPU about to execute code, with a stack and two data pages.
func newTest(t testing.TB, code ...byte) *VCPU {
	t.Helper()
	m := mem.New(1 << 24)
	for _, r := range []struct {
		addr, size uint64
		perm       mem.Perm
	}{
		{textBase, 4 * mem.PageSize, mem.R | mem.X},
		{stackBase, 4 * mem.PageSize, mem.R | mem.W},
		{dataBase, 2 * mem.PageSize, mem.R | mem.W},
	} {
		if err := m.Map(r.addr, r.size, r.perm); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Poke(textBase, code); err != nil {
		t.Fatal(err)
	}
	c := New(0, m, Options{})
	c.SetRIP(textBase)
	c.SetReg(RSP, stackTop-256)
	return c
}

func TestSmoke(t *testing.T) {
	c := newTest(t,
		0xb8, 5, 0, 0, 0, // mov $5,%eax
		0x48, 0x8d, 0x58, 0x02, // lea 2(%rax),%rbx
		0x01, 0xd8, // add %ebx,%eax
		0xe8, 1, 0, 0, 0, // call +1
		0xf4, // hlt
		0x50, // push %rax
		0x59, // pop %rcx
		0xc3, // ret
	)
	s := c.Run(100)
	if s.Kind != StopHalt || s.Count != 8 || c.Reg(RCX) != 12 {
		t.Fatalf("%+v %v rcx=%d", s, s.Fault, c.Reg(RCX))
	}
}
