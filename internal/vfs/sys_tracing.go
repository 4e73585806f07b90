package vfs

import (
	"fmt"
	"strings"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

// The modes of files in tracefs (TRACE_MODE_READ, TRACE_MODE_WRITE).
const (
	tracefsRead  = 0o440
	tracefsWrite = 0o640
)

// tracingDir is /sys/kernel/tracing, as far as it is modeled.
func tracingDir(m Current) Node {
	return dir(0o700,
		Entry{"available_filter_functions", aliveTracefs(m, func() string { return filterFunctions(m(), false) })},
		Entry{"available_filter_functions_addrs", aliveTracefs(m, func() string { return filterFunctions(m(), true) })},
		Entry{"available_tracers", tracefs(func() string { return strings.Join(ftrace.Tracers(), " ") + "\n" })},
		Entry{"buffer_size_kb", bufferSize(m)},
		Entry{"buffer_total_size_kb", tracefs(func() string { return m().Tracer().BufferSize(len(m().CPUs())) })},
		Entry{"current_tracer", currentTracer(m)},
		Entry{"dyn_ftrace_total_info", tracefs(func() string {
			n, pages, groups := m().Ftrace().Totals()
			return fmt.Sprintf("%d pages:%d groups: %d\n", n, pages, groups)
		})},
		Entry{"enabled_functions", tracefs(func() string { return recordList(m(), ftrace.FlagEnabled) })},
		Entry{"events", eventsDir(m)},
		Entry{"kprobe_events", kprobeEvents(m)},
		Entry{"kprobe_profile", kprobeProfile(m)},
		Entry{"max_graph_depth", maxGraphDepth(m)},
		Entry{"options", optionsDir(m)},
		Entry{"set_ftrace_filter", filterFile(m, true)},
		Entry{"set_ftrace_notrace", filterFile(m, false)},
		Entry{"set_ftrace_notrace_pid", pidFile(m, false)},
		Entry{"set_ftrace_pid", pidFile(m, true)},
		Entry{"set_graph_function", graphFile(m, true)},
		Entry{"set_graph_notrace", graphFile(m, false)},
		Entry{"touched_functions", tracefs(func() string { return recordList(m(), ftrace.FlagTouched) })},
		Entry{"trace", traceFile(m)},
		Entry{"trace_marker", traceMarker(m)},
		Entry{"trace_options", traceOptions(m)},
		Entry{"trace_pipe", tracePipe(m)},
		Entry{"tracing_on", tracingOn(m)},
	)
}

func tracefs(f func() string) Node {
	return &DynFile{Perm: tracefsRead, OnRead: func() ([]byte, error) { return []byte(f()), nil }}
}

// aliveTracefs is a file that cannot be opened once ftrace is killed.
func aliveTracefs(m Current, f func() string) Node {
	return &DynFile{
		Perm:   tracefsRead,
		OnRead: func() ([]byte, error) { return []byte(f()), nil },
		OnOpen: func(Flag) error {
			if m().Ftrace().Killed() {
				return errno.ENODEV
			}
			return nil
		},
	}
}

// recordName is how tracefs names a call site (print_rec): its function and its
// module. A site too far behind its symbol belongs to a function that was
// overridden.
func recordName(m *machine.Machine, r *ftrace.Record) string {
	name, _ := recordText(m, r)
	return name
}

func recordText(m *machine.Machine, r *ftrace.Record) (name string, valid bool) {
	sym, found := m.Symtab().Lookup(r.IP)
	if name, valid = sym.Name, true; !found || r.Late == 0 && r.IP-sym.Addr > ftrace.MaxOffset {
		name, valid = fmt.Sprintf("__ftrace_invalid_address___%d", r.IP-sym.Addr), false
		if !found {
			name = "__ftrace_invalid_address___0"
		}
	}
	if mod := sym.Module(); found && mod != "" {
		name += " [" + mod + "]"
	}
	return name, valid
}

func filterFunctions(m *machine.Machine, addrs bool) string {
	var b strings.Builder
	for _, r := range m.Ftrace().Records() {
		if addrs {
			fmt.Fprintf(&b, "%x ", r.IP)
		}
		b.WriteString(recordName(m, r) + "\n")
	}
	return b.String()
}

// recordList is t_show of kernel/trace/ftrace.c for the records with a flag.
func recordList(m *machine.Machine, with ftrace.RecordFlags) string {
	var b strings.Builder
	if m.Ftrace().Killed() {
		return ""
	}
	for _, r := range m.Ftrace().Records() {
		if r.Flags&with == 0 {
			continue
		}
		name, valid := recordText(m, r)
		b.WriteString(name)
		if valid {
			fmt.Fprintf(&b, " (%d)%s%s%s%s%s", r.Count(),
				mark(r, ftrace.FlagRegs, " R", "  "), mark(r, ftrace.FlagIPModify, " I", "  "),
				mark(r, ftrace.FlagDirect, " D", "  "), "  ", mark(r, ftrace.FlagModified, " M ", "   "))
			b.WriteString(trampolineText(m, r) + directText(m, r))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func mark(r *ftrace.Record, f ftrace.RecordFlags, yes, no string) string {
	if r.Flags&f != 0 {
		return yes
	}
	return no
}

func directText(m *machine.Machine, r *ftrace.Record) string {
	for _, o := range m.Ftrace().Ops() {
		if r.Flags&ftrace.FlagDirect != 0 && o.Flags&ftrace.OpsDirect != 0 && o.Covers(r.IP) {
			return "\n\tdirect-->" + m.Format(o.Direct)
		}
	}
	return ""
}

// trampolineText is the part of t_show about trampolines, with
// arch_ftrace_trampoline_func: nothing is told of what a trampoline calls that
// was not made for its ops.
func trampolineText(m *machine.Machine, r *ftrace.Record) string {
	if r.Flags&ftrace.FlagTrampEn == 0 {
		return " ->" + m.Format(m.Ftrace().CalledFunc())
	}
	var b strings.Builder
	for _, o := range m.Ftrace().Ops() {
		at := m.Ftrace().TrampolineOf(o)
		if at == 0 || !o.Covers(r.IP) {
			continue
		}
		if o.Trampoline() != nil { // kallsyms_lookup does not know it
			fmt.Fprintf(&b, "\ttramp: 0x%x (%s) ->%s", at, m.Format(o.Func), m.Format(m.Ftrace().OpsFunc(o)))
			continue
		}
		fmt.Fprintf(&b, "\ttramp: %s (%s)", m.Format(at), m.Format(o.Func))
	}
	if b.Len() == 0 {
		return "\ttramp: ERROR!"
	}
	return b.String()
}
