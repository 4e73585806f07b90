package vfs

import (
	"path"
	"strings"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

// filterFile is set_ftrace_filter or set_ftrace_notrace: what is written is
// collected, and takes effect when the file is closed (ftrace_regex_release).
// Opening it with truncation begins with an empty list.
func filterFile(m Current, filter bool) Node {
	var next []uint64
	list := func() []uint64 {
		if filter {
			return m().Tracer().Filter()
		}
		return m().Tracer().Notrace()
	}
	return &DynFile{
		Perm:   0o644,
		OnRead: func() ([]byte, error) { return []byte(filterText(m(), list(), filter)), nil },
		OnOpen: func(f Flag) error {
			next = nil
			if f&Trunc == 0 {
				next = list()
			}
			return nil
		},
		OnWrite: func(data []byte) (err error) {
			for _, word := range strings.Fields(string(data)) {
				if next, err = matchRecords(m(), next, word); err != nil {
					return err
				}
			}
			return nil
		},
		OnClose: func(f Flag) (err error) {
			if !f.Writes() {
				return nil
			}
			if blocked := m().Do("ftrace_regex_release", func() { err = m().Tracer().SetHash(filter, next) }); blocked != nil {
				return blocked
			}
			return err
		},
	}
}

func filterText(m *machine.Machine, ips []uint64, filter bool) string {
	switch {
	case len(ips) > 0:
	case filter:
		return "#### all functions enabled ####\n"
	default:
		return "#### no functions disabled ####\n"
	}
	chosen := make(map[uint64]bool, len(ips))
	for _, ip := range ips {
		chosen[ip] = true
	}
	var b strings.Builder
	for _, r := range m.Ftrace().Records() {
		if chosen[r.IP] {
			b.WriteString(recordName(m, r) + "\n")
		}
	}
	return b.String()
}

// matchRecords is ftrace_process_regex and match_records: GLOB, !GLOB or
// GLOB:mod:MODULE adds sites to a list or takes them out. EINVAL: nothing
// matches, or the command is not known.
func matchRecords(m *machine.Machine, ips []uint64, word string) ([]uint64, error) {
	glob, command, ok := strings.Cut(word, ":")
	module := ""
	if ok {
		if module, ok = strings.CutPrefix(command, "mod:"); !ok || module == "" {
			return ips, errno.EINVAL
		}
	}
	glob, remove := strings.CutPrefix(glob, "!")
	if glob == "" {
		glob = "*"
	}
	matched := map[uint64]bool{}
	var added []uint64
	for _, r := range m.Ftrace().Records() {
		if r.Flags&ftrace.FlagDisabled != 0 || !matchRecord(m, r, glob, module) {
			continue
		}
		matched[r.IP] = true
		added = append(added, r.IP)
	}
	if len(matched) == 0 {
		return ips, errno.EINVAL
	}
	kept := ips[:0:0]
	for _, ip := range ips {
		if !matched[ip] {
			kept = append(kept, ip)
		}
	}
	if remove {
		return kept, nil
	}
	return append(kept, added...), nil
}

// matchRecord is ftrace_match_record. A module of * is any module, !NAME any
// place but that module.
func matchRecord(m *machine.Machine, r *ftrace.Record, glob, module string) bool {
	sym, ok := m.Symtab().Lookup(r.IP)
	if !ok {
		return false
	}
	if module != "" {
		name, exclude := strings.CutPrefix(module, "!")
		in := sym.Module() != "" && matchGlob(name, sym.Module())
		if in == exclude {
			return false
		}
	}
	return matchGlob(glob, sym.Name)
}

func matchGlob(glob, name string) bool {
	ok, err := path.Match(glob, name)
	return ok && err == nil
}
