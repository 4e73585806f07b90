package machine

import "klpemu/cpu"

// guestArgs are the integer arguments of a call, in the order of C.
type guestArgs [6]uint64

// fnGate is a gate for a function that neither blocks nor calls guest code:
// what f returns becomes %rax.
func fnGate(name string, f func(m *Machine, t *Task, a guestArgs) (uint64, error)) gate {
	return gate{name, func(m *Machine, c *CPU, t *Task) error {
		rax, err := f(m, t, readArgs(c))
		if err == nil {
			c.vcpu.SetReg(cpu.RAX, rax)
		}
		return err
	}}
}

func readArgs(c *CPU) guestArgs {
	var a guestArgs
	for i, r := range argRegs {
		a[i] = c.vcpu.Reg(r)
	}
	return a
}

// workGate is a gate that may block or call guest code. It runs as a coroutine.
func workGate(name string, f func(m *Machine, t *Task, a guestArgs) uint64) gate {
	return gate{name, func(m *Machine, c *CPU, t *Task) error {
		a := readArgs(c)
		m.gateWork(t, name, func() uint64 { return f(m, t, a) })
		return nil
	}}
}

// sameGate binds several names to one function.
func sameGate(run func(*Machine, *CPU, *Task) error, names ...string) []gate {
	gates := make([]gate, len(names))
	for i, name := range names {
		gates[i] = gate{name, run}
	}
	return gates
}
