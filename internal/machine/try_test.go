package machine

import (
	"testing"
	"time"
)

// BenchmarkTry is one attempt over 10,000 tasks that sleep below 20 frames.
func BenchmarkTry(b *testing.B) {
	r := newRig(b, Config{CPUs: 1, Limits: Limits{Tasks: 20_000, Memory: 1 << 30, Insns: 1 << 40}})
	for range 10_000 {
		r.spawn(SpawnOptions{}, "deep", 17, 1<<30)
	}
	r.sleep(time.Second)
	holder := r.spawn(SpawnOptions{}, "outer", 1<<20)
	r.must(r.m.Run(RunOptions{CPU: -1, Until: holder.sleeps}))
	r.patch("fix", "leaf", "leaf_2")
	ranges := r.m.klp.StackRanges()
	tasks := r.m.Tasks()
	b.ReportAllocs()
	for b.Loop() {
		for _, t := range tasks {
			entries, err := r.m.reliableStack(t)
			if err != nil || len(entries) == 0 && t != r.m.shell {
				b.Fatal(t, err)
			}
			for _, rg := range ranges {
				for _, e := range entries {
					_ = rg.Contains(e)
				}
			}
		}
	}
}

// An attempt allocates nothing for a task that it can move.
func TestTryAllocatesNothing(t *testing.T) {
	r := newRig(t, Config{CPUs: 1})
	task := r.spawn(SpawnOptions{}, "deep", 17, 1<<30)
	r.must(r.m.Run(RunOptions{CPU: -1, Until: task.sleeps}))
	if n := testing.AllocsPerRun(100, func() {
		if entries, err := r.m.reliableStack(task); err != nil || len(entries) != 20 {
			t.Fatal(len(entries), err)
		}
		system{r.m}.Tasks()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A system call of the shell that dies under a lock leaves no lock count behind.
func TestOopsUnderLock(t *testing.T) {
	r := newRig(t, Config{CPUs: 1})
	if _, err := r.m.Call(r.fn("preempt_disable")); err != nil || r.m.preemptOf(r.m.shell) != 1 {
		t.Fatal(r.m.preemptOf(r.m.shell), err)
	}
	if _, err := r.m.Call(r.fn("complete"), 0x1234); err == nil || r.m.preemptOf(r.m.shell) != 0 {
		t.Errorf("error %v, preemption count %d", err, r.m.preemptOf(r.m.shell))
	}
}

// A function that may sleep is a preemption point with voluntary preemption,
// and is none without.
func TestMightSleep(t *testing.T) {
	for _, tt := range []struct {
		p    Preemption
		runs bool
	}{{PreemptNone, false}, {PreemptVoluntary, true}, {PreemptFull, true}} {
		r := newRig(t, Config{Preempt: tt.p, Kernel: objects(t, "spin.o", "services.o")})
		r.spawn(SpawnOptions{CPU: 1, Kthread: true}, "lock_for_ever")
		r.sleep(10 * time.Millisecond)
		second := r.spawn(SpawnOptions{CPU: 1}, "sleeper", 1)
		r.sleep(100 * time.Millisecond)
		if got := r.m.Exited(second.PID); got != tt.runs {
			t.Errorf("%v: the second task has run: %v, want %v", tt.p, got, tt.runs)
		}
	}
}
