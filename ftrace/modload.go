package ftrace

import (
	"maps"
	"slices"

	"klpemu/internal/errno"
)

// ModLoad is struct ftrace_mod_load: functions to be added to a filter when
// their module is loaded.
type ModLoad struct{ Func, Module string }

// ModLoads are those of set_ftrace_filter (filter) or set_ftrace_notrace, newest
// first.
func (t *Tracer) ModLoads(filter bool) []ModLoad { return t.mods[index(filter)] }

// ClearModLoads is clear_ftrace_mod_list: the file was opened to be rewritten.
func (t *Tracer) ClearModLoads(filter bool) { t.mods[index(filter)] = nil }

// maxModLoads bounds what waits for modules.
const maxModLoads = 4096

// CacheMod is cache_mod: it keeps a filter whose functions were not found, or
// with remove takes kept ones away. loaded says that the module is there.
// Errors: EINVAL where it is, or where there is nothing to remove.
func (t *Tracer) CacheMod(filter bool, l ModLoad, remove, loaded bool) error {
	list := &t.mods[index(filter)]
	if remove {
		n := len(*list)
		*list = slices.DeleteFunc(slices.Clone(*list), func(old ModLoad) bool {
			return old.Module == l.Module && (l.Func == "*" || old.Func == l.Func)
		})
		if len(*list) == n {
			return errno.EINVAL
		}
		return nil
	}
	switch {
	case loaded:
		return errno.EINVAL
	case len(*list) >= maxModLoads:
		return errno.ENOMEM
	}
	*list = append([]ModLoad{l}, *list...)
	return nil
}

// ModuleComing is process_cached_mods: the filters that waited for a module take
// effect. match adds what a pattern finds in the module to a list of sites.
func (t *Tracer) ModuleComing(module string, match func(ips []uint64, function string) []uint64) error {
	for _, filter := range []bool{true, false} {
		list := &t.mods[index(filter)]
		ips := t.Notrace()
		if filter {
			ips = t.Filter()
		}
		var left []ModLoad
		for _, l := range *list {
			if l.Module != module {
				left = append(left, l)
				continue
			}
			if l.Func == "" {
				l.Func = "*"
			}
			ips = match(ips, l.Func)
		}
		if len(left) == len(*list) {
			continue
		}
		*list = left
		if err := t.SetHash(filter, ips); err != nil {
			return err
		}
	}
	return nil
}

// SetHash replaces a hash of the tracers by a list of sites (ftrace_regex_release);
// filter says which. A filter with no site, but with some that wait for modules,
// covers nothing.
func (t *Tracer) SetHash(filter bool, ips []uint64) error {
	if t.f.disabled {
		return errno.ENODEV
	}
	next := make(hash, len(ips))
	for _, ip := range ips {
		if t.f.Record(ip) != nil {
			next[ip] = true
		}
	}
	if filter && len(t.mods[0]) > 0 {
		next[pending] = true
	}
	for _, o := range []*Ops{t.funcs, t.graph} {
		dst := &o.notrace
		if filter {
			dst = &o.filter
		}
		if err := t.f.moveHash(o, dst, maps.Clone(next)); err != nil {
			return err
		}
	}
	return nil
}

// Filtered reports that set_ftrace_filter is not empty: ftrace_hash_empty of the
// hash of the tracers, the other way round.
func (t *Tracer) Filtered() bool { return len(t.funcs.filter) > 0 }
