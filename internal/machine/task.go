package machine

import (
	"fmt"
	"sort"
	"time"

	"klpemu/cpu"
	"klpemu/ftrace"
	"klpemu/transition"
)

// TaskState is the state letter of a task (fs/proc/array.c).
type TaskState uint8

// The states of a task.
const (
	Running         TaskState = iota // R: running or waiting for its CPU
	Interruptible                    // S
	Uninterruptible                  // D
	Stopped                          // T: by a signal
	Dead                             // X: has exited
)

// Letter is the state as ps shows it.
func (s TaskState) Letter() string { return [...]string{"R", "S", "D", "T", "X"}[s] }

// priority decides who gets a CPU; more is first.
type priority uint8

const (
	prioNormal priority = iota
	prioWorker          // kworkers: kernel work is not held up by guests
	prioShell           // the scenario's own shell
)

// Task is the machine's task_struct.
type Task struct {
	transition.Task

	cpu   int // its CPU: tasks do not migrate
	prio  priority
	state TaskState
	regs  cpu.State // while it is not on its CPU
	stack uint64    // top of its kernel stack

	// wakeAt is when a sleep ends; 0: only a wake-up ends it.
	wakeAt time.Duration
	// waitFor is the condition a coroutine of the task waits for.
	waitFor func() bool
	// waitsOn says what the task sleeps on, for reports.
	waitsOn string
	// signaled is the notify signal of a transition (TIF_NOTIFY_SIGNAL),
	// signals the set of real ones that are pending.
	signaled bool
	signals  uint64
	// stopped is set from a stop signal's effect until SIGCONT; restartable
	// says that the system call before it has been interrupted.
	stopped     uint8
	restartable bool
	endsBy      int // the signal that has become SIGKILL
	// sleepBits is the state it sleeps in, where a guest chose it.
	sleepBits       uint32
	block           blocking
	waitEntries     []uint64      // wait_queue_entries of its own that are on a queue
	spinUntil       time.Duration // the end of a delay by spinning
	handle          uint64        // its task_struct in guest memory
	mirror          taskMirror
	shouldStop      bool   // kthread_stop
	pool            bool   // a kworker that runs work of guest code
	work, workQueue uint64 // the work_struct that it runs, and the queue that it is of
	worked          bool   // it has run one
	wasPending      bool   // cancel_work_sync has found its work pending
	quiesced        uint64 // quiescent states of RCU-tasks that it has passed (nvcsw)
	stepOver        uint64 // the int3 of a kprobe whose instruction is next; 0: none
	inInterrupt     bool   // from the timer interrupt until its iretq

	calls []*coroutine // kernel work in Go, innermost last

	entry      entryPoint
	inUser     bool // between system calls
	exitStatus uint64
	oopsed     bool
	returned   bool // the shell's system call is over

	traceRecursion uint32
	preemptCount   uint32        // while it is not on its CPU
	runSince       time.Duration // when it got its CPU
	job            *job          // of a command that runs in the background
	proc           *process      // of a task that runs a program; else nil
	retStack       []ftrace.RetFrame
	irqs           []interrupt // interrupts that it is in, innermost last
}

// entryPoint is what a spawned task runs.
type entryPoint struct {
	fn   uint64
	args [6]uint64
	loop bool
}

// argRegs are the registers of the first six integer arguments (SysV ABI).
var argRegs = [6]cpu.Reg{cpu.RDI, cpu.RSI, cpu.RDX, cpu.RCX, cpu.R8, cpu.R9}

// CPU is the CPU the task belongs to.
func (t *Task) CPU() int { return t.cpu }

// State is the task's state.
func (t *Task) State() TaskState { return t.state }

func (t *Task) top() *coroutine {
	if n := len(t.calls); n > 0 {
		return t.calls[n-1]
	}
	return nil
}

// String names the task as kernel messages do.
func (t *Task) String() string { return fmt.Sprintf("%s:%d", t.Comm, t.PID) }

// commLen is TASK_COMM_LEN without its NUL.
const commLen = 15

func clipComm(s string) string { return s[:min(len(s), commLen)] }

// newTask makes a task with a kernel stack; it is not on any queue yet.
func (m *Machine) newTask(pid int, comm string, onCPU int) (*Task, error) {
	if m.openTasks() >= m.cfg.Limits.Tasks {
		return nil, fmt.Errorf("limit of %d tasks reached", m.cfg.Limits.Tasks)
	}
	base, err := m.stacks.get(m)
	if err != nil {
		return nil, err
	}
	t := &Task{cpu: onCPU, stack: base + stackSize}
	t.PID, t.Comm = pid, clipComm(comm)
	transition.InitTask(&t.Task)
	t.regs.GSBase = percpuAddr(onCPU)
	t.regs.FSBase = percpuAddr(0) // where code built for user space looks for the canary, at the same offset
	t.regs.Flags = cpu.FlagIF
	if t.handle, err = m.taskStructFor(pid, onCPU); err != nil {
		m.stacks.free = append(m.stacks.free, base)
		return nil, err
	}
	t.IsIdle, t.mirror.patchState = pid == 0, transition.Idle
	m.fillTaskStruct(t, m.canary)
	m.tasks = append(m.tasks, t)
	m.taskVersion++
	m.byTask[&t.Task] = t
	return t, nil
}

func (m *Machine) openTasks() int { return len(m.tasks) }

// stackPool hands out kernel stacks; a freed one is used again.
type stackPool struct {
	free []uint64
	next uint64
}

// get maps the pages of a stack; the page below stays unmapped.
func (p *stackPool) get(m *Machine) (uint64, error) {
	if n := len(p.free); n > 0 {
		base := p.free[n-1]
		p.free = p.free[:n-1]
		return base, nil
	}
	if p.next == 0 {
		p.next = stackBase
	}
	base := p.next + pageSize
	if err := m.mem.Map(base, stackSize, permRW); err != nil {
		return 0, err
	}
	p.next += stackStep
	return base, nil
}

// Tasks returns all tasks but the idle ones, by pid.
func (m *Machine) Tasks() []*Task { return m.tasks }

// IdleTasks returns the idle task of each CPU.
func (m *Machine) IdleTasks() []*Task {
	idle := make([]*Task, len(m.cpus))
	for i, c := range m.cpus {
		idle[i] = c.idle
	}
	return idle
}

// leaveQueues takes a task that ends off everything it may wait on, and tells
// who waits for its end.
func (m *Machine) leaveQueues(t *Task) {
	t.wakeAt, t.block = 0, blocking{}
	m.waitOn(t, nil)
	m.cpus[t.cpu].dequeue(t)
	for len(t.waitEntries) > 0 {
		_ = m.dequeueWaiter(t.waitEntries[0], t) // on its stack, which is there still
	}
	m.wakeKey(t.handle, 0)
	if t.work != 0 {
		work := t.work
		t.work = 0
		m.wakeKey(work, 0)
	}
}

// sortTasks puts the task list back in the order of pids.
func (m *Machine) sortTasks() {
	sort.SliceStable(m.tasks, func(i, j int) bool { return m.tasks[i].PID < m.tasks[j].PID })
	m.taskVersion++
}

// moveTo gives a task that does not run to another CPU.
func (t *Task) moveTo(n int) {
	t.cpu = n
	if t.regs.User { // what swapgs has put aside
		t.regs.KernelGSBase = percpuAddr(n)
		return
	}
	t.regs.GSBase = percpuAddr(n)
}

// Task returns the task with a pid, or nil; pid 0 is not one task.
func (m *Machine) Task(pid int) *Task {
	for _, t := range m.tasks {
		if t.PID == pid {
			return t
		}
	}
	return nil
}

// exitTask ends t: it leaves its CPU, the task list and its stack.
func (m *Machine) exitTask(t *Task) {
	t.state = Dead
	if t.job != nil {
		t.job.done = true
	}
	m.endProcess(t)
	for i, other := range m.tasks {
		if other == t {
			m.tasks = append(m.tasks[:i:i], m.tasks[i+1:]...)
			m.taskVersion++
			break
		}
	}
	delete(m.byTask, &t.Task)
	m.leaveQueues(t)
	m.dropTaskStruct(t)
	m.stacks.free = append(m.stacks.free, t.stack-stackSize)
	m.exited[t.PID] = t
}
