package scenario

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes a result for people: a line when all is well, and for each
// failure its place and a unified diff.
func (r *Result) WriteText(w io.Writer) {
	name := r.File.Name
	for _, f := range r.Failures {
		fmt.Fprintf(w, "%s:%d: %s: $ %s\n", name, f.Line, f.Reason, f.Command)
		if f.Diff != "" {
			fmt.Fprintf(w, "--- %s (expected)\n+++ %s (actual)\n%s", name, name, f.Diff)
		}
	}
	if r.OK() {
		fmt.Fprintf(w, "ok   %s: %s\n", name, plural(r.Ran, "command"))
		return
	}
	fmt.Fprintf(w, "FAIL %s: %s, %s; klpemu run -v %s shows the session\n", name, plural(r.Ran, "command"), plural(len(r.Failures), "failure"), quoteArg(name))
}

func quoteArg(v string) string {
	if strings.ContainsAny(v, " \t'\"\\$&;()|<>*?[#~") {
		return "'" + strings.ReplaceAll(v, "'", `'\''`) + "'"
	}
	return v
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Totals counts results.
type Totals struct {
	Scenarios, Failed, Commands int
}

// Add counts one result.
func (t *Totals) Add(r *Result) {
	t.Scenarios++
	t.Commands += r.Ran
	if !r.OK() {
		t.Failed++
	}
}

// String is the last line of a report.
func (t *Totals) String() string {
	s := fmt.Sprintf("%s, %s: ", plural(t.Scenarios, "scenario"), plural(t.Commands, "command"))
	if t.Failed == 0 {
		return s + "all as expected"
	}
	return s + fmt.Sprintf("%d failed", t.Failed)
}
