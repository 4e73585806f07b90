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
	i = first
	for ok := true; ok && done < n; {
		if i == 0 && len(cpus) == 4 && n-done >= 4 {
			var k uint64
			k, ok = rounds((*[4]*VCPU)(cpus), (*[4]*op)(at[:4]), (n-done)/4)
			done += k
			i = int(k % 4)
			continue
		}
		c := cpus[i]
		o := at[i&(maxInTurn-1)]
		if o = o.leaf(c, o); o == nil {
			break
		}
		at[i&(maxInTurn-1)] = o
		c.count++
		done++
		if i++; i == len(cpus) {
			i = 0
		}
	}
	for k, c := range cpus {
		c.cur = at[k&(maxInTurn-1)]
	}
	return i, done
}

// rounds is up to n rounds of four CPUs, until an instruction needs its executor.
// A call of its own for each CPU makes a round half as long: less to count, and
// fewer taken branches, from which the CPU predicts the calls' targets.
func rounds(cpus *[4]*VCPU, at *[4]*op, n uint64) (done uint64, ok bool) {
	c0, c1, c2, c3 := cpus[0], cpus[1], cpus[2], cpus[3]
	o0, o1, o2, o3 := at[0], at[1], at[2], at[3]
	left, part := n, 0
	for ; left != 0; left-- {
		o := o0.leaf(c0, o0)
		if o == nil {
			break
		}
		o0 = o
		if o = o1.leaf(c1, o1); o == nil {
			part = 1
			break
		}
		o1 = o
		if o = o2.leaf(c2, o2); o == nil {
			part = 2
			break
		}
		o2 = o
		if o = o3.leaf(c3, o3); o == nil {
			part = 3
			break
		}
		o3 = o
	}
	at[0], at[1], at[2], at[3] = o0, o1, o2, o3
	for i, c := range cpus {
		c.count += n - left
		if i < part {
			c.count++
		}
	}
	return (n-left)*4 + uint64(part), left == 0
}
