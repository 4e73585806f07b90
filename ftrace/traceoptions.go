package ftrace

import (
	"fmt"

	"klpemu/internal/errno"
)

// Option is a trace option. One that is Fixed is listed as the kernel lists it,
// but cannot be changed here.
type Option struct {
	Name  string
	On    bool
	Fixed bool
}

// globalOptions are the options of every tracer with their defaults
// (TRACE_FLAGS, TRACE_DEFAULT_FLAGS).
func globalOptions() []Option {
	return []Option{
		{"print-parent", true, false},
		{"sym-offset", false, false},
		{"sym-addr", false, false},
		{"verbose", false, true},
		{"raw", false, true},
		{"hex", false, true},
		{"bin", false, true},
		{"block", false, true},
		{"fields", false, true},
		{"trace_printk", true, true},
		{"annotate", true, false},
		{"userstacktrace", false, true},
		{"sym-userobj", false, true},
		{"printk-msg-only", false, true},
		{"context-info", true, false},
		{"latency-format", false, true},
		{"record-cmd", true, true},
		{"record-tgid", false, true},
		{"overwrite", true, false},
		{"disable_on_free", false, false},
		{"irq-info", true, false},
		{"markers", true, false},
		{"event-fork", false, true},
		{"trace_printk_dest", true, true},
		{"pause-on-trace", false, true},
		{"hash-ptr", true, false},
		{"function-trace", true, true},
		{"function-fork", false, true},
		{"display-graph", false, true},
		{"stacktrace", false, true},
	}
}

// tracerOptions are the options of one tracer.
func tracerOptions(tracer string) []Option {
	switch tracer {
	case "nop":
		return []Option{{"test_nop_accept", false, false}, {"test_nop_refuse", false, true}}
	case "function":
		return []Option{{"func_stack_trace", false, false}, {"func-no-repeats", false, true}}
	case "function_graph":
		return []Option{
			{"funcgraph-overrun", false, true},
			{"funcgraph-cpu", true, false},
			{"funcgraph-overhead", true, false},
			{"funcgraph-proc", false, false},
			{"funcgraph-duration", true, false},
			{"funcgraph-abstime", false, false},
			{"funcgraph-irqs", true, true},
			{"funcgraph-tail", false, false},
			{"sleep-time", true, true},
		}
	}
	return nil
}

// Options are the lines of trace_options: those of every tracer, then those of
// the current one.
func (t *Tracer) Options() []Option { return t.settings(t.current) }

// OptionFiles are the files below options: those of every tracer.
func (t *Tracer) OptionFiles() []Option { return t.settings(Tracers()...) }

func (t *Tracer) settings(tracers ...string) []Option {
	all := globalOptions()
	for _, tr := range tracers {
		all = append(all, tracerOptions(tr)...)
	}
	for i := range all {
		if on, changed := t.opts[all[i].Name]; changed {
			all[i].On = on
		}
	}
	return all
}

// Option reports whether an option is on.
func (t *Tracer) Option(name string) bool {
	for _, o := range t.OptionFiles() {
		if o.Name == name {
			return o.On
		}
	}
	return false
}

// SetOption is set_tracer_flag and set_tracer_option for one of a list. Errors:
// EINVAL for an option that is not in the list or that cannot be changed; what
// SetStackTrace refuses with.
func (t *Tracer) SetOption(list []Option, name string, on bool) error {
	for _, o := range list {
		switch {
		case o.Name != name:
			continue
		case o.On == on:
			return nil
		case o.Fixed:
			return errno.EINVAL
		}
		if name == "func_stack_trace" {
			if err := t.SetStackTrace(on); err != nil {
				return err
			}
		}
		if t.opts == nil {
			t.opts = map[string]bool{}
		}
		t.opts[name] = on
		return nil
	}
	return errno.EINVAL
}

// Sizes of the buffer of one CPU in kilobytes: two pages without their headers at
// boot, TRACE_BUF_SIZE_DEFAULT from the first use on.
const (
	bootBuffer    = 7
	defaultBuffer = 1408
)

// expand is tracing_update_buffers.
func (t *Tracer) expand() {
	if !t.expanded {
		t.expanded, t.kilobytes = true, defaultBuffer
	}
}

// BufferSize is buffer_size_kb, or with more than one CPU buffer_total_size_kb.
func (t *Tracer) BufferSize(cpus int) string {
	if !t.expanded {
		return fmt.Sprintf("%d (expanded: %d)\n", bootBuffer*cpus, defaultBuffer*cpus)
	}
	return fmt.Sprintf("%d\n", t.kilobytes*cpus)
}

// SetBufferSize writes buffer_size_kb. Error: EINVAL for 0.
func (t *Tracer) SetBufferSize(kilobytes int) error {
	if kilobytes <= 0 {
		return errno.EINVAL
	}
	t.expanded, t.kilobytes = true, kilobytes
	return nil
}

// Mark is a write to trace_marker (tracing_mark_write). Errors: EINVAL where
// markers are switched off, EBADF while nothing is recorded.
func (t *Tracer) Mark(text string, place Place, ip uint64) error {
	switch {
	case !t.Option("markers"):
		return errno.EINVAL
	case !t.on:
		return errno.EBADF
	}
	t.add(Event{Kind: EventPrint, Time: t.cfg.Now(), Place: place, IP: ip, Text: text})
	return nil
}
