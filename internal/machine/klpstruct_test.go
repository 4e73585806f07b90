package machine

import (
	"encoding/binary"
	"strings"
	"testing"

	"klpemu/livepatch"
)

// TestReadPatchBounds: arrays of a guest that overlap or do not end are an
// error, not an endless walk.
func TestReadPatchBounds(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1})
	const room = 4 << 20
	base := m.alloc(room)
	put := func(at, v uint64) {
		t.Helper()
		if err := m.mem.Store(at, 8, v); err != nil {
			t.Fatal(err)
		}
	}
	objs, funcs, name := base+0x1000, base+0x200000, base+0x800
	put(base+8, objs)
	for i := range uint64(600) { // each object has the same 600 functions
		put(objs+i*livepatch.ObjectSize+8, funcs)
		put(funcs+i*livepatch.FuncSize, name)
	}
	_, err := m.readPatch(base)
	if err == nil || !strings.Contains(err.Error(), "more than 65536 objects") {
		t.Errorf("error %v, want one about too many entries", err)
	}
	put(objs+8*livepatch.ObjectSize, 0)
	put(objs+8*livepatch.ObjectSize+8, 0)
	p, err := m.readPatch(base)
	if err != nil || len(p.Objects) != 8 || len(p.Objects[7].Funcs) != 600 {
		t.Errorf("a patch of 8 objects: %v", err)
	}
}

// fuzzedPatch is a patch of an object with two functions, and of a state, as
// FuzzReadPatch wants pointers: an offset in the highest bits, and bit 0.
func fuzzedPatch() []byte {
	b := make([]byte, 0x400)
	ptr := func(at int, to uint64) { binary.LittleEndian.PutUint64(b[at:], to<<48|1) }
	ptr(8, 0x20)     // the objects
	ptr(16, 0x380)   // the states
	ptr(0x20, 0x3f0) // a name
	ptr(0x28, 0x100) // the functions
	b[0x108], b[0x108+livepatch.FuncSize] = 1, 2
	b[0x380], b[0x388] = 7, 1
	copy(b[0x3f0:], "vmlinux")
	return b
}

func FuzzReadPatch(f *testing.F) {
	f.Add([]byte("\x00\x00"), uint16(0))
	f.Add(fuzzedPatch(), uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, at uint16) {
		m := bootTest(t, Config{CPUs: 1})
		base := m.alloc(1 << 16)
		if err := m.mem.Write(base, data[:min(len(data), 1<<16)]); err != nil {
			t.Fatal(err)
		}
		for off := uint64(0); off < 64; off += 8 { // some pointers lead back into it
			if v, _ := m.mem.Load(base+off, 8); v&1 != 0 {
				_ = m.mem.Store(base+off, 8, base+v>>48)
			}
		}
		p, err := m.readPatch(base + uint64(at))
		if (p == nil) == (err == nil) {
			t.Errorf("patch %v, error %v", p, err)
		}
	})
}
