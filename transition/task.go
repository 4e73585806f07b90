package transition

import "klpemu/internal/smp"

// PatchState is task_struct.patch_state: the universe that a task lives in.
type PatchState int8

// The states of a task (include/linux/livepatch.h).
const (
	Idle      PatchState = -1 // KLP_TRANSITION_IDLE
	Unpatched PatchState = 0  // KLP_TRANSITION_UNPATCHED
	Patched   PatchState = 1  // KLP_TRANSITION_PATCHED
)

// String returns the kernel's word for a state that is a target.
func (s PatchState) String() string {
	switch s {
	case Idle:
		return "idle"
	case Unpatched:
		return "unpatched"
	case Patched:
		return "patched"
	}
	return "invalid"
}

// Opposite is the other universe: where tasks start on their way to s.
func (s PatchState) Opposite() PatchState {
	if s == Patched {
		return Unpatched
	}
	return Patched
}

// Task is what the engine owns of a task. The machine's task embeds it.
//
// State and pending are read by the handler and by switch points without a
// lock, so both are reached through a smp.Bus only.
type Task struct {
	PID     int
	Comm    string
	Kthread bool // never in user mode
	IdleCPU int  // the CPU whose idle task this is; valid when IsIdle
	IsIdle  bool

	patchState smp.Shared[PatchState] // task_struct.patch_state
	pending    smp.Shared[bool]       // TIF_PATCH_PENDING
}

// NewTask returns a task outside of any transition.
func NewTask(pid int, comm string) *Task {
	t := &Task{PID: pid, Comm: comm}
	InitTask(t)
	return t
}

// InitTask makes t a task outside of any transition.
func InitTask(t *Task) {
	var b smp.Bus
	smp.WriteOnce(&b, &t.patchState, Idle, "init_task")
}

// PatchState is READ_ONCE(task->patch_state).
func (t *Task) PatchState(b *smp.Bus, p smp.Point) PatchState {
	return smp.ReadOnce(b, &t.patchState, p)
}

// PatchPending is test_tsk_thread_flag(task, TIF_PATCH_PENDING).
func (t *Task) PatchPending(b *smp.Bus, p smp.Point) bool {
	return smp.ReadOnce(b, &t.pending, p)
}

// Peek returns the state and the pending flag for reports and tests: it is not
// an access of the modeled kernel.
func (t *Task) Peek() (state PatchState, pending bool) {
	return smp.Peek(&t.patchState), smp.Peek(&t.pending)
}
