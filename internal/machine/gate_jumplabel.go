package machine

import (
	"klpemu/cpu"
	"klpemu/internal/kmod"
)

// jumpLabelGates are the gates of kernel/jump_label.c and
// kernel/static_call_inline.c. The places that depend on a key are those of the
// modules that are loaded; their bytes change in one step.
func jumpLabelGates() []gate {
	key := func(f func(m *Machine, key uint64) error) func(*Machine, *CPU, *Task) error {
		return func(m *Machine, c *CPU, _ *Task) error { return f(m, c.vcpu.Reg(cpu.RDI)) }
	}
	inc := func(slow bool) func(*Machine, *CPU, *Task) error {
		return func(m *Machine, c *CPU, _ *Task) error {
			ok, err := m.staticKeyInc(c.vcpu.Reg(cpu.RDI), slow)
			c.vcpu.SetReg(cpu.RAX, map[bool]uint64{true: 1}[ok])
			return err
		}
	}
	return []gate{
		{"static_key_count", (*Machine).gateStaticKeyCount},
		{"static_key_fast_inc_not_disabled", inc(false)},
		{"static_key_slow_inc", inc(true)},
		{"static_key_slow_inc_cpuslocked", inc(true)},
		{"static_key_slow_dec", key((*Machine).staticKeyDec)},
		{"static_key_slow_dec_cpuslocked", key((*Machine).staticKeyDec)},
		{"static_key_enable", key((*Machine).staticKeyEnable)},
		{"static_key_enable_cpuslocked", key((*Machine).staticKeyEnable)},
		{"static_key_disable", key((*Machine).staticKeyDisable)},
		{"static_key_disable_cpuslocked", key((*Machine).staticKeyDisable)},
		{"__static_call_update", (*Machine).gateStaticCallUpdate},
	}
}

func (m *Machine) gateStaticKeyCount(c *CPU, _ *Task) error {
	n, err := m.load32(c.vcpu.Reg(cpu.RDI))
	if int32(n) < 0 {
		n = 1 // it is being enabled
	}
	c.vcpu.SetReg(cpu.RAX, uint64(n))
	return err
}

// staticKeyInc is static_key_slow_inc, or only its fast path.
func (m *Machine) staticKeyInc(key uint64, slow bool) (bool, error) {
	n, err := m.load32(key)
	switch {
	case err != nil:
		return false, err
	case int32(n) > 0:
		if int32(n+1) < 0 {
			return false, nil
		}
		return true, m.store32(key, n+1)
	case n == 0 && slow:
		return true, m.setStaticKey(key, 1)
	}
	return false, nil
}

// staticKeyDec is static_key_slow_dec.
func (m *Machine) staticKeyDec(key uint64) error {
	n, err := m.load32(key)
	switch {
	case err != nil:
		return err
	case m.src.WarnOn(int32(n) <= 0, "static_key_slow_try_dec", "jump label: negative count!"):
		return nil
	case n > 1:
		return m.store32(key, n-1)
	}
	return m.setStaticKey(key, 0)
}

func (m *Machine) staticKeyEnable(key uint64) error {
	n, err := m.load32(key)
	switch {
	case err != nil:
		return err
	case int32(n) > 0:
		m.src.WarnOn(n != 1, "static_key_enable_cpuslocked", "atomic_read(&key->enabled) != 1")
		return nil
	}
	return m.setStaticKey(key, 1)
}

func (m *Machine) staticKeyDisable(key uint64) error {
	n, err := m.load32(key)
	switch {
	case err != nil:
		return err
	case n != 1:
		m.src.WarnOn(n != 0, "static_key_disable_cpuslocked", "atomic_read(&key->enabled) != 0")
		return nil
	}
	return m.setStaticKey(key, 0)
}

// setStaticKey writes a key and changes the code that depends on it
// (jump_label_update).
func (m *Machine) setStaticKey(key uint64, v uint32) error {
	if err := m.store32(key, v); err != nil {
		return err
	}
	c := m.kmodCPU()
	for _, mod := range m.modules {
		for _, e := range mod.jumps {
			if e.Key != key || e.Init && mod.freed != nil {
				continue
			}
			if err := mod.ko.SetJump(c, e, v != 0); err != nil {
				return err
			}
		}
	}
	m.syncCores()
	return nil
}

// gateStaticCallUpdate is __static_call_update(key, tramp, func).
func (m *Machine) gateStaticCallUpdate(c *CPU, _ *Task) error {
	v := c.vcpu
	key, tramp, fn := v.Reg(cpu.RDI), v.Reg(cpu.RSI), v.Reg(cpu.RDX)
	old, err := m.mem.Load(key, 8)
	if err != nil || old == fn {
		return err
	}
	if err := m.mem.Store(key, 8, fn); err != nil {
		return err
	}
	code, owner := m.kmodCPU(), (*kmod.Module)(nil)
	for _, mod := range m.modules {
		if mod.ko == nil {
			continue
		}
		owner = mod.ko
		if err := mod.ko.UpdateStaticCalls(code, key, fn); err != nil {
			return err
		}
	}
	if tramp != 0 && owner != nil {
		if err := owner.UpdateTrampoline(code, tramp, fn); err != nil {
			return err
		}
	}
	m.syncCores()
	return nil
}
