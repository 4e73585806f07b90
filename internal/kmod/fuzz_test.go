package kmod

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// samples are the modules that files are made of.
func samples(tb testing.TB) map[string][]byte {
	tb.Helper()
	files := map[string][]byte{}
	for _, dir := range []string{"../../testdata/scenarios/ko", "../../testdata/modules"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.ko"))
		if err != nil || len(names) == 0 {
			tb.Fatalf("no modules in %s (%v)", dir, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				tb.Fatal(err)
			}
			files[filepath.Base(name)] = data
		}
	}
	return files
}

// tryLoad loads a file that may be broken, and holds what is true of any file.
func tryLoad(t *testing.T, file []byte) {
	t.Helper()
	var lines []string
	log := func(_ trace.Level, text string) { lines = append(lines, text) }
	warn := func(text string) { lines = append(lines, text) }
	_, err := load(file, log, everything(), warn)
	var r *Refusal
	if err != nil && !errors.As(err, &r) {
		t.Fatalf("%v is no refusal", err)
	}
	if r != nil && r.Err == errno.ENOEXEC && r.Detail == nil && len(lines) == 0 {
		t.Fatal("refused without a reason")
	}
	for _, line := range lines {
		if strings.Contains(line, "%!") {
			t.Fatalf("%q", line)
		}
	}
}

// FuzzLoad: no file makes the loader panic, hang or take much memory.
func FuzzLoad(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { tryLoad(t, data) })
}

// TestCorruptSections overwrites each section and each section header of every
// sample, and cuts the file at each.
func TestCorruptSections(t *testing.T) {
	for name, file := range samples(t) {
		k, err := Open(file, func(trace.Level, string) {})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Run(name, func(t *testing.T) {
			for _, s := range k.Sections[1:] {
				start, end := s.Offset, s.Offset+uint64(len(s.Data))
				header := k.ident.shoff + uint64(s.Index)*shdrSize
				for _, b := range []byte{0, 0xff, 0x41} {
					corrupt(t, file, start, end, b)
					for field := header; field < header+shdrSize; field += 4 {
						corrupt(t, file, field, field+4, b)
					}
				}
				tryLoad(t, file[:start])
				tryLoad(t, file[:end])
			}
			for off := uint64(0); off < ehdrSize; off++ {
				corrupt(t, file, off, off+1, 0xff)
			}
		})
	}
}

func corrupt(t *testing.T, file []byte, start, end uint64, b byte) {
	t.Helper()
	broken := append([]byte(nil), file...)
	fill(broken[min(start, uint64(len(file))):min(end, uint64(len(file)))], b)
	tryLoad(t, broken)
}
