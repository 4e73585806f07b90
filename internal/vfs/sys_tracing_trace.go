package vfs

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

// currentTracer is current_tracer.
func currentTracer(m Current) Node {
	return &DynFile{
		Perm:   0o644,
		OnRead: func() ([]byte, error) { return []byte(m().Tracer().Current() + "\n"), nil },
		OnWrite: func(data []byte) (err error) {
			name := strings.TrimSpace(string(data))
			if blocked := m().Do("tracing_set_trace_write", func() { err = m().Tracer().SetCurrent(name) }); blocked != nil {
				return blocked
			}
			return err
		},
	}
}

// tracingOn is tracing_on.
func tracingOn(m Current) Node {
	return &DynFile{
		Perm:   0o644,
		OnRead: func() ([]byte, error) { return []byte(boolText(m().Tracer().On())), nil },
		OnWrite: func(data []byte) error {
			n, err := strconv.ParseUint(strings.TrimSpace(string(data)), 0, 64)
			if err != nil {
				return errno.EINVAL
			}
			m().Tracer().SetOn(n != 0)
			return nil
		},
	}
}

// stackTraceOption is options/func_stack_trace.
func stackTraceOption(m Current) Node {
	return &DynFile{
		Perm:   0o644,
		OnRead: func() ([]byte, error) { return []byte(boolText(m().Tracer().StackTrace())), nil },
		OnWrite: func(data []byte) (err error) {
			n, err := strconv.ParseUint(strings.TrimSpace(string(data)), 0, 64)
			if err != nil || n > 1 {
				return errno.EINVAL
			}
			if blocked := m().Do("trace_options_write", func() { err = m().Tracer().SetStackTrace(n == 1) }); blocked != nil {
				return blocked
			}
			return err
		},
	}
}

// traceFile is trace: opening it with truncation empties the buffer, whatever
// is written to it then.
func traceFile(m Current) Node {
	return &DynFile{
		Perm:   0o640,
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

// traceText is s_show of kernel/trace/trace.c.
func traceText(m *machine.Machine) string {
	var b strings.Builder
	t := m.Tracer()
	fmt.Fprintf(&b, "# tracer: %s\n#\n", t.Current())
	if m.Ftrace().Killed() { // test_ftrace_alive
		b.WriteString("# WARNING: FUNCTION TRACING IS CORRUPTED\n#          MAY BE MISSING FUNCTION EVENTS\n")
	}
	if t.Current() == "function_graph" {
		graphText(&b, m)
		return b.String()
	}
	events, written := t.Events()
	fmt.Fprintf(&b, "# entries-in-buffer/entries-written: %d/%d   #P:%d\n#\n", len(events), written, len(m.CPUs()))
	b.WriteString(traceHeader)
	for _, e := range events {
		fmt.Fprintf(&b, "%16s-%-7d [%03d] %s %s: ", e.Place.Comm, e.Place.PID, e.Place.CPU, latencyFlags(e.Place), stamp(e.Time))
		if e.Kind == ftrace.EventStack {
			stackText(&b, m, e.Stack)
			continue
		}
		fmt.Fprintf(&b, "%s <-%s\n", funcName(m, e.IP, false), funcName(m, e.Parent, false))
	}
	return b.String()
}

// stackText is trace_stack_print.
func stackText(b *strings.Builder, m *machine.Machine, stack []uint64) {
	b.WriteString("<stack trace>\n")
	for _, addr := range stack {
		name := "[FTRACE TRAMPOLINE]"
		if addr != ftrace.TrampolineMarker {
			name = funcName(m, addr, false)
		}
		b.WriteString(" => " + name + "\n")
	}
}

// traceHeader is print_func_help_header_irq.
const traceHeader = `#                                _-----=> irqs-off/BH-disabled
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /     delay
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
`

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

// funcName is %ps of an address, with its module or without.
func funcName(m *machine.Machine, addr uint64, module bool) string {
	sym, ok := m.Symtab().Lookup(addr)
	switch {
	case !ok:
		return fmt.Sprintf("0x%x", addr)
	case module && sym.Module() != "":
		return sym.Name + " [" + sym.Module() + "]"
	}
	return sym.Name
}
