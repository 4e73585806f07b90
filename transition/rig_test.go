package transition

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/smp"
	"klpemu/internal/trace"
)

type rig struct {
	*testing.T
	bus     smp.Bus
	e       *Engine
	tasks   []*Task
	idle    []*Task
	offline map[int]bool
	onCPU   map[*Task]bool
	current *Task
	stacks  map[*Task][]uint64
	bad     map[*Task]error
	log     []string
	locks   int
}

func (r *rig) Tasks() []*Task { return r.tasks }

func (r *rig) LockTasks() { r.locks++ }

func (r *rig) UnlockTasks() { r.locks-- }

func (r *rig) IdleTasks() []*Task { return r.idle }

func (r *rig) CPUOnline(c int) bool { return !r.offline[c] }

func (r *rig) OnCPU(t *Task) bool { return r.onCPU[t] }

func (r *rig) Current() *Task { return r.current }

func (r *rig) WakeIfIdle(cpu int) { r.logf("wake cpu %d", cpu) }

func (r *rig) Signal(t *Task) { r.logf("signal %d", t.PID) }

func (r *rig) ReliableStack(t *Task) ([]uint64, error) { return r.stacks[t], r.bad[t] }

func (r *rig) logf(format string, args ...any) { r.log = append(r.log, fmt.Sprintf(format, args...)) }

func newRig(t *testing.T) *rig {
	r := &rig{
		T: t, offline: map[int]bool{}, onCPU: map[*Task]bool{},
		stacks: map[*Task][]uint64{}, bad: map[*Task]error{},
	}
	r.tasks = []*Task{NewTask(1, "init"), NewTask(2, "sh")}
	r.idle = []*Task{NewTask(0, "swapper/0")}
	r.idle[0].IsIdle = true
	r.e = NewEngine(r, &r.bus, func(e trace.Event) { r.logf("%s", e) })
	return r
}

func (r *rig) all() []*Task { return append(r.tasks[:len(r.tasks):len(r.tasks)], r.idle...) }

func (r *rig) wantTasks(want ...string) {
	r.Helper()
	var got []string
	for _, t := range r.all() {
		state, pending := t.Peek()
		s := fmt.Sprintf("%s %d", t.Comm, state)
		if pending {
			s += "*"
		}
		got = append(got, s)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.Errorf("tasks (-want +got):\n%s", diff)
	}
}

func (r *rig) wantLog(want ...string) {
	r.Helper()
	if diff := cmp.Diff(want, r.log); diff != "" {
		r.Errorf("log (-want +got):\n%s", diff)
	}
	r.log = nil
}

func (r *rig) writes(do func()) []string {
	var got []string
	r.bus.SetHook(func(op smp.Op, p smp.Point) {
		if op == smp.OpRead {
			return
		}
		state, pending := r.tasks[0].Peek()
		got = append(got, fmt.Sprintf("%s %s: target=%d task=%d pending=%v", op, p, r.e.PeekTarget(), state, pending))
	})
	do()
	r.bus.SetHook(nil)
	return got
}

func (r *rig) wantWrites(do func(), want ...string) {
	r.Helper()
	if diff := cmp.Diff(want, r.writes(do)); diff != "" {
		r.Errorf("order of writes (-want +got):\n%s", diff)
	}
}

func started(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.e.Init(Patched)
	r.e.Start()
	return r
}
