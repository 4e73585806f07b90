package vfs

import "klpemu/internal/machine"

// kobjectEntries is what guest code has made in a directory of sysfs, in the
// order of names.
func kobjectEntries(m *machine.Machine, d *machine.SysfsDir) []Entry {
	if d == nil {
		return nil
	}
	var entries []Entry
	for _, sub := range d.Dirs {
		entries = append(entries, Entry{sub.Name, kobjectDir(m, sub)})
	}
	for _, f := range d.Files {
		attr := &Attr{Perm: f.Mode}
		if f.Readable {
			attr.Show = func() ([]byte, error) { return m.ReadSysfs(f) }
		}
		if f.Writable {
			attr.Store = func(data []byte) error { return m.WriteSysfs(f, data) }
		}
		entries = append(entries, Entry{f.Name, attr})
	}
	return sorted(entries)
}

func kobjectDir(m *machine.Machine, d *machine.SysfsDir) Node {
	return &DynDir{Perm: 0o755, List: func() []Entry { return kobjectEntries(m, d) }}
}

// withKobjects is a directory of the machine's own with what guest code has
// made beside it.
func withKobjects(m Current, made func(*machine.Machine) *machine.SysfsDir, own ...Entry) *DynDir {
	return &DynDir{Perm: 0o755, List: func() []Entry {
		entries := append([]Entry(nil), own...)
		for _, e := range kobjectEntries(m(), made(m())) {
			if !hasEntry(own, e.Name) {
				entries = append(entries, e)
			}
		}
		return sorted(entries)
	}}
}

func hasEntry(entries []Entry, name string) bool {
	for _, e := range entries {
		if e.Name == name {
			return true
		}
	}
	return false
}
