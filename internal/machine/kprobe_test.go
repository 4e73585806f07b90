package machine

import (
	"errors"
	"testing"

	"klpemu/internal/errno"
	"klpemu/internal/obj"
)

// The address of a probe is that behind an endbr64; it must be the beginning of
// an instruction, outside of the code that probes are made of.
func TestKprobeAddresses(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1, Kernel: []*obj.File{assemble(t, "k.s", pokeKernel)}})
	defer m.Close()
	answer := m.Symbols("", "answer")[0]
	for _, c := range []struct {
		symbol  string
		offset  uint64
		want    uint64
		onEntry bool
		err     error // of the lookup
		refused error // of the check
	}{
		{"answer", 0, answer + 4, true, nil, nil},
		{"answer", 4, answer + 4, true, nil, nil},
		{"answer", 9, answer + 9, false, nil, nil},
		{"answer", 10, answer + 10, false, nil, errno.EILSEQ},
		{"", answer, answer + 4, true, nil, nil},
		{"nosuch", 0, 0, false, errno.ENOENT, nil},
		{"", 4096, 4096, false, nil, errno.EINVAL},
		{"ftrace_caller", 4, m.core["ftrace_caller"] + 4, true, nil, errno.EINVAL},
		{"saved_command_line_none", 0, 0, false, errno.ENOENT, nil},
	} {
		addr, onEntry, err := m.KprobeAddr("", c.symbol, c.offset)
		if !errors.Is(err, c.err) || addr != c.want || onEntry != c.onEntry {
			t.Errorf("%s+%d: %x, entry %v, %v; want %x, %v, %v", c.symbol, c.offset, addr, onEntry, err, c.want, c.onEntry, c.err)
		}
		if err != nil {
			continue
		}
		if err := m.checkKprobe(addr); !errors.Is(err, c.refused) {
			t.Errorf("%s+%d: checked: %v, want %v", c.symbol, c.offset, err, c.refused)
		}
	}
}

// A probe at an int3 lets other CPUs through while one steps over it, and one
// that is met by a stale CPU after it has gone costs nothing but the exception.
func TestKprobeInt3OnManyCPUs(t *testing.T) {
	m := bootTest(t, Config{CPUs: 3, Kernel: []*obj.File{assemble(t, "k.s", pokeKernel)}})
	defer m.Close()
	ask := m.Symbols("", "ask")[0]
	m.cpus[2].vcpu.SetStale(true)
	for cpu := 1; cpu <= 2; cpu++ {
		if _, err := m.Spawn(SpawnOptions{Comm: "ask", CPU: cpu, Loop: true, Fn: ask}); err != nil {
			t.Fatal(err)
		}
	}
	do := func(what string, work func() error) {
		t.Helper()
		var err error
		if blocked := m.Do(what, func() { err = work() }); blocked != nil || err != nil {
			t.Fatal(what, blocked, err)
		}
	}
	do("create", func() error { return m.KprobeCommand("p:middle answer+9") })
	e := m.KprobeEvents()[0]
	for range 3 {
		do("enable", func() error { return m.EnableKprobeEvent(e, true) })
		before := e.Hits
		if err := m.Run(RunOptions{CPU: -1, Count: 500}); err != nil {
			t.Fatal(err)
		}
		if e.Hits == before {
			t.Error("no hits")
		}
		do("disable", func() error { return m.EnableKprobeEvent(e, false) })
		if err := m.Run(RunOptions{CPU: -1, Count: 500}); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.failures) > 0 {
		t.Error(m.failures)
	}
	do("delete", func() error { return m.ClearKprobeEvents() })
}

func FuzzKprobeCommand(f *testing.F) {
	for _, s := range []string{"p:a/b answer+9", "-:a", "p:x 0xffffffff81000004", "p ask:answer+", "p:/ answer", "p: :+", "- "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		m := bootTest(t, Config{CPUs: 1, Kernel: []*obj.File{assemble(t, "k.s", pokeKernel)}})
		defer m.Close()
		if err := m.Do("write", func() { _ = m.KprobeCommand(line) }); err != nil {
			t.Fatal(err)
		}
	})
}
