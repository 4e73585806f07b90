package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colored reports whether colour may be used on w (https://no-color.org).
func colored(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// writeColored writes a text report, with colours where they may be used.
func writeColored(io streams, text string) {
	if !colored(io.out) {
		fmt.Fprint(io.out, text)
		return
	}
	for line := range strings.Lines(text) {
		fmt.Fprint(io.out, colorLine(line))
	}
}

// colorLine colours one line of a report: verdicts and the lines of a diff.
func colorLine(line string) string {
	const red, green, cyan = "31", "32", "36"
	paint := func(code string) string {
		return "\x1b[" + code + "m" + strings.TrimSuffix(line, "\n") + "\x1b[0m\n"
	}
	switch {
	case strings.HasPrefix(line, "FAIL "), strings.HasPrefix(line, "-"):
		return paint(red)
	case strings.HasPrefix(line, "ok   "), strings.HasPrefix(line, "+"):
		return paint(green)
	case strings.HasPrefix(line, "@@ "):
		return paint(cyan)
	}
	return line
}

// progress is the line that tells on a terminal how far a run is.
type progress struct {
	w       io.Writer
	total   int
	n       int
	visible bool
}

// newProgress returns a progress line on standard error, silent where that is
// no terminal or there is little to run.
func newProgress(io streams, total int, o *runOptions) *progress {
	if total < 2 || o.verbose || !isTerminal(io.err) {
		return &progress{}
	}
	return &progress{w: io.err, total: total}
}

// done counts one scenario.
func (p *progress) done() {
	p.n++
	if p.w != nil && p.n < p.total {
		fmt.Fprintf(p.w, "%d/%d", p.n, p.total)
		p.visible = true
	}
}

// clear takes the line away before something else is printed.
func (p *progress) clear() {
	if p.visible {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.visible = false
	}
}
