package ftrace

// Context is what the recursion protection needs of the CPU a handler runs on.
type Context interface {
	// TraceRecursion is current->trace_recursion.
	TraceRecursion() *uint32
	// InterruptLevel is interrupt_context_level: 0 task, 1 softirq, 2 irq, 3 nmi.
	InterruptLevel() int
	// PreemptDisable and PreemptEnable bracket the handler.
	PreemptDisable()
	PreemptEnable()
}

// Bits of trace_recursion (include/linux/trace_recursion.h): one for each
// context, and one that is taken once while a context is being changed.
const (
	recursionNormal     = 3 // TRACE_CTX_NORMAL
	recursionTransition = 4 // TRACE_CTX_TRANSITION
)

// recursionList is TRACE_LIST_START: the list function and the assist function
// have bits of their own, behind those of the handlers.
const recursionList = 5

// listTrylock is trace_test_and_set_recursion for the functions that call
// handlers on behalf of others.
func listTrylock(c Context) int { return trylock(c, recursionList) }

// TestRecursionTrylock is ftrace_test_recursion_trylock: the bit taken, or -1
// where the handler is already running in this context. Preemption is off
// while the bit is held; klp_synchronize_transition relies on that.
func TestRecursionTrylock(c Context) int { return trylock(c, 0) }

func trylock(c Context, start int) int {
	bits := c.TraceRecursion()
	bit := start + recursionNormal - c.InterruptLevel()
	if *bits&(1<<bit) != 0 {
		bit = start + recursionTransition
		if *bits&(1<<bit) != 0 {
			return -1
		}
	}
	*bits |= 1 << bit
	c.PreemptDisable()
	return bit
}

// TestRecursionUnlock is ftrace_test_recursion_unlock.
func TestRecursionUnlock(c Context, bit int) {
	c.PreemptEnable()
	*c.TraceRecursion() &^= 1 << bit
}
