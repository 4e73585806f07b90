package ftrace

import (
	"maps"

	"klpemu/internal/errno"
)

// A hash is struct ftrace_hash: call sites by address. An empty filter hash
// covers every site, an empty notrace hash none.
type hash map[uint64]bool

// SetFilterIP is ftrace_set_filter_ip: it adds ip's call site to the filter of
// o, or removes it. Errors: ENODEV after ftrace_kill, EINVAL where ip is no
// call site, ENOENT where a site to remove is not in the filter; and those of
// SetFilterIPs.
func (f *Ftrace) SetFilterIP(o *Ops, ip uint64, remove bool) error {
	return f.SetFilterIPs(o, []uint64{ip}, remove, false)
}

// SetFilterIPs is ftrace_set_filter_ips: all of the addresses or none. With
// reset the filter is emptied first. The filter of an ops that is registered
// takes effect at once; then EBUSY where a site that is added has another
// IPMODIFY ops, EINVAL where an IPMODIFY ops would be left without a filter.
func (f *Ftrace) SetFilterIPs(o *Ops, ips []uint64, remove, reset bool) error {
	return f.setHash(o, &o.filter, ips, remove, reset)
}

// SetNotraceIPs is the same for the hash of the sites that o never covers. An
// IPMODIFY ops has none: EINVAL.
func (f *Ftrace) SetNotraceIPs(o *Ops, ips []uint64, remove, reset bool) error {
	return f.setHash(o, &o.notrace, ips, remove, reset)
}

// setHash is ftrace_set_hash with ftrace_match_addr.
func (f *Ftrace) setHash(o *Ops, dst *hash, ips []uint64, remove, reset bool) error {
	if f.disabled {
		return errno.ENODEV
	}
	next := hash{}
	if !reset && *dst != nil {
		next = maps.Clone(*dst)
	}
	for _, ip := range ips {
		loc := f.Location(ip)
		switch {
		case loc == 0:
			return errno.EINVAL
		case remove && !next[loc]:
			return errno.ENOENT
		case remove:
			delete(next, loc)
		default:
			next[loc] = true
		}
	}
	return f.moveHash(o, dst, next)
}

// moveHash is ftrace_hash_move and ftrace_ops_update_code: the sites that o
// covers are counted anew, and those that changed are written.
func (f *Ftrace) moveHash(o *Ops, dst *hash, next hash) error {
	if o.Flags&OpsIPModify != 0 && dst == &o.notrace {
		return errno.EINVAL
	}
	if o.Flags&OpsEnabled == 0 {
		*dst = next
		return nil
	}
	if dst == &o.filter {
		if err := f.updateIPModify(o, o.filter, next); err != nil {
			return err
		}
	}
	o.Flags |= OpsModifying
	defer func() { o.Flags &^= OpsModifying }()
	before := f.covered(o)
	for _, r := range before {
		f.detach(r, o)
	}
	*dst = next
	after := f.covered(o)
	for _, r := range after {
		f.attach(r, o)
	}
	if !f.enabled {
		return nil
	}
	if err := f.replaceCode(union(before, after)); err != nil {
		return errno.ENODEV
	}
	return nil
}

// union returns the records of both lists once each.
func union(a, b []*Record) []*Record {
	seen := make(map[*Record]bool, len(a))
	for _, r := range a {
		seen[r] = true
	}
	for _, r := range b {
		if !seen[r] {
			a = append(a, r)
		}
	}
	return a
}

// OpsCmd is enum ftrace_ops_cmd: what a DIRECT ops is asked about an IPMODIFY
// ops on the same function.
type OpsCmd uint8

// The commands of Ops.OpsFunc.
const (
	EnableShareIPModifySelf  OpsCmd = iota // it is being attached where an IPMODIFY ops is
	EnableShareIPModifyPeer                // an IPMODIFY ops is being attached where it is
	DisableShareIPModifyPeer               // that IPMODIFY ops has gone
)

// updateIPModify is __ftrace_hash_update_ipmodify: the records in the one hash
// and not in the other get or lose the flag, all or none.
func (f *Ftrace) updateIPModify(o *Ops, old, next hash) error {
	const fn = "__ftrace_hash_update_ipmodify"
	modifies, direct := o.Flags&OpsIPModify != 0, o.Flags&OpsDirect != 0
	if !modifies && !direct || f.log.WarnOn(modifies && direct, fn, "is_ipmodify && is_direct") {
		return nil
	}
	if len(next) == 0 {
		return errno.EINVAL // every site: not for those that change where a call goes
	}
	var added, removed []*Record
	for _, t := range f.tables {
		for _, r := range t.recs {
			in, was := next[r.IP], old[r.IP]
			if in == was || r.Flags&FlagDisabled != 0 {
				continue
			}
			if !in {
				removed = append(removed, r)
				continue
			}
			if r.Flags&FlagIPModify != 0 {
				if err := shareWithIPModify(o); err != nil {
					return err
				}
			}
			added = append(added, r)
		}
	}
	if !modifies {
		return nil
	}
	for _, r := range added {
		r.Flags |= FlagIPModify
	}
	f.dropIPModify(o, removed)
	return nil
}

// shareWithIPModify decides about a site that has an IPMODIFY ops already.
func shareWithIPModify(o *Ops) error {
	if o.Flags&OpsIPModify != 0 || o.OpsFunc == nil {
		return errno.EBUSY
	}
	return o.OpsFunc(o, EnableShareIPModifySelf)
}

// dropIPModify is ftrace_hash_ipmodify_disable.
func (f *Ftrace) dropIPModify(o *Ops, recs []*Record) {
	if o.Flags&OpsIPModify == 0 {
		return
	}
	for _, r := range recs {
		r.Flags &^= FlagIPModify
	}
}

// prepareDirect is prepare_direct_functions_for_ipmodify: each DIRECT ops on a
// function of o must agree to share it.
func (f *Ftrace) prepareDirect(o *Ops) error {
	for _, d := range f.directPeers(o) {
		if d.OpsFunc == nil {
			return errno.EBUSY
		}
		if err := d.OpsFunc(d, EnableShareIPModifyPeer); err != nil {
			return err
		}
	}
	return nil
}

// cleanupDirect is cleanup_direct_functions_after_ipmodify.
func (f *Ftrace) cleanupDirect(o *Ops) {
	for _, d := range f.directPeers(o) {
		if d.OpsFunc != nil {
			_ = d.OpsFunc(d, DisableShareIPModifyPeer) // cannot be refused
		}
	}
}

// directPeers are the DIRECT ops of the functions that an IPMODIFY ops names,
// one for each function.
func (f *Ftrace) directPeers(o *Ops) []*Ops {
	if o.Flags&OpsIPModify == 0 {
		return nil
	}
	var peers []*Ops
	for _, ip := range o.Filter() {
		for _, d := range f.ops {
			if d.Flags&OpsDirect != 0 && d.covers(ip) {
				peers = append(peers, d)
				break
			}
		}
	}
	return peers
}
