package unwind

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzWalk: no data, however broken, makes parsing or walking panic or run long.
func FuzzWalk(f *testing.F) {
	f.Add(kernelLike().b)
	for _, p := range [][]byte{{0x0f, 3, 0x2f, 0xfd, 0xff}, {0x0a, 0x0e, 64, 0x83, 2, 0x0b}, {0x16, 3, 2, 0x23, 3}, {0x09, 16, 10}} {
		f.Add(one(p...).b)
	}
	m := make(sparse)
	for i := uint64(0); i < 64; i++ {
		m[stackAddr+i*8] = textAddr + i*16
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := Parse("fuzz", frameAddr, data)
		if err != nil {
			return
		}
		ts := new(Tables)
		ts.Add("fuzz", tab)
		for pc := uint64(textAddr); pc < textAddr+0x400; pc += 0x20 {
			tr := ts.Reliable(Top(pc, regsWithSP(stackAddr), true), m, WalkOptions{})
			if tr.Reliable == (tr.Why != "") || len(tr.Entries) == 0 {
				t.Fatalf("walk from %x: %+v", pc, tr)
			}
		}
	})
}

// FuzzDebugFrame is FuzzWalk for .debug_frame.
func FuzzDebugFrame(f *testing.F) {
	f.Add(debugLike(false))
	f.Add(debugLike(true))
	m := make(sparse)
	for i := uint64(0); i < 64; i++ {
		m[stackAddr+i*8] = textAddr + i*16
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := ParseDebug("fuzz", data)
		if err != nil {
			return
		}
		ts := new(Tables)
		ts.AddDebug("fuzz", tab)
		for pc := uint64(textAddr); pc < textAddr+0x100; pc += 0x20 {
			tr := ts.Reliable(Top(pc, regsWithSP(stackAddr), true), m, WalkOptions{})
			if tr.Reliable == (tr.Why != "") || len(tr.Entries) == 0 {
				t.Fatalf("walk from %x: %+v", pc, tr)
			}
		}
	})
}

// Every prefix of a section parses or is refused.
func TestTruncated(t *testing.T) {
	data := kernelLike().b
	for n := range data {
		tab, err := Parse("prefix", frameAddr, data[:n])
		if (tab == nil) == (err == nil) {
			t.Errorf("%d bytes: %v, %v", n, tab, err)
		}
	}
}

// The corpus under testdata/fuzz is run by go test; keep it committed.
func TestCorpusIsThere(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "fuzz", "FuzzWalk", "*"))
	if err != nil || len(files) == 0 {
		t.Errorf("no corpus: %v, %v", files, err)
	}
	for _, f := range files {
		if st, err := os.Stat(f); err != nil || st.Size() > 1<<16 {
			t.Errorf("%s is larger than a corpus file should be", f)
		}
	}
}
