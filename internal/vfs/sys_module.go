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
		Entry{"coresize", show(func() string { return fmt.Sprintf("%d\n", mod.CoreSize()) })},
		Entry{"holders", holdersDir(mod)},
		Entry{"initsize", show(func() string { return fmt.Sprintf("%d\n", mod.InitSize()) })},
		Entry{"initstate", show(func() string { return mod.State.String() + "\n" })},
		Entry{"refcnt", show(func() string { return fmt.Sprintf("%d\n", mod.Refs) })},
		Entry{"taint", show(func() string { return mod.Taint + "\n" })},
		Entry{"uevent", &Attr{Perm: 0o200, Store: func([]byte) error { return nil }}},
	}
	if sections := mod.Sections(); len(sections) > 0 {
		entries = append(entries, Entry{"sections", sectionsDir(sections)})
	}
	if notes := mod.Notes(); len(notes) > 0 {
		entries = append(entries, Entry{"notes", notesDir(notes)})
	}
	for _, tag := range []string{"version", "srcversion"} {
		if value, ok := mod.Info(tag); ok {
			entries = append(entries, Entry{tag, show(func() string { return value + "\n" })})
		}
	}
	entries = append(entries, kobjectEntries(m, m.ModuleSysfs(mod))...)
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

// sectionsDir is /sys/module/M/sections: where each section went.
func sectionsDir(sections []machine.ModuleSection) Node {
	var entries []Entry
	for _, s := range sections {
		entries = append(entries, Entry{s.Name, &Attr{
			Perm: 0o400,
			Show: func() ([]byte, error) { return fmt.Appendf(nil, "0x%016x\n", s.Addr), nil },
		}})
	}
	return dir(0o755, sorted(entries)...)
}

// notesDir is /sys/module/M/notes: what is in its note sections.
func notesDir(notes []machine.ModuleNote) Node {
	var entries []Entry
	for _, n := range notes {
		entries = append(entries, Entry{n.Name, &Attr{Perm: 0o444, Show: func() ([]byte, error) { return n.Data, nil }}})
	}
	return dir(0o755, sorted(entries)...)
}
