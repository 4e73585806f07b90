package machine

import (
	"fmt"

	"klpemu/internal/unwind"
)

// Unwinder is how the kernel was configured to walk stacks (CONFIG_UNWINDER_*).
type Unwinder uint8

// The unwinders.
const (
	UnwinderORC          Unwinder = iota // by unwind data
	UnwinderFramePointer                 // by %rbp
	UnwinderGuess                        // by what looks like an address: never reliable
)

// String is the name as boot --unwinder takes it.
func (u Unwinder) String() string {
	switch u {
	case UnwinderORC:
		return "orc"
	case UnwinderFramePointer:
		return "fp"
	case UnwinderGuess:
		return "guess"
	}
	return fmt.Sprintf("Unwinder(%d)", uint8(u))
}

// ParseUnwinder reads the name of an unwinder.
func ParseUnwinder(name string) (Unwinder, error) {
	for _, u := range []Unwinder{UnwinderORC, UnwinderFramePointer, UnwinderGuess} {
		if u.String() == name {
			return u, nil
		}
	}
	return 0, fmt.Errorf("unknown unwinder '%s'; take orc, fp or guess", name)
}

// followStack walks a task's stack by the unwinder of the machine.
func (m *Machine) followStack(tr *unwind.Trace, t *Task, f unwind.Frame, o unwind.WalkOptions) {
	switch m.cfg.Unwinder {
	case UnwinderFramePointer:
		m.unwind.tables.Chain(tr, f, m.mem, o, unwind.ChainEnd{
			Last: t.stack - ptRegsSize - 24, // below the address that the entry code's call has pushed
			Top:  t.stack,
			Regs: f.Signal && !m.inKernelWork(t),
		})
	case UnwinderGuess:
		unwind.Guess(tr, f, m.mem, o, t.stack-ptRegsSize)
	default:
		m.unwind.tables.Walk(tr, f, m.mem, o)
	}
}

// inKernelWork reports that the task's kernel code is in Go: it stands where
// that was called from.
func (m *Machine) inKernelWork(t *Task) bool {
	co := t.top()
	return co != nil && !co.inCall
}
