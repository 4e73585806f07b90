package scenario

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"klpemu/internal/shell"
)

// Outcome is what a command did.
type Outcome struct {
	Output  []byte
	Status  int
	Exited  bool     // the session has ended
	Alarms  []string // kernel lines that must be expected literally
	Limited bool     // it failed at the limit of instructions; the machine goes on
	Err     error    // a limit, or a fault of klpemu
}

// Session runs commands. Its state lasts from one to the next.
type Session interface {
	Exec(command string) Outcome
	// Close ends the session; what that prints belongs to the last command.
	Close() Outcome
}

// Failure is a command that did not do what the scenario says.
type Failure struct {
	Line    int    // of the command
	Command string // its first line
	Reason  string // in one line
	Diff    string // hunks of a unified diff; "" for other failures
}

// Result is the outcome of a scenario.
type Result struct {
	File     *File
	Ran      int // commands
	Failures []Failure
	// Limit is the limit that ended the scenario, Fault a fault of klpemu.
	// Either also is a Failure.
	Limit error
	Fault error

	outcomes []Outcome
}

// OK reports whether everything was as expected.
func (r *Result) OK() bool { return len(r.Failures) == 0 }

// Options of Run.
type Options struct {
	// Show, when not nil, gets the session as it runs.
	Show io.Writer
}

// Run runs a scenario in a session. Every command is run, also after one that
// failed; a limit or a fault ends the scenario.
func Run(f *File, s Session, o Options) *Result {
	r := &Result{File: f}
	for i := range f.Commands {
		c := &f.Commands[i]
		show(o.Show, "$ %s\n", strings.ReplaceAll(c.Text, "\n", "\n> "))
		out := exec(s, c, f)
		if i == len(f.Commands)-1 && !out.Exited && out.Err == nil {
			out = out.and(closeSession(s, c, f))
		}
		r.Ran++
		r.outcomes = append(r.outcomes, out)
		r.showOutcome(o.Show, out)
		if out.Err != nil {
			r.stopped(c, out.Err)
			return r
		}
		r.check(c, out)
		if out.Exited && i < len(f.Commands)-1 {
			next := f.Commands[i+1].Line
			r.fail(c, fmt.Sprintf("the shell has ended here, but there is a command in line %d", next), "")
			return r
		}
	}
	return r
}

func show(w io.Writer, format string, args ...any) {
	if w != nil {
		fmt.Fprintf(w, format, args...)
	}
}

func (r *Result) showOutcome(w io.Writer, out Outcome) {
	if w == nil {
		return
	}
	for _, l := range outputLines(out.Output, nil) {
		show(w, "%s\n", l.text)
	}
	if out.Status != 0 {
		show(w, "[%d]\n", out.Status)
	}
}

// and appends what the end of the session printed.
func (o Outcome) and(end Outcome) Outcome {
	o.Output = append(o.Output, end.Output...)
	o.Alarms = append(o.Alarms, end.Alarms...)
	o.Limited = o.Limited || end.Limited
	o.Err = end.Err
	return o
}

// FaultError is a fault of klpemu itself.
type FaultError struct {
	Where string // file and line
	Value any
	Stack []byte
}

func (e *FaultError) Error() string {
	return fmt.Sprintf("%s: fault in klpemu: %v", e.Where, e.Value)
}

// guard turns a panic below into a fault that names the command.
func guard(c *Command, f *File, out *Outcome) {
	if v := recover(); v != nil {
		out.Err = &FaultError{Where: fmt.Sprintf("%s:%d", f.Name, c.Line), Value: v, Stack: debug.Stack()}
	}
}

func exec(s Session, c *Command, f *File) (out Outcome) {
	defer guard(c, f, &out)
	out = s.Exec(c.Text)
	if isComment(c.Text) {
		out.Status = 0 // what $? still holds is the status of the command before
	}
	return out
}

// isComment reports that a command is nothing but comment lines.
func isComment(text string) bool {
	for line := range strings.Lines(text) {
		if t := strings.TrimSpace(line); t != "" && !strings.HasPrefix(t, "#") {
			return false
		}
	}
	return true
}

func closeSession(s Session, c *Command, f *File) (out Outcome) {
	defer guard(c, f, &out)
	return s.Close()
}

// stopped records a limit or a fault.
func (r *Result) stopped(c *Command, err error) {
	var limit *shell.LimitError
	if errors.As(err, &limit) {
		r.Limit = err
	} else {
		r.Fault = err
	}
	r.fail(c, err.Error(), "")
}

func (r *Result) fail(c *Command, reason, diff string) {
	first, _, _ := strings.Cut(c.Text, "\n")
	r.Failures = append(r.Failures, Failure{c.Line, first, reason, diff})
}

// check compares what a command did with what is expected.
func (r *Result) check(c *Command, out Outcome) {
	got := outputLines(out.Output, out.Alarms)
	if matches(c.Want, got) && c.Status == out.Status {
		return
	}
	reason := "output differs"
	if matches(c.Want, got) {
		reason = fmt.Sprintf("exit status %d, expected %d", out.Status, c.Status)
	} else if a := unexpected(c.Want, got); a != "" {
		reason = "unexpected kernel message: " + a
	}
	r.fail(c, reason, unified(diffLines(c, got, out.Status), c.from+1))
}

// unexpected gives the first alarm that no expected line has.
func unexpected(want []Want, got []seen) string {
	for _, g := range got {
		if !g.alarm {
			continue
		}
		found := false
		for _, w := range want {
			found = found || !w.Any && w.Text == g.text
		}
		if !found {
			return g.text
		}
	}
	return ""
}
