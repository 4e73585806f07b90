package cpu

import "testing"

// TF traps behind each instruction that began with it, however they are executed.
func TestSingleStep(t *testing.T) {
	code := []byte{
		0x9c,                         // pushf
		0x81, 0x0c, 0x24, 0, 1, 0, 0, // orl $0x100,(%rsp)
		0x9d,       // popf: sets TF, no trap
		0x90,       // nop: trap
		0x9c, 0x58, // pushf, pop %rax: TF is seen
		0xf3, 0xaa, // rep stosb: a trap an iteration
		0xeb, 0x00, // jmp
		0x6a, 0x02, // push $2
		0x9d, // popf: clears TF, trap
		0x90, 0xf4,
	}
	offsets := []uint64{10, 11, 12, 12, 14, 16, 18, 19} // of RIP at each trap
	run := map[string]func(*VCPU) Stop{
		"Run":    func(c *VCPU) Stop { return c.Run(100) },
		"Step":   (*VCPU).Step,
		"Rotate": func(c *VCPU) Stop { _, _, s := Rotate([]*VCPU{c}, 0, 100); return s },
	}
	for name, run := range run {
		c := newTest(t, code...)
		c.SetReg(RSP, stackTop-64)
		c.SetReg(RDI, dataBase)
		c.SetReg(RCX, 2)
		var traps []uint64
		s := run(c)
		for ; s.Kind != StopHalt; s = run(c) {
			if s.Kind == StopFault {
				if s.Fault.Vector != VectorDB || s.Fault.RIP != c.RIP() || c.dr[6]&dr6Step == 0 || s.Count == 0 {
					t.Fatalf("%s: %+v %v at %x", name, s, s.Fault, c.RIP())
				}
				traps = append(traps, c.RIP()-textBase)
			}
		}
		if len(traps) != len(offsets) {
			t.Fatalf("%s: traps at %d, want %d", name, traps, offsets)
		}
		for i := range traps {
			if traps[i] != offsets[i] {
				t.Errorf("%s: traps at %d, want %d", name, traps, offsets)
			}
		}
		if c.Reg(RAX)&FlagTF == 0 || c.Flags()&FlagTF != 0 || c.Retired() != 13 {
			t.Errorf("%s: rax %x, flags %x, %d retired", name, c.Reg(RAX), c.Flags(), c.Retired())
		}
	}
}
