package cpu

const (
	opSlow uint16 = iota // the executor does it
	opEnd                // end of a run
)

func specialize(o *op) {}

func (c *VCPU) loop(o *op, n uint64) (*op, uint64) { return o, n }
