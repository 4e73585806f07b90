// Package smp is the one way to kernel state that several CPUs read without a
// lock: func_stack, func->transition, task->patch_state, TIF_PATCH_PENDING and
// klp_target_state.
//
// In the kernel that state is touched with READ_ONCE, WRITE_ONCE, rcu list
// primitives and smp_*mb(). Here every such access goes through a Bus, so that
// exploring schedules, modelling a weaker memory and leaving out a barrier on
// purpose all hook in at one place. The field itself is unexported inside
// Shared: code that forgets the Bus does not compile.
package smp

// Point names a place in kernel work done in Go at which another CPU could
// observe a half-done state, for example "klp_init_transition:patch_state".
type Point string

// Op says what kind of access a Hook is told about.
type Op uint8

// The accesses a Hook sees.
const (
	OpRead  Op = iota // READ_ONCE
	OpWrite           // WRITE_ONCE, rcu_assign_pointer
	OpRmb             // smp_rmb
	OpWmb             // smp_wmb
	OpMb              // smp_mb, or an atomic that implies it
	OpYield           // a place of interest without an access of its own
)

// String returns the kernel's name of the access.
func (o Op) String() string {
	switch o {
	case OpRead:
		return "READ_ONCE"
	case OpWrite:
		return "WRITE_ONCE"
	case OpRmb:
		return "smp_rmb"
	case OpWmb:
		return "smp_wmb"
	case OpMb:
		return "smp_mb"
	case OpYield:
		return "yield"
	}
	return "unknown"
}

// Hook is called after each access. A nil Hook costs one comparison.
type Hook func(Op, Point)

// Bus carries the hook of one machine. The zero Bus is ready for use.
type Bus struct {
	hook   Hook
	writes uint64
}

// Writes counts the stores so far: while it stands still, so does the state.
func (b *Bus) Writes() uint64 { return b.writes }

// SetHook installs h, or removes the hook when h is nil.
func (b *Bus) SetHook(h Hook) { b.hook = h }

// Hooked reports whether somebody looks at every access: then work that is
// otherwise done in one go must be such that it can stop in its middle.
func (b *Bus) Hooked() bool { return b.hook != nil }

func (b *Bus) note(op Op, p Point) {
	if b.hook != nil {
		b.hook(op, p)
	}
}

// Rmb is smp_rmb(); p names the pair it belongs to.
func (b *Bus) Rmb(p Point) { b.note(OpRmb, p) }

// Wmb is smp_wmb(); p names the pair it belongs to.
func (b *Bus) Wmb(p Point) { b.note(OpWmb, p) }

// Mb is smp_mb(), or an atomic operation that implies a full barrier.
func (b *Bus) Mb(p Point) { b.note(OpMb, p) }

// Yield names a place where other CPUs may run, for example between two steps
// of a text poke.
func (b *Bus) Yield(p Point) { b.note(OpYield, p) }

// Shared is one field that is read without a lock.
type Shared[T any] struct {
	val T
}

// ReadOnce is READ_ONCE(*s).
func ReadOnce[T any](b *Bus, s *Shared[T], p Point) T {
	v := s.val
	b.note(OpRead, p)
	return v
}

// WriteOnce is WRITE_ONCE(*s, v). The yield point p comes after the store.
func WriteOnce[T any](b *Bus, s *Shared[T], v T, p Point) {
	s.val = v
	b.writes++
	b.note(OpWrite, p)
}

// TestAndClear is test_and_clear_bit() on a flag: it returns the old value and
// is a full barrier on both sides.
func TestAndClear(b *Bus, s *Shared[bool], p Point) bool {
	old := s.val
	s.val = false
	b.writes++
	b.note(OpMb, p)
	return old
}

// Peek reads without being an access of the modeled kernel: for reports,
// invariants and tests only.
func Peek[T any](s *Shared[T]) T { return s.val }
