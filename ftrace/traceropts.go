package ftrace

import (
	"maps"
	"math/bits"
	"slices"

	"klpemu/internal/errno"
)

// TrampolineMarker stands for the trampoline of the tracers in a stack trace
// (FTRACE_TRAMPOLINE_MARKER).
const TrampolineMarker = ^uint64(0) >> 1

// StackTrace is options/func_stack_trace.
func (t *Tracer) StackTrace() bool { return t.stackTrace }

// SetStackTrace is func_set_flag: the function tracer gets another handler,
// which also records the stack. Error: what Register refuses with.
func (t *Tracer) SetStackTrace(on bool) error {
	if on == t.stackTrace {
		return nil
	}
	if t.funcs.Flags&OpsEnabled == 0 {
		return t.chooseHandler(on)
	}
	if err := t.f.Unregister(t.funcs); err != nil {
		return err
	}
	if err := t.chooseHandler(on); err != nil {
		return err
	}
	return t.f.Register(t.funcs)
}

// chooseHandler is select_trace_function and ftrace_init_array_ops: with pids to
// look for, ftrace_pid_func stands in front of the handler.
func (t *Tracer) chooseHandler(stack bool) error {
	t.stackTrace = stack
	switch {
	case t.pids[0] != nil || t.pids[1] != nil:
		t.funcs.Name, t.funcs.Func = "ftrace_pid_func", t.cfg.PIDGate
	case stack:
		t.funcs.Name, t.funcs.Func = "function_stack_trace_call", t.cfg.StackGate
	default:
		t.funcs.Name, t.funcs.Func = "function_trace_call", t.cfg.FuncGate
	}
	return t.f.retarget(t.funcs)
}

// retarget is arch_ftrace_update_trampoline: the trampoline that an ops keeps
// calls another handler.
func (f *Ftrace) retarget(o *Ops) error {
	if o.trampoline == nil {
		return nil
	}
	call, ok := callTo(o.trampoline.call, f.OpsFunc(o))
	if !ok {
		return errno.EINVAL
	}
	f.poke.Queue(o.trampoline.call, call)
	return f.poke.Finish()
}

// markTrampoline puts the marker in the place of the tracers' own trampoline
// (__ftrace_trace_stack).
func (t *Tracer) markTrampoline(stack []uint64) []uint64 {
	tramp := t.funcs.trampoline
	for i, addr := range stack {
		if tramp != nil && addr >= tramp.Addr && addr < tramp.Addr+tramp.Size {
			stack[i] = TrampolineMarker
		}
	}
	return stack
}

// GraphFunctions are the sites of set_graph_function, or those of
// set_graph_notrace.
func (t *Tracer) GraphFunctions(filter bool) []uint64 { return t.graphHash(filter).sorted() }

func (t *Tracer) graphHash(filter bool) *hash {
	if filter {
		return &t.graphFuncs
	}
	return &t.graphNotrace
}

// SetGraphFunctions replaces them (ftrace_graph_release), and waits for those who
// look at the old ones. An empty list of the first file follows every function.
func (t *Tracer) SetGraphFunctions(filter bool, ips []uint64) {
	h := t.graphHash(filter)
	old := *h
	*h = make(hash, len(ips))
	for _, ip := range ips {
		(*h)[ip] = true
	}
	if len(old) > 0 {
		t.f.waits.SynchronizeRCUTasksRude()
	}
}

// MaxGraphDepth is max_graph_depth; 0 is no limit.
func (t *Tracer) MaxGraphDepth() int { return t.maxDepth }

// SetMaxGraphDepth writes it.
func (t *Tracer) SetMaxGraphDepth(n int) { t.maxDepth = n }

// PIDs are those of set_ftrace_pid (only true) or set_ftrace_notrace_pid, in
// ascending order; nil: there are none.
func (t *Tracer) PIDs(only bool) []int { return slices.Sorted(maps.Keys(t.pids[index(only)])) }

// SetPIDs replaces them (pid_write): the function tracer is called by way of
// ftrace_pid_func while there are any.
func (t *Tracer) SetPIDs(only bool, pids []int) error {
	var set map[int]bool
	for _, pid := range pids {
		if set == nil {
			set = map[int]bool{}
		}
		set[pid] = true
	}
	t.pids[index(only)] = set
	return t.chooseHandler(t.stackTrace)
}

func index(first bool) int {
	if first {
		return 0
	}
	return 1
}

// ignores is trace_ignore_this_task.
func (t *Tracer) ignores(pid int) bool {
	return t.pids[0] != nil && !t.pids[0][pid] || t.pids[1][pid]
}

// inGraph is ftrace_graph_addr: a function is followed if it is named, or if
// one that was named is being followed.
func (t *Tracer) inGraph(ip uint64, stack []RetFrame) bool {
	n := len(stack)
	return len(t.graphFuncs) == 0 || t.graphFuncs[ip] || n > 0 && stack[n-1].Graph
}

// entriesPerPage is ENTRIES_PER_PAGE: records of 16 bytes in a page.
const entriesPerPage = 256

// Totals are what dyn_ftrace_total_info shows: the records, the pages that
// hold them and the groups of pages, each of a power of two, which
// ftrace_allocate_pages makes.
func (f *Ftrace) Totals() (records, pages, groups int) {
	for _, t := range f.tables {
		n := (len(t.recs) + entriesPerPage - 1) / entriesPerPage
		records, pages, groups = records+len(t.recs), pages+n, groups+bits.OnesCount(uint(n))
	}
	return records, pages, groups
}
