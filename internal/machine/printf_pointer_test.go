package machine

import (
	"strings"
	"testing"

	"klpemu/cpu"
)

// What the kernel prints for a pointer with an extension
// (Documentation/core-api/printk-formats.rst).
func TestFormatPointers(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1})
	data := func(b ...byte) uint64 {
		addr := m.alloc(uint64(len(b)) + 1)
		if err := m.mem.Write(addr, b); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	show := m.Symbols("", "cmdline_proc_show")[0]
	mac := data(0, 1, 2, 0xa, 0xb, 0xc)
	ip6 := data(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
	bits := data(0x0f, 0x01, 0, 0, 0, 0, 0, 0x80)
	gfp := func(v byte, w byte) uint64 { return data(v, w, 0, 0) }
	for _, tt := range []struct {
		format string
		args   []uint64
		want   string
	}{
		{"%p", []uint64{0}, "0000000000000000"},
		{"%p", []uint64{^uint64(21)}, "ffffffffffffffea"},
		{"%px [%20px]", []uint64{0xffff, 0xffff}, "000000000000ffff [                ffff]"},
		{"%pe", []uint64{^uint64(11)}, "-ENOMEM"},
		{"%pe", []uint64{^uint64(4000)}, "-4001"},
		{"%ps %pS %pSR", []uint64{show, show, show}, "cmdline_proc_show cmdline_proc_show+0x0/0x30 cmdline_proc_show+0x0/0x30"},
		{"%ps", []uint64{0x10}, "0x10"},
		{"%pM %pm %pMF %pMR", []uint64{mac, mac, mac, mac}, "00:01:02:0a:0b:0c 0001020a0b0c 00-01-02-0a-0b-0c 0c:0b:0a:02:01:00"},
		{"%pM", []uint64{0}, "(null)"},
		{"%pI4 %pi4 %pI4h", []uint64{data(1, 20, 3, 4), data(1, 20, 3, 4), data(1, 20, 3, 4)}, "1.20.3.4 001.020.003.004 4.3.20.1"},
		{"%pI6 %pi6 %pI6c", []uint64{ip6, ip6, ip6}, "2001:0db8:0000:0000:0000:0000:0000:0001 20010db8000000000000000000000001 2001:db8::1"},
		{"%*ph|%*phC|%*phD|%*phN", []uint64{3, mac, 3, mac}, "00 01 02|00:01:02|"},
		{"%3phN %0ph", []uint64{mac, mac}, "000102 "},
		{"%*pb %*pbl", []uint64{64, bits, 64, bits}, "80000000,0000010f 0-3,8,63"},
		{"%10pb", []uint64{bits}, "10f"},
		{"%pUb", []uint64{ip6}, "20010db8-0000-0000-0000-000000000001"},
		{"%pUL", []uint64{ip6}, "B80D0120-0000-0000-0000-000000000001"},
		{"%*pE", []uint64{4, data('a', '\n', 0, 0xff)}, `a\n\0\377`},
		{"%pa", []uint64{bits}, "0x800000000000010f"},
		{"%pGg", []uint64{gfp(0xc0, 0x0c)}, "GFP_KERNEL"},
		{"%pGg", []uint64{gfp(0xc0, 0x2d)}, "GFP_KERNEL|__GFP_NOWARN|__GFP_ZERO"},
		{"%pGp", []uint64{bits}, "(%pG?)"},
	} {
		t.Run(tt.format, func(t *testing.T) {
			c := m.cpus[0]
			frame := m.alloc(512)
			c.vcpu.SetReg(cpu.RBP, frame)
			c.vcpu.SetReg(cpu.RDI, data([]byte(tt.format)...))
			for i, a := range tt.args {
				c.vcpu.SetReg(argRegs[i+1], a)
			}
			got, err := m.sprintf(c, cpu.RDI, 1)
			if err != nil || !strings.HasPrefix(got, tt.want) {
				t.Errorf("sprintf(%q) = %q, %v, want %q", tt.format, got, err, tt.want)
			}
		})
	}
}

// %pV takes a format and a va_list: first what is left in the save area of
// registers, then what is on the stack.
func TestFormatVa(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1})
	words := func(w ...uint64) uint64 {
		addr := m.alloc(uint64(8 * len(w)))
		for i, v := range w {
			if err := m.mem.Store(addr+8*uint64(i), 8, v); err != nil {
				t.Fatal(err)
			}
		}
		return addr
	}
	save := words(0, 0, 0, 0, 4, 5)
	list := words(32, words(6, 7), save) // gp_offset 32: two registers are left
	va := words(m.newString("%d %d %d %d"), list)
	c := m.cpus[0]
	c.vcpu.SetReg(cpu.RDI, m.newString("<%pV>"))
	c.vcpu.SetReg(cpu.RSI, va)
	if got, err := m.sprintf(c, cpu.RDI, 1); err != nil || got != "<4 5 6 7>" {
		t.Errorf("%q, %v, want <4 5 6 7>", got, err)
	}
	loop := words(0, 0)
	_ = m.mem.Store(loop, 8, m.newString("%pV"))
	_ = m.mem.Store(loop+8, 8, words(0, 0, words(loop)))
	c.vcpu.SetReg(cpu.RSI, loop)
	if _, err := m.sprintf(c, cpu.RDI, 1); err == nil || !strings.Contains(err.Error(), "nested") {
		t.Errorf("a format that contains itself: error %v", err)
	}
}
