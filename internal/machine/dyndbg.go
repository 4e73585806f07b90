package machine

import (
	"klpemu/internal/dyndbg"
	"klpemu/internal/trace"
)

// DynamicDebug is /sys/kernel/debug/dynamic_debug/control.
func (m *Machine) DynamicDebug() *dyndbg.Control { return &m.log.dynamic }

// startDynamicDebug is dynamic_debug_init.
func (m *Machine) startDynamicDebug() error {
	m.log.dynamic.Log = m.printk
	for _, t := range dyndbg.Builtin() {
		m.log.dynamic.Add(t)
	}
	return nil
}

// printDebug is __dynamic_pr_debug of the kernel's own code: it reports whether
// the site is switched on.
func (m *Machine) printDebug(e trace.Event) bool {
	t, site := m.log.dynamic.Find(e.File, e.Func, e.Format)
	if site == nil || site.Flags&dyndbg.Print == 0 {
		return false
	}
	task := m.current()
	m.printk(trace.Debug, site.Prefix(t.Module, task.PID, task.context() != InTask)+e.Text)
	return true
}
