package machine

import (
	"fmt"
	"regexp"
	"strings"

	"klpemu/livepatch"
	"klpemu/transition"
)

// checker holds the properties that the livepatch core keeps (Config.Check). A
// breach is a WARN, once for each text, so that a scenario fails by it.
type checker struct {
	grammar []*regexp.Regexp
	lines   int    // of the log that were looked at
	writes  uint64 // of the bus, when it was last looked at
	said    map[string]bool
	forced  bool // since then stacks may hold anything
}

// messages is every line of kernel/livepatch (SEMANTICS: the formats are the
// kernel's; %s %d %p as in C).
func messages() []string {
	return []string{
		"symbol '%s' not found in symbol table",
		"unresolvable ambiguity for symbol '%s' in object '%s'",
		"symbol position %d for symbol '%s' in object '%s' not found",
		"symbol %s is not marked as a livepatch symbol",
		"symbol %s has an incorrectly formatted name",
		"invalid access to vmlinux symbol '%s' from module-specific livepatch relocation section",
		"section %s has an incorrectly formatted name",
		"kallsyms size lookup failed for '%s'",
		"kallsyms size lookup failed for '%s' replacement",
		"enabling patch '%s'",
		"pre-patch callback failed for object '%s'",
		"failed to patch object '%s'",
		"failed to enable patch '%s'",
		"module %s is not marked as a livepatch module",
		"Livepatch patch (%s) is not compatible with the already installed livepatches.",
		"This architecture doesn't have support for the livepatch consistency model.",
		"The livepatch transition may never complete.",
		"failed to find location for function '%s'",
		"failed to set ftrace filter for function '%s' (%d)",
		"failed to register ftrace handler for function '%s' (%d)",
		"'%s': initializing %t transition",
		"'%s': starting %t transition",
		"'%s': reversing transition from %t to %t",
		"'%s': completing %t transition",
		"'%s': %t complete",
		"'%s': canceling patching transition, going to unpatch",
		"reverting patch '%s' on unloading module '%s'",
		"vmlinux.ko: invalid module name",
		"failed to initialize patch '%s' for module '%s' (%d)",
		"applying patch '%s' to loading module '%s'",
		"failed to apply patch '%s' to module '%s' (%d)",
		"patch '%s' failed for module '%s', refusing to load module '%s'",
		"signaling remaining tasks",
		"forcing remaining tasks to the patched state",
		"klp_try_switch_task: %s:%d is running",
		"klp_try_switch_task: %s:%d has an unreliable stack",
		"klp_try_switch_task: %s:%d is sleeping on function %s",
		"Failed to construct shadow variable <%p, %p> (%d)",
	}
}

const klpPrefix = "livepatch: "

func newChecker() *checker {
	c := &checker{said: map[string]bool{}}
	verbs := strings.NewReplacer("%s", `.*`, "%d", `-?[0-9]+`, "%t", `(un)?patching`, "%p", `[0-9a-f]+`)
	for _, m := range messages() {
		c.grammar = append(c.grammar, regexp.MustCompile("^"+verbs.Replace(regexp.QuoteMeta(m))+"$"))
	}
	return c
}

// check looks at the properties where something has changed. It costs nothing
// unless Config.Check is set.
func (m *Machine) check() {
	c := m.checks
	if c == nil || c.writes == m.bus.Writes() && c.lines == len(m.log.records) {
		return
	}
	c.writes = m.bus.Writes()
	for _, breach := range m.breaches() {
		if !c.said[breach] {
			c.said[breach] = true
			m.src.WarnOn(true, "klpemu_check", breach)
		}
	}
	c.lines = len(m.log.records)
}

// breaches are the properties that do not hold now.
func (m *Machine) breaches() []string {
	var found []string
	bad := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	m.checkLog(bad)
	m.checkFuncs(bad)
	if !m.klpMutex { // its holder may be between two stores
		m.checkOps(bad)
	}
	m.checkFrames(bad)
	return found
}

func (m *Machine) checkLog(bad func(string, ...any)) {
	for _, r := range m.log.records[min(m.checks.lines, len(m.log.records)):] {
		text, ok := strings.CutPrefix(r.Text, klpPrefix)
		if !ok || strings.HasPrefix(text, "kernel.ftrace_enabled") {
			continue // the selftests write such lines to /dev/kmsg
		}
		known := false
		for _, g := range m.checks.grammar {
			known = known || g.MatchString(text)
		}
		if !known {
			bad("the kernel has no message '%s'", text)
		}
	}
}

// checkFuncs: one transition at a time, and no task outside of it while one of
// its functions is marked.
func (m *Machine) checkFuncs(bad func(string, ...any)) {
	marked := false
	for _, p := range m.klp.Patches() {
		for _, f := range patchFuncs(p) {
			if f.Transition() && p != m.klp.TransitionPatch() {
				bad("%s of patch %s is in transition, the patch is not", f.OldName, p.Mod)
			}
			marked = marked || f.Transition()
		}
	}
	if !marked {
		return
	}
	for _, t := range append(append([]*Task(nil), m.tasks...), m.IdleTasks()...) {
		if s, _ := t.Peek(); s == transition.Idle {
			bad("%v is in no universe while a function is in transition", t)
		}
	}
}

func patchFuncs(p *livepatch.Patch) []*livepatch.Func {
	var all []*livepatch.Func
	for _, o := range p.Objects {
		all = append(all, o.Funcs...)
	}
	return all
}

// checkOps: ops exist exactly while their stack has a function; outside of a
// transition a call enters the newest version that is installed.
func (m *Machine) checkOps(bad func(string, ...any)) {
	tops := map[uint64]*livepatch.Func{}
	for _, o := range m.klp.OpsList() {
		all := o.FuncStack.All()
		if len(all) == 0 {
			bad("an ops has an empty func_stack")
			continue
		}
		tops[all[0].OldFunc] = all[0]
		if r := m.ftrace.Record(m.ftrace.Location(all[0].OldFunc)); r == nil || r.Count() == 0 {
			bad("the call site of %s calls nobody", all[0].OldName)
		}
	}
	newest := map[uint64]*livepatch.Func{}
	for _, p := range m.klp.Patches() {
		for _, f := range patchFuncs(p) {
			if !f.Patched {
				continue
			}
			newest[f.OldFunc] = f
			if tops[f.OldFunc] == nil {
				bad("%s is patched and has no ops", f.OldName)
			}
		}
	}
	if m.klp.TransitionPatch() != nil {
		return
	}
	for _, o := range m.klp.OpsList() {
		for _, f := range o.FuncStack.All()[:min(1, o.FuncStack.Len())] {
			if newest[f.OldFunc] != f {
				bad("a call of %s does not enter the newest version", f.OldName)
			}
		}
	}
}

// checkFrames: a task that has switched has no frame in a version that the
// switch makes foreign. One that is just calling through the call site may
// have the entry of the old function on its stack.
func (m *Machine) checkFrames(bad func(string, ...any)) {
	target := m.engine.PeekTarget()
	m.checks.forced = m.checks.forced || m.engine.Forced()
	if target == transition.Idle || m.checks.forced || m.klpMutex {
		return
	}
	ranges := m.klp.StackRanges()
	for _, t := range m.tasks {
		if s, _ := t.Peek(); s != target || t.inUser {
			continue
		}
		tr := m.walk(t)
		for _, r := range ranges {
			for _, addr := range tr.Entries {
				if r.Contains(addr) && addr > m.ftrace.Location(r.Start)+siteSize {
					bad("%v has switched and stands in %s", t, m.syms.FormatReturn(addr))
				}
			}
		}
	}
}

// siteSize is the length of a call site.
const siteSize = 5
