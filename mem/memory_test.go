package mem

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	text  = 0xffffffff81000000
	stack = 0xffffc90000000000
	top   = uint64(0xfffffffffffff000) // the last page of the address space
)

func newMem(t *testing.T) *Memory {
	t.Helper()
	m := New(1 << 20)
	for _, r := range []struct {
		addr, size uint64
		perm       Perm
	}{
		{text, 2 * PageSize, R | X},
		{stack, 2 * PageSize, R | W},
		{top, PageSize, R | W},
	} {
		if err := m.Map(r.addr, r.size, r.perm); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestMappingErrors(t *testing.T) {
	const free = 0xffff888000000000
	tests := []struct {
		name string
		do   func(m *Memory) error
		want string // part of the error; "" for success
	}{
		{"map", func(m *Memory) error { return m.Map(free, PageSize, R|W) }, ""},
		{"map empty", func(m *Memory) error { return m.Map(free, 0, R) }, "size is zero"},
		{"map unaligned", func(m *Memory) error { return m.Map(free+1, PageSize, R) }, "not page aligned"},
		{"map odd size", func(m *Memory) error { return m.Map(free, 1, R) }, "not page aligned"},
		{"map wraps", func(m *Memory) error { return m.Map(top, 2*PageSize, R) }, "wraps around"},
		{"map wraps by size", func(m *Memory) error { return m.Map(free, ^uint64(0)&^uint64(pageMask), R) }, "wraps around"},
		{"map hole", func(m *Memory) error { return m.Map(1<<47, PageSize, R) }, "canonical"},
		{"map across the hole", func(m *Memory) error { return m.Map(0, 1<<63+1<<62+1<<61, R) }, "canonical"},
		{"map overlap", func(m *Memory) error { return m.Map(text+PageSize, 2*PageSize, R) }, "ffffffff81001000 is mapped already"},
		{"map limit", func(m *Memory) error { return m.Map(free, 1<<20, R) }, "limit of 1048576 bytes"},
		{"map limit, huge", func(m *Memory) error { return m.Map(free, 1<<46, R) }, "limit of 1048576 bytes"},
		{"map rwx", func(m *Memory) error { return m.Map(free, PageSize, R|W|X) }, "not both"},
		{"map unknown bits", func(m *Memory) error { return m.Map(free, PageSize, 8) }, "unknown bits"},
		{"unmap", func(m *Memory) error { return m.Unmap(text, PageSize) }, ""},
		{"unmap too much", func(m *Memory) error { return m.Unmap(text, 3*PageSize) }, "ffffffff81002000 is not mapped"},
		{"unmap nothing", func(m *Memory) error { return m.Unmap(free, PageSize) }, "is not mapped"},
		{"unmap huge", func(m *Memory) error { return m.Unmap(free, 1<<40) }, "not all of it is mapped"},
		{"protect", func(m *Memory) error { return m.Protect(text, PageSize, R|W) }, ""},
		{"protect wx", func(m *Memory) error { return m.Protect(text, PageSize, W|X) }, "not both"},
		{"protect nothing", func(m *Memory) error { return m.Protect(free, PageSize, R) }, "is not mapped"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMem(t)
			before := m.Mapped()
			err := tt.do(m)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("got error %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got error %v, want one with %q", err, tt.want)
			case err != nil && m.Mapped() != before:
				t.Errorf("failed, but %d bytes mapped, were %d", m.Mapped(), before)
			}
		})
	}
}

func TestAccessFaults(t *testing.T) {
	tests := []struct {
		name string
		do   func(m *Memory) error
		want *Fault
	}{
		{"read text", func(m *Memory) error { return m.Read(text, make([]byte, 16)) }, nil},
		{"read across pages", func(m *Memory) error { return m.Read(text+PageSize-3, make([]byte, 8)) }, nil},
		{"read unmapped", func(m *Memory) error { return m.Read(0, make([]byte, 8)) }, &Fault{0, 8, Read, false}},
		{"read off the end", func(m *Memory) error { return m.Read(text+2*PageSize-3, make([]byte, 8)) },
			&Fault{text + 2*PageSize, 5, Read, false}},
		{"read wraps", func(m *Memory) error { return m.Read(top+(PageSize-4), make([]byte, 8)) }, &Fault{0, 4, Read, false}},
		{"write text", func(m *Memory) error { return m.Write(text, make([]byte, 4)) }, &Fault{text, 4, Write, true}},
		{"write guard", func(m *Memory) error { return m.Write(stack-4, make([]byte, 8)) }, &Fault{stack - 4, 8, Write, false}},
		{"poke text", func(m *Memory) error { return m.Poke(text, make([]byte, 4)) }, nil},
		{"poke unmapped", func(m *Memory) error { return m.Poke(0, make([]byte, 4)) }, &Fault{0, 4, Write, false}},
		{"fetch text", func(m *Memory) error { return m.Fetch(text, make([]byte, 4)) }, nil},
		{"fetch stack", func(m *Memory) error { return m.Fetch(stack, make([]byte, 4)) }, &Fault{stack, 4, Fetch, true}},
		{"load", func(m *Memory) error { _, err := m.Load(stack, 8); return err }, nil},
		{"load unmapped", func(m *Memory) error { _, err := m.Load(8, 4); return err }, &Fault{8, 4, Read, false}},
		{"store", func(m *Memory) error { return m.Store(stack, 2, 1) }, nil},
		{"store text", func(m *Memory) error { return m.Store(text, 1, 1) }, &Fault{text, 1, Write, true}},
		{"check", func(m *Memory) error { return m.Check(stack, 2*PageSize, Write) }, nil},
		{"check too far", func(m *Memory) error { return m.Check(stack, 2*PageSize+1, Write) },
			&Fault{stack + 2*PageSize, 1, Write, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.do(newMem(t))
			var got *Fault
			if err != nil && !errors.As(err, &got) {
				t.Fatalf("got %v, want a *Fault", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaultText(t *testing.T) {
	tests := []struct {
		f    Fault
		want string
	}{
		{Fault{0xffff888000000000, 8, Read, false}, "read of 8 bytes at ffff888000000000: not mapped"},
		{Fault{text, 1, Write, true}, "write of 1 byte at ffffffff81000000: not permitted"},
		{Fault{0, 15, Fetch, false}, "fetch of 15 bytes at 0000000000000000: not mapped"},
	}
	for _, tt := range tests {
		if got := tt.f.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// A write that a later page refuses must not have touched the earlier ones.
func TestWriteIsWhole(t *testing.T) {
	m := newMem(t)
	at := uint64(stack + 2*PageSize - 4)
	if err := m.Write(at, []byte{1, 2, 3, 4, 5, 6, 7, 8}); err == nil {
		t.Fatal("write across the end succeeded")
	}
	if v, err := m.Load(at, 4); err != nil || v != 0 {
		t.Errorf("got %#x, %v; want the bytes untouched", v, err)
	}
}

func TestLoadStore(t *testing.T) {
	m := newMem(t)
	const v = 0x8877665544332211
	for _, size := range []int{1, 2, 4, 8} {
		for _, addr := range []uint64{stack + 8, stack + PageSize - 1, top + (PageSize - uint64(size))} {
			if err := m.Store(addr, size, v); err != nil {
				t.Fatal(err)
			}
			got, err := m.Load(addr, size)
			if want := uint64(v) & (1<<(8*size) - 1); err != nil || got != want {
				t.Errorf("size %d at %x: got %#x, %v; want %#x", size, addr, got, err, want)
			}
		}
	}
	if _, err := m.Load(stack, 3); err == nil {
		t.Error("load of 3 bytes succeeded")
	}
	if err := m.Store(stack, 0, 0); err == nil {
		t.Error("store of 0 bytes succeeded")
	}
}

func TestReadString(t *testing.T) {
	m := newMem(t)
	at := uint64(stack + PageSize - 3)
	if err := m.Write(at, []byte("livepatch\x00")); err != nil {
		t.Fatal(err)
	}
	if s, err := m.ReadString(at, 64); err != nil || s != "livepatch" {
		t.Errorf("got %q, %v", s, err)
	}
	if _, err := m.ReadString(at, 9); err == nil {
		t.Error("string of 9 bytes without room for its terminator was read")
	}
	end := uint64(stack + 2*PageSize - 2)
	if err := m.Write(end, []byte("ab")); err != nil {
		t.Fatal(err)
	}
	_, err := m.ReadString(end, 64)
	if diff := cmp.Diff(&Fault{stack + 2*PageSize, 1, Read, false}, err); diff != "" {
		t.Error(diff)
	}
}

// Version must move exactly when something a CPU keeps could have become wrong.
func TestVersion(t *testing.T) {
	m := newMem(t)
	m.Page(text).Watch()
	steps := []struct {
		name  string
		do    func() error
		moves bool
	}{
		{"read", func() error { return m.Read(text, make([]byte, 4)) }, false},
		{"write to data", func() error { return m.Write(stack, make([]byte, 4)) }, false},
		{"poke into a watched page", func() error { return m.Poke(text, []byte{0xcc}) }, true},
		{"poke across into a watched page", func() error { return m.Poke(text+PageSize-1, []byte{1, 2}) }, true},
		{"poke into another page", func() error { return m.Poke(text+PageSize, []byte{0xcc}) }, false},
		{"protect", func() error { return m.Protect(text, PageSize, R|W) }, true},
		{"write to a watched page", func() error { return m.Write(text, []byte{1}) }, true},
		{"map", func() error { return m.Map(0x1000, PageSize, R) }, true},
		{"unmap", func() error { return m.Unmap(0x1000, PageSize) }, true},
	}
	for _, s := range steps {
		before := m.Version()
		if err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if moved := m.Version() != before; moved != s.moves {
			t.Errorf("%s: version moved: %v, want %v", s.name, moved, s.moves)
		}
	}
}

func TestPerm(t *testing.T) {
	m := newMem(t)
	if p, ok := m.Perm(text + 17); !ok || p != R|X || p.String() != "r-x" {
		t.Errorf("got %v, %v; want r-x", p, ok)
	}
	if _, ok := m.Perm(0); ok {
		t.Error("address 0 has permissions")
	}
	m.AllowWX()
	if err := m.Protect(text, PageSize, R|W|X); err != nil {
		t.Error(err)
	}
}

func FuzzAccess(f *testing.F) {
	f.Add(uint64(stack), uint16(8), []byte("x"))
	f.Add(top+(PageSize-1), uint16(PageSize+2), []byte("wrap"))
	f.Add(uint64(1)<<47, uint16(1), []byte{})
	f.Fuzz(func(t *testing.T, addr uint64, n uint16, b []byte) {
		m := New(1 << 20)
		for _, a := range []uint64{stack, top} {
			if err := m.Map(a, PageSize, R|W); err != nil {
				t.Fatal(err)
			}
		}
		buf := make([]byte, n)
		_ = m.Read(addr, buf)
		_ = m.Poke(addr, b)
		if m.Write(addr, b) == nil {
			got := make([]byte, len(b))
			if err := m.Read(addr, got); err != nil || string(got) != string(b) {
				t.Fatalf("wrote %x, read %x, %v", b, got, err)
			}
		}
		_, _ = m.ReadString(addr, int(n))
		_ = m.Map(addr, uint64(n), R)
		_ = m.Unmap(addr, uint64(n)<<12)
	})
}
