// Package trace carries what the modeled kernel reports: printk lines, WARN_ONs
// and typed events, in one order.
package trace

import "fmt"

// Level is a printk level (include/linux/kern_levels.h).
type Level uint8

// The printk levels.
const (
	Emerg Level = iota
	Alert
	Crit
	Err
	Warning
	Notice
	Info
	Debug
)

// Kind says what an Event is.
type Kind uint8

// The kinds of event.
const (
	Message Kind = iota // a printk line
	Warn                // a WARN_ON that fired
	Step                // a step of the core that a golden trace pins
)

// Event is one thing the modeled kernel reports.
type Event struct {
	Kind  Kind
	Level Level
	File  string // source file in the kernel tree, for dynamic_debug
	Func  string // kernel function, for dynamic_debug and WARN lines
	Text  string // the line without its newline; for Warn the condition
	// Format is that of a debug message, as the source has it: with its
	// newline, without the prefix.
	Format string
}

// String is the event's one text form.
func (e Event) String() string {
	switch e.Kind {
	case Warn:
		return fmt.Sprintf("WARNING: %s: %s", e.Func, e.Text)
	case Step:
		return fmt.Sprintf("%s: %s", e.Func, e.Text)
	}
	return e.Text
}

// Sink receives events.
type Sink func(Event)

// Emit hands e to the sink; a nil Sink drops it.
func (s Sink) Emit(e Event) {
	if s != nil {
		s(e)
	}
}

// Source emits the messages of one source file with its pr_fmt prefix.
type Source struct {
	Sink   Sink
	File   string // for example "kernel/livepatch/core.c"
	Prefix string // for example "livepatch: "
}

// Printk emits one line at a level from kernel function fn.
func (s Source) Printk(l Level, fn, format string, args ...any) {
	s.Sink.Emit(Event{
		Kind: Message, Level: l, File: s.File, Func: fn,
		Text: s.Prefix + fmt.Sprintf(format, args...),
	})
}

// Err is pr_err.
func (s Source) Err(fn, format string, args ...any) { s.Printk(Err, fn, format, args...) }

// Warn is pr_warn.
func (s Source) Warn(fn, format string, args ...any) { s.Printk(Warning, fn, format, args...) }

// Notice is pr_notice.
func (s Source) Notice(fn, format string, args ...any) { s.Printk(Notice, fn, format, args...) }

// Debug is pr_debug, shown only where dynamic_debug enables it.
func (s Source) Debug(fn, format string, args ...any) {
	s.Sink.Emit(Event{
		Kind: Message, Level: Debug, File: s.File, Func: fn,
		Text: s.Prefix + fmt.Sprintf(format, args...), Format: format + "\n",
	})
}

// WarnOn is WARN_ON(cond): it reports and returns cond, so that callers keep
// the kernel's fallback path beside it. text is the condition as in the source.
func (s Source) WarnOn(cond bool, fn, text string) bool {
	if cond {
		s.Sink.Emit(Event{Kind: Warn, Level: Warning, File: s.File, Func: fn, Text: text})
	}
	return cond
}

// Step emits a step event: an ordering fact that tests pin.
func (s Source) Step(fn, format string, args ...any) {
	s.Sink.Emit(Event{Kind: Step, Level: Debug, File: s.File, Func: fn, Text: fmt.Sprintf(format, args...)})
}
