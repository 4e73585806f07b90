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
	for done < n {
		if k := n - done; i == 0 && k >= 2*uint64(len(cpus)) && len(cpus) > 1 && len(cpus) <= 4 {
			k, ok := rounds(cpus, at[:len(cpus)], k)
			done += k
			if i = int(k % uint64(len(cpus))); !ok {
				break
			}
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

// rounds executes up to n instructions of two to four CPUs in turn, in double
// rounds, until an instruction needs its executor. Where a CPU's first of a double round
// touches registers only, nobody can tell if it is executed later: together
// with the second, in one call, if there is a form for both.
func rounds(cpus []*VCPU, at []*op, n uint64) (done uint64, ok bool) {
	n /= 2 * uint64(len(cpus))
	switch len(cpus) {
	case 2:
		return rounds2(cpus, at, n)
	case 3:
		return rounds3(cpus, at, n)
	}
	return rounds4(cpus, at, n)
}

// finish counts after so many double rounds and turns of one that was not
// finished, and executes what was put off in it. From is where it began.
func finish(cpus []*VCPU, at, from []*op, rounds uint64, turn int) (done uint64) {
	for i, c := range cpus {
		k := 0
		switch second := i + len(cpus); {
		case turn > second:
			k = 2
		case turn > i:
			k = 1
			if from[i].pair == 0 {
				break
			}
			at[i] = step(from[i])
			if turn < second { // it has not even been tried
				from[i].leaf(c, from[i])
			}
		}
		c.count += 2*rounds + uint64(k)
	}
	return 2*rounds*uint64(len(cpus)) + uint64(turn)
}
