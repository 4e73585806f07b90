package shell

import (
	"fmt"
	"io"
	"strings"

	"klpemu/livepatch"
)

const klpUsage = `klp [PATCH]
Print the livepatch picture: patches with their objects and functions, the
versions of each function from the newest to the original, the bytes of each
call site, and the tasks that hold a transition up.`

func (s *System) klpCommands() []*Command {
	return []*Command{{Name: "klp", Usage: klpUsage, Run: s.runKlp, UsageStatus: 2}}
}

func (s *System) runKlp(c *Ctx) int {
	if len(c.Args) > 2 {
		return c.UsageError("extra operand '%s'", c.Args[2])
	}
	found := false
	for _, p := range s.m.Klp().Dirs() {
		if len(c.Args) == 2 && c.Args[1] != p.Mod {
			continue
		}
		found = true
		s.printPatch(c.Out(), p)
	}
	s.printShadow(c.Out())
	switch {
	case len(c.Args) == 2 && !found:
		return c.Errorf("there is no patch '%s'", c.Args[1])
	case !found:
		fmt.Fprintln(c.Out(), "no patches")
	}
	return 0
}

// printShadow is the account of shadow variables: what patches leave behind
// stays until somebody frees it.
func (s *System) printShadow(w io.Writer) {
	for _, use := range s.m.Klp().ShadowLeft() {
		fmt.Fprintf(w, "shadow variables of id 0x%x: %d\n", use.ID, use.Count)
	}
}

func (s *System) printPatch(w io.Writer, p *livepatch.Patch) {
	var words []string
	words = append(words, map[bool]string{true: "enabled", false: "disabled"}[p.Enabled])
	if p.Replace {
		words = append(words, "replaces all older patches")
	}
	if p.Forced {
		words = append(words, "forced")
	}
	current := s.m.Klp().TransitionPatch() == p
	if current {
		words = append(words, "in transition to "+s.m.Engine().PeekTarget().String())
	}
	fmt.Fprintf(w, "patch %s: %s\n", p.Mod, strings.Join(words, ", "))
	if layout, ok := s.m.Layout(s.m.Module(p.Mod)); ok {
		fmt.Fprintf(w, "  layout: %s\n", layout)
	}
	for _, o := range p.Objects {
		state := map[bool]string{true: "patched", false: "not patched"}[o.Patched]
		if !o.Loaded() {
			state = "not loaded"
		}
		fmt.Fprintf(w, "  object %s: %s\n", o.DirName(), state)
		for _, f := range o.Funcs {
			s.printFunc(w, f)
		}
	}
	if current {
		s.printTasks(w)
	}
}

// printFunc prints a function's call site and its stack of versions.
func (s *System) printFunc(w io.Writer, f *livepatch.Func) {
	if f.OldFunc == 0 {
		fmt.Fprintf(w, "    %s\n", f.DirName())
		return
	}
	fmt.Fprintf(w, "    %s at %016x\n", f.DirName(), f.OldFunc)
	s.printSite(w, f)
	for _, o := range s.m.Klp().OpsList() {
		if o.OldFunc() != f.OldFunc {
			continue
		}
		for i, v := range o.FuncStack.All() {
			fmt.Fprintf(w, "      version %d: %s\n", o.FuncStack.Len()-i, s.version(v))
		}
	}
	fmt.Fprintf(w, "      original:  %s\n", s.m.Format(f.OldFunc))
}

func (s *System) version(f *livepatch.Func) string {
	text := s.m.Format(f.NewFunc)
	if f.Nop {
		text += ", a nop: the original runs"
	}
	if f.Transition() {
		text += ", in transition"
	}
	return text
}

func (s *System) printSite(w io.Writer, f *livepatch.Func) {
	loc := s.m.Ftrace().Location(f.OldFunc)
	if loc == 0 {
		fmt.Fprintln(w, "      no call site")
		return
	}
	in, err := s.m.Insn(loc)
	if err != nil {
		return
	}
	fmt.Fprintf(w, "      call site %016x: %s %s\n", loc, hexBytes(in.Code), in.Text)
}

// printTasks says who has switched and who holds the transition up: where each
// of them is, what holds it, and what would let it go.
func (s *System) printTasks(w io.Writer) {
	waiting := s.m.Stragglers()
	all := len(s.m.Tasks()) + len(s.m.IdleTasks())
	fmt.Fprintf(w, "  tasks: %d switched, %d to go\n", all-len(waiting), len(waiting))
	if r := s.m.Klp().LastReport(); r.Attempt > 0 {
		fmt.Fprintf(w, "  attempts: %d", r.Attempt)
		if at, ok := s.m.NextAttempt(); ok {
			fmt.Fprintf(w, "; the next one in %.3f s", max(at-s.m.Now(), 0).Seconds())
		}
		fmt.Fprintln(w)
	}
	for _, text := range s.m.KernelWaits() {
		fmt.Fprintf(w, "  waits: %s\n", text)
	}
	for _, st := range waiting {
		t := st.Task
		fmt.Fprintf(w, "    %s (pid %d) %s\n", t.Comm, t.PID, st.Where)
		if st.Holds != "" {
			fmt.Fprintf(w, "      held:     %s\n", st.Holds)
		}
		fmt.Fprintf(w, "      released: %s\n", st.Needs)
	}
}
