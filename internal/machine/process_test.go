package machine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"klpemu/internal/errno"
)

const programs = "../../testdata/scenarios/programs/"

// output is the files of a process that may only write.
type output struct{ bytes.Buffer }

func (o *output) Read(int, []byte) (int, error)      { return 0, nil }
func (o *output) Write(_ int, p []byte) (int, error) { return o.Buffer.Write(p) }
func (o *output) Close()                             {}
func program(out *output, image []byte, args ...string) Program {
	return Program{Path: "./prog", Image: image, Args: append([]string{"./prog"}, args...), Files: out}
}

func readProgram(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(programs + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A process leaves nothing behind.
func TestProcessMemoryIsFreed(t *testing.T) {
	m := bootTest(t, Config{CPUs: 2})
	image := readProgram(t, "calls")
	var before uint64
	for round := range 3 {
		var out output
		pid, err := m.StartProgram(program(&out, image, "memory"))
		if err != nil {
			t.Fatal(err)
		}
		if st, err := m.WaitJob(pid); err != nil || st != 0 {
			t.Fatalf("status %d, %v", st, err)
		}
		if !strings.HasPrefix(out.String(), "brk grew, mmap mapped\n") {
			t.Errorf("%q", out.String())
		}
		if round == 0 {
			before = m.mem.Mapped() // a kernel stack is kept for the next task
		} else if m.mem.Mapped() > before+64<<10 {
			t.Errorf("%d bytes mapped, %d before", m.mem.Mapped(), before)
		}
	}
}

// The same program does the same at any cut of the run, and as one of two.
func TestProcessesAreDeterministic(t *testing.T) {
	run := func(step time.Duration) (string, uint64) {
		m := bootTest(t, Config{CPUs: 2})
		var out output
		image := readProgram(t, "hammer")
		for range 3 {
			if _, err := m.StartProgram(program(&out, image, "x")); err != nil {
				t.Fatal(err)
			}
		}
		for m.Now() < 60*time.Millisecond {
			if err := m.Sleep(step); err != nil {
				t.Fatal(err)
			}
		}
		return out.String(), m.clock.rounds
	}
	want, rounds := run(60 * time.Millisecond)
	if strings.Count(want, "pid") != 3 {
		t.Fatalf("%q", want)
	}
	for _, step := range []time.Duration{time.Millisecond, 777 * time.Microsecond} {
		got, n := run(step)
		if got != want || step == time.Millisecond && n != rounds {
			t.Errorf("by %v: %q after %d rounds, want %q after %d", step, got, n, want, rounds)
		}
	}
}

func TestBadPrograms(t *testing.T) {
	good := readProgram(t, "calls")
	change := func(at int, b ...byte) []byte {
		c := bytes.Clone(good)
		copy(c[at:], b)
		return c
	}
	ph := int(binary.LittleEndian.Uint64(good[32:]))
	tests := []struct {
		name  string
		image []byte
		want  string
	}{
		{"empty", nil, "Exec format error"},
		{"text", []byte("#!/bin/sh\n"), "Exec format error"},
		{"32 bits", change(4, 1), "no 64-bit x86-64 program"},
		{"another machine", change(18, 183), "no 64-bit x86-64 program"},
		{"object file", change(16, 1), "ELF type 1 is no program"},
		{"headers outside", change(32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "bad program headers"},
		{"no headers", change(56, 0, 0), "bad program headers"},
		{"interpreter", change(ph, 3), "dynamically linked"},
		{"nothing to load", change(56, 1, 0), ""},
		{"kernel address", change(ph+16, 0, 0, 0, 0, 0, 0, 0xff, 0xff), "is not the program's"},
		{"bytes outside", change(ph+32, 0xff, 0xff, 0xff), "its bytes are not all in the file"},
		{"huge", change(ph+40, 0, 0, 0, 0, 0, 0x10), "guest memory limit"},
		{"writable code", change(ph+4, 7), "writable and executable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := bootTest(t, Config{CPUs: 1})
			before := m.mem.Mapped()
			_, err := m.StartProgram(program(&output{}, tt.image))
			if tt.want == "" {
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if !errors.Is(err, errno.ENOEXEC) && !errors.Is(err, errno.ENOMEM) {
				t.Errorf("%v has no error number", err)
			}
			if m.mem.Mapped() != before {
				t.Errorf("%d bytes are left", m.mem.Mapped()-before)
			}
		})
	}
}

func FuzzProgram(f *testing.F) {
	image := readProgram(f, "calls")
	f.Add(image)
	f.Add(readProgram(f, "hammer"))
	f.Add(image[:200])
	f.Fuzz(func(t *testing.T, image []byte) {
		m, err := Boot(Config{CPUs: 1, Limits: Limits{Memory: 64 << 20, Insns: 20000}})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		var out output
		if _, err := m.StartProgram(program(&out, image, "memory")); err != nil {
			return
		}
		_ = m.Sleep(5 * time.Millisecond)
	})
}
