package cpu

// Rotate executes instructions on several CPUs in turn, one each, as calls of
// Step would, beginning with cpus[first]. It returns after n instructions, or
// when a CPU stops for another reason. done is how many were executed. cpu is the
// one that s is about, or, if s says that the budget is spent, whose turn it is.
func Rotate(cpus []*VCPU, first int, n uint64) (cpu int, done uint64, s Stop) {
	i := first
	for done < n {
		c := cpus[i]
		o := c.cur
		if o == nil || c.version != c.mem.Version() {
			o = nil
		} else if o = o.leaf(c, o); o != nil {
			c.cur = o
			c.count++
			done++
		}
		if o == nil {
			s := c.Run(1)
			done += s.Count
			if s.Kind != StopBudget {
				return i, done, s
			}
		}
		if i++; i == len(cpus) {
			i = 0
		}
	}
	return i, done, Stop{Kind: StopBudget, Count: done}
}
