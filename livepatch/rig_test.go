package livepatch

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/smp"
	"klpemu/internal/trace"
	"klpemu/mem"
	"klpemu/transition"
)

// The rig's memory: a page of kernel text with functions of 32 bytes, a page

// of ftrace's core text, a page each for two modules, and one for the saved

// registers of a call. New functions are symbols only: nobody runs them.

const (
	textAt  = 0xffffffff81000000
	coreAt  = 0xffffffff81001000
	trampAt = 0xffffffffc0000000
	modAt   = 0xffffffffc0100000
	newAt   = 0xffffffffc0200000
	dataAt  = 0xffff888000000000
	regsAt  = dataAt + 0x800
	ipSlot  = regsAt + 0x80 // pt_regs.ip

	readAt, writeAt, lateAt, bareAt, dupAt, dup2At = textAt, textAt + 0x20, textAt + 0x40, textAt + 0x60, textAt + 0x80, textAt + 0xa0
	xmitAt                                         = modAt
	siteOff                                        = 4

	handlerGate = coreAt + 0x100
)

type symbol struct {
	object, name string
	addr, size   uint64
}

// rig is a core on a real ftrace, a real engine and fakes of the rest.

type rig struct {
	*testing.T
	m      *mem.Memory
	bus    smp.Bus
	ftrace *ftrace.Ftrace
	engine *transition.Engine
	core   *Core

	syms  []symbol
	alive map[string]bool
	marks map[string]bool
	refs  map[string]int
	going map[string]bool // try_module_get fails

	task  *transition.Task
	idle  *transition.Task
	stuck map[*transition.Task]bool
	stack []uint64 // of task

	locked    bool
	retries   int // queued attempts to complete
	work      []func()
	workNames []string
	callbacks map[uint64]int32
	noMemory  bool
	freed     []uint64
	nextOps   uint64
	recursion uint32
	preempt   int

	log []string
}

// fakes: ftrace.Symbols, Resolver

func (r *rig) SizeOffset(addr uint64) (size, offset uint64, ok bool) {
	for _, s := range r.syms {
		if addr >= s.addr && addr < s.addr+s.size {
			return s.size, addr - s.addr, true
		}
	}
	return 0, 0, false
}

func (r *rig) Format(addr uint64) string { return fmt.Sprintf("0x%x", addr) }

func (r *rig) Symbols(object, name string) []uint64 {
	var addrs []uint64
	for _, s := range r.syms {
		if s.object == object && s.name == name {
			addrs = append(addrs, s.addr)
		}
	}
	return addrs
}

// fakes: ftrace.Text, ftrace.Waits

type text struct {
	r    *rig
	next uint64
}

func (x *text) Alloc(uint64) (uint64, error) {
	x.next += mem.PageSize
	return x.next - mem.PageSize, nil
}

func (x *text) Free(uint64, uint64) {}

func (x *text) Publish(addr uint64, code []byte, _ ftrace.Template) error {
	if err := x.r.m.Map(addr, mem.PageSize, mem.R|mem.X); err != nil {
		return err
	}
	return x.r.m.Poke(addr, code)
}

func (r *rig) SynchronizeRCUTasksRude() { r.logf("synchronize_rcu_tasks_rude") }

func (r *rig) SynchronizeRCUTasks() { r.logf("synchronize_rcu_tasks") }

// fakes: Modules

func (r *rig) Alive(name string) bool { return r.alive[name] }

func (r *rig) MarkAlive(name string, a bool) { r.alive[name] = a }

func (r *rig) Marked(name string) bool { return r.marks[name] }

func (r *rig) Put(name string) { r.refs[name]-- }

func (r *rig) Get(name string) bool {
	if r.going[name] {
		return false
	}
	r.refs[name]++
	return true
}

// fakes: Scheduler

func (r *rig) Lock() {
	if r.locked {
		r.Fatal("klp_mutex is taken twice")
	}
	r.locked = true
}

func (r *rig) Unlock() {
	if !r.locked {
		r.Fatal("klp_mutex is not held")
	}
	r.locked = false
}

func (r *rig) Synchronize() { r.logf("klp_synchronize_transition") }

func (r *rig) QueueTransitionWork() { r.retries++ }

func (r *rig) Context() Context { return (*context)(r) }

func (r *rig) QueueWork(name string, f func()) {
	r.workNames = append(r.workNames, name)
	r.work = append(r.work, f)
}

// FreeOps checks that nobody can find the ops any more.

func (r *rig) FreeOps(ops uint64) {
	for _, o := range r.core.OpsList() {
		if r.core.opsAddr[o] == ops {
			r.Errorf("the ops of %x is freed while it is on the list", o.OldFunc())
		}
	}
	r.logf("free ops")
	r.freed = append(r.freed, ops)
}

func (r *rig) AllocOps() (ops, fops uint64, err error) {
	if r.noMemory {
		return 0, 0, errors.New("no memory")
	}
	r.nextOps += 0x100
	return r.nextOps, r.nextOps + 32, nil
}

func (r *rig) Callback(fn, arg uint64) int32 {
	r.logf("callback %x of object %x, in transition: %v", fn, arg, r.core.TransitionPatch() != nil)
	return r.callbacks[fn]
}

type context rig

func (c *context) Task() *transition.Task { return c.task }

func (c *context) TraceRecursion() *uint32 { return &c.recursion }

func (c *context) InterruptLevel() int { return 0 }

func (c *context) PreemptDisable() { c.preempt++ }

func (c *context) PreemptEnable() { c.preempt-- }

// fakes: transition.System

type system rig

func (s *system) LockTasks()                {}
func (s *system) UnlockTasks()              {}
func (s *system) Tasks() []*transition.Task { return []*transition.Task{s.task} }

func (s *system) IdleTasks() []*transition.Task { return []*transition.Task{s.idle} }

func (s *system) CPUOnline(int) bool { return true }

func (s *system) OnCPU(t *transition.Task) bool { return s.stuck[t] }

func (s *system) Current() *transition.Task { return nil }

func (s *system) WakeIfIdle(int) {}

func (s *system) Signal(*transition.Task) {}

func (s *system) ReliableStack(t *transition.Task) ([]uint64, error) {
	if t == s.task {
		return s.stack, nil
	}
	return nil, nil
}

func (r *rig) logf(format string, args ...any) { r.log = append(r.log, fmt.Sprintf(format, args...)) }

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{
		T: t, m: mem.New(1 << 20), alive: map[string]bool{}, refs: map[string]int{}, going: map[string]bool{},
		marks:     map[string]bool{"p1": true, "p2": true, "p3": true},
		task:      transition.NewTask(100, "sh"),
		idle:      transition.NewTask(0, "swapper/0"),
		stuck:     map[*transition.Task]bool{},
		callbacks: map[uint64]int32{}, nextOps: dataAt,
	}
	r.idle.IsIdle = true
	r.syms = []symbol{
		{"", "read", readAt, 0x20}, {"", "write", writeAt, 0x20}, {"", "late", lateAt, 0x20},
		{"", "bare", bareAt, 0x20}, {"", "dup", dupAt, 0x20}, {"", "dup", dup2At, 0x20},
	}
	for i := range uint64(16) { // the new functions new_0, new_1...
		r.syms = append(r.syms, symbol{"new", fmt.Sprintf("new_%d", i), newFunc(i), 0x10})
	}
	for _, at := range []uint64{textAt, coreAt} {
		r.must(r.m.Map(at, mem.PageSize, mem.R|mem.X))
	}
	r.must(r.m.Map(dataAt, mem.PageSize, mem.R|mem.W))
	r.newFtrace()
	r.engine = transition.NewEngine((*system)(r), &r.bus, r.sink)
	r.core = NewCore(Config{
		Bus: &r.bus, Sink: r.sink, Ftrace: r.ftrace, Engine: r.engine, Resolver: r,
		Modules: r, Scheduler: r, HandlerGate: handlerGate,
	})
	return r
}

func newFunc(i uint64) uint64 { return newAt + i*0x20 }

func (r *rig) sink(e trace.Event) { r.logf("%s", strings.TrimPrefix(e.String(), "livepatch: ")) }

// newFtrace makes an ftrace whose templates are as short as can be.

func (r *rig) newFtrace() {
	tmpl := func(at uint64) ftrace.Template {
		return ftrace.Template{Start: at, OpPtr: at, Call: at + 7, End: at + 12}
	}
	for _, at := range []uint64{coreAt + 0x40, coreAt + 0x80} {
		r.must(r.m.Poke(at, []byte{0x48, 0x8b, 0x15, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0xc3}))
	}
	r.ftrace = ftrace.New(ftrace.Config{
		Mem: r.m, Bus: &r.bus, Sink: r.sink, Symbols: r, Text: &text{r, trampAt}, Waits: r, Sync: func() {},
		Caller: tmpl(coreAt + 0x40), RegsCaller: tmpl(coreAt + 0x80), ListFunc: coreAt + 0x20,
		TraceOp: dataAt + 0x700, Fentry: []uint64{coreAt},
	})
	nop := []byte{0x0f, 0x1f, 0x44, 0x00, 0x00}
	var sites []ftrace.Site
	for _, fn := range []uint64{readAt, writeAt, lateAt, dupAt, dup2At} {
		r.must(r.m.Poke(fn+siteOff, nop))
		s := ftrace.Site{IP: fn + siteOff, Nop: true}
		if fn == lateAt {
			s.Late = siteOff
		}
		sites = append(sites, s)
	}
	r.must(r.ftrace.Init("", sites))
}

// load brings module e1000 with function xmit up to where livepatch hears of

// it.

func (r *rig) load() {
	r.must(r.m.Map(modAt, mem.PageSize, mem.R|mem.X))
	r.must(r.m.Poke(xmitAt+siteOff, []byte{0x0f, 0x1f, 0x44, 0x00, 0x00}))
	r.syms = append(r.syms, symbol{"e1000", "xmit", xmitAt, 0x20})
	r.must(r.ftrace.Init("e1000", []ftrace.Site{{IP: xmitAt + siteOff, Nop: true}}))
	r.must(r.ftrace.ModuleEnable("e1000"))
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) wantErr(got error, want errno.Errno) {
	r.Helper()
	if want == 0 {
		if got != nil {
			r.Errorf("error = %v, want none", got)
		}
		return
	}
	if !errors.Is(got, want) {
		r.Errorf("error = %v, want %v", got, want)
	}
}

// wantLog compares and forgets what was logged.

func (r *rig) wantLog(want ...string) {
	r.Helper()
	if diff := cmp.Diff(want, r.log); diff != "" {
		r.Errorf("log (-want +got):\n%s", diff)
	}
	r.log = nil
}

// patch makes a patch of vmlinux: its functions are pairs OLD, NUMBER of the

// new function.

// enabled enables a patch, with its transition complete.

// hold makes the task resist until release.

func (r *rig) hold() { r.stuck[r.task] = true }

func (r *rig) release() { r.stuck[r.task] = false }

func (r *rig) runWork() {
	work := r.work
	r.work, r.workNames = nil, nil
	for _, f := range work {
		f()
	}
}

// resolved is a function with its old address, outside of any patch.

// site is what the call site of a function holds: "nop" or "call".

// called is which code a call of the function reaches: "original", or the new

// function. It goes the way of the guest: site, ops, handler.

// versions are the new functions on a stack, newest first.

// wantClean checks that nothing of any patch is left.
