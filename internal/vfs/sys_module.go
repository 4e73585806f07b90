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
			entries = append(entries, Entry{mod.Name, oneModule(m(), mod)})
		}
		return sorted(entries)
	}}
}

func oneModule(m *machine.Machine, mod *machine.Module) Node {
	entries := []Entry{
		Entry{"coresize", show(func() string { return fmt.Sprintf("%d\n", mod.Size) })},
		Entry{"holders", holdersDir(mod)},
		Entry{"initsize", show(func() string { return "0\n" })},
		Entry{"initstate", show(func() string { return mod.State.String() + "\n" })},
		Entry{"refcnt", show(func() string { return fmt.Sprintf("%d\n", mod.Refs) })},
		Entry{"taint", show(func() string { return mod.Taint + "\n" })},
		Entry{"uevent", &Attr{Perm: 0o200, Store: func([]byte) error { return nil }}},
	}
	if params := paramDir(m, mod); params != nil {
		entries = append(entries, Entry{"parameters", params})
	}
	return dir(0o755, sorted(entries)...)
}

// holdersDir links to the modules that use mod's symbols.
func holdersDir(mod *machine.Module) Node {
	return &DynDir{Perm: 0o755, List: func() []Entry {
		var entries []Entry
		for _, u := range mod.Users() {
			entries = append(entries, Entry{u.Name, &Link{To: "../../" + u.Name}})
		}
		return sorted(entries)
	}}
}

// paramDir has a file for each parameter with a mode; nil where there is none.
func paramDir(m *machine.Machine, mod *machine.Module) Node {
	var entries []Entry
	for _, p := range mod.Params() {
		if p.Perm == 0 {
			continue
		}
		attr := &Attr{Perm: p.Perm, Show: func() ([]byte, error) { return m.ShowParam(p) }}
		if p.Perm&0o222 != 0 {
			attr.Store = func(data []byte) error { return m.StoreParam(p, string(data)) }
		}
		entries = append(entries, Entry{p.Name, attr})
	}
	if entries == nil {
		return nil
	}
	return dir(0o755, sorted(entries)...)
}
