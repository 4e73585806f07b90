package transition

import (
	"errors"

	"klpemu/internal/smp"
	"klpemu/internal/trace"
)

// Range is a half-open range of kernel text that must not be on a stack.
type Range struct {
	Start, End uint64
	Func       string // the function it belongs to, for reports
}

// Contains reports whether a return address lies in r.
func (r Range) Contains(addr uint64) bool { return addr >= r.Start && addr < r.End }

// System is what the engine needs of the machine it runs on.
type System interface {
	// Tasks returns every thread but the idle tasks, in the kernel's order
	// (for_each_process_thread): by pid.
	Tasks() []*Task
	// LockTasks is read_lock(&tasklist_lock): until UnlockTasks no task is
	// forked.
	LockTasks()
	UnlockTasks()
	// IdleTasks returns the idle task of every possible CPU, by CPU.
	IdleTasks() []*Task
	// CPUOnline reports whether a CPU is online.
	CPUOnline(cpu int) bool
	// OnCPU reports whether t is running on a CPU (task_curr).
	OnCPU(t *Task) bool
	// Current is the task that the engine runs in.
	Current() *Task
	// ReliableStack is stack_trace_save_tsk_reliable: the return addresses
	// on t's stack, innermost first, or why they cannot be trusted.
	ReliableStack(t *Task) ([]uint64, error)
	// WakeIfIdle is wake_up_if_idle: a CPU that idles passes its switch point.
	WakeIfIdle(cpu int)
	// Signal is the part of klp_send_signals that knows tasks' states: a
	// fake signal for a user task, a wake-up for a kthread that sleeps
	// interruptibly.
	Signal(t *Task)
}

// Reason says why a task could not switch.
type Reason uint8

// The reasons, with the errno of klp_check_and_switch_task.
const (
	Switched   Reason = iota
	Running           // -EBUSY: it is running on another CPU
	Unreliable        // -EINVAL: its stack cannot be walked reliably
	OnStack           // -EADDRINUSE: a function of the patch is on its stack
)

// String returns the reason in the words of the kernel's debug lines.
func (r Reason) String() string {
	switch r {
	case Switched:
		return "switched"
	case Running:
		return "is running"
	case Unreliable:
		return "has an unreliable stack"
	case OnStack:
		return "is sleeping on function"
	}
	return "invalid"
}

// Straggler is one task that holds a transition up.
type Straggler struct {
	Task   *Task
	Reason Reason
	Func   string // OnStack: the function
	Addr   uint64 // OnStack: the return address inside it
	Err    error  // Unreliable: what the stack walk said
}

// Report is the outcome of one attempt to complete.
type Report struct {
	Complete   bool
	Attempt    int // 1 for the first attempt of a transition
	Stragglers []Straggler
	Signaled   bool // the remaining tasks were signaled in this attempt
}

// ErrNoTarget is returned by operations that need a transition in progress.
var ErrNoTarget = errors.New("no transition in progress")

// ErrNoReliableStack is why a task cannot be switched where no stack can be
// trusted.
var ErrNoReliableStack = errors.New("the kernel has no reliable stack traces")

// signalsTimeout is SIGNALS_TIMEOUT: every so many attempts the remaining
// tasks are signaled.
const signalsTimeout = 15

const file = "kernel/livepatch/transition.c"

// Engine drives each task's patch state to the target.
type Engine struct {
	// NoReliableStack is !klp_have_reliable_stack(): no task is switched by a
	// look at its stack. It is set before the first transition.
	NoReliableStack bool

	sys    System
	bus    *smp.Bus
	log    trace.Source
	target smp.Shared[PatchState] // klp_target_state
	hooked smp.Shared[bool]       // klp_sched_try_switch_key
	cnt    int                    // klp_signals_cnt
	forced bool                   // the transition was forced
	warned map[string]bool        // WARN_ON_ONCE sites that fired
}

// NewEngine returns an engine at rest.
func NewEngine(sys System, bus *smp.Bus, sink trace.Sink) *Engine {
	e := &Engine{
		sys: sys, bus: bus, warned: map[string]bool{},
		log: trace.Source{Sink: sink, File: file, Prefix: "livepatch: "},
	}
	smp.WriteOnce(bus, &e.target, Idle, "boot")
	return e
}

// warnOnce is WARN_ON_ONCE.
func (e *Engine) warnOnce(cond bool, fn, text string) bool {
	if cond && !e.warned[fn+text] {
		e.warned[fn+text] = true
		e.log.WarnOn(true, fn, text)
	}
	return cond
}

// Target is READ_ONCE(klp_target_state).
func (e *Engine) Target() PatchState {
	return smp.ReadOnce(e.bus, &e.target, "klp_target_state")
}

// PeekTarget returns the target for reports and tests.
func (e *Engine) PeekTarget() PatchState { return smp.Peek(&e.target) }

func (e *Engine) setTarget(s PatchState, p smp.Point) {
	smp.WriteOnce(e.bus, &e.target, s, p)
}

// Init is the task half of klp_init_transition: the target is set and every
// task is put in the universe it starts from. No task may switch yet.
//
// The write barrier at its end orders target and states before
// func->transition, which livepatch sets next; it pairs with the second
// smp_rmb of klp_ftrace_handler.
func (e *Engine) Init(target PatchState) {
	const fn = "klp_init_transition"
	initial := target.Opposite()
	e.forced = false
	e.warnOnce(smp.Peek(&e.target) != Idle, fn, "klp_target_state != KLP_TRANSITION_IDLE")
	e.setTarget(target, "klp_init_transition:target")
	e.each(func(t *Task) {
		e.warnOnce(smp.Peek(&t.patchState) != Idle, fn, "task->patch_state != KLP_TRANSITION_IDLE")
		smp.WriteOnce(e.bus, &t.patchState, initial, "klp_init_transition:patch_state")
	})
	e.bus.Wmb("klp_init_transition")
}

// Start is the task half of klp_start_transition: every task that is not yet
// in the target universe gets the pending flag, and switch points are armed.
// The caller has said "starting ... transition".
func (e *Engine) Start() {
	target := smp.Peek(&e.target)
	e.each(func(t *Task) {
		if smp.Peek(&t.patchState) != target {
			smp.WriteOnce(e.bus, &t.pending, true, "klp_start_transition:pending")
		}
	})
	smp.WriteOnce(e.bus, &e.hooked, true, "klp_start_transition:klp_sched_try_switch_key")
	e.cnt = 0
}

// CanStart is the WARN_ON_ONCE at the head of klp_start_transition and
// klp_try_complete_transition: there must be a target.
func (e *Engine) CanStart(fn string) bool {
	return !e.warnOnce(smp.Peek(&e.target) == Idle, fn, "klp_target_state == KLP_TRANSITION_IDLE")
}

// TryComplete is klp_try_complete_transition up to the decision: it tries to
// switch every task and reports who is left. ranges are the functions that
// must not be on a task's stack (klp_check_stack_func).
func (e *Engine) TryComplete(ranges []Range) Report {
	if !e.CanStart("klp_try_complete_transition") {
		return Report{}
	}
	r := Report{Complete: true, Attempt: e.cnt + 1}
	note := func(s Straggler) {
		if s.Reason != Switched {
			r.Complete = false
			r.Stragglers = append(r.Stragglers, s)
		}
	}
	e.eachThread(func(t *Task) { note(e.trySwitchTask(t, ranges)) })
	for _, t := range e.sys.IdleTasks() {
		note(e.trySwitchIdle(t, ranges))
	}
	if r.Complete {
		smp.WriteOnce(e.bus, &e.hooked, false, "klp_try_complete_transition:klp_sched_try_switch_key")
		return r
	}
	if e.cnt > 0 && e.cnt%signalsTimeout == 0 {
		r.Signaled = true
		e.sendSignals()
	}
	e.cnt++
	return r
}

// trySwitchIdle tries an idle task. The idle task of an offline CPU runs
// nothing, so it is moved at once; one that resists is woken, because the idle
// loop is itself a switch point.
func (e *Engine) trySwitchIdle(t *Task, ranges []Range) Straggler {
	if !e.sys.CPUOnline(t.IdleCPU) {
		if smp.Peek(&t.patchState) != smp.Peek(&e.target) {
			e.switchTask(t)
		}
		return Straggler{Task: t}
	}
	s := e.trySwitchTask(t, ranges)
	if s.Reason != Switched {
		e.sys.WakeIfIdle(t.IdleCPU)
	}
	return s
}

// trySwitchTask is klp_try_switch_task.
func (e *Engine) trySwitchTask(t *Task, ranges []Range) Straggler {
	const fn = "klp_try_switch_task"
	s := Straggler{Task: t}
	if smp.Peek(&t.patchState) == smp.Peek(&e.target) {
		return s
	}
	if e.NoReliableStack {
		return Straggler{Task: t, Reason: Unreliable, Err: ErrNoReliableStack}
	}
	s = e.checkAndSwitchTask(t, ranges)
	switch s.Reason {
	case Running:
		e.log.Debug(fn, "%s: %s:%d is running", fn, t.Comm, t.PID)
	case Unreliable:
		e.log.Debug(fn, "%s: %s:%d has an unreliable stack", fn, t.Comm, t.PID)
	case OnStack:
		e.log.Debug(fn, "%s: %s:%d is sleeping on function %s", fn, t.Comm, t.PID, s.Func)
	}
	return s
}

// checkAndSwitchTask is klp_check_and_switch_task.
func (e *Engine) checkAndSwitchTask(t *Task, ranges []Range) Straggler {
	if e.sys.OnCPU(t) && t != e.sys.Current() {
		return Straggler{Task: t, Reason: Running}
	}
	if s := e.checkStack(t, ranges); s.Reason != Switched {
		return s
	}
	e.switchTask(t)
	return Straggler{Task: t}
}

// switchTask clears the flag before it sets the state, as the kernel does: a
// switch point that comes between the two finds nothing left to do.
func (e *Engine) switchTask(t *Task) {
	smp.WriteOnce(e.bus, &t.pending, false, "klp_check_and_switch_task:pending")
	smp.WriteOnce(e.bus, &t.patchState, smp.Peek(&e.target), "klp_check_and_switch_task:patch_state")
}

// checkStack is klp_check_stack: the return addresses on the stack against the
// ranges, in the order of the ranges.
func (e *Engine) checkStack(t *Task, ranges []Range) Straggler {
	entries, err := e.sys.ReliableStack(t)
	if err != nil {
		return Straggler{Task: t, Reason: Unreliable, Err: err}
	}
	for _, r := range ranges {
		for _, addr := range entries {
			if r.Contains(addr) {
				return Straggler{Task: t, Reason: OnStack, Func: r.Func, Addr: addr}
			}
		}
	}
	return Straggler{Task: t}
}

// UpdateTask is klp_update_patch_state: kernel exit, the idle loop and force
// move a task without a look at its stack. The test-and-clear is a full
// barrier: who saw the flag sees the target that was set before it.
func (e *Engine) UpdateTask(t *Task) {
	if smp.TestAndClear(e.bus, &t.pending, "klp_update_patch_state:pending") {
		smp.WriteOnce(e.bus, &t.patchState, e.Target(), "klp_update_patch_state:patch_state")
	}
}

// SchedTrySwitch is __klp_sched_try_switch: what cond_resched() does while a
// transition is in progress.
func (e *Engine) SchedTrySwitch(t *Task, ranges func() []Range) {
	if !smp.ReadOnce(e.bus, &e.hooked, "klp_sched_try_switch_key") || !t.PatchPending(e.bus, "__klp_sched_try_switch:pending") {
		return
	}
	e.bus.Rmb("__klp_sched_try_switch")
	e.trySwitchTask(t, ranges())
}

// Reverse is the task half of klp_reverse_transition: no task may switch while
// the target is turned round. sync is klp_synchronize_transition: after it
// nobody is inside UpdateTask with the stale target. flipped is told the new
// target at the place where the kernel also flips patch->enabled.
func (e *Engine) Reverse(sync func(), flipped func()) {
	e.each(func(t *Task) {
		smp.WriteOnce(e.bus, &t.pending, false, "klp_reverse_transition:pending")
	})
	sync()
	flipped()
	e.setTarget(smp.Peek(&e.target).Opposite(), "klp_reverse_transition:target")
	e.bus.Wmb("klp_reverse_transition")
}

// Cancel is the task half of klp_cancel_transition: a transition that was
// never started goes back.
func (e *Engine) Cancel() {
	e.warnOnce(smp.Peek(&e.target) != Patched, "klp_cancel_transition", "klp_target_state != KLP_TRANSITION_PATCHED")
	e.setTarget(Unpatched, "klp_cancel_transition:target")
}

// Force is the task half of klp_force_transition.
func (e *Engine) Force() {
	e.forced = true
	e.each(e.UpdateTask)
}

// Forced reports whether the last transition was forced: its tasks may stand
// anywhere.
func (e *Engine) Forced() bool { return e.forced }

// Fork is klp_copy_process: the child inherits flag and state.
// Preconditions: tasklist_lock is held for writing, so no transition is in the
// middle of the task list.
func (e *Engine) Fork(parent, child *Task) {
	smp.WriteOnce(e.bus, &child.pending, smp.Peek(&parent.pending), "klp_copy_process:pending")
	smp.WriteOnce(e.bus, &child.patchState, smp.Peek(&parent.patchState), "klp_copy_process:patch_state")
}

// Reset is the task half of klp_complete_transition: every task leaves the
// transition.
func (e *Engine) Reset() {
	e.each(func(t *Task) {
		e.warnOnce(smp.Peek(&t.pending), "klp_complete_transition", "test_tsk_thread_flag(task, TIF_PATCH_PENDING)")
		smp.WriteOnce(e.bus, &t.patchState, Idle, "klp_complete_transition:patch_state")
	})
}

// Clear is the last step of klp_complete_transition.
func (e *Engine) Clear() {
	e.setTarget(Idle, "klp_complete_transition:target")
}

// sendSignals is klp_send_signals; its message comes only the first time.
func (e *Engine) sendSignals() {
	if e.cnt == signalsTimeout {
		e.log.Notice("klp_send_signals", "signaling remaining tasks")
	}
	e.eachThread(func(t *Task) {
		if smp.Peek(&t.pending) {
			e.sys.Signal(t)
		}
	})
}

// each visits every thread, then the idle task of every possible CPU.
func (e *Engine) each(f func(*Task)) {
	e.eachThread(f)
	for _, t := range e.sys.IdleTasks() {
		f(t)
	}
}

// eachThread is for_each_process_thread under tasklist_lock: a task that is
// forked meanwhile would be missed, and copy a state that is about to change.
func (e *Engine) eachThread(f func(*Task)) {
	e.sys.LockTasks()
	defer e.sys.UnlockTasks()
	for _, t := range e.sys.Tasks() {
		f(t)
	}
}
