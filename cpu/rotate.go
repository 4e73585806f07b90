package cpu

// Rotate executes instructions on several CPUs in turn, one each, as calls of
// Step would, beginning with cpus[first]. It returns after n instructions, or
// when a CPU stops for another reason. done is how many were executed. cpu is the
// one that s is about, or, if s says that the budget is spent, whose turn it is.
func Rotate(cpus []*VCPU, first int, n uint64) (cpu int, done uint64, s Stop) {
	i := first
	for done < n {
		if len(cpus) <= maxInTurn {
			var k uint64
			i, k = rotateFast(cpus, i, n-done)
			if done += k; done == n {
				break
			}
		}
		s := cpus[i].Step()
		done += s.Count
		if s.Kind != StopBudget {
			return i, done, s
		}
		if i++; i == len(cpus) {
			i = 0
		}
	}
	return i, done, Stop{Kind: StopBudget, Count: done}
}

// maxInTurn is how many CPUs rotateFast takes.
const maxInTurn = 16

// rotateFast executes up to n instructions, until one needs its executor. The
// positions are in a local array meanwhile: a store to the heap would cost a
// write barrier and a jump for each instruction. No specialised form can change
// code or mappings, so they are checked once.
func rotateFast(cpus []*VCPU, first int, n uint64) (i int, done uint64) {
	var at [maxInTurn]*op
	for k, c := range cpus {
		if c.cur == nil || c.version != c.mem.Version() {
			return first, 0
		}
		at[k&(maxInTurn-1)] = c.cur
	}
	for i = first; done < n; done++ {
		c := cpus[i]
		o := at[i&(maxInTurn-1)]
		if o = o.leaf(c, o); o == nil {
			break
		}
		at[i&(maxInTurn-1)] = o
		c.count++
		if i++; i == len(cpus) {
			i = 0
		}
	}
	for k, c := range cpus {
		c.cur = at[k&(maxInTurn-1)]
	}
	return i, done
}
