package machine

import (
	"fmt"
	"strings"
	"time"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/livepatch"
	"klpemu/transition"
)

// This file plugs the machine into the interfaces that ftrace, transition and
// livepatch declare.

// system is the engine's view of the machine.
type system struct{ m *Machine }

func (s system) Tasks() []*transition.Task {
	m := s.m
	if len(m.klpTasks) != len(m.tasks) || m.klpVersion != m.taskVersion {
		m.klpTasks = make([]*transition.Task, len(m.tasks))
		for i, t := range m.tasks {
			m.klpTasks[i] = &t.Task
		}
		m.klpVersion = m.taskVersion
	}
	return m.klpTasks
}

func (s system) LockTasks()   { s.m.tasklistReaders++ }
func (s system) UnlockTasks() { s.m.tasklistReaders-- }

func (s system) IdleTasks() []*transition.Task {
	tasks := make([]*transition.Task, len(s.m.cpus))
	for i, c := range s.m.cpus {
		tasks[i] = &c.idle.Task
	}
	return tasks
}

func (s system) CPUOnline(cpu int) bool { return s.m.cpus[cpu].online }

func (s system) OnCPU(t *transition.Task) bool {
	task := s.m.byTask[t]
	return task != nil && s.m.cpus[task.cpu].curr == task
}

func (s system) Current() *transition.Task { return &s.m.current().Task }

func (s system) ReliableStack(t *transition.Task) ([]uint64, error) {
	return s.m.reliableStack(s.m.byTask[t])
}

func (s system) WakeIfIdle(cpu int) { s.m.cpus[cpu].woken = true }

// Signal is one step of klp_send_signals: a kthread that sleeps interruptibly
// is woken, a user task gets the notify signal.
func (s system) Signal(t *transition.Task) {
	task := s.m.byTask[t]
	switch {
	case task.isBootTask() && !task.Kthread:
		s.m.klp.SwitchPoint(t) // init goes by its kernel exit, and waits again
	case task.isBootTask() || task == s.m.shell:
	case task.Kthread:
		s.m.wakeState(task, taskInterruptible)
	default:
		s.m.notifySignal(task)
	}
}

// current is the task in whose context Go code of the kernel runs.
func (m *Machine) current() *Task {
	if m.running != nil {
		return m.running.task
	}
	if m.onCPU != nil {
		return m.onCPU.curr
	}
	return m.shell
}

// SizeOffset is kallsyms_lookup_size_offset.
func (m *Machine) SizeOffset(addr uint64) (size, offset uint64, ok bool) {
	r, ok := m.syms.Lookup(addr)
	if !ok {
		return 0, 0, false
	}
	return r.Size, r.Offset, true
}

// Format is %pS.
func (m *Machine) Format(addr uint64) string { return m.syms.Format(addr) }

// Symbols is kallsyms_on_each_match_symbol for vmlinux ("") or a module.
func (m *Machine) Symbols(object, name string) []uint64 {
	if object == "" {
		object = vmlinux
	}
	var addrs []uint64
	for _, r := range m.syms.ByName(name) {
		if r.Object == object {
			addrs = append(addrs, r.Addr)
		}
	}
	return addrs
}

// klpModules is the core's view of the module list.
type klpModules struct{ m *Machine }

func (k klpModules) Alive(name string) bool {
	mod := k.m.module(name)
	return mod != nil && mod.klpAlive
}

func (k klpModules) MarkAlive(name string, alive bool) {
	if mod := k.m.module(name); mod != nil {
		mod.klpAlive = alive
		k.m.storeModule(mod)
	}
}

func (k klpModules) Marked(name string) bool {
	mod := k.m.module(name)
	return mod != nil && mod.Livepatch
}

func (k klpModules) Get(name string) bool {
	mod := k.m.module(name)
	if mod == nil || mod.State == ModuleGoing {
		return false
	}
	mod.Refs++
	return true
}

func (k klpModules) Put(name string) {
	if mod := k.m.module(name); mod != nil {
		mod.Refs--
	}
}

// klpScheduler is the core's view of locks, waits, work and guest calls.
type klpScheduler struct{ m *Machine }

// Lock takes klp_mutex; kernel work that finds it held sleeps.
func (k klpScheduler) Lock() {
	k.m.waitUntil("klp_mutex", func() bool { return !k.m.klpMutex })
	k.m.klpMutex, k.m.klpOwner = true, k.m.current()
}

func (k klpScheduler) Unlock() { k.m.klpMutex, k.m.klpOwner = false, nil }

// Synchronize is klp_synchronize_transition: after it nobody is in a section
// with preemption off that was entered before.
func (k klpScheduler) Synchronize() {
	k.m.bus.Yield("klp_synchronize_transition")
	k.m.onEachCPU("klp_synchronize_transition")
}

func (k klpScheduler) QueueWork(name string, f func()) { k.m.queueWork(name, f) }

func (k klpScheduler) QueueTransitionWork() {
	m := k.m
	m.queueDelayed(transitionWork, roundJiffies(m.Now(), time.Second), func() {
		m.queueWork("klp_transition_work_fn", m.klp.TransitionWork)
	})
}

// transitionWork is the delayed work that tries a transition again.
const transitionWork = "klp_transition_work"

// Callback calls a guest callback. One that faults counts as failed: the task
// of a real kernel would have died in it.
func (k klpScheduler) Callback(fn, arg uint64) int32 {
	ret, err := k.m.callGuest(fn, arg)
	if err != nil {
		k.m.failures = append(k.m.failures, err)
		return -int32(errno.EFAULT)
	}
	return int32(ret)
}

// sizes of struct klp_ops and the place of the ftrace_ops in it (6.12).
const (
	klpOpsSize   = 248
	klpOpsFopsAt = 32
)

func (k klpScheduler) AllocOps() (ops, fops uint64, err error) {
	addr := k.m.alloc(klpOpsSize)
	if addr == 0 {
		return 0, 0, errno.ENOMEM
	}
	return addr, addr + klpOpsFopsAt, nil
}

func (k klpScheduler) FreeOps(ops uint64) { k.m.release(ops) }

func (k klpScheduler) Context() livepatch.Context { return handlerContext{k.m, k.m.current()} }

// handlerContext is the surroundings of one run of the handler.
type handlerContext struct {
	m *Machine
	t *Task
}

func (h handlerContext) Task() *transition.Task  { return &h.t.Task }
func (h handlerContext) TraceRecursion() *uint32 { return &h.t.traceRecursion }
func (h handlerContext) InterruptLevel() int     { return int(h.t.context()) }
func (h handlerContext) PreemptDisable()         { _ = h.m.addPreempt(h.t, 1) }
func (h handlerContext) PreemptEnable()          { _ = h.m.addPreempt(h.t, -1) } // a pair

// ftraceWaits are the grace periods of unregister_ftrace_function.
type ftraceWaits struct{ m *Machine }

// SynchronizeRCUTasksRude runs work on every CPU.
func (w ftraceWaits) SynchronizeRCUTasksRude() {
	w.m.bus.Yield("synchronize_rcu_tasks_rude")
	w.m.onEachCPU("synchronize_rcu_tasks_rude")
}

// SynchronizeRCUTasks waits for every task that may have been preempted anywhere:
// each must schedule of its own will, sleep or leave the kernel once. The call
// sites have been updated before, so nobody is in a trampoline then.
func (w ftraceWaits) SynchronizeRCUTasks() {
	w.m.bus.Yield("synchronize_rcu_tasks")
	w.m.rcuTasks("synchronize_rcu_tasks")
}

// rcuTasks is a grace period of RCU-tasks (kernel/rcu/tasks.h). name is that of
// the wait in reports, where the first task that holds it up stands beside it.
func (m *Machine) rcuTasks(name string) {
	type holdout struct {
		t        *Task
		quiesced uint64
	}
	var left []holdout
	self := m.current()
	for _, t := range m.tasks {
		if t != self && t.rcuTasksHoldout() {
			left = append(left, holdout{t, t.quiesced})
		}
	}
	if len(left) == 0 {
		return
	}
	names := make([]string, len(left))
	for i, h := range left {
		names[i] = h.t.String()
	}
	on := name + " (" + strings.Join(names, ", ") + " must schedule of its own will)"
	m.waitUntil(on, func() bool {
		still := left[:0]
		for _, h := range left {
			if h.t.quiesced == h.quiesced && h.t.rcuTasksHoldout() {
				still = append(still, h)
			}
		}
		left = still
		return len(left) == 0
	})
}

// rcuTasksHoldout is rcu_tasks_is_holdout: a task that is runnable and has not
// been seen outside of the kernel. Idle tasks never are.
func (t *Task) rcuTasksHoldout() bool { return t.state == Running && !t.inUser && !t.inLimbo() }

// newKlp wires ftrace, the engine and the core together.
func (m *Machine) newKlp() error {
	tmpl := func(name string) (ftrace.Template, error) {
		call := map[string]string{"ftrace_caller": "ftrace_call", "ftrace_regs_caller": "ftrace_regs_call"}[name]
		var t ftrace.Template
		for _, part := range []struct {
			at   *uint64
			name string
		}{{&t.Start, name}, {&t.OpPtr, name + "_op_ptr"}, {&t.Call, call}, {&t.End, name + "_end"}, {&t.Jump, name + "_jmp"}} {
			addr, ok := m.core[part.name]
			if part.at == &t.Jump && name == "ftrace_caller" {
				continue // it calls no direct functions
			}
			if !ok {
				return t, fmt.Errorf("core text has no symbol %s", part.name)
			}
			*part.at = addr
		}
		return t, nil
	}
	caller, err := tmpl("ftrace_caller")
	if err != nil {
		return err
	}
	regsCaller, err := tmpl("ftrace_regs_caller")
	if err != nil {
		return err
	}
	m.ftrace = ftrace.New(ftrace.Config{
		Mem: m.mem, Bus: &m.bus, Sink: m.emit, Symbols: m, Text: &m.trampolines, Waits: ftraceWaits{m},
		Sync: m.syncCores, WaitFor: m.waitUntil, Caller: caller, RegsCaller: regsCaller,
		ListFunc: m.core["arch_ftrace_ops_list_func"], AssistFunc: m.core["ftrace_ops_assist_func"],
		Stub: m.core["ftrace_stub"], Context: func() ftrace.Context { return handlerContext{m, m.current()} },
		TraceOp: m.core["function_trace_op"],
		Fentry:  []uint64{m.core["__fentry__"], m.core["mcount"]},
	})
	m.ftrace.SetNaivePoke(m.cfg.NaivePoke)
	m.newTracer()
	m.newKprobes()
	m.engine = transition.NewEngine(system{m}, &m.bus, m.emit)
	m.engine.NoReliableStack = m.cfg.Unwinder == UnwinderGuess
	m.klp = livepatch.NewCore(livepatch.Config{
		Bus: &m.bus, Sink: m.emit, Ftrace: m.ftrace, Engine: m.engine, Resolver: m,
		Modules: klpModules{m}, Scheduler: klpScheduler{m},
		HandlerGate: m.core["klp_ftrace_handler"],
		Guest:       klpGuest{m}, Relocator: klpRelocator{m},
		NoReliableStack: m.cfg.Unwinder == UnwinderGuess,
	})
	return nil
}

// syncCores is text_poke_sync: every CPU is made to serialise, by an interrupt
// that the sender waits for.
func (m *Machine) syncCores() {
	for _, c := range m.cpus {
		c.vcpu.Refresh()
	}
}

// FormatReturn is %pB: the symbol of a return address.
func (m *Machine) FormatReturn(addr uint64) string { return m.syms.FormatReturn(addr) }
