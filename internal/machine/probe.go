package machine

import (
	"klpemu/cpu"
	"klpemu/internal/kmod"
	"klpemu/internal/obj"
	"klpemu/livepatch"
)

// Probe is what a module asks of the kernel when its init runs.
type Probe struct {
	// Patches are those that init passed to klp_enable_patch. None was enabled.
	Patches []*livepatch.Patch
	// Err says how far the load came: nil up to the end of init.
	Err error

	stubs map[string]uint64
}

// Probe loads a module far enough to see what its init passes to
// klp_enable_patch, which enables nothing then. Functions that are missing
// return 0. The machine is of no other use afterwards.
//
// Init is run, not read: it may build the structures, as patches made by
// kpatch do, or choose between several.
func (m *Machine) Probe(src ModuleSource) *Probe {
	p := &Probe{stubs: map[string]uint64{}}
	m.probe = p
	p.Err = m.Insmod(src)
	return p
}

// Missing functions lie behind each other at the end of module space, where
// modules reach them.
const (
	stubBase  = moduleEnd - 0x100000
	stubCount = 0x100000 / stubStep
	stubStep  = 16
)

// stub is what a missing symbol is resolved to while a module is probed.
func (m *Machine) stub(name string) (uint64, error) {
	p := m.probe
	if addr, ok := p.stubs[name]; ok {
		return addr, nil
	}
	if len(p.stubs) == 0 {
		code := make([]byte, stubCount*stubStep)
		for at := 0; at < len(code); at += stubStep {
			copy(code[at:], "\xf3\x0f\x1e\xfa\x31\xc0\xc3") // endbr64; xor %eax,%eax; ret
		}
		im := &obj.Image{Segments: []obj.Segment{{
			Name: "missing", Addr: stubBase, Size: uint64(len(code)), Data: code, Perm: obj.PermR | obj.PermX,
		}}}
		if err := m.loadImage(im); err != nil {
			return 0, err
		}
	}
	addr := uint64(stubBase) + uint64(len(p.stubs)%stubCount)*stubStep
	p.stubs[name] = addr
	return addr, nil
}

// probing has a resolver supply what is missing, if the module is probed.
func (m *Machine) probing(find kmod.Resolver) kmod.Resolver {
	if m.probe == nil {
		return find
	}
	return func(name string) (uint64, bool, error) {
		addr, ok, err := find(name)
		if ok || err != nil {
			return addr, ok, err
		}
		addr, err = m.stub(name)
		return addr, err == nil, err
	}
}

// probed reports whether klp_enable_patch was only to note p.
func (m *Machine) probed(c *CPU, p *livepatch.Patch) bool {
	if m.probe == nil {
		return false
	}
	if p != nil {
		m.probe.Patches = append(m.probe.Patches, p)
	}
	c.vcpu.SetReg(cpu.RAX, 0)
	return true
}

// Supplies reports whether the kernel exports a symbol.
func (m *Machine) Supplies(name string) bool {
	_, ok := m.kernelSymbol(name)
	return ok
}

// VerMagic is the version magic that the kernel wants of modules.
func (m *Machine) VerMagic() string { return m.koProfile().VerMagic() }
