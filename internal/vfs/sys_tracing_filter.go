package vfs

import (
	"strings"

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
	added := m.MatchSites(glob, module)
	matched := make(map[uint64]bool, len(added))
	for _, ip := range added {
		matched[ip] = true
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
