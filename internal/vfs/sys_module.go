package vfs

import (
	"fmt"

	"klpemu/internal/machine"
)

// moduleDir is /sys/module.
func moduleDir(m Current) Node {
	return &DynDir{Perm: 0o755, List: func() []Entry {
		var entries []Entry
		for _, mod := range m().Modules() {
			entries = append(entries, Entry{mod.Name, oneModule(mod)})
		}
		return sorted(entries)
	}}
}

func oneModule(mod *machine.Module) Node {
	return dir(0o755,
		Entry{"coresize", show(func() string { return fmt.Sprintf("%d\n", mod.Size) })},
		Entry{"initstate", show(func() string { return mod.State.String() + "\n" })},
		Entry{"refcnt", show(func() string { return fmt.Sprintf("%d\n", mod.Refs) })},
		Entry{"taint", show(func() string { return mod.Taint + "\n" })},
	)
}
