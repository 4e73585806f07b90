package vfs

import (
	"sort"

	"klpemu/internal/machine"
	"klpemu/livepatch"
)

// livepatchDir is /sys/kernel/livepatch
// (Documentation/ABI/testing/sysfs-kernel-livepatch).
func livepatchDir(m Current) Node {
	return &DynDir{Perm: 0o755, List: func() []Entry {
		var entries []Entry
		for _, p := range m().Klp().Dirs() {
			entries = append(entries, Entry{p.Mod, patchDir(m(), p)})
		}
		return sorted(entries)
	}}
}

func sorted(entries []Entry) []Entry {
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name })
	return entries
}

// patchDir is the directory of one patch.
func patchDir(m *machine.Machine, p *livepatch.Patch) Node {
	entries := []Entry{
		{"enabled", &Attr{
			Perm:  0o644,
			Show:  func() ([]byte, error) { return []byte(boolText(p.Enabled)), nil },
			Store: storeBool(m, "enabled_store", func(on bool) error { return m.Klp().Store(p, on) }),
		}},
		{"force", &Attr{
			Perm:  0o200,
			Store: storeBool(m, "force_store", func(on bool) error { return m.Klp().StoreForce(p, on) }),
		}},
		{"replace", show(func() string { return boolText(p.Replace) })},
		{"transition", show(func() string { return boolText(m.Klp().TransitionPatch() == p) })},
	}
	for _, o := range p.Objects {
		if o.InSysfs() {
			entries = append(entries, Entry{o.DirName(), objectDir(o)})
		}
	}
	return &DynDir{Perm: 0o755, List: func() []Entry { return sorted(entries) }}
}

// objectDir is the directory of one object of a patch.
func objectDir(o *livepatch.Object) Node {
	entries := []Entry{{"patched", show(func() string { return boolText(o.Patched) })}}
	for _, f := range o.Funcs {
		entries = append(entries, Entry{f.DirName(), dir(0o755)})
	}
	return &DynDir{Perm: 0o755, List: func() []Entry { return sorted(entries) }}
}

// storeBool makes a store function that reads a bool and runs store as kernel
// work of the shell's task.
func storeBool(m *machine.Machine, name string, store func(bool) error) func([]byte) error {
	return func(data []byte) error {
		on, err := parseBool(data)
		if err != nil {
			return err
		}
		if blocked := m.Do(name, func() { err = store(on) }); blocked != nil {
			return blocked
		}
		return err
	}
}
