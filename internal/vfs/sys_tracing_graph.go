package vfs

import (
	"fmt"
	"strings"
	"time"

	"klpemu/ftrace"
	"klpemu/internal/machine"
)

// graphHeader is __print_graph_headers_flags.
func graphHeader(b *strings.Builder, t *ftrace.Tracer) {
	first, second := "#", "#"
	for _, column := range []struct{ option, first, second string }{
		{"funcgraph-abstime", "     TIME       ", "      |         "},
		{"funcgraph-cpu", " CPU", " |  "},
		{"funcgraph-proc", "  TASK/PID       ", "   |    |        "},
		{"funcgraph-duration", "  DURATION   ", "   |   |      "},
	} {
		if t.Option(column.option) {
			first += column.first
			second += column.second
		}
	}
	b.WriteString(first + "               FUNCTION CALLS\n" + second + "               |   |   |   |\n")
}

// graph is the output of the function graph tracer
// (kernel/trace/trace_functions_graph.c): a function that calls no traced one
// is a single line.
type graph struct {
	b      *strings.Builder
	m      *machine.Machine
	events []ftrace.Event
	opts   map[string]bool
	cpus   map[int]*graphCPU
	digits int // of the largest CPU number
}

// graphCPU is struct fgraph_cpu_data.
type graphCPU struct {
	pid, depth int
	seen       bool
	entered    map[int]uint64 // enter_funcs: by depth, what has no return yet
}

func newGraph(b *strings.Builder, m *machine.Machine, events []ftrace.Event) *graph {
	g := &graph{b: b, m: m, events: events, opts: map[string]bool{}, cpus: map[int]*graphCPU{}}
	g.digits = len(fmt.Sprint(len(m.CPUs()) - 1))
	for _, o := range m.Tracer().OptionFiles() {
		g.opts[o.Name] = o.On
	}
	return g
}

func (g *graph) print() {
	printed := map[int]bool{} // returns that stand in the line of their entry
	for i, e := range g.events {
		if printed[i] {
			continue
		}
		c := g.cpu(e.Place.CPU)
		if c.seen && c.pid != e.Place.PID {
			g.taskSwitch(e.Place, c.pid)
		}
		c.seen, c.pid = true, e.Place.PID
		g.prologue(e)
		switch leaf := g.leaf(i); {
		case e.Kind == ftrace.EventGraphReturn:
			g.ret(c, e)
		case leaf > 0:
			c.depth = e.Depth - 1
			g.column(g.duration(g.events[leaf].Duration))
			fmt.Fprintf(g.b, "%s%s();\n", indent(e.Depth), funcName(g.m, e.IP, true))
			printed[leaf] = true
		case e.Kind == ftrace.EventGraphEntry:
			c.depth, c.entered[e.Depth] = e.Depth, e.IP
			g.column(fmt.Sprintf("%14s", ""))
			fmt.Fprintf(g.b, "%s%s() {\n", indent(e.Depth), funcName(g.m, e.IP, true))
		default:
			g.comment(c, e)
		}
	}
}

func (g *graph) cpu(id int) *graphCPU {
	c := g.cpus[id]
	if c == nil {
		c = &graphCPU{depth: -1, entered: map[int]uint64{}}
		g.cpus[id] = c
	}
	return c
}

func indent(depth int) string { return strings.Repeat("  ", max(depth, 0)) }

// ret is print_graph_return: where the entry has been lost, the name is told.
func (g *graph) ret(c *graphCPU, e ftrace.Event) {
	match := c.entered[e.Depth] == e.IP
	delete(c.entered, e.Depth)
	c.depth = e.Depth - 1
	g.column(g.duration(e.Duration))
	if match && !g.opts["funcgraph-tail"] {
		fmt.Fprintf(g.b, "%s}\n", indent(e.Depth))
		return
	}
	fmt.Fprintf(g.b, "%s} /* %s */\n", indent(e.Depth), funcName(g.m, e.IP, true))
}

// comment is print_graph_comment: an event of another kind.
func (g *graph) comment(c *graphCPU, e ftrace.Event) {
	g.column(fmt.Sprintf("%14s", ""))
	if c.depth > 0 {
		g.b.WriteString(indent(c.depth + 1))
	}
	text := e.Text
	if e.Kind != ftrace.EventPrint {
		text = eventText(g.m, e)
	}
	g.b.WriteString("/* " + text + " */\n")
}

// prologue is print_graph_prologue.
func (g *graph) prologue(e ftrace.Event) {
	if !g.opts["context-info"] {
		return
	}
	if g.opts["funcgraph-abstime"] {
		us := e.Time / time.Microsecond
		fmt.Fprintf(g.b, "%5d.%06d |  ", us/1e6, us%1e6)
	}
	if g.opts["funcgraph-cpu"] {
		fmt.Fprintf(g.b, " %*d) ", g.digits, e.Place.CPU)
	}
	if g.opts["funcgraph-proc"] {
		g.b.WriteString(graphProc(e.Place.Comm, e.Place.PID) + " | ")
	}
}

// column is the place of the duration.
func (g *graph) column(text string) {
	if g.opts["funcgraph-duration"] && g.opts["context-info"] {
		g.b.WriteString(text + "|  ")
	}
}

// leaf is get_return_for_leaf: the index of the return that is the next event
// of the CPU after an entry, or 0.
func (g *graph) leaf(i int) int {
	e := g.events[i]
	if e.Kind != ftrace.EventGraphEntry {
		return 0
	}
	for j := i + 1; j < len(g.events); j++ {
		n := g.events[j]
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

// duration is print_graph_duration: a mark for what took long, and the time in
// 7 characters and its unit.
func (g *graph) duration(d time.Duration) string {
	mark := byte(' ')
	for _, m := range []struct {
		over time.Duration
		mark byte
	}{
		{time.Second, '$'}, {100 * time.Millisecond, '@'}, {10 * time.Millisecond, '*'},
		{time.Millisecond, '#'}, {100 * time.Microsecond, '!'}, {10 * time.Microsecond, '+'},
	} {
		if d > m.over && g.opts["funcgraph-overhead"] {
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

// taskSwitch is verif_pid: the comment where another task has taken the CPU.
func (g *graph) taskSwitch(to ftrace.Place, from int) {
	const line = " ------------------------------------------\n"
	comm := "<...>"
	if t := g.m.Task(from); t != nil {
		comm = t.Comm
	} else if from == 0 {
		comm = "<idle>"
	}
	fmt.Fprintf(g.b, "%s %*d) %s => %s\n%s\n", line, g.digits, to.CPU, graphProc(comm, from), graphProc(to.Comm, to.PID), line)
}

// graphProc is print_graph_proc: the task in the middle of 14 characters.
func graphProc(comm string, pid int) string {
	const width = 14
	s := fmt.Sprintf("%.7s-%d", comm, pid)
	pad := max(width-len(s), 0)
	return strings.Repeat(" ", pad/2) + s + strings.Repeat(" ", pad-pad/2)
}
