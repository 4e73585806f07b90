package machine

import (
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// This file is what differs in a kernel without CONFIG_LIVEPATCH.

// checkModinfoLivepatch is check_modinfo_livepatch: such a kernel refuses
// modules that are marked as livepatches.
func (m *Machine) checkModinfoLivepatch(mod *Module) error {
	if !m.cfg.NoLivepatch || !mod.Livepatch {
		return nil
	}
	m.printk(trace.Err, mod.Name+": module is marked as livepatch module, but livepatch support is disabled")
	return errno.ENOEXEC
}

// coreExport finds a symbol of the core text that modules may refer to.
func (m *Machine) coreExport(name string) (uint64, bool) {
	if m.cfg.NoLivepatch && strings.HasPrefix(name, "klp_") {
		return 0, false
	}
	addr, ok := m.core[name]
	return addr, ok
}

// HasLivepatch reports CONFIG_LIVEPATCH.
func (m *Machine) HasLivepatch() bool { return !m.cfg.NoLivepatch }
