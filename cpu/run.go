package cpu

import "fmt"

// Step executes exactly one instruction, or one iteration of a repeated one.
func (c *VCPU) Step() Stop {
	if c.version == c.mem.Version() && c.cur != nil {
		if next := c.cur.leaf(c, c.cur); next != nil {
			c.cur = next
			c.count++
			return Stop{Kind: StopBudget, Count: 1}
		}
	}
	return c.Run(1)
}

// Run executes at most n instructions. Each iteration of an instruction repeated
// by rep counts as one, with RIP left on the instruction until the last. How a
// run is cut into calls changes nothing but where it stops.
func (c *VCPU) Run(n uint64) Stop {
	end := c.count + n
	for c.count != end {
		if c.flags&FlagTF != 0 {
			return c.singleStep(n - (end - c.count))
		}
		o, f := c.next()
		if f == nil {
			var left uint64
			o, left = c.fast(o, end-c.count)
			c.cur, c.count = o, end-left
			if left == 0 {
				break
			}
			c.left = left
			f = c.slow(o)
		}
		if f != nil || c.stop != StopBudget {
			kind := c.stop
			c.stop = StopBudget
			if f != nil {
				kind = StopFault
			}
			return Stop{Kind: kind, Count: n - (end - c.count), Fault: f}
		}
	}
	return Stop{Kind: StopBudget, Count: n}
}

// fast executes up to left instructions by their specialised forms, from o on. It
// returns the next and how many are left; if any are, the executor has to do it.
func (c *VCPU) fast(o *op, left uint64) (*op, uint64) {
	for left > 1 {
		n := min(left, 1<<62)
		t, rest, slow := c.loop(o, int64(n))
		left -= n - uint64(rest)
		o = t
		if slow {
			return o, left
		}
		if left <= maxRun {
			break
		}
	}
	for ; left != 0; left-- {
		t := o.leaf(c, o)
		if t == nil {
			break
		}
		o = t
	}
	return o, left
}

// next returns the decoded instruction at RIP.
func (c *VCPU) next() (*op, *Fault) {
	if c.version != c.mem.Version() {
		c.sync()
	}
	if c.cur != nil {
		return c.cur, nil
	}
	if c.view.full() {
		c.view.reset()
		c.jumps.flush()
	}
	return c.view.fetch(c.rip)
}

// slow executes the instruction o by its executor, or, where a run of decoded
// instructions ends, finds the one that follows.
func (c *VCPU) slow(o *op) *Fault {
	if o.inst == nil {
		c.cur, c.rip = nil, o.rip
		return c.enter(o)
	}
	in := o.inst
	c.cur, c.rip = nil, o.rip+uint64(in.Len)
	if f := c.execute(in); f != nil {
		c.cur, c.rip = o, o.rip
		f.RIP, f.Len, f.Insn, f.NoFPU = o.rip, int(in.Len), in.Mnemonic(), in.attr&isVector != 0
		return f
	}
	c.count++
	switch {
	case c.flags&FlagTF != 0: // the next must not go past Run's test
	case in.attr&serialize != 0 && c.view.stale:
		c.Refresh()
	case c.version == c.mem.Version() && !c.view.full():
		c.follow(o)
	}
	return nil
}

// enter goes on at RIP, where o leads, and remembers that.
func (c *VCPU) enter(o *op) *Fault {
	if c.view.full() {
		return nil // the next look-up starts the view again
	}
	t, f := c.view.fetch(c.rip)
	if f != nil {
		return f
	}
	c.view.connect(o, t)
	c.cur = t
	return nil
}

func (c *VCPU) execute(in *Inst) *Fault {
	if in.exec == nil {
		return fault(VectorUD, 0)
	}
	if c.user {
		return c.executeUser(in)
	}
	return in.exec(c, in)
}

// follow finds the decoded instruction at RIP after o was executed, and
// remembers where direct branches lead.
func (c *VCPU) follow(o *op) {
	switch in := o.inst; {
	case c.rip == o.rip+uint64(in.Len):
		if in.attr&ends == 0 {
			c.cur = step(o)
		}
	case in.Args[0].Kind == ArgRel:
		c.enter(o) // a fault there is met by the next instruction
	default:
		if t, f := c.view.fetch(c.rip); f == nil {
			c.jumps.insert(t)
			c.cur = t
		}
	}
}

// Mnemonic is the instruction's name as far as the table knows it: with its
// condition, without operand sizes.
func (in *Inst) Mnemonic() string {
	if in.Form == nil {
		return ""
	}
	name := in.Name
	if n := len(name); name[n-1] == '*' {
		name = name[:n-1] + Condition(in.cond())
	}
	return name
}

// badCode is the fault of bytes that cannot be decoded.
func badCode(err error, rip uint64, code []byte) *Fault {
	f := &Fault{Vector: VectorUD, RIP: rip, Insn: fmt.Sprintf("% x", code)}
	if err == ErrTooLong {
		f.Vector = VectorGP
	}
	return f
}
