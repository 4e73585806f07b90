package ftrace

import (
	"klpemu/internal/errno"
)

// Register is register_ftrace_function. Errors: ENODEV after ftrace_kill, also
// where the kill comes in the middle of it; EBUSY where the ops is registered
// already, is PERMANENT while tracing is switched off, or may modify an ip that
// another ops may modify; EINVAL for IPMODIFY without a filter.
//
// An ops for which no trampoline can be made is served by the common one.
func (f *Ftrace) Register(o *Ops) error {
	if err := f.mayRegister(o); err != nil {
		return err
	}
	if err := f.prepareDirect(o); err != nil {
		return err
	}
	return f.register(o)
}

// register is ftrace_startup.
func (f *Ftrace) register(o *Ops) error {
	sites := f.covered(o)
	if err := f.updateIPModify(o, nil, o.filter); err != nil {
		return err
	}
	if o.Flags&OpsDirect == 0 && o.trampoline == nil {
		if t, err := f.createTrampoline(o, f.OpsFunc(o)); err == nil {
			o.trampoline = t
			o.Flags |= OpsAllocTramp
		}
	}
	f.forget(o)
	f.ops = append([]*Ops{o}, f.ops...)
	o.Flags |= OpsEnabled | OpsInitialized | OpsAdding
	defer func() { o.Flags &^= OpsAdding }()
	for _, r := range sites {
		f.attach(r, o)
	}
	if !f.enabled {
		return nil
	}
	if err := f.update(sites); err != nil {
		f.removeOps(o)
		return errno.ENODEV
	}
	return nil
}

// mayRegister is the checks of __register_ftrace_function and ftrace_startup.
func (f *Ftrace) mayRegister(o *Ops) error {
	const fn = "__register_ftrace_function"
	switch {
	case f.disabled:
		return errno.ENODEV
	case o.Flags&OpsDeleted != 0:
		return errno.EINVAL
	case f.log.WarnOn(o.Flags&OpsEnabled != 0, fn, "ops->flags & FTRACE_OPS_FL_ENABLED"):
		return errno.EBUSY
	case !f.enabled && o.Flags&OpsPermanent != 0:
		return errno.EBUSY
	}
	return nil
}

// Unregister is unregister_ftrace_function: the sites are updated first, then
// it waits for everyone who may still be in the trampoline or the handler.
// Errors: ENODEV after ftrace_kill, EBUSY where the ops is not registered.
func (f *Ftrace) Unregister(o *Ops) error {
	if f.disabled {
		return errno.ENODEV
	}
	const fn = "__unregister_ftrace_function"
	if f.log.WarnOn(o.Flags&OpsEnabled == 0, fn, "!(ops->flags & FTRACE_OPS_FL_ENABLED)") {
		return errno.EBUSY
	}
	sites := f.covered(o)
	f.removeOps(o)
	f.leaving = append(f.leaving, o)
	if o.Flags&OpsDynamic != 0 {
		defer f.forget(o)
	}
	defer f.cleanupDirect(o)
	o.Flags |= OpsRemoving
	defer func() { o.Flags &^= OpsRemoving }()
	f.dropIPModify(o, sites)
	for _, r := range sites {
		f.detach(r, o)
	}
	o.Flags &^= OpsEnabled
	if f.enabled {
		if err := f.update(sites); err != nil {
			return errno.ENODEV
		}
	}
	if o.Flags&OpsDynamic != 0 {
		f.waits.SynchronizeRCUTasksRude()
		f.waits.SynchronizeRCUTasks()
		f.freeTrampoline(o) // of an ops that stays where it is, the trampoline stays, too
	}
	return nil
}

// removeOps is remove_ftrace_ops.
func (f *Ftrace) removeOps(o *Ops) { f.ops = withoutOps(f.ops, o) }

func (f *Ftrace) forget(o *Ops) { f.leaving = withoutOps(f.leaving, o) }

func withoutOps(list []*Ops, o *Ops) []*Ops {
	for i, other := range list {
		if other == o {
			return append(list[:i:i], list[i+1:]...)
		}
	}
	return list
}

// covered returns the usable records that o covers.
func (f *Ftrace) covered(o *Ops) []*Record {
	var recs []*Record
	if len(o.filter) > 0 {
		for _, ip := range o.Filter() {
			if r := f.Record(ip); r != nil && !r.skip() && o.covers(ip) {
				recs = append(recs, r)
			}
		}
		return recs
	}
	for _, t := range f.tables {
		for _, r := range t.recs {
			if !r.skip() && o.covers(r.IP) {
				recs = append(recs, r)
			}
		}
	}
	return recs
}

// attach is ftrace_hash_rec_enable for one record.
func (f *Ftrace) attach(r *Record, o *Ops) {
	r.Flags++
	if o.Flags&OpsDirect != 0 {
		r.Flags |= FlagDirect
	}
	if r.Count() == 1 && f.TrampolineOf(o) != 0 {
		r.Flags |= FlagTramp
	} else {
		r.Flags &^= FlagTramp
	}
	if o.Flags&OpsSaveRegs != 0 {
		r.Flags |= FlagRegs
	}
}

// detach is ftrace_hash_rec_disable for one record. o has left the list, or is
// still on it because only its filter changes.
func (f *Ftrace) detach(r *Record, o *Ops) {
	r.Flags--
	if o.Flags&OpsDirect != 0 {
		r.Flags &^= FlagDirect
	}
	if r.Count() > 0 && o.Flags&OpsSaveRegs != 0 && !f.anySaveRegs(r) {
		r.Flags &^= FlagRegs
	}
	r.Flags &^= FlagTramp
	if r.Count() == 1 {
		if f.otherOps(r, o) != nil {
			r.Flags |= FlagTramp
		}
	}
}

// anySaveRegs is test_rec_ops_needs_regs.
func (f *Ftrace) anySaveRegs(r *Record) bool {
	for _, o := range f.ops {
		if o.Flags&OpsSaveRegs != 0 && o.covers(r.IP) {
			return true
		}
	}
	return false
}

// otherOps is ftrace_find_tramp_ops_any_other: the first ops of a record with a
// trampoline, but o.
func (f *Ftrace) otherOps(r *Record, o *Ops) *Ops {
	for _, other := range f.ops {
		if other != o && f.TrampolineOf(other) != 0 && other.covers(r.IP) {
			return other
		}
	}
	return nil
}

// trampOps is ftrace_find_tramp_ops_any: the ops of a record that has one.
func (f *Ftrace) trampOps(r *Record) *Ops { return f.otherOps(r, nil) }

// EnabledValue is the number in kernel.ftrace_enabled: the one that was written
// last and not refused.
func (f *Ftrace) EnabledValue() int {
	switch {
	case !f.enabled:
		return 0
	case f.value == 0:
		return 1
	}
	return f.value
}

// SetEnabledValue writes the number.
func (f *Ftrace) SetEnabledValue(n int) error {
	if err := f.SetEnabled(n != 0); err != nil {
		return err
	}
	f.value = n
	return nil
}

// SetEnabled is the sysctl kernel.ftrace_enabled. Error: EBUSY where a
// PERMANENT ops is registered, ENODEV after ftrace_kill.
func (f *Ftrace) SetEnabled(on bool) error {
	if f.disabled {
		return errno.ENODEV
	}
	if on == f.enabled {
		return nil
	}
	if !on {
		for _, o := range f.ops {
			if o.Flags&OpsPermanent != 0 {
				return errno.EBUSY
			}
		}
	}
	f.enabled = on
	if err := f.update(f.Records()); err != nil {
		return errno.ENODEV
	}
	return nil
}
