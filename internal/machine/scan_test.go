package machine

import (
	"testing"

	"klpemu/cpu"
)

func TestScan(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1})
	for _, tt := range []struct {
		text, format string
		stored       int
		want         []uint64 // first 8 bytes of each value
	}{
		{"12 -7", "%d %d", 2, []uint64{12, 0xfffffff9}},
		{"0x1f 010 9", "%i %i %i", 3, []uint64{0x1f, 8, 9}},
		{"ff 0xff", "%x %x", 2, []uint64{255, 255}},
		{"300", "%hhu", 1, []uint64{44}},
		{"18446744073709551615", "%llu", 1, []uint64{^uint64(0)}},
		{"a=1,b", "a=%d,%c", 2, []uint64{1, 'b'}},
		{"a=1;b", "a=%d,%c", 1, []uint64{1}},
		{"  word rest", "%s", 1, []uint64{0x64726f77}},
		{"abc123", "%8[a-c]%d", 1, []uint64{0x61}}, // ranges are not known to the kernel
		{"abc123", "%8[abc]%d", 2, []uint64{0x636261, 123}},
		{"key: value", "%8[^:]: %2s", 2, []uint64{0x79656b, 0x6176}},
		{"1 2 3", "%*d %d%n", 1, []uint64{2, 3}},
		{"123456", "%3d%d", 2, []uint64{123, 456}},
		{"x", "%d", 0, nil},
		{"", "%d", 0, nil},
		{"5%", "%d%%", 1, []uint64{5}},
	} {
		c := m.cpus[0]
		c.vcpu.SetReg(cpu.RDI, m.newString(tt.text))
		c.vcpu.SetReg(cpu.RSI, m.newString(tt.format))
		var at []uint64
		for i := range 4 {
			at = append(at, m.alloc(32))
			c.vcpu.SetReg(argRegs[i+2], at[i])
		}
		if err := scanGate(false)(m, c, m.shell); err != nil {
			t.Fatal(err)
		}
		if got := int(c.vcpu.Reg(cpu.RAX)); got != tt.stored {
			t.Errorf("sscanf(%q, %q) = %d, want %d", tt.text, tt.format, got, tt.stored)
		}
		for i, want := range tt.want {
			if got, _ := m.mem.Load(at[i], 8); got != want {
				t.Errorf("sscanf(%q, %q): value %d is %#x, want %#x", tt.text, tt.format, i, got, want)
			}
		}
	}
}

func TestXarray(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	xa := l.m.alloc(16)
	for i := range uint64(10) {
		if old := l.call("xa_store", xa, i*i*1000, 0x1000+i*8, 0xcc0); old != 0 {
			t.Errorf("xa_store: %#x was there", old)
		}
	}
	if got := l.call("xa_load", xa, 25000); got != 0x1000+5*8 {
		t.Errorf("xa_load: %#x", got)
	}
	if a, b := l.call("xa_erase", xa, 25000), l.call("xa_load", xa, 25000); a != 0x1000+5*8 || b != 0 {
		t.Errorf("xa_erase: %#x, then %#x", a, b)
	}
	at, n := l.m.alloc(8), 0
	for e := l.call("xa_find", xa, at, ^uint64(0), 0); e != 0; e = l.call("xa_find_after", xa, at, ^uint64(0), 0) {
		n++
	}
	if n != 9 {
		t.Errorf("%d entries found, want 9", n)
	}
	l.call("xa_destroy", xa)
	if head := l.word(xa+8, 8); head != 0 {
		t.Errorf("xa_head %#x of an empty array", head)
	}
	idr := l.m.alloc(24)
	var ids []uint64
	for range 3 {
		ids = append(ids, l.call("idr_alloc", idr, 0x2000, 1, 0, 0xcc0))
	}
	l.call("idr_remove", idr, 2)
	ids = append(ids, l.call("idr_alloc", idr, 0x3000, 1, 0, 0xcc0), l.call("idr_alloc", idr, 0x3000, 1, 3, 0xcc0)&0xffffffff)
	for i, want := range []uint64{1, 2, 3, 2, 1<<32 - 28} {
		if ids[i]&0xffffffff != want {
			t.Errorf("idr_alloc %d: %d, want %d", i, int32(ids[i]), int32(want))
		}
	}
	if got := l.call("idr_find", idr, 2); got != 0x3000 {
		t.Errorf("idr_find: %#x", got)
	}
	ida := l.m.alloc(16)
	a, b := l.call("ida_alloc_range", ida, 5, 9, 0xcc0), l.call("ida_alloc_range", ida, 5, 9, 0xcc0)
	l.call("ida_free", ida, 5)
	if c := l.call("ida_alloc_range", ida, 0, 9, 0xcc0); a != 5 || b != 6 || c != 0 {
		t.Errorf("ida: %d %d %d, want 5 6 0", a, b, c)
	}
}
