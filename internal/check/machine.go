package check

import (
	"strings"

	"klpemu/internal/machine"
	"klpemu/internal/symtab"
)

// Machine is a booted machine as a kernel to check against.
type Machine struct {
	Title string
	M     *machine.Machine
}

// Name is what the report calls the kernel.
func (k Machine) Name() string { return k.Title }

// VerMagic is the version magic that modules must have.
func (k Machine) VerMagic() string { return k.M.VerMagic() }

// Release is its first word.
func (k Machine) Release() string {
	release, _, _ := strings.Cut(k.M.VerMagic(), " ")
	return release
}

// Exports reports whether modules may use a symbol: one of the kernel's, or of
// a module that is loaded.
func (k Machine) Exports(name string) bool {
	if k.M.Supplies(name) {
		return true
	}
	for _, r := range k.M.Symtab().ByName(name) {
		if r.Object != symtab.Vmlinux && r.Type < 'a' {
			return true
		}
	}
	return false
}

// Object is vmlinux or a loaded module.
func (k Machine) Object(name string) Object {
	if name == "" {
		return machineObject{k.M, symtab.Vmlinux}
	}
	if k.M.Module(name) == nil {
		return nil
	}
	return machineObject{k.M, name}
}

type machineObject struct {
	m    *machine.Machine
	name string
}

func (o machineObject) Symbols(name string) []Symbol {
	var out []Symbol
	for _, r := range o.m.Symtab().ByName(name) {
		if r.Object == o.name {
			out = append(out, Symbol{r.Name, r.Addr, r.Size, r.Func})
		}
	}
	return out
}

func (o machineObject) CallSite(fn Symbol) Site {
	at := o.m.Ftrace().Location(fn.Addr)
	return Site{Known: true, Found: at != 0, Addr: at}
}
