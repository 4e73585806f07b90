package machine

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/cpu"
)

// world is what two ways to the same round must agree on.
type world struct {
	Now  int64
	Used uint64
	Regs []cpu.State
	Log  []LogRecord
}

func worldOf(m *Machine) world {
	w := world{Now: int64(m.Now()), Log: m.Log()}
	for _, c := range m.CPUs() {
		w.Used += c.vcpu.Retired()
		w.Regs = append(w.Regs, c.vcpu.State())
	}
	return w
}

// Rounds that go many at a time are the same rounds: the same instructions, in
// the same order, at the same virtual times.
func TestInterleaveManyIsInterleave(t *testing.T) {
	boot := func() *Machine {
		m := bootTest(t, Config{CPUs: 4, Kernel: guestFiles(t, "fentry/kernel.o")})
		for cpu, call := range []struct {
			fn   string
			args []uint64
		}{
			1: {"fib", []uint64{9}},
			2: {"show_pair", []uint64{m.Symbols("", "the_pair")[0]}},
			3: {"spin_resched", nil},
		} {
			if call.fn == "" {
				continue
			}
			o := SpawnOptions{Comm: call.fn, CPU: cpu, Loop: true, Fn: m.Symbols("", call.fn)[0], Args: call.args}
			if _, err := m.Spawn(o); err != nil {
				t.Fatal(err)
			}
		}
		return m
	}
	const rounds = 20000
	once, single, pieces := boot(), boot(), boot()
	run := func(m *Machine, n uint64) {
		t.Helper()
		if err := m.Run(RunOptions{CPU: -1, Count: n}); err != nil {
			t.Fatal(err)
		}
	}
	run(once, rounds)
	for range rounds {
		run(single, 1)
	}
	for left := uint64(rounds); left > 0; {
		n := min(left, left%977+1)
		run(pieces, n)
		left -= n
	}
	want := worldOf(single)
	if len(want.Log) == 0 {
		t.Error("no task has printed: the test tests less than it should")
	}
	if diff := cmp.Diff(want, worldOf(once)); diff != "" {
		t.Errorf("in one run (-one by one +at once):\n%s", diff)
	}
	if diff := cmp.Diff(want, worldOf(pieces)); diff != "" {
		t.Errorf("in pieces (-one by one +in pieces):\n%s", diff)
	}
}

// BenchmarkInterleave runs rounds of two CPUs that spin.
func BenchmarkInterleave(b *testing.B) {
	m, err := Boot(Config{CPUs: 3, Limits: Limits{Insns: 1 << 62}})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	fn := m.Symbols("", "strlen")[0]
	text := m.alloc(1 << 16)
	for i := range uint64(1<<16 - 1) {
		if err := m.mem.Store(text+i, 1, 'x'); err != nil {
			b.Fatal(err)
		}
	}
	for cpu := 1; cpu <= 2; cpu++ {
		if _, err := m.Spawn(SpawnOptions{Comm: "strlen", CPU: cpu, Loop: true, Fn: fn, Args: []uint64{text}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	if err := m.Run(RunOptions{CPU: -1, Count: uint64(b.N)}); err != nil {
		b.Fatal(err)
	}
}
