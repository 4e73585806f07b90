package machine

import (
	"debug/elf"
	"encoding/binary"
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/errno"
	"klpemu/internal/obj"
	"klpemu/internal/trace"
	"klpemu/livepatch"
)

// klpGuest is the core's view of guest memory.
type klpGuest struct{ m *Machine }

func (k klpGuest) Alloc(size uint64) uint64 { return k.m.alloc(size) }
func (k klpGuest) Free(addr uint64)         { k.m.release(addr) }

func (k klpGuest) FreeLater(addr uint64) {
	k.m.queueWork("kfree_rcu_work", func() { k.m.release(addr) })
}

// Store writes a field. A structure that cannot be written, such as a const
// one, is where a kernel would have oopsed.
func (k klpGuest) Store(addr uint64, size int, v uint64) {
	if err := k.m.mem.Store(addr, size, v); err != nil {
		k.m.src.WarnOn(true, "klp_enable_patch", fmt.Sprintf("a livepatch structure cannot be written: %v", err))
	}
}

func (k klpGuest) StoreString(addr uint64, text string) {
	if err := k.m.mem.Write(addr, append([]byte(text), 0)); err != nil {
		k.m.src.WarnOn(true, "kstrdup", err.Error())
	}
}

func (k klpGuest) Call(fn uint64, args ...uint64) int32 {
	ret, err := k.m.callGuest(fn, args...)
	if err != nil {
		k.m.failures = append(k.m.failures, err)
		return -int32(errno.EFAULT)
	}
	return int32(ret)
}

func (k klpGuest) Module(name string) uint64 {
	if mod := k.m.module(name); mod != nil {
		return mod.addr
	}
	return 0
}

func (k klpGuest) Hash(addr uint64) string { return k.m.formatPointer(addr) }

// klpRelocator is arch/x86/kernel/module.c for livepatch relocations.
type klpRelocator struct{ m *Machine }

// WriteRelocs is write_relocate_add: a place must hold zeros before a
// relocation is applied, and what was written before it is cleared.
func (k klpRelocator) WriteRelocs(mod string, s *livepatch.RelaSection, apply bool) error {
	for _, r := range s.Relocs {
		rel := obj.LivepatchReloc{Addr: r.Loc, Type: elf.R_X86_64(r.Type), Addend: r.Addend}
		if rel.Type == elf.R_X86_64_NONE {
			continue
		}
		value, size, err := rel.Apply(r.Sym.Value)
		if err != nil {
			text := err.Error()
			if size == 0 {
				text = fmt.Sprintf("module: %s: Unknown rela relocation: %d", mod, r.Type)
			} else {
				text = "module: " + text + "\nmodule: `" + mod + "' likely not compiled with -mcmodel=kernel"
			}
			k.m.printk(trace.Err, text)
			return errno.ENOEXEC
		}
		if err := k.writeReloc(r, value, size, apply); err != nil {
			return err
		}
	}
	return nil
}

func (k klpRelocator) writeReloc(r livepatch.Rela, value uint64, size int, apply bool) error {
	const invalid = "module: x86/modules: Invalid relocation target, existing value "
	old, err := k.m.mem.Load(r.Loc, size)
	if err != nil {
		return errno.ENOEXEC
	}
	mask := ^uint64(0) >> (64 - 8*size)
	at := fmt.Sprintf("for type %d, loc %s, val %x", r.Type, k.m.formatPointer(r.Loc), value)
	switch {
	case apply && old != 0:
		k.m.printk(trace.Err, invalid+"is nonzero "+at)
		return errno.ENOEXEC
	case !apply && old != value&mask:
		k.m.printk(trace.Warning, invalid+"does not match expected value "+at)
		return errno.ENOEXEC
	case !apply:
		value = 0
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], value)
	if k.m.mem.Poke(r.Loc, b[:size]) != nil {
		return errno.ENOEXEC
	}
	return nil
}

// livepatchRelas collects a module's .klp.rela.* sections (copy_module_elf).
func livepatchRelas(files []*obj.File, im *obj.Image) []*livepatch.RelaSection {
	var relas []*livepatch.RelaSection
	for _, f := range files {
		syms := make(map[*obj.FileSymbol]*livepatch.RelaSymbol)
		for _, s := range f.Sections {
			if s.Flags&obj.FlagRelaLivepatch == 0 {
				continue
			}
			rs := &livepatch.RelaSection{Name: s.Name}
			for _, r := range im.LivepatchRelocs(f, s) {
				sym := syms[r.Sym]
				if sym == nil {
					sym = &livepatch.RelaSymbol{Name: r.Sym.Name, Livepatch: r.Sym.Section == obj.SectionLivepatch}
					syms[r.Sym] = sym
				}
				rs.Relocs = append(rs.Relocs, livepatch.Rela{Loc: r.Addr, Type: uint32(r.Type), Addend: r.Addend, Sym: sym})
			}
			relas = append(relas, rs)
		}
	}
	return relas
}

// klpGates are the exported functions of kernel/livepatch.
func klpGates() []gate {
	return []gate{
		{"klp_enable_patch", (*Machine).gateEnablePatch},
		{"klp_get_state", (*Machine).gateGetState},
		{"klp_get_prev_state", (*Machine).gateGetPrevState},
		{"klp_shadow_get", (*Machine).gateShadowGet},
		{"klp_shadow_alloc", shadowAllocGate((*livepatch.Core).ShadowAlloc)},
		{"klp_shadow_get_or_alloc", shadowAllocGate((*livepatch.Core).ShadowGetOrAlloc)},
		{"klp_shadow_free", (*Machine).gateShadowFree},
		{"klp_shadow_free_all", (*Machine).gateShadowFreeAll},
	}
}

// gateWork runs a gate that may block or call guest code: as a coroutine of
// the task, whose result goes to %rax.
func (m *Machine) gateWork(t *Task, name string, work func() uint64) {
	m.begin(t, name, func() {
		ret := work()
		m.cpus[t.cpu].vcpu.SetReg(cpu.RAX, ret)
	})
}

// errnoResult is what a kernel function returns for err: 0 or -errno.
func errnoResult(err error) uint64 {
	if err == nil {
		return 0
	}
	e, ok := errno.Of(err)
	if !ok {
		e = errno.EINVAL
	}
	return uint64(-int64(e))
}

func (m *Machine) gateEnablePatch(c *CPU, t *Task) error {
	p, err := m.readPatch(c.vcpu.Reg(cpu.RDI))
	if err != nil {
		return err
	}
	if m.probed(c, p) {
		return nil
	}
	m.gateWork(t, "klp_enable_patch", func() uint64 { return errnoResult(m.klp.Enable(p)) })
	return nil
}

// gateGetState is klp_get_state(patch, id): it reads the guest's own array.
func (m *Machine) gateGetState(c *CPU, t *Task) error {
	p := &livepatch.Patch{}
	if err := m.readStates(p, c.vcpu.Reg(cpu.RDI)); err != nil {
		return err
	}
	c.vcpu.SetReg(cpu.RAX, p.StateAddr(c.vcpu.Reg(cpu.RSI)))
	return nil
}

func (m *Machine) gateGetPrevState(c *CPU, t *Task) error {
	c.vcpu.SetReg(cpu.RAX, m.klp.PrevStateAddr(c.vcpu.Reg(cpu.RDI)))
	return nil
}

func (m *Machine) gateShadowGet(c *CPU, t *Task) error {
	c.vcpu.SetReg(cpu.RAX, m.klp.ShadowGet(c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI)))
	return nil
}

// shadowAllocGate is alloc(obj, id, size, gfp_flags, ctor, ctor_data).
func shadowAllocGate(alloc func(*livepatch.Core, livepatch.ShadowSpec) uint64) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		v := c.vcpu
		spec := livepatch.ShadowSpec{
			Obj: v.Reg(cpu.RDI), ID: v.Reg(cpu.RSI), Size: v.Reg(cpu.RDX), Ctor: v.Reg(cpu.R8), CtorData: v.Reg(cpu.R9),
		}
		m.gateWork(t, "klp_shadow_alloc", func() uint64 { return alloc(m.klp, spec) })
		return nil
	}
}

func (m *Machine) gateShadowFree(c *CPU, t *Task) error {
	o, id, dtor := c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI), c.vcpu.Reg(cpu.RDX)
	m.gateWork(t, "klp_shadow_free", func() uint64 {
		m.klp.ShadowFree(o, id, dtor)
		return 0
	})
	return nil
}

func (m *Machine) gateShadowFreeAll(c *CPU, t *Task) error {
	id, dtor := c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI)
	m.used += uint64(m.klp.ShadowCount()) // the walk takes time
	m.gateWork(t, "klp_shadow_free_all", func() uint64 {
		m.klp.ShadowFreeAll(id, dtor)
		return 0
	})
	return nil
}
