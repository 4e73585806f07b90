package ftrace

import (
	"klpemu/internal/smp"
	"klpemu/internal/trace"
	"klpemu/mem"
)

// Symbols is what ftrace needs of kallsyms.
type Symbols interface {
	// SizeOffset is kallsyms_lookup_size_offset.
	SizeOffset(addr uint64) (size, offset uint64, ok bool)
	// Format is the text of %pS: name+0xOFF/0xSIZE [module].
	Format(addr uint64) string
}

// Waits is what unregistering an ops waits for before its memory may go.
type Waits interface {
	// SynchronizeRCUTasksRude waits until every CPU has switched context.
	SynchronizeRCUTasksRude()
	// SynchronizeRCUTasks waits until every preempted task has scheduled
	// of its own will.
	SynchronizeRCUTasks()
}

// Config is what an Ftrace is made of.
type Config struct {
	Mem        *mem.Memory
	Bus        *smp.Bus
	Sink       trace.Sink
	Symbols    Symbols
	Text       Text
	Waits      Waits
	Sync       func()                            // text_poke_sync
	WaitFor    func(on string, cond func() bool) // how the end of a text poke waits; nil: it need not
	Caller     Template                          // ftrace_caller
	RegsCaller Template                          // ftrace_regs_caller
	ListFunc   uint64                            // gate of arch_ftrace_ops_list_func
	AssistFunc uint64                            // gate of ftrace_ops_assist_func; 0: none
	Stub       uint64                            // ftrace_stub, for nobody; 0: the list function is called then, too
	TraceOp    uint64                            // address of function_trace_op
	// Context is the CPU and task that a handler runs on; nil: no protection
	// from recursion in the list function.
	Context func() Context
	Fentry  []uint64 // what a site may call as built: __fentry__, mcount
}

// Ftrace is the state of kernel/trace/ftrace.c of one machine.
type Ftrace struct {
	mem        *mem.Memory
	bus        *smp.Bus
	log        trace.Source
	syms       Symbols
	text       Text
	waits      Waits
	poke       *TextPoke
	caller     Template
	regsCaller Template
	listFunc   uint64
	assistFunc uint64
	stub       uint64
	context    func() Context
	traceOp    uint64
	fentry     []uint64

	tables   []*recordTable
	ops      []*Ops // ftrace_ops_list: newest first
	arrays   []*Ops // those of the trace arrays: filters of tracefs
	leaving  []*Ops // off the list, but a CPU may still be in their trampoline; those that stay in memory for good
	called   uint64 // saved_ftrace_func: what the common trampolines are to call
	written  uint64 // what they call (save_func)
	enabled  bool   // kernel.ftrace_enabled
	value    int    // what was written there; 0: nothing yet
	disabled bool   // ftrace_disabled: killed, for good
}

// New returns an Ftrace without records.
func New(c Config) *Ftrace {
	f := &Ftrace{
		mem: c.Mem, bus: c.Bus, syms: c.Symbols, text: c.Text, waits: c.Waits,
		log:    trace.Source{Sink: c.Sink, File: "kernel/trace/ftrace.c"},
		poke:   NewTextPoke(c.Mem, c.Bus, c.Sync),
		caller: c.Caller, regsCaller: c.RegsCaller,
		listFunc: c.ListFunc, assistFunc: c.AssistFunc, stub: c.Stub, context: c.Context, called: c.Stub, traceOp: c.TraceOp, fentry: c.Fentry,
		enabled: true,
	}
	f.poke.SetWait(c.WaitFor)
	return f
}

// HandleInt3 lets a CPU that met a breakpoint go on where a text poke is under
// way (poke_int3_handler).
func (f *Ftrace) HandleInt3(addr uint64) (next, push uint64, isCall, ok bool) {
	if !f.poke.TryInt3() {
		return 0, 0, false, false
	}
	defer f.poke.PutInt3()
	return f.poke.HandleInt3(addr)
}

// Poked reports that the breakpoint at addr belongs to a text poke under way.
func (f *Ftrace) Poked(addr uint64) bool {
	_, _, _, ok := f.poke.HandleInt3(addr)
	return ok && f.poke.refs > 0
}

// Enabled is the value of kernel.ftrace_enabled.
func (f *Ftrace) Enabled() bool { return f.enabled }

// Killed reports whether ftrace has switched itself off (ftrace_kill).
func (f *Ftrace) Killed() bool { return f.disabled }

// CalledFunc is what the common trampolines call (ftrace_trace_function).
func (f *Ftrace) CalledFunc() uint64 { return f.called }

// ListFunc is the address of the function that serves a site with more than
// one ops.
func (f *Ftrace) ListFunc() uint64 { return f.listFunc }

// Ops returns the registered ops, newest first.
func (f *Ftrace) Ops() []*Ops { return f.ops }

// SetNaivePoke makes every change of text the naive one: see TextPoke.SetNaive.
func (f *Ftrace) SetNaivePoke(on bool) { f.poke.SetNaive(on) }
