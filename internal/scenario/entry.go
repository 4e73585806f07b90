package scenario

import (
	"fmt"
	"io"
)

// Entry is one scenario of a report: its result, or why it could not be run.
type Entry struct {
	Name   string
	Result *Result
	Err    error
}

// OK reports whether the scenario ran and everything was as expected.
func (e *Entry) OK() bool { return e.Err == nil && e.Result.OK() }

// Formats are the names that Write knows, beside "text".
func Formats() []string { return []string{"ktap", "junit", "json"} }

// Write writes a whole report in a format of Formats.
func Write(w io.Writer, format string, entries []Entry) error {
	switch format {
	case "ktap":
		return writeKTAP(w, entries)
	case "junit":
		return writeJUnit(w, entries)
	case "json":
		return writeJSON(w, entries)
	}
	return fmt.Errorf("unknown format '%s'", format)
}

// failureOf returns the failure of a command, or nil.
func (r *Result) failureOf(c *Command) *Failure {
	for i := range r.Failures {
		if r.Failures[i].Line == c.Line {
			return &r.Failures[i]
		}
	}
	return nil
}
