package machine

import (
	"fmt"
	"slices"

	"klpemu/internal/trace"
)

// taintModule is add_taint_module. A module's letters are those of its flags.
func (m *Machine) taintModule(mod *Module, flag uint32) {
	m.addTaint(flag, flag&(taintProprietary|taintForcedLoad) != 0)
	mod.setTaints(flag)
}

func (mod *Module) setTaints(flag uint32) {
	mod.taints |= flag
	mod.Taint = ""
	for bit := range taintFlags {
		if mod.taints>>bit&1 != 0 {
			mod.Taint += taintFlags[bit : bit+1]
		}
	}
}

func (m *Machine) taintLivepatch(mod *Module) {
	first := m.taint&taintLivepatch == 0
	m.taintModule(mod, taintLivepatch)
	if first {
		m.printk(trace.Notice, mod.Name+": tainting kernel with TAINT_LIVEPATCH")
	}
}

// taintKo is module_augment_kernel_taints. Modules are built with retpolines or
// not: the CPU needs none. No key of a signer is known, so every module counts
// as one whose signature could not be verified.
func (m *Machine) taintKo(mod *Module) {
	first := func(flag uint32, format string, args ...any) {
		if m.taint&flag == 0 {
			m.printk(trace.Warning, fmt.Sprintf(format, args...))
		}
	}
	info := func(tag string) bool {
		_, ok := mod.ko.Info(tag)
		return ok
	}
	wasProprietary := m.taint&taintProprietary != 0
	if !info("intree") {
		first(taintOutOfTree, "%s: loading out-of-tree module taints kernel.", mod.Name)
		m.taintModule(mod, taintOutOfTree)
	}
	if info("staging") {
		m.taintModule(mod, taintStaging)
		m.printk(trace.Warning, mod.Name+": module is from the staging directory, the quality is unknown, you have been warned.")
	}
	if mod.Livepatch {
		m.taintLivepatch(mod)
	}
	license, ok := mod.ko.Info("license")
	if !ok {
		license = "unspecified"
	}
	if !slices.Contains(gplLicenses(), license) {
		first(taintProprietary, "%s: module license '%s' taints kernel.", mod.Name, license)
		m.taintModule(mod, taintProprietary)
	}
	if info("test") {
		first(taintTest, "%s: loading test module taints kernel.", mod.Name)
		m.taintModule(mod, taintTest)
	}
	if m.taint&taintUnsigned == 0 {
		m.printk(trace.Notice, mod.Name+": module verification failed: signature and/or required key missing - tainting kernel")
	}
	m.taintModule(mod, taintUnsigned)
	switch mod.Name {
	case "ndiswrapper":
		m.addTaint(taintProprietary, true)
	case "driverloader", "lve":
		m.taintModule(mod, taintProprietary)
	}
	if !wasProprietary && m.taint&taintProprietary != 0 {
		m.printk(trace.Warning, mod.Name+": module license taints kernel.")
	}
}

// gplLicenses are those of license_is_gpl_compatible.
func gplLicenses() []string {
	return []string{"GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"}
}
