package vfs

import (
	"fmt"
	"strings"

	"klpemu/ftrace"
	"klpemu/internal/machine"
)

// tracingDir is /sys/kernel/tracing, as far as it is modeled.
func tracingDir(m Current) Node {
	return dir(0o700,
		Entry{"available_filter_functions", tracefs(func() string { return filterFunctions(m()) })},
		Entry{"available_tracers", tracefs(func() string { return strings.Join(ftrace.Tracers(), " ") + "\n" })},
		Entry{"current_tracer", currentTracer(m)},
		Entry{"dyn_ftrace_total_info", tracefs(func() string {
			n, pages, groups := m().Ftrace().Totals()
			return fmt.Sprintf("%d pages:%d groups: %d\n", n, pages, groups)
		})},
		Entry{"enabled_functions", tracefs(func() string { return recordList(m(), ftrace.FlagEnabled) })},
		Entry{"options", dir(0o750, Entry{"func_stack_trace", stackTraceOption(m)})},
		Entry{"set_ftrace_filter", filterFile(m, allEnabled, (*ftrace.Tracer).Filter, setHash(true))},
		Entry{"set_ftrace_notrace", filterFile(m, noneDisabled, (*ftrace.Tracer).Notrace, setHash(false))},
		Entry{"set_graph_function", filterFile(m, allEnabled, (*ftrace.Tracer).GraphFunctions, (*ftrace.Tracer).SetGraphFunctions)},
		Entry{"touched_functions", tracefs(func() string { return recordList(m(), ftrace.FlagTouched) })},
		Entry{"trace", traceFile(m)},
		Entry{"tracing_on", tracingOn(m)},
	)
}

func tracefs(f func() string) Node {
	return &DynFile{Perm: 0o444, OnRead: func() ([]byte, error) { return []byte(f()), nil }}
}

// recordName is how tracefs names a call site: its function and its module.
func recordName(m *machine.Machine, r *ftrace.Record) string {
	sym, ok := m.Symtab().Lookup(r.IP)
	if !ok {
		return fmt.Sprintf("0x%x", r.IP)
	}
	if mod := sym.Module(); mod != "" {
		return sym.Name + " [" + mod + "]"
	}
	return sym.Name
}

func filterFunctions(m *machine.Machine) string {
	var b strings.Builder
	for _, r := range m.Ftrace().Records() {
		if r.Flags&ftrace.FlagDisabled == 0 {
			fmt.Fprintln(&b, recordName(m, r))
		} else if _, offset, ok := m.SizeOffset(r.IP); ok && offset > ftrace.MaxOffset {
			fmt.Fprintf(&b, "__ftrace_invalid_address___%d\n", offset) // print_rec
		}
	}
	return b.String()
}

// recordList is t_show of kernel/trace/ftrace.c for the records with a flag.
func recordList(m *machine.Machine, with ftrace.RecordFlags) string {
	var b strings.Builder
	for _, r := range m.Ftrace().Records() {
		if r.Flags&with == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s (%d)%s%s%s%s%s", recordName(m, r), r.Count(),
			mark(r, ftrace.FlagRegs, " R", "  "), mark(r, ftrace.FlagIPModify, " I", "  "),
			mark(r, ftrace.FlagDirect, " D", "  "), "  ", mark(r, ftrace.FlagModified, " M ", "   "))
		b.WriteString(trampolineText(m, r))
		b.WriteString(directText(m, r) + "\n")
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

func trampolineText(m *machine.Machine, r *ftrace.Record) string {
	if r.Flags&ftrace.FlagTrampEn != 0 {
		for _, o := range m.Ftrace().Ops() {
			if t := o.Trampoline(); t != nil && o.Covers(r.IP) {
				fn := m.Format(o.Func)
				return fmt.Sprintf("\ttramp: 0x%x (%s) ->%s", t.Addr, fn, m.Format(m.Ftrace().OpsFunc(o)))
			}
		}
		return "\ttramp: ERROR!"
	}
	return " ->" + m.Format(m.Ftrace().CalledFunc())
}
