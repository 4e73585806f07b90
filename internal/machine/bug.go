package machine

import (
	"fmt"
	"strings"

	"klpemu/cpu"
	"klpemu/internal/kmod"
	"klpemu/internal/trace"
)

// cutHere is CUT_HERE.
const cutHere = "------------[ cut here ]------------"

// reportBug is handle_bug: a ud2 that __bug_table knows is a BUG or a WARN. After
// a WARN the task goes on behind it.
func (m *Machine) reportBug(c *CPU, t *Task, f *cpu.Fault) bool {
	var insn [2]byte
	if f.Vector != cpu.VectorUD || m.mem.Read(f.RIP, insn[:]) != nil || insn != [2]byte{0x0f, 0x0b} {
		return false
	}
	bug, ok := m.findBug(f.RIP)
	if !ok {
		return false
	}
	if bug.Warning() && bug.Once() && bug.Done() {
		c.vcpu.SetRIP(f.RIP + uint64(len(insn)))
		return true
	}
	if bug.Warning() && bug.Once() {
		flags := bug.DoneFlags()
		_ = m.mem.Poke(bug.FlagsAt, []byte{byte(flags), byte(flags >> 8)}) // it was read just now
	}
	if !bug.NoCutHere() {
		m.printk(trace.Warning, cutHere)
	}
	file, err := m.readString(bug.File, maxName)
	if err != nil {
		file = "?"
	}
	if !bug.Warning() {
		m.printk(trace.Crit, fmt.Sprintf("kernel BUG at %s:%d!", file, bug.Line))
		return false
	}
	m.warn(c, t, fmt.Sprintf(" at %s:%d %s", file, bug.Line, m.syms.Format(f.RIP)), 1<<bug.Taint())
	c.vcpu.SetRIP(f.RIP + uint64(len(insn)))
	return true
}

// warn is __warn, for a warning of guest code.
func (m *Machine) warn(c *CPU, t *Task, where string, taint uint32) {
	say := func(format string, args ...any) { m.printk(trace.Warning, fmt.Sprintf(format, args...)) }
	m.log.warns++
	say("WARNING: CPU: %d PID: %d%s", c.id, t.PID, where)
	say("%s", m.modulesLinkedIn())
	m.showTask(c, t, say)
	m.showRegs(c, say)
	m.showTrace(t, say)
	say("---[ end trace 0000000000000000 ]---")
	m.addTaint(taint, false)
}

// showTask is dump_stack_print_info.
func (m *Machine) showTask(c *CPU, t *Task, say func(string, ...any)) {
	say("CPU: %d UID: 0 PID: %d Comm: %s %s %s #1", c.id, t.PID, t.Comm, m.TaintString(), Release)
	if m.taint != 0 {
		say("Tainted: %s", m.taintNames())
	}
}

// showTrace is show_trace_log_lvl.
func (m *Machine) showTrace(t *Task, say func(string, ...any)) {
	say("Call Trace:")
	say(" <TASK>")
	for _, line := range m.Backtrace(t) {
		say(" %s", line)
	}
	say(" </TASK>")
}

// modulesLinkedIn is print_modules.
func (m *Machine) modulesLinkedIn() string {
	var b strings.Builder
	b.WriteString("Modules linked in:")
	for _, mod := range m.modules {
		if mod.State != ModuleUnformed {
			b.WriteString(" " + mod.Name + mod.Flags())
		}
	}
	if m.lastUnloaded != "" {
		b.WriteString(" [last unloaded: " + m.lastUnloaded + "]")
	}
	return b.String()
}

// Flags is module_flags as /proc/modules has them: taint and state.
func (mod *Module) Flags() string { return mod.flags(true) }

func (mod *Module) flags(state bool) string {
	mark := ""
	switch {
	case !state:
	case mod.State == ModuleGoing:
		mark = "-"
	case mod.State == ModuleComing:
		mark = "+"
	}
	if mod.Taint+mark == "" {
		return ""
	}
	return "(" + mod.Taint + mark + ")"
}

// findBug is find_bug: in the kernel's table, then in those of modules.
func (m *Machine) findBug(addr uint64) (kmod.Bug, bool) {
	for _, im := range m.images() {
		for i := range im.Sections {
			p := &im.Sections[i]
			if p.Section.Name != "__bug_table" {
				continue
			}
			if bug, ok := kmod.FindBug(m.unwind.bytes(p), p.Addr, addr); ok {
				return bug, true
			}
		}
	}
	return kmod.Bug{}, false
}
