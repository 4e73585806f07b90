package machine

import (
	"time"

	"klpemu/cpu"
)

// interleave is one round of more than one CPU. The clock counts it once.
func (m *Machine) interleave(busy []*CPU) uint64 {
	before := m.clock.rounds
	var ran uint64
	for _, c := range busy {
		ran = max(ran, m.runCPU(c, 1))
	}
	m.clock.rounds = before + ran
	return ran
}

// plain reports that nothing but the execution of guest instructions can happen
// on c until it stops: rounds may be run many at a time.
func (c *CPU) plain() bool {
	t := c.curr
	if len(c.pending) > 0 || len(c.queue) > 0 || t.inUser && t.proc == nil || t.block.again || t.stepOver != 0 {
		return false
	}
	co := t.top()
	return co == nil || co.inCall || t.interrupted()
}

// manyRounds is how many rounds of the busy CPUs can go at once; at most one
// where something has to be looked at in each.
func (m *Machine) manyRounds(busy []*CPU, most uint64, deadline time.Duration) uint64 {
	if most <= 1 || m.onInsn != nil {
		return 1
	}
	for _, c := range busy {
		if !c.plain() {
			return 1
		}
	}
	n := min(most, m.budget()/uint64(len(busy)), m.roundsToEvent(deadline), m.tick())
	if m.anyoneWaits() {
		n = min(n, waitPoll)
	}
	return n
}

// interleaveMany is up to n rounds of interleave: the same instructions in the
// same order, at the same times. It ends with the round in which a CPU stops.
func (m *Machine) interleaveMany(busy []*CPU, n uint64) uint64 {
	before, size := m.clock.rounds, uint64(len(busy))
	vcpus := m.turnBuf[:0]
	for i, c := range busy {
		vcpus = append(vcpus, c.vcpu)
		c.turn, c.tsc = uint64(i), c.vcpu.Retired()
	}
	m.turnBuf, m.inTurn = vcpus, true
	k, done, stop := cpu.Rotate(vcpus, 0, n*size)
	m.inTurn = false
	for _, c := range busy {
		c.tsc = 0
	}
	m.used += done
	if stop.Kind == cpu.StopBudget {
		m.clock.rounds = before + done/size
		return done / size
	}
	// CPU k has stopped; those before it have had their turn of this round.
	last := stop.Count
	whole := (done - last - uint64(k)) / size
	c := busy[k]
	m.clock.rounds = before + whole + uint64(k) + last
	m.onCPU = c
	m.stopped(c, c.curr, stop)
	m.onCPU = nil
	if k > 0 {
		last = 1
	}
	for _, rest := range busy[k+1:] {
		last = max(last, m.runCPU(rest, 1))
	}
	m.clock.rounds = before + whole + last
	return whole + last
}

// tscOn is the time that rdtsc reads on c.
func (m *Machine) tscOn(c *CPU) time.Duration {
	if !m.inTurn {
		return m.Now()
	}
	clk := m.clock
	clk.rounds += c.vcpu.Retired() - c.tsc + c.turn
	return clk.now()
}
