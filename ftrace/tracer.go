package ftrace

import (
	"time"

	"klpemu/internal/errno"
)

// Tracers are current_tracer's values, as available_tracers lists them.
func Tracers() []string { return []string{"function_graph", "function", "nop"} }

// Place is where and in what context something is traced.
type Place struct {
	CPU     int
	PID     int
	Comm    string
	Level   int // interrupt_context_level
	Preempt int // preempt_count without the interrupts
	IRQsOff bool
	Resched bool
}

// RetFrame is struct ftrace_ret_stack: a traced function whose return address
// was replaced by return_to_handler.
type RetFrame struct {
	Ret   uint64 // where it really returns to
	Slot  uint64 // where on the stack that stood
	Site  uint64
	Start time.Duration
	Graph bool // inside a function of set_graph_function (TRACE_GRAPH_FL)
	// Mute is set inside a function of set_graph_notrace
	// (TRACE_GRAPH_NOTRACE): nothing is recorded.
	Mute bool
}

// TraceContext is the CPU and the task that a tracer's handler runs on.
type TraceContext interface {
	Context
	Place() Place
	// RetStack is current->ret_stack.
	RetStack() *[]RetFrame
	// Stack is the return addresses on the stack, the trampoline's first.
	Stack() []uint64
}

// TracerConfig is what the tracers are made of.
type TracerConfig struct {
	Context func() TraceContext
	Now     func() time.Duration
	// FuncGate and GraphGate are function_trace_call and ftrace_graph_func,
	// FuncOps and GraphOps the guest addresses of their ops.
	FuncGate, GraphGate, FuncOps, GraphOps uint64
	StackGate                              uint64 // function_stack_trace_call
	PIDGate                                uint64 // ftrace_pid_func
	ProbeGate                              uint64 // function_trace_probe_call
	// ProbeOps gives a new struct ftrace_ops of a function probe its address.
	ProbeOps   func() uint64
	ReturnHook uint64 // return_to_handler
}

// EventKind says what an Event of the trace is.
type EventKind uint8

// The kinds of event (enum trace_type).
const (
	EventFunction    EventKind = iota // TRACE_FN
	EventGraphEntry                   // TRACE_GRAPH_ENT
	EventGraphReturn                  // TRACE_GRAPH_RET
	EventStack                        // TRACE_STACK
	EventPrint                        // TRACE_PRINT: what was written to trace_marker
	EventKprobe                       // of a kprobe event
)

// Event is one entry of the ring buffer.
type Event struct {
	Kind     EventKind
	Time     time.Duration
	Duration time.Duration // of a GraphReturn
	Place    Place
	IP       uint64
	Parent   uint64
	Depth    int
	Stack    []uint64 // of an EventStack
	Name     string   // of the kprobe event
	Text     string   // of an EventPrint
}

// maxEvents is the size of the buffer; the oldest event makes room for a new
// one.
const maxEvents = 1 << 16

// maxRetStack is how deep functions are followed (FTRACE_RETFUNC_DEPTH).
const maxRetStack = 50

// Tracer is the top trace array: the function and the function graph tracer
// and their buffer (kernel/trace/trace.c, trace_functions.c, fgraph.c).
type Tracer struct {
	f       *Ftrace
	cfg     TracerConfig
	current string
	on      bool
	// funcs is global_ops: its hashes are set_ftrace_filter and
	// set_ftrace_notrace, also for the function graph tracer.
	funcs, graph *Ops
	stackTrace   bool            // options/func_stack_trace
	graphFuncs   hash            // ftrace_graph_hash: set_graph_function
	graphNotrace hash            // ftrace_graph_notrace_hash: set_graph_notrace
	maxDepth     int             // fgraph_max_depth; 0: no limit
	mods         [2][]ModLoad    // tr->mod_trace, tr->mod_notrace
	pids         [2]map[int]bool // tr->function_pids, tr->function_no_pids
	probes       []*probe        // tr->func_probes: newest first
	expanded     bool            // tr->ring_buffer_expanded
	kilobytes    int             // of the buffer of one CPU, once it is
	opts         map[string]bool // the options that differ from their default
	events       []Event
	written      uint64
}

// NewTracer returns the tracers at rest.
func NewTracer(f *Ftrace, c TracerConfig) *Tracer {
	t := &Tracer{f: f, cfg: c, current: "nop", on: true}
	t.funcs = &Ops{
		Name: "function_trace_call", Func: c.FuncGate, Addr: c.FuncOps,
		Flags: OpsInitialized | OpsPID, Handler: t.functionTraceCall,
	}
	t.graph = &Ops{
		Name: "ftrace_graph_func", Func: c.GraphGate, Addr: c.GraphOps,
		Flags: OpsInitialized | OpsPID, Handler: t.graphFunc,
	}
	f.arrays = []*Ops{t.funcs, t.graph}
	return t
}

// Current is current_tracer.
func (t *Tracer) Current() string { return t.current }

// On is tracing_on.
func (t *Tracer) On() bool { return t.on }

// SetOn writes tracing_on: the tracer stays attached, nothing is recorded.
func (t *Tracer) SetOn(on bool) { t.on = on }

// Filter and Notrace are the sites of set_ftrace_filter and set_ftrace_notrace.
func (t *Tracer) Filter() []uint64 { return t.funcs.Filter() }

// Notrace is the other one.
func (t *Tracer) Notrace() []uint64 { return t.funcs.Notrace() }

// SetCurrent is tracing_set_tracer: the buffer is emptied with it. Errors:
// EINVAL for a tracer that does not exist; what Register refuses the function graph
// tracer with. The function tracer is set all the same, and records nothing.
func (t *Tracer) SetCurrent(name string) error {
	ops, ok := map[string]*Ops{"nop": nil, "function": t.funcs, "function_graph": t.graph}[name]
	if !ok {
		return errno.EINVAL
	}
	t.expand()
	if name == t.current {
		return nil
	}
	for _, o := range []*Ops{t.funcs, t.graph} {
		if o.Flags&OpsEnabled != 0 {
			_ = t.f.Unregister(o) // reset of a tracer gives no errors
		}
	}
	t.current = "nop"
	t.Clear()
	if ops != nil {
		err := t.f.Register(ops)
		if err != nil && ops == t.graph { // tracing_start_function_trace does not look
			return err
		}
	}
	t.current = name
	return nil
}

// Clear empties the buffer (a write that truncates `trace`).
func (t *Tracer) Clear() { t.events, t.written = nil, 0 }

// Consume is a read of trace_pipe: the events that are there leave the buffer.
func (t *Tracer) Consume() []Event {
	events := t.events
	t.events, t.written = nil, t.written-uint64(len(events))
	return events
}

// Events returns what is in the buffer, and how many events were ever written.
func (t *Tracer) Events() ([]Event, uint64) { return t.events, t.written }

// Record adds an event that is not the tracers' own. The first one gives the
// buffer its size.
func (t *Tracer) Record(e Event) {
	t.expand()
	t.add(e)
}

func (t *Tracer) add(e Event) {
	if !t.on {
		return
	}
	if len(t.events) >= maxEvents {
		t.events = append(t.events[:0], t.events[maxEvents/4:]...)
	}
	t.events = append(t.events, e)
	t.written++
}

// functionTraceCall is function_trace_call. The preemption that its own
// protection switches off is not part of what it records.
func (t *Tracer) functionTraceCall(ip, parent uint64, _ *Ops, _ *Regs) {
	if t.funcs.Flags&OpsEnabled == 0 {
		return // a CPU that was in the trampoline when the tracer went
	}
	c := t.cfg.Context()
	if t.ignores(c.Place().PID) { // ftrace_pid_func
		return
	}
	bit := TestRecursionTrylock(c)
	if bit < 0 {
		return
	}
	defer TestRecursionUnlock(c, bit)
	p := c.Place()
	p.Preempt--
	t.add(Event{Kind: EventFunction, Time: t.cfg.Now(), Place: p, IP: ip, Parent: parent})
	if t.stackTrace {
		t.add(Event{Kind: EventStack, Time: t.cfg.Now(), Place: p, Stack: t.markTrampoline(c.Stack())})
	}
}

// graphFunc is ftrace_graph_func with prepare_ftrace_return: the function will
// return to return_to_handler.
func (t *Tracer) graphFunc(ip, parent uint64, _ *Ops, regs *Regs) {
	c := t.cfg.Context()
	bit := TestRecursionTrylock(c)
	if bit < 0 {
		return
	}
	defer TestRecursionUnlock(c, bit)
	stack := c.RetStack()
	slot, err := regs.SP()
	mute := t.graphNotrace[ip]
	if err != nil || t.graph.Flags&OpsEnabled == 0 || !t.followed(ip, mute, *stack, c.Place().PID) {
		return
	}
	if regs.mem.Store(slot, 8, t.cfg.ReturnHook) != nil {
		return
	}
	now := t.cfg.Now()
	if !mute {
		t.add(Event{Kind: EventGraphEntry, Time: now, Place: c.Place(), IP: ip, Depth: len(*stack)})
	}
	*stack = append(*stack, RetFrame{Ret: parent, Slot: slot, Site: ip, Start: now, Graph: len(t.graphFuncs) > 0, Mute: mute})
}

// followed is trace_graph_entry: whether the return of a function is hooked.
func (t *Tracer) followed(ip uint64, mute bool, stack []RetFrame, pid int) bool {
	n := len(stack)
	switch {
	case n >= maxRetStack, n > 0 && stack[n-1].Mute:
		return false
	case mute:
		return true
	}
	return t.on && !t.ignores(pid) && t.inGraph(ip, stack) && (t.maxDepth == 0 || n < t.maxDepth)
}

// ReturnToHandler is ftrace_return_to_handler: it gives the address that a
// traced function really returns to. ok is false where no function is traced:
// the return address was not replaced by us.
func (t *Tracer) ReturnToHandler() (ret uint64, ok bool) {
	c := t.cfg.Context()
	stack := c.RetStack()
	n := len(*stack)
	if n == 0 {
		return 0, false
	}
	top := (*stack)[n-1]
	*stack = (*stack)[:n-1]
	now := t.cfg.Now()
	if t.current == "function_graph" && !top.Mute {
		t.add(Event{
			Kind: EventGraphReturn, Time: now, Duration: now - top.Start, Place: c.Place(), IP: top.Site, Depth: n - 1,
		})
	}
	return top.Ret, true
}

// RealReturn is ftrace_graph_ret_addr: the return address that stood in a slot
// of a task's stack before it was replaced.
func RealReturn(stack []RetFrame, slot uint64) (uint64, bool) {
	for _, f := range stack {
		if f.Slot == slot {
			return f.Ret, true
		}
	}
	return 0, false
}
