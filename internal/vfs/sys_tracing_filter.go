package vfs

import (
	"strings"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

// What a list of functions says when it is empty.
const (
	allEnabled   = "#### all functions enabled ####\n"
	noneDisabled = "#### no functions disabled ####\n"
)

func setHash(filter bool) func(*ftrace.Tracer, []uint64) error {
	return func(t *ftrace.Tracer, ips []uint64) error { return t.SetHash(filter, ips) }
}

// filterFile is set_ftrace_filter, set_ftrace_notrace or set_graph_function:
// what is written is collected, and takes effect when the file is closed
// (ftrace_regex_release, ftrace_graph_release). Opening it with truncation
// begins with an empty list.
func filterFile(m Current, empty string, get func(*ftrace.Tracer) []uint64, set func(*ftrace.Tracer, []uint64) error) Node {
	var next []uint64
	list := func() []uint64 { return get(m().Tracer()) }
	return &DynFile{
		Perm:   0o644,
		OnRead: func() ([]byte, error) { return []byte(filterText(m(), list(), empty)), nil },
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
			if blocked := m().Do("ftrace_regex_release", func() { err = set(m().Tracer(), next) }); blocked != nil {
				return blocked
			}
			return err
		},
	}
}

func filterText(m *machine.Machine, ips []uint64, empty string) string {
	if len(ips) == 0 {
		return empty
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
