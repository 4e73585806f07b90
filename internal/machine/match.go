package machine

import (
	"strconv"

	"klpemu/ftrace"
)

// MatchRecords is match_records: it adds to a list of call sites those of the
// functions that a pattern names, or with a leading ! takes them out. A module
// restricts that to the functions of a module by a pattern of its own, ! before
// that to all others; an empty one stands for all modules. found says whether
// the pattern named any.
func (m *Machine) MatchRecords(ips []uint64, function string, module *string) (next []uint64, found bool) {
	glob, remove := ftrace.ParseGlob(function)
	matched := map[uint64]bool{}
	var order []uint64
	if n, ok := glob.Index(); ok {
		order = m.recordByIndex(n)
	} else {
		mod := newModuleGlob(module)
		for _, r := range m.ftrace.Records() {
			if r.Flags&ftrace.FlagDisabled == 0 && m.matchRecord(r.IP, glob, mod) {
				order = append(order, r.IP)
			}
		}
	}
	for _, ip := range order {
		matched[ip] = true
	}
	for _, ip := range ips {
		if !matched[ip] {
			next = append(next, ip)
		}
	}
	if !remove {
		next = append(next, order...)
	}
	return next, len(order) > 0
}

// moduleGlob is the module's part of a pattern.
type moduleGlob struct {
	ftrace.Glob
	given, exclude bool
}

func newModuleGlob(module *string) moduleGlob {
	if module == nil {
		return moduleGlob{}
	}
	g, exclude := ftrace.ParseGlob(*module)
	return moduleGlob{g, true, exclude}
}

// matchRecord is ftrace_match_record.
func (m *Machine) matchRecord(ip uint64, glob ftrace.Glob, mod moduleGlob) bool {
	sym, ok := m.syms.Lookup(ip)
	if !ok {
		return false
	}
	if mod.given {
		in := sym.Module() != ""
		if !mod.Empty() {
			in = in && mod.Match(sym.Module())
		}
		if in == mod.exclude {
			return false
		}
		if glob.Empty() {
			return true
		}
	}
	return glob.Match(sym.Name)
}

// recordByIndex is add_rec_by_index: records are counted from 1.
func (m *Machine) recordByIndex(text string) []uint64 {
	n, err := strconv.ParseUint(text, 0, 64)
	recs := m.ftrace.Records()
	if err != nil || n == 0 || n > uint64(len(recs)) {
		return nil
	}
	return []uint64{recs[n-1].IP}
}

// tracersOfModule is process_cached_mods: filters that waited for a module take
// effect.
func (m *Machine) tracersOfModule(name string) {
	_ = m.tracer.ModuleComing(name, func(ips []uint64, function string) []uint64 {
		next, _ := m.MatchRecords(ips, function, &name)
		return next
	}) // ftrace was killed: nothing takes effect any more
}
