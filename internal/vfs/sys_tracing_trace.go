package vfs

import (
	"fmt"
	"strings"
	"time"

	"klpemu/ftrace"
	"klpemu/internal/machine"
)

// traceFile is trace: opening it with truncation empties the buffer, whatever
// is written to it then.
func traceFile(m Current) Node {
	return &DynFile{
		Perm:   tracefsWrite,
		OnRead: func() ([]byte, error) { return []byte(traceText(m())), nil },
		OnOpen: func(f Flag) error {
			if f.Writes() && f&Trunc != 0 {
				m().Tracer().Clear()
			}
			return nil
		},
		OnWrite: func([]byte) error { return nil },
	}
}

// tracePipe is trace_pipe. A kernel's waits for more once it has given what was
// there; this one ends.
func tracePipe(m Current) Node {
	return &DynFile{
		Perm: tracefsRead,
		OnRead: func() ([]byte, error) {
			var b strings.Builder
			t := m().Tracer()
			eventLines(&b, m(), t.Consume())
			return []byte(b.String()), nil
		},
	}
}

// traceText is s_show of kernel/trace/trace.c.
func traceText(m *machine.Machine) string {
	var b strings.Builder
	t := m.Tracer()
	fmt.Fprintf(&b, "# tracer: %s\n#\n", t.Current())
	if m.Ftrace().Killed() { // test_ftrace_alive
		b.WriteString("# WARNING: FUNCTION TRACING IS CORRUPTED\n#          MAY BE MISSING FUNCTION EVENTS\n")
	}
	events, written := t.Events()
	switch {
	case !t.Option("context-info"):
	case t.Current() == "function_graph":
		graphHeader(&b, t)
	default:
		fmt.Fprintf(&b, "# entries-in-buffer/entries-written: %d/%d   #P:%d\n#\n", len(events), written, onlineCPUs(m))
		b.WriteString(traceHeader(t.Option("irq-info")))
	}
	eventLines(&b, m, events)
	return b.String()
}

// onlineCPUs is num_online_cpus.
func onlineCPUs(m *machine.Machine) int {
	n := 0
	for _, c := range m.CPUs() {
		if c.Online() {
			n++
		}
	}
	return n
}

// eventLines prints events as the current tracer does.
func eventLines(b *strings.Builder, m *machine.Machine, events []ftrace.Event) {
	if m.Tracer().Current() == "function_graph" {
		newGraph(b, m, events).print()
		return
	}
	for _, e := range events {
		b.WriteString(contextText(m.Tracer(), e))
		b.WriteString(eventText(m, e) + "\n")
	}
}

// contextText is trace_print_context: who, where, in what context, when.
func contextText(t *ftrace.Tracer, e ftrace.Event) string {
	if !t.Option("context-info") {
		return ""
	}
	s := fmt.Sprintf("%16s-%-7d [%03d] ", e.Place.Comm, e.Place.PID, e.Place.CPU)
	if t.Option("irq-info") {
		s += latencyFlags(e.Place) + " "
	}
	return s + stamp(e.Time) + ": "
}

// eventText is an event without its context; of a stack it ends without the last
// line's end.
func eventText(m *machine.Machine, e ftrace.Event) string {
	switch e.Kind {
	case ftrace.EventStack:
		return stackText(m, e.Stack)
	case ftrace.EventPrint: // trace_print_print
		return "tracing_mark_write: " + e.Text
	case ftrace.EventKprobe: // print_kprobe_event
		return e.Name + ": (" + symOffset(m, e.IP) + ")"
	case ftrace.EventGraphEntry, ftrace.EventGraphReturn:
		return fmt.Sprintf("graph_ent: func=%s", funcName(m, e.IP, true))
	}
	text := tracedName(m, e.IP)
	if m.Tracer().Option("print-parent") {
		text += " <-" + tracedName(m, e.Parent)
	}
	return text
}

// stackText is trace_stack_print.
func stackText(m *machine.Machine, stack []uint64) string {
	var b strings.Builder
	b.WriteString("<stack trace>")
	for _, addr := range stack {
		name := "[FTRACE TRAMPOLINE]"
		if addr != ftrace.TrampolineMarker {
			name = tracedName(m, addr)
		}
		b.WriteString("\n => " + name)
	}
	return b.String()
}

// traceHeader is print_func_help_header_irq, or print_func_help_header.
func traceHeader(irq bool) string {
	if !irq {
		return "#           TASK-PID     CPU#     TIMESTAMP  FUNCTION\n" +
			"#              | |         |         |         |\n"
	}
	return `#                                _-----=> irqs-off/BH-disabled
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /     delay
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
`
}

func stamp(t time.Duration) string {
	us := t / time.Microsecond
	return fmt.Sprintf("%5d.%06d", us/1e6, us%1e6)
}

// latencyFlags is trace_print_lat_fmt.
func latencyFlags(p ftrace.Place) string {
	b := []byte(".....")
	if p.IRQsOff {
		b[0] = 'd'
	}
	if p.Resched {
		b[1] = 'N'
	}
	b[2] = ".shz"[p.Level]
	if p.Preempt > 0 {
		b[3] = "0123456789abcdef"[p.Preempt&15]
	}
	return string(b)
}

// tracedName is seq_print_ip_sym: the options say how much of it.
func tracedName(m *machine.Machine, addr uint64) string {
	name := funcName(m, addr, false)
	if m.Tracer().Option("sym-offset") {
		name = symOffset(m, addr)
	}
	if m.Tracer().Option("sym-addr") {
		name += fmt.Sprintf(" <%016x>", addr)
	}
	return name
}

// symOffset is sprint_symbol without the module, as trace_seq_print_sym gives it.
func symOffset(m *machine.Machine, addr uint64) string {
	name, _, _ := strings.Cut(m.Format(addr), " [")
	return name
}

// funcName is %ps of an address, with its module or without. A trampoline has no
// name there.
func funcName(m *machine.Machine, addr uint64, module bool) string {
	sym, ok := m.Symtab().Lookup(addr)
	switch {
	case !ok, sym.Module() == "__builtin__ftrace":
		return fmt.Sprintf("0x%x", addr)
	case module && sym.Module() != "":
		return sym.Name + " [" + sym.Module() + "]"
	}
	return sym.Name
}
