package machine

import (
	"fmt"
	"strings"
)

// onEachCPU is schedule_on_each_cpu(): it returns once every online CPU has
// passed a context switch. A CPU that idles, or whose task can be taken off it,
// does so at once; a task that runs on with preemption off, or in kernel code
// that is not preempted, holds it up until it gives way.
func (m *Machine) onEachCPU(name string) {
	type wait struct {
		c      *CPU
		passes uint64
	}
	var waits []wait
	for _, c := range m.cpus {
		if !c.online || m.offCPU(c) {
			continue
		}
		c.kicked = true
		waits = append(waits, wait{c, c.passes})
	}
	done := func() bool {
		for len(waits) > 0 && (waits[0].c.passes != waits[0].passes || m.offCPU(waits[0].c)) {
			waits = waits[1:]
		}
		return len(waits) == 0
	}
	if done() {
		return
	}
	var who []string
	for _, w := range waits {
		who = append(who, fmt.Sprintf("cpu %d must leave %s", w.c.id, w.c.curr))
	}
	m.waitUntil(name+" ("+strings.Join(who, ", ")+")", done)
}

// offCPU reports that nobody runs on c who would have to give way: it idles, or
// its task is the one that waits.
func (m *Machine) offCPU(c *CPU) bool {
	t := c.curr
	if t.context() != InTask {
		return false
	}
	return c.Idle() || t.inLimbo() || t.inUser || t.state != Running || m.running != nil && m.running.task == t
}
