package machine

import "strings"

// inSchedFunctions is in_sched_functions: text of the section .sched.text, by
// name. Who asks where a task sleeps does not want to hear "in schedule".
func (m *Machine) inSchedFunctions(addr uint64) bool {
	r, ok := m.syms.Lookup(addr)
	if !ok {
		if r, ok = m.syms.Lookup(addr - 1); !ok {
			return false
		}
	}
	if r.Object != vmlinux {
		return false
	}
	switch r.Name {
	case "schedule", "__schedule", "schedule_preempt_disabled", "schedule_hrtimeout", "schedule_hrtimeout_range",
		"preempt_schedule", "preempt_schedule_irq", "preempt_schedule_common",
		"io_schedule", "io_schedule_timeout", "yield", "__cond_resched", "usleep_range_state", "do_nanosleep",
		"bit_wait", "bit_wait_io", "out_of_line_wait_on_bit", "out_of_line_wait_on_bit_lock",
		"mutex_lock", "mutex_lock_interruptible", "mutex_lock_killable", "mutex_lock_io",
		"down", "down_interruptible", "down_killable", "down_timeout",
		"down_read", "down_read_interruptible", "down_read_killable", "down_write", "down_write_killable":
		return true
	}
	return strings.HasPrefix(r.Name, "schedule_timeout") || strings.HasPrefix(r.Name, "wait_for_completion")
}
