package scenario

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// writeKTAP writes the kernel's test format (Documentation/dev-tools/ktap.rst):
// a test for each scenario, a subtest for each command.
func writeKTAP(w io.Writer, entries []Entry) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "KTAP version 1\n1..%d\n", len(entries))
	for i := range entries {
		e := &entries[i]
		if e.Err != nil {
			ktapNote(b, "", e.Err.Error())
		} else {
			ktapCommands(b, e.Result)
		}
		fmt.Fprintf(b, "%s %d %s\n", ktapWord(e.OK()), i+1, ktapName(e.Name))
	}
	return b.Flush()
}

func ktapCommands(w io.Writer, r *Result) {
	const indent = "  "
	fmt.Fprintf(w, indent+"KTAP version 1\n"+indent+"1..%d\n", len(r.File.Commands))
	for i := range r.File.Commands {
		c := &r.File.Commands[i]
		name := ktapName(fmt.Sprintf("line %d: %s", c.Line, c.Text))
		f := r.failureOf(c)
		switch {
		case i >= r.Ran:
			fmt.Fprintf(w, indent+"ok %d %s # SKIP not run\n", i+1, name)
			continue
		case f != nil:
			ktapNote(w, indent, f.Reason+"\n"+f.Diff)
		}
		fmt.Fprintf(w, indent+"%s %d %s\n", ktapWord(f == nil), i+1, name)
	}
}

func ktapWord(ok bool) string {
	if ok {
		return "ok"
	}
	return "not ok"
}

// ktapName keeps a name on its line and clear of the directive mark.
func ktapName(s string) string {
	return strings.NewReplacer("\n", " ", "#", "").Replace(s)
}

func ktapNote(w io.Writer, indent, text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		fmt.Fprintf(w, "%s# %s", indent, line)
	}
}
