package machine

import (
	"klpemu/internal/errno"
)

// Online reports whether the CPU is online.
func (c *CPU) Online() bool { return c.online }

// SetOnline is cpu_up and cpu_down. The tasks of a CPU that goes offline move
// to CPU 0; its idle task stays, and nothing runs it. Errors: EPERM for CPU 0.
func (m *Machine) SetOnline(n int, on bool) error {
	c := m.cpus[n]
	switch {
	case n == 0:
		return errno.EPERM
	case c.online == on:
		return nil
	case on:
		c.online, c.woken = true, true
		return nil
	}
	m.switchTo(c, c.idle)
	c.online, c.woken, c.queue = false, false, nil
	c.passes++
	for _, t := range m.tasks {
		if t.cpu != n {
			continue
		}
		t.moveTo(0)
		if t.state == Running {
			m.enqueue(t)
		}
	}
	for i := range m.guestWork {
		if m.guestWork[i].cpu == n {
			m.guestWork[i].cpu = 0
		}
	}
	return nil
}
