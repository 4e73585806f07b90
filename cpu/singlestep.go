package cpu

// dr6Step is DR6.BS: the trap is that of a single step.
const dr6Step = 1 << 14

// singleStep executes one instruction, or one iteration, that began with TF set, and
// traps behind it (SDM volume 3, 18.3.1.4): also behind a popf that clears TF, not behind the
// one that sets it, and not into the kernel by a system call, which clears it. The
// gate and hlt stop as ever and do not trap. before is what Run has done already.
func (c *VCPU) singleStep(before uint64) Stop {
	start, user := c.count, c.user
	var f *Fault
	for f == nil && c.count == start && c.stop == StopBudget {
		var o *op
		if o, f = c.next(); f == nil {
			c.left = 1
			f = c.slow(o)
		}
	}
	kind := c.stop
	c.stop = StopBudget
	switch {
	case f != nil:
		kind = StopFault
	case kind == StopBudget && c.user == user:
		c.dr[6] |= dr6Step
		kind, f = StopFault, &Fault{Vector: VectorDB, RIP: c.RIP()}
	}
	return Stop{Kind: kind, Count: before + c.count - start, Fault: f}
}
