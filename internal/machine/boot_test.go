package machine

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/obj"
)

// bootTest boots a machine that is closed at the end of the test.
func bootTest(t *testing.T, cfg Config) *Machine {
	t.Helper()
	m, err := Boot(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// guestFiles parses objects of testdata/guest.
func guestFiles(t *testing.T, names ...string) []*obj.File {
	t.Helper()
	var files []*obj.File
	for _, n := range names {
		data, err := os.ReadFile("../../testdata/guest/" + n)
		if err != nil {
			t.Fatal(err)
		}
		f, err := obj.Parse(n, data)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// names are the functions of a backtrace, innermost first.
func names(lines []string) []string {
	var out []string
	for _, l := range lines {
		name, _, _ := strings.Cut(l, "+")
		out = append(out, name)
	}
	return out
}

// Every task that a kernel always has stands on a real stack that the unwinder
// walks to its end.
func TestBootTasks(t *testing.T) {
	m := bootTest(t, Config{CPUs: 2})
	want := map[string][]string{
		"swapper/0":   {"default_idle", "do_idle", "cpu_startup_entry"},
		"swapper/1":   {"default_idle", "do_idle", "cpu_startup_entry"},
		"init":        {"schedule", "do_sigtimedwait", "do_syscall_64", "entry_SYSCALL_64_after_hwframe"},
		"kthreadd":    {"schedule", "kthreadd", "kthread", "ret_from_fork", "ret_from_fork_asm"},
		"rcu_preempt": {"schedule", "rcu_gp_kthread", "kthread", "ret_from_fork", "ret_from_fork_asm"},
		"kworker/0:0": {"schedule", "worker_thread", "kthread", "ret_from_fork", "ret_from_fork_asm"},
		"sh":          nil,
	}
	for _, task := range append(m.IdleTasks(), m.Tasks()...) {
		if diff := cmp.Diff(want[task.Comm], names(m.Backtrace(task))); diff != "" {
			t.Errorf("stack of %s (-want +got):\n%s", task.Comm, diff)
		}
		if _, err := m.reliableStack(task); err != nil {
			t.Errorf("stack of %s: %v", task.Comm, err)
		}
	}
	if sh := m.Shell(); sh.PID != 100 || sh.CPU() != 0 {
		t.Errorf("the shell's task is pid %d on cpu %d, want 100 on 0", sh.PID, sh.CPU())
	}
	if m.Now() != 0 {
		t.Errorf("the clock stands at %v after boot", m.Now())
	}
}

// Two machines in one process never meet.
func TestMachinesAreSeparate(t *testing.T) {
	a := bootTest(t, Config{Kernel: guestFiles(t, "fentry/pair.o")})
	b := bootTest(t, Config{Kernel: guestFiles(t, "fentry/pair.o")})
	pair := a.Symbols("", "the_pair")[0]
	if err := a.mem.Store(pair, 4, 9); err != nil {
		t.Fatal(err)
	}
	read := a.Symbols("", "read_the_pair")[0]
	va, erra := a.Call(read)
	vb, errb := b.Call(read)
	if va != 99 || vb != 44 || erra != nil || errb != nil {
		t.Errorf("machine a gives %d, %v, machine b %d, %v; want 99 and 44", va, erra, vb, errb)
	}
}

// loadFix loads a patch of read_pair.
func loadFix(t *testing.T, m *Machine) error {
	t.Helper()
	spec, err := ParseKlp("fix.klp", []byte("livepatch fix\nobject vmlinux\n func read_pair fixed_read_pair\n"))
	if err != nil {
		t.Fatal(err)
	}
	return m.Insmod(ModuleSource{Name: "fix", Patch: spec, Files: guestFiles(t, "fentry/fix_pair.o")})
}

// A patch is applied while the other CPU idles: the first attempt fails, the
// one that comes with the clock succeeds.
func TestPatchFromEndToEnd(t *testing.T) {
	var console []string
	m := bootTest(t, Config{
		Kernel:  guestFiles(t, "fentry/kernel.o"),
		Console: func(l string) { console = append(console, l) },
	})
	read := m.Symbols("", "read_the_pair")[0]
	call := func(want uint64) {
		t.Helper()
		if v, err := m.Call(read); v != want || err != nil {
			t.Errorf("read_the_pair() = %d, %v, want %d", v, err, want)
		}
	}
	call(44)
	if err := loadFix(t, m); err != nil {
		t.Fatal(err)
	}
	if m.Klp().TransitionPatch() == nil {
		t.Error("no transition in progress: the idle task of cpu 1 was running")
	}
	call(42) // the shell's task has switched
	if err := m.Sleep(2 * time.Second); err != nil {
		t.Fatal(err)
	}
	if m.Klp().TransitionPatch() != nil {
		t.Error("the transition is not over after two seconds")
	}
	want := []string{
		"fix: tainting kernel with TAINT_LIVEPATCH",
		"livepatch: enabling patch 'fix'",
		"livepatch: 'fix': starting patching transition",
		"livepatch: 'fix': patching complete",
	}
	if diff := cmp.Diff(want, console); diff != "" {
		t.Errorf("console (-want +got):\n%s", diff)
	}
}

// With one CPU and nothing else running a transition completes at once.
func TestPatchOnOneCPU(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1, Kernel: guestFiles(t, "fentry/kernel.o")})
	if err := loadFix(t, m); err != nil {
		t.Fatal(err)
	}
	if m.Klp().TransitionPatch() != nil {
		t.Error("a transition is in progress")
	}
}

func TestBootErrors(t *testing.T) {
	tests := []struct {
		name string
		cfg  Config
		want string
	}{
		{"too many cpus", Config{CPUs: 65}, "1 to 64 cpus"},
		{"no cpus", Config{CPUs: -1}, "1 to 64 cpus"},
		{"clock too fast", Config{Hz: 1 << 62}, "instructions in a second"},
		{"undefined symbols", Config{Kernel: guestFiles(t, "fentry/fix_park.o")}, "undefined symbol"},
		{"no memory", Config{Limits: Limits{Memory: 4096}}, "memory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Boot(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want a part: %s", err, tt.want)
			}
		})
	}
}
