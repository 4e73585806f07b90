package machine

import (
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// Layout of struct notifier_block and of struct blocking_notifier_head
// (include/linux/notifier.h, 6.12 on x86-64). The chains are in guest memory
// alone; src/notifier.S walks them.
const (
	notifierCallAt     = 0
	notifierNextAt     = 8
	notifierPriorityAt = 16
	notifierChainAt    = 40 // behind the rw_semaphore of the head
)

// Values that a notifier returns.
const (
	notifyOK       = 1
	notifyStopMask = 0x8000
)

// moduleNotifyList is the chain of those who are told of modules.
const moduleNotifyList = "module_notify_list"

// notifierGates are how guests get into chains (kernel/notifier.c).
func notifierGates() []gate {
	register := func(m *Machine, head, nb uint64) (errno.Errno, error) {
		return m.notifierRegister(head+notifierChainAt, nb)
	}
	unregister := func(m *Machine, head, nb uint64) (errno.Errno, error) {
		return m.notifierUnregister(head+notifierChainAt, nb)
	}
	type change func(m *Machine, head, nb uint64) (errno.Errno, error)
	chain := func(f change) func(*Machine, *CPU, *Task) error {
		return func(m *Machine, c *CPU, _ *Task) error {
			return notifierResult(c)(f(m, c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI)))
		}
	}
	module := func(f change) func(*Machine, *CPU, *Task) error {
		return func(m *Machine, c *CPU, _ *Task) error {
			return notifierResult(c)(f(m, m.core[moduleNotifyList], c.vcpu.Reg(cpu.RDI)))
		}
	}
	return []gate{
		{"blocking_notifier_chain_register", chain(register)},
		{"blocking_notifier_chain_unregister", chain(unregister)},
		{"register_module_notifier", module(register)},
		{"unregister_module_notifier", module(unregister)},
	}
}

func notifierResult(c *CPU) func(errno.Errno, error) error {
	return func(e errno.Errno, err error) error {
		c.vcpu.SetReg(cpu.RAX, uint64(-int64(e)))
		return err
	}
}

// maxNotifiers bounds a walk: a chain that a guest has bent into a ring would
// hang a kernel.
const maxNotifiers = 1 << 16

// notifierWalk visits the links of the chain at nl: each time the place of a
// pointer and the block that it points at, 0 at the end.
func (m *Machine) notifierWalk(nl uint64, visit func(nl, nb uint64) (stop bool, err error)) error {
	for i := 0; i < maxNotifiers; i++ {
		nb, err := m.mem.Load(nl, 8)
		if err != nil {
			return err
		}
		if stop, err := visit(nl, nb); stop || err != nil || nb == 0 {
			return err
		}
		nl = nb + notifierNextAt
	}
	return fmt.Errorf("the notifier chain has no end")
}

// notifierRegister is notifier_chain_register: by descending priority, behind
// those of the same.
func (m *Machine) notifierRegister(head, n uint64) (e errno.Errno, err error) {
	prio, err := m.load32(n + notifierPriorityAt)
	if err != nil {
		return 0, err
	}
	err = m.notifierWalk(head, func(nl, nb uint64) (bool, error) {
		switch {
		case nb == n:
			call, err := m.mem.Load(n+notifierCallAt, 8)
			m.src.WarnOn(err == nil, "notifier_chain_register", "notifier callback "+m.functionName(call)+" already registered")
			e = errno.EEXIST
			return true, err
		case nb != 0:
			other, err := m.load32(nb + notifierPriorityAt)
			if err != nil || int32(prio) <= int32(other) {
				return false, err
			}
		}
		if err := m.mem.Store(n+notifierNextAt, 8, nb); err != nil {
			return true, err
		}
		return true, m.mem.Store(nl, 8, n)
	})
	return e, err
}

// notifierUnregister is notifier_chain_unregister.
func (m *Machine) notifierUnregister(head, n uint64) (e errno.Errno, err error) {
	e = errno.ENOENT
	err = m.notifierWalk(head, func(nl, nb uint64) (bool, error) {
		if nb != n || n == 0 {
			return false, nil
		}
		e = 0
		next, err := m.mem.Load(n+notifierNextAt, 8)
		if err != nil {
			return true, err
		}
		return true, m.mem.Store(nl, 8, next)
	})
	return e, err
}

// functionName is %ps.
func (m *Machine) functionName(addr uint64) string {
	if r, ok := m.syms.Lookup(addr); ok {
		return r.Name
	}
	return fmt.Sprintf("0x%x", addr)
}

// someNotifier reports whether anyone is told of modules.
func (m *Machine) someNotifier() bool {
	first, err := m.mem.Load(m.core[moduleNotifyList]+notifierChainAt, 8)
	return err == nil && first != 0
}

// notifyComing is the second half of prepare_coming_module: an error of a
// notifier refuses the module, and those who were told before it are told that
// it goes.
func (m *Machine) notifyComing(mod *Module) error {
	if !m.someNotifier() {
		return nil
	}
	ret, err := m.callGuest(m.core["blocking_notifier_call_chain_robust"],
		m.core[moduleNotifyList], uint64(ModuleComing), uint64(ModuleGoing), mod.addr)
	if err != nil {
		return err
	}
	return notifierErrno(int32(ret))
}

// notifierErrno is notifier_to_errno.
func notifierErrno(ret int32) error {
	if ret &^= notifyStopMask; ret > notifyOK {
		return errno.Errno(ret - notifyOK)
	}
	return nil
}

// notify tells of a module that is live or goes; nobody can refuse that.
func (m *Machine) notify(mod *Module) {
	if !m.someNotifier() {
		return
	}
	if _, err := m.callGuest(m.core["blocking_notifier_call_chain"],
		m.core[moduleNotifyList], uint64(mod.State), mod.addr); err != nil {
		m.failures = append(m.failures, err)
	}
}
