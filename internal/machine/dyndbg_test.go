package machine

import (
	"testing"

	"klpemu/internal/trace"

	"github.com/google/go-cmp/cmp"
)

// A site decides whether a debug message of the kernel is printed, and with
// what in front of it.
func TestDynamicDebug(t *testing.T) {
	var lines []string
	m := bootTest(t, Config{CPUs: 1, Console: func(line string) { lines = append(lines, line) }})
	log := trace.Source{Sink: m.emit, File: "kernel/livepatch/transition.c", Prefix: "livepatch: "}
	say := func() { log.Debug("klp_init_transition", "'%s': initializing %s transition", "p", "patching") }
	for _, query := range []string{"module other +p", "func klp_init_transition +p", "line 591 +mfslt", "=_"} {
		if err := m.DynamicDebug().Write(query); err != nil {
			t.Fatal(err)
		}
		say()
	}
	want := []string{
		"livepatch: 'p': initializing patching transition",
		"[100] livepatch:klp_init_transition:kernel/livepatch/transition.c:591: livepatch: 'p': initializing patching transition",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m.DynamicDebug().Write("file x") == nil {
		t.Error("a query without flags is accepted")
	}
	if last := lines[len(lines)-1]; last != "dyndbg: flags parse failed" {
		t.Errorf("last line %q", last)
	}
}
