package machine

import (
	"fmt"
	"testing"

	"klpemu/cpu"
)

// The wanted texts are what printf of a C library gives, but for %p, %pS and
// strings that cannot be read, which are the kernel's own.
func TestSprintf(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1})
	text := func(s string) uint64 {
		addr := m.alloc(uint64(len(s)) + 1)
		if err := m.mem.Write(addr, []byte(s)); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	neg := func(n int64) uint64 { return uint64(n) }
	hello := text("hello")
	show := m.Symbols("", "cmdline_proc_show")[0]
	tests := []struct {
		format string
		args   []uint64
		want   string
	}{
		{"plain", nil, "plain"},
		{"100%%", nil, "100%"},
		{"%d %i %u", []uint64{neg(-1), 2, 3}, "-1 2 3"},
		{"%d", []uint64{0xffffffff}, "-1"},
		{"%u", []uint64{neg(-1)}, "4294967295"},
		{"%ld %lld", []uint64{neg(-5), 1 << 40}, "-5 1099511627776"},
		{"%hhd %hhu %hd %hu", []uint64{0x1ff, 0x1ff, 0x18000, 0x18000}, "-1 255 -32768 32768"},
		{"%zu %td", []uint64{neg(-1), neg(-1)}, "18446744073709551615 -1"},
		{"%x %X %#x %#X %o %#o", []uint64{255, 255, 255, 255, 8, 8}, "ff FF 0xff 0XFF 10 010"},
		{"%lx", []uint64{neg(-1)}, "ffffffffffffffff"},
		{"[%5d] [%-5d] [%05d] [%+d] [% d]", []uint64{42, 42, 42, 42, 42}, "[   42] [42   ] [00042] [+42] [ 42]"},
		{"[%*d] [%-*d]", []uint64{4, 7, 4, 7}, "[   7] [7   ]"},
		{"[%.3d] [%8.3d] [%08.3d]", []uint64{7, 7, 7}, "[007] [     007] [00000007]"},
		{"[%c%c] [%3c]", []uint64{'a', 'b', 'c'}, "[ab] [  c]"},
		{"[%s] [%8s] [%-8s] [%.2s] [%.*s]", []uint64{hello, hello, hello, hello, 3, hello}, "[hello] [   hello] [hello   ] [he] [hel]"},
		{"%s %s", []uint64{0, 8}, "(null) (efault)"},
		{"%s", []uint64{0xffff800000000000}, "(efault)"},
		{"%px", []uint64{0xffffffff81000000}, "ffffffff81000000"},
		{"%pS", []uint64{show + 4}, "cmdline_proc_show+0x4/0x30"},
		{"%ps", []uint64{show + 4}, "cmdline_proc_show"},
		{"a %q %d", []uint64{1, 2}, "a "}, // vsnprintf gives up here
		{"a %", nil, "a "},
		{"%d %d %d %d %d %d %d", []uint64{1, 2, 3, 4, 5, 6, 7}, "1 2 3 4 5 6 7"},
	}
	for _, tt := range tests {
		t.Run(tt.format, func(t *testing.T) {
			c := m.cpus[0]
			v := c.vcpu
			frame := m.alloc(512)
			v.SetReg(cpu.RBP, frame)
			v.SetReg(cpu.RDI, text(tt.format))
			for i, a := range tt.args {
				if i+1 < len(argRegs) {
					v.SetReg(argRegs[i+1], a)
				} else if err := m.mem.Store(frame+16+8*uint64(i+1-len(argRegs)), 8, a); err != nil {
					t.Fatal(err)
				}
			}
			got, err := m.sprintf(c, cpu.RDI, 1)
			if err != nil || got != tt.want {
				t.Errorf("sprintf(%q) = %q, %v, want %q", tt.format, got, err, tt.want)
			}
		})
	}
}

// A plain %p must not tell an address, and tells the same one alike.
func TestSprintfHashesPointers(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1})
	a, b := m.formatPointer(0xffffffff81000000), m.formatPointer(0xffffffff81000000)
	if a != b || a == fmt.Sprintf("%016x", uint64(0xffffffff81000000)) || len(a) != 16 {
		t.Errorf("%%p gives %s and %s", a, b)
	}
}
