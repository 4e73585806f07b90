package machine

import (
	"fmt"
	"slices"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// Kprobe is struct kprobe of one address, with everyone who has registered
// there (an aggr_kprobe where there are several).
type Kprobe struct {
	Addr    uint64
	OnEntry bool // KPROBE_FLAG_ON_FUNC_ENTRY
	Ftrace  bool // KPROBE_FLAG_FTRACE: at a call site, by a handler of ftrace
	Gone    bool // KPROBE_FLAG_GONE: the code has gone

	users    []*kprobeUser
	armed    bool
	ipmodify bool // armed by kprobe_ipmodify_ops
	saved    byte // what the int3 has replaced
}

// kprobeUser is one registration: of a guest's struct kprobe, or of an event.
type kprobeUser struct {
	addr      uint64 // the guest's struct; 0 of an event
	pre, post uint64 // its handlers
	event     *KprobeEvent
	disabled  bool // KPROBE_FLAG_DISABLED
	missed    uint64
}

// kprobes is the state of kernel/kprobes.c.
type kprobes struct {
	all    []*Kprobe // by address
	ops    [2]kprobeOps
	off    bool // kprobes_all_disarmed
	events []*KprobeEvent
}

// kprobeOps is kprobe_ftrace_ops or kprobe_ipmodify_ops with its count.
type kprobeOps struct {
	ops   *ftrace.Ops
	users int
}

// newKprobes makes the two ops: one for handlers that look, one for those with a
// post_handler, which may let the function go on elsewhere.
func (m *Machine) newKprobes() {
	for i, o := range []struct {
		symbol string
		flags  ftrace.OpsFlags
	}{
		{"kprobe_ftrace_ops", ftrace.OpsSaveRegs},
		{"kprobe_ipmodify_ops", ftrace.OpsSaveRegs | ftrace.OpsIPModify},
	} {
		m.kprobe.ops[i].ops = &ftrace.Ops{
			Name: "kprobe_ftrace_handler", Func: m.core["kprobe_ftrace_handler"], Addr: m.core[o.symbol],
			Flags: o.flags | ftrace.OpsInitialized, Handler: m.kprobeFtraceHandler,
		}
	}
}

// Kprobes are the probes that are registered, by address.
func (m *Machine) Kprobes() []*Kprobe { return m.kprobe.all }

// KprobesEnabled is debugfs's kprobes/enabled.
func (m *Machine) KprobesEnabled() bool { return !m.kprobe.off }

// Disabled reports that none of its users wants the probe to fire.
func (p *Kprobe) Disabled() bool {
	return !slices.ContainsFunc(p.users, func(u *kprobeUser) bool { return !u.disabled })
}

// Users is how many have registered there.
func (p *Kprobe) Users() int { return len(p.users) }

// Missed is nmissed of the user at an index.
func (p *Kprobe) Missed(i int) (missed uint64, disabled bool) {
	return p.users[i].missed, p.users[i].disabled
}

func (m *Machine) kprobeAt(addr uint64) *Kprobe {
	i, ok := slices.BinarySearchFunc(m.kprobe.all, addr, func(p *Kprobe, addr uint64) int {
		switch {
		case p.Addr < addr:
			return -1
		case p.Addr > addr:
			return 1
		}
		return 0
	})
	if !ok {
		return nil
	}
	return m.kprobe.all[i]
}

// registerKprobe is register_kprobe from the address on. Errors: EINVAL where no
// probe may be, EILSEQ in the middle of an instruction, ENOENT in a module that
// goes; what ftrace refuses with.
func (m *Machine) registerKprobe(addr uint64, onEntry bool, u *kprobeUser) error {
	if err := m.checkKprobe(addr); err != nil {
		return err
	}
	p := m.kprobeAt(addr)
	fresh := p == nil
	if fresh {
		p = &Kprobe{Addr: addr, OnEntry: onEntry, Ftrace: m.ftrace.Record(addr) != nil}
		m.kprobe.all = append(m.kprobe.all, p)
		slices.SortFunc(m.kprobe.all, func(a, b *Kprobe) int {
			if a.Addr < b.Addr {
				return -1
			}
			return 1
		})
	}
	p.users = append([]*kprobeUser{u}, p.users...)
	if err := m.armKprobe(p); err != nil {
		m.dropKprobeUser(p, u)
		return err
	}
	return nil
}

// unregisterKprobe is unregister_kprobe.
func (m *Machine) unregisterKprobe(p *Kprobe, u *kprobeUser) {
	u.disabled = true
	_ = m.disarmKprobe(p) // reported
	m.dropKprobeUser(p, u)
	m.bus.Yield("synchronize_rcu")
	m.onEachCPU("synchronize_rcu")
}

func (m *Machine) dropKprobeUser(p *Kprobe, u *kprobeUser) {
	p.users = slices.DeleteFunc(p.users, func(other *kprobeUser) bool { return other == u })
	if len(p.users) == 0 {
		m.kprobe.all = slices.DeleteFunc(m.kprobe.all, func(other *Kprobe) bool { return other == p })
	}
}

// enableKprobe is enable_kprobe and disable_kprobe.
func (m *Machine) enableKprobe(p *Kprobe, u *kprobeUser, on bool) error {
	if p.Gone {
		return errno.EINVAL
	}
	was := u.disabled
	u.disabled = !on
	var err error
	if on {
		err = m.armKprobe(p)
	} else {
		err = m.disarmKprobe(p)
	}
	if err != nil {
		u.disabled = was
	}
	return err
}

// SetKprobes writes kprobes/enabled (arm_all_kprobes, disarm_all_kprobes).
func (m *Machine) SetKprobes(on bool) error {
	if on != m.kprobe.off {
		return nil // already so
	}
	m.kprobe.off = !on
	var failed error
	for _, p := range m.kprobe.all {
		err := m.disarmKprobe(p)
		if on {
			err = m.armKprobe(p)
		}
		if err != nil {
			failed = err
		}
	}
	state := map[bool]string{true: "enabled", false: "disabled"}[on]
	m.printk(trace.Info, "kprobes: Kprobes globally "+state)
	return failed
}

// armKprobe is arm_kprobe, where it is not armed and should be.
func (m *Machine) armKprobe(p *Kprobe) error {
	if p.armed || p.Gone || m.kprobe.off || p.Disabled() {
		return nil
	}
	if !p.Ftrace {
		var b [1]byte
		if err := m.mem.Read(p.Addr, b[:]); err != nil {
			return errno.EINVAL
		}
		p.saved, p.armed = b[0], true
		return m.pokeByte(p.Addr, int3Opcode)
	}
	p.ipmodify = slices.ContainsFunc(p.users, func(u *kprobeUser) bool { return u.post != 0 })
	if err := m.armKprobeFtrace(p); err != nil {
		return err
	}
	p.armed = true
	return nil
}

const int3Opcode = 0xcc

// pokeByte is text_poke of one byte, and text_poke_sync.
func (m *Machine) pokeByte(addr uint64, b byte) error {
	if err := m.mem.Poke(addr, []byte{b}); err != nil {
		return errno.EINVAL
	}
	m.syncCores()
	return nil
}

func (p *Kprobe) opsOf(m *Machine) *kprobeOps {
	if p.ipmodify {
		return &m.kprobe.ops[1]
	}
	return &m.kprobe.ops[0]
}

// armKprobeFtrace is __arm_kprobe_ftrace.
func (m *Machine) armKprobeFtrace(p *Kprobe) error {
	const fn = "__arm_kprobe_ftrace"
	o := p.opsOf(m)
	if err := m.ftrace.SetFilterIP(o.ops, p.Addr, false); err != nil {
		m.src.WarnOn(true, fn, fmt.Sprintf("Failed to arm kprobe-ftrace at %s (error %d)", m.syms.Format(p.Addr), errnoNumber(err)))
		return err
	}
	if o.users == 0 {
		if err := m.ftrace.Register(o.ops); err != nil {
			m.src.WarnOn(true, fn, fmt.Sprintf("Failed to register kprobe-ftrace (error %d)", errnoNumber(err)))
			_ = m.ftrace.SetFilterIP(o.ops, p.Addr, true) // it was set above
			return err
		}
	}
	o.users++
	return nil
}

// disarmKprobe is disarm_kprobe, where nobody wants it any more.
func (m *Machine) disarmKprobe(p *Kprobe) error {
	if !p.armed || !p.Disabled() && !m.kprobe.off && !p.Gone {
		return nil
	}
	if !p.Ftrace {
		p.armed = false
		return m.pokeByte(p.Addr, p.saved)
	}
	if err := m.disarmKprobeFtrace(p); err != nil {
		return err
	}
	p.armed = false
	return nil
}

// disarmKprobeFtrace is __disarm_kprobe_ftrace.
func (m *Machine) disarmKprobeFtrace(p *Kprobe) error {
	const fn = "__disarm_kprobe_ftrace"
	o := p.opsOf(m)
	if o.users == 1 {
		if err := m.ftrace.Unregister(o.ops); err != nil {
			m.src.WarnOn(true, fn, fmt.Sprintf("Failed to unregister kprobe-ftrace (error %d)", errnoNumber(err)))
			return err
		}
	}
	o.users--
	if err := m.ftrace.SetFilterIP(o.ops, p.Addr, true); err != nil {
		m.src.WarnOn(true, fn, fmt.Sprintf("Failed to disarm kprobe-ftrace at %s (error %d)", m.syms.Format(p.Addr), errnoNumber(err)))
		return err
	}
	return nil
}

func errnoNumber(err error) int { return int(int32(errnoResult(err))) }

// killKprobes is kprobes_module_callback: the probes in a module that goes stay
// registered, but never fire again.
func (m *Machine) killKprobes(module string) {
	for _, p := range m.kprobe.all {
		if sym, ok := m.syms.Lookup(p.Addr); !ok || sym.Module() != module || p.Gone {
			continue
		}
		p.Gone = true
		if p.Ftrace {
			_ = m.disarmKprobe(p) // reported
		}
		p.armed = false
	}
}
