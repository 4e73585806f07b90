package vfs

import (
	"fmt"
	"strings"
	"time"

	"klpemu/ftrace"
	"klpemu/internal/machine"
)

// graphText is the output of the function graph tracer
// (kernel/trace/trace_functions_graph.c): a function that calls no traced one
// is a single line.
func graphText(b *strings.Builder, m *machine.Machine) {
	b.WriteString("# CPU  DURATION                  FUNCTION CALLS\n# |     |   |                     |   |   |   |\n")
	events, _ := m.Tracer().Events()
	last := map[int]int{}
	printed := map[int]bool{} // returns that stand in the line of their entry
	for i, e := range events {
		if printed[i] {
			continue
		}
		if pid, seen := last[e.Place.CPU]; seen && pid != e.Place.PID {
			graphSwitch(b, m, e.Place, pid)
		}
		last[e.Place.CPU] = e.Place.PID
		fmt.Fprintf(b, " %d) ", e.Place.CPU)
		indent := strings.Repeat("  ", e.Depth)
		name := funcName(m, e.IP, true)
		switch leaf := graphLeaf(events, i); {
		case e.Kind == ftrace.EventGraphReturn:
			fmt.Fprintf(b, "%s|  %s}\n", graphDuration(e.Duration), indent)
		case leaf > 0:
			fmt.Fprintf(b, "%s|  %s%s();\n", graphDuration(events[leaf].Duration), indent, name)
			printed[leaf] = true
		default:
			fmt.Fprintf(b, "%14s|  %s%s() {\n", "", indent, name)
		}
	}
}

// graphLeaf is get_return_for_leaf: the index of the return that is the next
// event of the CPU after an entry, or 0.
func graphLeaf(events []ftrace.Event, i int) int {
	e := events[i]
	if e.Kind != ftrace.EventGraphEntry {
		return 0
	}
	for j := i + 1; j < len(events); j++ {
		n := events[j]
		if n.Place.CPU != e.Place.CPU {
			continue
		}
		if n.Kind == ftrace.EventGraphReturn && n.Place.PID == e.Place.PID && n.IP == e.IP && n.Depth == e.Depth {
			return j
		}
		return 0
	}
	return 0
}

// graphDuration is print_graph_duration: a mark for what took long, and the
// time in 7 characters and its unit.
func graphDuration(d time.Duration) string {
	mark := byte(' ')
	for _, m := range []struct {
		over time.Duration
		mark byte
	}{
		{time.Second, '$'}, {100 * time.Millisecond, '@'}, {10 * time.Millisecond, '*'},
		{time.Millisecond, '#'}, {100 * time.Microsecond, '!'}, {10 * time.Microsecond, '+'},
	} {
		if d > m.over {
			mark = m.mark
			break
		}
	}
	us := fmt.Sprint(int64(d / time.Microsecond))
	if len(us) < 7 {
		frac := fmt.Sprintf("%03d", d%time.Microsecond)
		us += "." + frac[:min(len(frac), 7-len(us))]
	}
	return fmt.Sprintf("%c %s us %*s", mark, us, max(8-len(us), 0), "")
}

// graphSwitch is the comment where another task has taken the CPU.
func graphSwitch(b *strings.Builder, m *machine.Machine, to ftrace.Place, from int) {
	const line = " ------------------------------------------\n"
	comm := "<...>"
	if t := m.Task(from); t != nil {
		comm = t.Comm
	} else if from == 0 {
		comm = "<idle>"
	}
	fmt.Fprintf(b, "%s %d) %s => %s\n%s\n", line, to.CPU, graphProc(comm, from), graphProc(to.Comm, to.PID), line)
}

// graphProc is print_graph_proc: the task in the middle of 14 characters.
func graphProc(comm string, pid int) string {
	const width = 14
	s := fmt.Sprintf("%.7s-%d", comm, pid)
	pad := max(width-len(s), 0)
	return strings.Repeat(" ", pad/2) + s + strings.Repeat(" ", pad-pad/2)
}
