package machine

import (
	"fmt"

	"klpemu/internal/trace"
)

// Poison that list_del leaves (include/linux/poison.h, x86-64).
const (
	listPoison1 = 0xdead000000000100
	listPoison2 = 0xdead000000000122
)

// listDebugGates are lib/list_debug.c. Broken lists are a BUG, as Debian
// configures it (BUG_ON_DATA_CORRUPTION).
func listDebugGates() []gate {
	return []gate{
		fnGate("__list_add_valid_or_report", (*Machine).listAddValid),
		fnGate("__list_del_entry_valid_or_report", (*Machine).listDelValid),
	}
}

// kernelBug is BUG() in the kernel's own code: the place in its source.
type kernelBug struct{ where string }

// Error is the line of the report.
func (b *kernelBug) Error() string { return "kernel BUG at " + b.where + "!" }

// corruption is CHECK_DATA_CORRUPTION.
func (m *Machine) corruption(line int, format string, args ...any) error {
	m.printk(trace.Err, fmt.Sprintf(format, args...))
	return &kernelBug{where: fmt.Sprintf("lib/list_debug.c:%d", line)}
}

// listAddValid is __list_add_valid_or_report(new, prev, next).
func (m *Machine) listAddValid(_ *Task, a guestArgs) (uint64, error) {
	entry, prev, next := a[0], a[1], a[2]
	switch {
	case prev == 0:
		return 0, m.corruption(25, "list_add corruption. prev is NULL.")
	case next == 0:
		return 0, m.corruption(27, "list_add corruption. next is NULL.")
	}
	back, err := m.mem.Load(next+8, 8)
	if err != nil {
		return 0, err
	}
	forth, err := m.mem.Load(prev, 8)
	if err != nil {
		return 0, err
	}
	switch {
	case back != prev:
		return 0, m.corruption(29, "list_add corruption. next->prev should be prev (%016x), but was %016x. (next=%016x).", prev, back, next)
	case forth != next:
		return 0, m.corruption(32, "list_add corruption. prev->next should be next (%016x), but was %016x. (prev=%016x).", next, forth, prev)
	case entry == prev, entry == next:
		return 0, m.corruption(35, "list_add double add: new=%016x, prev=%016x, next=%016x.", entry, prev, next)
	}
	return 1, nil
}

// listDelValid is __list_del_entry_valid_or_report(entry).
func (m *Machine) listDelValid(_ *Task, a guestArgs) (uint64, error) {
	entry := a[0]
	f := &fields{m: m}
	next, prev := f.word(entry), f.word(entry+8)
	if f.err != nil {
		return 0, f.err
	}
	switch {
	case next == 0:
		return 0, m.corruption(52, "list_del corruption, %016x->next is NULL", entry)
	case prev == 0:
		return 0, m.corruption(54, "list_del corruption, %016x->prev is NULL", entry)
	case next == listPoison1:
		return 0, m.corruption(56, "list_del corruption, %016x->next is LIST_POISON1 (%016x)", entry, uint64(listPoison1))
	case prev == listPoison2:
		return 0, m.corruption(59, "list_del corruption, %016x->prev is LIST_POISON2 (%016x)", entry, uint64(listPoison2))
	}
	forth, back := f.word(prev), f.word(next+8)
	switch {
	case f.err != nil:
		return 0, f.err
	case forth != entry:
		return 0, m.corruption(62, "list_del corruption. prev->next should be %016x, but was %016x. (prev=%016x)", entry, forth, prev)
	case back != entry:
		return 0, m.corruption(65, "list_del corruption. next->prev should be %016x, but was %016x. (next=%016x)", entry, back, next)
	}
	return 1, nil
}
