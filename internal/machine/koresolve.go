package machine

import (
	"fmt"
	"slices"

	"klpemu/internal/errno"
	"klpemu/internal/kmod"
	"klpemu/internal/trace"
)

// koResolver is resolve_symbol for a .ko: a symbol of the kernel, or one that a
// module exports that is loaded. What other modules supply is held.
func (m *Machine) koResolver(mod *Module) kmod.Resolver {
	return func(name string) (uint64, bool, error) {
		if addr, ok := m.kernelSymbol(name); ok {
			return addr, true, nil
		}
		for _, other := range m.modules {
			if other.State == ModuleUnformed {
				continue
			}
			if addr, ok, err := m.exportTo(mod, other, name); ok || err != nil {
				return addr, ok, err
			}
		}
		return 0, false, nil
	}
}

// kernelSymbol finds a global symbol of the kernel.
func (m *Machine) kernelSymbol(name string) (uint64, bool) {
	if addr, ok := m.globals[name]; ok {
		return addr, true
	}
	addr, ok := m.coreExport(name)
	return addr, ok
}

// exportTo finds a symbol that other supplies to mod, if it may.
func (m *Machine) exportTo(mod, other *Module, name string) (uint64, bool, error) {
	if other.ko == nil {
		addr, ok := other.export(name)
		if ok {
			mod.use(other)
		}
		return addr, ok, nil
	}
	e, ok := other.exports[name]
	if !ok || e.GPL && mod.taints&taintProprietary != 0 {
		return 0, false, nil
	}
	mod.gplOnly = mod.gplOnly || e.GPL
	if !m.inheritTaint(mod, other, name) {
		return 0, false, nil
	}
	if e.Namespace != "" && !slices.Contains(mod.ko.Infos(), "import_ns="+e.Namespace) {
		m.printk(trace.Err, fmt.Sprintf("%s: module uses symbol (%s) from namespace %s, but does not import it.", mod.Name, name, e.Namespace))
		return 0, false, errno.EINVAL
	}
	if other.State == ModuleGoing {
		return 0, false, errno.ENOENT
	}
	mod.use(other)
	return e.Addr, true, nil
}

// inheritTaint is inherit_taint: who uses a proprietary module is one.
func (m *Machine) inheritTaint(mod, owner *Module, name string) bool {
	if owner.taints&taintProprietary == 0 {
		return true
	}
	if mod.gplOnly {
		m.printk(trace.Err, fmt.Sprintf("%s: module using GPL-only symbols uses symbols %s from proprietary module %s.", mod.Name, name, owner.Name))
		return false
	}
	if mod.taints&taintProprietary == 0 {
		m.printk(trace.Warning, fmt.Sprintf("%s: module uses symbols %s from proprietary module %s, inheriting taint.", mod.Name, name, owner.Name))
		mod.setTaints(taintProprietary)
	}
	return true
}

// addExports is verify_exported_symbols, and makes what a .ko exports known.
func (m *Machine) addExports(mod *Module) error {
	mod.exports = make(map[string]kmod.Export)
	for _, e := range mod.ko.Exports() {
		if owner, ok := m.exporter(mod, e.Name); ok {
			m.printk(trace.Err, fmt.Sprintf("%s: exports duplicate symbol %s (owned by %s)", mod.Name, e.Name, owner))
			return errno.ENOEXEC
		}
		if _, ok := mod.exports[e.Name]; !ok {
			mod.exports[e.Name] = e
			mod.globals[e.Name] = e.Addr
		}
	}
	return nil
}

// exporter is who exports a symbol already. What the core text has is not
// looked at: some of it is in modules of a real kernel, such as crc_itu_t.
func (m *Machine) exporter(mod *Module, name string) (string, bool) {
	if _, ok := m.globals[name]; ok {
		return "kernel", true
	}
	for _, other := range m.modules {
		if _, ok := other.export(name); ok && other != mod && other.State != ModuleUnformed {
			return other.Name, true
		}
	}
	return "", false
}
