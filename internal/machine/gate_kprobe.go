package machine

import (
	"klpemu/cpu"
	"klpemu/internal/errno"
)

// Places in struct kprobe (include/linux/kprobes.h, 6.12).
const (
	kprobeMissedAt = 32
	kprobeAddrAt   = 40
	kprobeSymbolAt = 48
	kprobeOffsetAt = 56
	kprobePreAt    = 64
	kprobePostAt   = 72
	kprobeOpcodeAt = 80
	kprobeFlagsAt  = 120
)

// Flags of a struct kprobe.
const (
	kprobeFlagGone     = 1
	kprobeFlagDisabled = 2
	kprobeFlagFtrace   = 8
	kprobeFlagOnEntry  = 16
)

// kprobeGates are the functions by which modules use kprobes.
func kprobeGates() []gate {
	many := func(one func(m *Machine, kp uint64) error) func(*Machine, uint64, uint64) error {
		return func(m *Machine, list, n uint64) error { return m.eachKprobe(list, n, one) }
	}
	single := func(one func(m *Machine, kp uint64) error) func(*Machine, uint64, uint64) error {
		return func(m *Machine, kp, _ uint64) error { return one(m, kp) }
	}
	return []gate{
		kprobeGate("register_kprobe", single((*Machine).registerGuestKprobe)),
		kprobeGate("unregister_kprobe", single((*Machine).unregisterGuestKprobe)),
		kprobeGate("register_kprobes", func(m *Machine, list, n uint64) error { return m.registerKprobes(list, n) }),
		kprobeGate("unregister_kprobes", many((*Machine).unregisterGuestKprobe)),
		kprobeGate("enable_kprobe", single(func(m *Machine, kp uint64) error { return m.enableGuestKprobe(kp, true) })),
		kprobeGate("disable_kprobe", single(func(m *Machine, kp uint64) error { return m.enableGuestKprobe(kp, false) })),
		{"kprobe_ftrace_handler", (*Machine).gateFtrace},
	}
}

func kprobeGate(name string, work func(m *Machine, a, b uint64) error) gate {
	return gate{name, func(m *Machine, c *CPU, t *Task) error {
		a, b := c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI)
		m.gateWork(t, name, func() uint64 { return errnoResult(work(m, a, b)) })
		return nil
	}}
}

// maxKprobes bounds what one call registers.
const maxKprobes = 1 << 16

// eachKprobe goes over an array of pointers to struct kprobe.
func (m *Machine) eachKprobe(list, n uint64, f func(m *Machine, kp uint64) error) error {
	if n == 0 || n > maxKprobes || int32(n) < 0 {
		return errno.EINVAL
	}
	for i := range n {
		kp, err := m.mem.Load(list+8*i, 8)
		if err != nil {
			return errno.EFAULT
		}
		if err := f(m, kp); err != nil {
			return err
		}
	}
	return nil
}

// registerKprobes is register_kprobes: all or none.
func (m *Machine) registerKprobes(list, n uint64) error {
	done := uint64(0)
	err := m.eachKprobe(list, n, func(m *Machine, kp uint64) error {
		err := m.registerGuestKprobe(kp)
		if err == nil {
			done++
		}
		return err
	})
	if err != nil && done > 0 {
		_ = m.eachKprobe(list, done, (*Machine).unregisterGuestKprobe) // read before
	}
	return err
}

// guestKprobeUser finds the registration of a guest's struct kprobe.
func (m *Machine) guestKprobeUser(kp uint64) (*Kprobe, *kprobeUser) {
	for _, p := range m.kprobe.all {
		for _, u := range p.users {
			if u.addr == kp {
				return p, u
			}
		}
	}
	return nil, nil
}

// kprobeFields are what the owner of a struct kprobe sets in it.
type kprobeFields struct {
	addr, symbol, offset, pre, post, flags uint64
	name                                   string
}

func (m *Machine) readKprobe(kp uint64) (f kprobeFields, err error) {
	for _, x := range []struct {
		at   uint64
		size int
		to   *uint64
	}{
		{kprobeAddrAt, 8, &f.addr}, {kprobeSymbolAt, 8, &f.symbol}, {kprobeOffsetAt, 4, &f.offset},
		{kprobePreAt, 8, &f.pre}, {kprobePostAt, 8, &f.post}, {kprobeFlagsAt, 4, &f.flags},
	} {
		if *x.to, err = m.mem.Load(kp+x.at, x.size); err != nil {
			return f, errno.EFAULT
		}
	}
	if f.symbol != 0 {
		if f.name, err = m.readString(f.symbol, nameLenMax); err != nil {
			return f, errno.EFAULT
		}
	}
	return f, nil
}

const nameLenMax = 511 // KSYM_NAME_LEN - 1

// registerGuestKprobe is register_kprobe.
func (m *Machine) registerGuestKprobe(kp uint64) error {
	f, err := m.readKprobe(kp)
	if err != nil {
		return err
	}
	if f.addr != 0 == (f.symbol != 0) {
		return errno.EINVAL
	}
	offset := f.offset
	if f.symbol == 0 {
		offset += f.addr
	}
	addr, onEntry, err := m.KprobeAddr("", f.name, offset)
	if err != nil {
		return err
	}
	if _, old := m.guestKprobeUser(kp); m.src.WarnOn(old != nil, "warn_kprobe_rereg", "__get_valid_kprobe(p)") {
		return errno.EINVAL
	}
	_ = m.mem.Store(kp+kprobeAddrAt, 8, addr) // stays there, also where it is refused
	u := &kprobeUser{addr: kp, pre: f.pre, post: f.post, disabled: f.flags&kprobeFlagDisabled != 0}
	m.guestHandlers++
	if err := m.registerKprobe(addr, onEntry, u); err != nil {
		m.guestHandlers--
		return err
	}
	m.storeKprobe(m.kprobeAt(addr), u)
	return nil
}

// storeKprobe writes what the kernel keeps in the guest's struct.
func (m *Machine) storeKprobe(p *Kprobe, u *kprobeUser) {
	flags := uint64(0)
	for _, f := range []struct {
		set bool
		bit uint64
	}{{p.Gone, kprobeFlagGone}, {u.disabled, kprobeFlagDisabled}, {p.Ftrace, kprobeFlagFtrace}, {p.OnEntry, kprobeFlagOnEntry}} {
		if f.set {
			flags |= f.bit
		}
	}
	_ = m.mem.Store(u.addr+kprobeAddrAt, 8, p.Addr) // the struct was read before
	_ = m.mem.Store(u.addr+kprobeOpcodeAt, 1, uint64(p.saved))
	_ = m.mem.Store(u.addr+kprobeFlagsAt, 4, flags)
}

// unregisterGuestKprobe is unregister_kprobe: what is not registered is left
// alone, but for its address.
func (m *Machine) unregisterGuestKprobe(kp uint64) error {
	if p, u := m.guestKprobeUser(kp); p != nil {
		m.unregisterKprobe(p, u)
		m.guestHandlers--
	}
	return m.mem.Store(kp+kprobeAddrAt, 8, 0)
}

func (m *Machine) enableGuestKprobe(kp uint64, on bool) error {
	p, u := m.guestKprobeUser(kp)
	if p == nil {
		return errno.EINVAL
	}
	if err := m.enableKprobe(p, u, on); err != nil {
		return err
	}
	m.storeKprobe(p, u)
	return nil
}
