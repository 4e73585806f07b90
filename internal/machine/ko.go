package machine

import (
	"fmt"

	"klpemu/cpu"
	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/kmod"
	"klpemu/internal/trace"
	"klpemu/livepatch"
)

// layoutKo is load_module for a .ko, up to the time the module lies in memory
// with its symbols resolved and its relocations applied. What it has taken by
// then it gives back when it fails.
func (m *Machine) layoutKo(file []byte) (*Module, error) {
	ko, err := kmod.Open(file, m.printk)
	if err != nil {
		return nil, err
	}
	mod := &Module{Name: ko.Name, State: ModuleUnformed, ko: ko, globals: map[string]uint64{}}
	forced, err := ko.Check(m.koProfile())
	if err != nil {
		return nil, err
	}
	for _, reason := range forced {
		if m.taint&taintForcedLoad == 0 {
			m.printk(trace.Warning, fmt.Sprintf("%s: %s: kernel tainted.", mod.Name, reason))
		}
		m.taintModule(mod, taintForcedLoad)
	}
	mod.Livepatch = ko.Livepatch()
	if err := m.checkModinfoLivepatch(mod); err != nil {
		return nil, err
	}
	switch {
	case m.module(mod.Name) != nil:
		return nil, errno.EEXIST
	case mod.Name == vmlinux: // its symbols are there; the refusal is livepatch's
		return nil, m.klp.ModuleComing(mod.Name)
	}
	if mod.own, err = readLayout(m.profile, ko.Name, file); err != nil {
		return nil, err
	}
	if err := ko.Layout(); err != nil {
		return nil, err
	}
	m.modules = append([]*Module{mod}, m.modules...)
	if err := m.placeKo(mod); err != nil {
		m.dropModule(mod)
		return nil, err
	}
	return mod, nil
}

// koProfile is the kernel that the machine is to modules built for a real one.
func (m *Machine) koProfile() *kmod.Profile {
	p := kmod.Debian()
	for _, f := range []struct {
		to   *uint64
		name string
	}{{&p.InitAt, "module.init"}, {&p.ExitAt, "module.exit"}} {
		if v, ok := m.profile.Offset(f.name); ok {
			*f.to = v
		}
	}
	return p
}

// placeKo gives the module its memory and fills it.
func (m *Machine) placeKo(mod *Module) error {
	ko := mod.ko
	var bases [kmod.MemTypes]uint64
	for t := range ko.Mem {
		if ko.Mem[t].Size == 0 {
			continue
		}
		at, err := m.modspace.get(ko.Mem[t].Size)
		if err != nil {
			return &LoadError{errno.ENOMEM, err}
		}
		bases[t] = at
		mod.spaces = append(mod.spaces, at)
	}
	ko.Place(bases)
	mod.Base = ko.Mem[kmod.Text].Base
	m.taintKo(mod)
	if err := m.percpuKo(mod); err != nil {
		return err
	}
	err := ko.Resolve(m.probing(m.koResolver(mod)))
	m.holdUsed(mod)
	if err != nil {
		return err
	}
	if err := ko.Relocate(func(addr uint64) string { return m.formatPointer(addr) }); err != nil {
		return err
	}
	if mod.relas, err = koRelas(ko); err != nil {
		return err
	}
	mod.image = ko.Image()
	if err := m.loadImage(mod.image); err != nil {
		return &LoadError{errno.ENOMEM, err}
	}
	mod.addr = ko.Struct()
	mod.init, mod.exit = ko.InitExit(m.koProfile())
	m.storeModule(mod)
	return nil
}

// percpuKo is percpu_modalloc and percpu_modcopy.
func (m *Machine) percpuKo(mod *Module) error {
	size, align := mod.ko.PercpuSize()
	if size == 0 {
		return nil
	}
	if align > pageSize {
		m.printk(trace.Warning, fmt.Sprintf("%s: per-cpu alignment %d > %d", mod.Name, align, pageSize))
		align = pageSize
	}
	if mod.percpu = m.allocPercpu(size, align); mod.percpu == 0 {
		m.printk(trace.Warning, fmt.Sprintf("%s: Could not allocate %d bytes percpu data", mod.Name, size))
		return errno.ENOMEM
	}
	mod.ko.SetPercpu(mod.percpu)
	m.fillPercpu(mod.percpu, mod.ko.PercpuData())
	return nil
}

// koRelas turns the sections of livepatch relocations into those of the core.
func koRelas(ko *kmod.Module) ([]*livepatch.RelaSection, error) {
	sections, err := ko.LivepatchSections()
	if err != nil {
		return nil, err
	}
	var relas []*livepatch.RelaSection
	syms := make(map[*kmod.Symbol]*livepatch.RelaSymbol)
	for _, s := range sections {
		rs := &livepatch.RelaSection{Name: s.Name}
		for _, r := range s.Relocs {
			sym := syms[r.Sym]
			if sym == nil {
				sym = &livepatch.RelaSymbol{Name: r.Sym.Name, Livepatch: r.Sym.Livepatch()}
				syms[r.Sym] = sym
			}
			rs.Relocs = append(rs.Relocs, livepatch.Rela{Loc: r.Addr, Type: uint32(r.Type), Addend: r.Addend, Sym: sym})
		}
		relas = append(relas, rs)
	}
	return relas, nil
}

// finalizeKo is post_relocation for a .ko. It returns the module's call sites,
// of every module.
func (m *Machine) finalizeKo(mod *Module) ([]ftrace.Site, error) {
	if mod.ko == nil {
		return sites(mod.image), nil
	}
	if err := mod.ko.Finalize(m.kmodCPU()); err != nil {
		return nil, err
	}
	listed, err := mod.ko.CallSites()
	if err != nil {
		return nil, err
	}
	callSites := make([]ftrace.Site, len(listed))
	for i, ip := range listed {
		callSites[i] = ftrace.Site{IP: ip}
	}
	return callSites, m.addExports(mod)
}

// kmodCPU is what a module's code is patched for.
func (m *Machine) kmodCPU() kmod.CPU {
	thunks := make(map[uint64]cpu.Reg)
	for i, reg := range []string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"} {
		if addr, ok := m.core["__x86_indirect_thunk_"+reg]; ok {
			thunks[addr] = cpu.Reg(i)
		}
	}
	return kmod.CPU{
		Mem: m.mem,
		Has: kmod.Features(cpu.CPUID),
		Thunk: func(addr uint64) (cpu.Reg, bool) {
			reg, ok := thunks[addr]
			return reg, ok
		},
		ReturnThunk: m.core["__x86_return_thunk"],
		Return0:     m.core["__static_call_return0"],
		Possible:    len(m.cpus),
		IsText:      m.isText,
		Warn:        func(function, condition string) { m.src.WarnOn(true, function, condition) },
	}
}

// enableKo is what jump_label.c and static_call_inline.c do when a module comes.
func (m *Machine) enableKo(mod *Module) error {
	if mod.ko == nil {
		return nil
	}
	c := m.kmodCPU()
	var err error
	if mod.jumps, err = mod.ko.JumpEntries(c); err != nil {
		return err
	}
	if err := mod.ko.EnableJumps(c, mod.jumps); err != nil {
		return err
	}
	return mod.ko.StaticCalls(c)
}
