package machine

import (
	"time"

	"klpemu/cpu"
	"klpemu/ftrace"
	"klpemu/internal/obj"
	"klpemu/internal/smp"
	"klpemu/internal/symtab"
	"klpemu/internal/trace"
	"klpemu/livepatch"
	"klpemu/mem"
	"klpemu/transition"
)

// Release is the kernel that is modeled.
const Release = "6.12.0-klpemu"

const vmlinux = symtab.Vmlinux

// Machine is one modeled machine. All state hangs off it.
type Machine struct {
	cfg   Config
	mem   *mem.Memory
	bus   smp.Bus
	src   trace.Source
	log   printk
	clock clock
	syms  symtab.Table

	cpus   []*CPU
	tasks  []*Task // all but the idle tasks, by pid
	byTask map[*transition.Task]*Task
	exited map[int]*Task
	shell  *Task
	worker *Task
	stacks stackPool
	heap   heap

	running *coroutine // kernel work in Go that runs now
	onCPU   *CPU       // CPU that runs now
	busyBuf []*CPU
	turnBuf []*cpu.VCPU
	inTurn  bool // several CPUs run in turn: their clocks are ahead of ours

	work   []workItem
	timers []timer

	gates   map[uint64]gate   // by the address behind the trap
	core    map[string]uint64 // global symbols of the core text
	globals map[string]uint64 // global symbols of the kernel image
	sym     coreSymbols

	ftrace *ftrace.Ftrace
	tracer *ftrace.Tracer

	opsByAddr     map[uint64]*ftrace.Ops // those of guest code
	guestHandlers int                    // how many of them are registered
	kprobe        kprobes
	directTmp     *ftrace.Ops // tmp_ops of __modify_ftrace_direct
	engine        *transition.Engine
	klp           *livepatch.Core
	klpMutex      bool
	klpOwner      *Task // who holds it

	modules     []*Module // newest first, as /proc/modules has them
	modspace    moduleSpace
	procs       []*ProcEntry    // files that guest modules made in /proc
	paramTexts  map[uint64]bool // strings that param_set_charp has allocated
	trampolines trampolineSpace

	lastUnloaded        string // module, with its flags
	msrReads, msrWrites bool   // an unchecked access was complained of
	unwind              unwinder

	checks *checker // nil: off

	taskVersion int                // of the task list
	klpTasks    []*transition.Task // the task list as the engine sees it
	klpVersion  int
	nextWake    time.Duration // not later than the next end of a sleep; 0: none
	waiters     int           // tasks with a waitFor

	waitSeq      uint64
	handles      map[uint64]*Task // by the address of the task_struct
	lay          layout
	profile      *Profile
	probe        *Probe // set while a module is only looked at
	canary       uint64
	percpu       percpuSpace
	inodeData    map[uint64]uint64 // of open files in /proc: pde_data by inode
	userBuf      uint64            // where the shell reads to and writes from
	rcuCallbacks int               // queued, not run
	randomCount  uint64
	sysfs        map[uint64]*SysfsDir // by the address of the kobject
	sysfsRoot    *SysfsDir
	sysfsCount   int
	caches       map[uint64]*slabCache // by the address of the kmem_cache

	taskStructs taskStructs
	mirrored    uint64 // bus.Writes when the task_structs were last written
	guestWork   []guestWork
	workqueues  map[uint64]*workqueue // by the address of the workqueue_struct
	jiffies     uint64                // address of the guest's jiffies
	jiffiesNow  uint64                // what it holds

	jobs            map[int]*job // not yet waited for
	tasklistReaders int          // of tasklist_lock
	nextPID         int
	used            uint64 // instructions of the current command
	taint           uint32
	locksOff        bool // debug_locks is off
	oopses          int
	failures        []error
	observe         trace.Sink

	only   *CPU       // run --cpu: the CPU that moves
	onInsn func(*CPU) // step: told before each instruction
	halt   smp.Point  // run --until point: where kernel work stops
	halted bool

	interrupted bool // Config.Interrupt has said so

	kernelImage, coreImage *obj.Image
}

// coreSymbols are the places in the core text that Go code starts tasks at.
type coreSymbols struct {
	syscall, fork, kthread, idle, guestCall, timer uint64
}

// Now is the virtual time since boot.
func (m *Machine) Now() time.Duration {
	now := m.clock.now()
	if c := m.onCPU; c != nil && c.tsc != 0 {
		now += time.Duration((c.vcpu.Retired() - c.tsc) * uint64(time.Second) / m.clock.hz)
	}
	return now
}

// Mem is the guest's memory.
func (m *Machine) Mem() *mem.Memory { return m.mem }

// Bus is the access layer of lockless state.
func (m *Machine) Bus() *smp.Bus { return &m.bus }

// CPUs returns the machine's vCPUs.
func (m *Machine) CPUs() []*CPU { return m.cpus }

// Shell is the task that commands run in.
func (m *Machine) Shell() *Task { return m.shell }

// Klp is the livepatch core.
func (m *Machine) Klp() *livepatch.Core { return m.klp }

// Ftrace is the ftrace layer.
func (m *Machine) Ftrace() *ftrace.Ftrace { return m.ftrace }

// Engine is the transition engine.
func (m *Machine) Engine() *transition.Engine { return m.engine }

// Symtab is kallsyms.
func (m *Machine) Symtab() *symtab.Table { return &m.syms }

// Config is what the machine was booted with.
func (m *Machine) Config() Config { return m.cfg }

// Observe lets s see every event that the kernel reports, also the debug lines
// that are switched off.
func (m *Machine) Observe(s trace.Sink) { m.observe = s }

// TaskRegs returns a task's registers, wherever it is.
func (m *Machine) TaskRegs(t *Task) cpu.State {
	if c := m.cpus[t.cpu]; c.curr == t {
		return c.vcpu.State()
	}
	return t.regs
}

// BeginCommand gives the next command its own share of instructions.
func (m *Machine) BeginCommand() { m.used = 0 }

// EndCommand lets the kernel work run that is due and not delayed; guest tasks
// do not move.
func (m *Machine) EndCommand() error {
	m.runTimers(m.Now())
	if err := m.settle(); err != nil {
		return err
	}
	if err := m.settleGuestWork(); err != nil {
		return err
	}
	err := m.settle()
	m.check()
	return err
}
