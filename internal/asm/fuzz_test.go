package asm

import (
	"bytes"
	"debug/elf"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzAssemble checks that every input ends, within its limits, in an object
// that parses or in errors with a place.
func FuzzAssemble(f *testing.F) {
	for _, file := range []string{"testdata/snippets.txt", "testdata/hand.txt"} {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, l := range bytes.Split(b, []byte("\n")) {
			f.Add(l)
		}
	}
	files, _ := filepath.Glob("testdata/objects/*.s")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	small := Options{Limits: Limits{MaxOutput: 1 << 20, MaxStatements: 20_000}}
	f.Fuzz(func(t *testing.T, src []byte) {
		object, err := small.Assemble("x.s", src)
		if err == nil {
			if _, err := elf.NewFile(bytes.NewReader(object)); err != nil {
				t.Fatalf("object does not parse: %v", err)
			}
			return
		}
		var list ErrorList
		if !errors.As(err, &list) || len(list) == 0 || len(list) > 10 {
			t.Fatalf("bad error %v", err)
		}
		for _, e := range list {
			if e.File == "" || e.Line < 1 || e.Col < 1 || e.Msg == "" {
				t.Errorf("error without a place: %+v", e)
			}
		}
	})
}
