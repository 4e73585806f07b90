package machine

import (
	"errors"
	"testing"
	"time"

	"klpemu/internal/errno"
)

// A job makes progress only while the world moves, stops at every point that a
// run asks for, and blocks like any task.
func TestJob(t *testing.T) {
	m := bootTest(t, Config{Kernel: guestFiles(t, "fentry/kernel.o")})
	defer m.Close()
	fn := m.Symbols("", "nap")[0]
	var steps []string
	pid, err := m.StartJob("job", func() int {
		steps = append(steps, "started")
		if err := m.Sleep(time.Second); err != nil {
			t.Error(err)
		}
		steps = append(steps, "slept")
		ret, err := m.Call(fn, 10)
		if ret != 1 || err != nil {
			t.Errorf("nap(10) = %d, %v", ret, err)
		}
		if err := m.Do("work", func() { m.bus.Yield("klp_patch_func:filter") }); err != nil {
			t.Error(err)
		}
		if err := m.Run(RunOptions{CPU: -1, Count: 1}); err == nil {
			t.Error("a job moved the world")
		}
		if m.CurrentPID() != m.running.task.PID {
			t.Errorf("CurrentPID() = %d", m.CurrentPID())
		}
		steps = append(steps, "done")
		return 7
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != 0 || m.Task(pid) == nil {
		t.Fatalf("the job moved by itself: %v", steps)
	}
	if err := m.Run(RunOptions{CPU: -1, UntilPoint: "klp_patch_func:filter"}); err != nil {
		t.Fatal(err)
	}
	if len(steps) != 2 || m.Now() < time.Second+10*time.Millisecond {
		t.Errorf("at the point: %v, %v", steps, m.Now())
	}
	if _, err := m.Call(m.Symbols("", "set_stop")[0], 1); err != nil || len(steps) != 2 {
		t.Errorf("a call moved the job: %v, %v", steps, err)
	}
	status, err := m.WaitJob(pid)
	if status != 7 || err != nil || len(steps) != 3 || m.Task(pid) != nil {
		t.Errorf("WaitJob = %d, %v; %v", status, err, steps)
	}
	if _, err := m.WaitJob(pid); !errors.Is(err, errno.ECHILD) {
		t.Errorf("the second WaitJob: %v", err)
	}
}
