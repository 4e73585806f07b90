package ftrace

import (
	"encoding/binary"
)

// update is ftrace_modify_all_code for the records that may have changed: the
// common trampolines go to the list function first, then the sites change,
// then the trampolines learn their final function. A site never calls a
// function that does not filter for it.
func (f *Ftrace) update(recs []*Record) error {
	final, op := f.traceFunction()
	changed := final != f.called
	if changed {
		if err := f.updateFunc(f.listFunc); err != nil {
			return err
		}
	}
	if err := f.replaceCode(recs); err != nil {
		return err
	}
	f.called = final
	if !changed || final == f.listFunc {
		return nil
	}
	if err := f.setTraceOp(op); err != nil {
		return err
	}
	f.bus.Wmb("ftrace_modify_all_code:function_trace_op")
	return f.updateFunc(final)
}

// traceFunction is what update_ftrace_function chooses for the common
// trampolines: the only ops' own function, with the ops as its argument. An
// ops that may go away is always called through the list.
func (f *Ftrace) traceFunction() (fn, op uint64) {
	switch {
	case len(f.ops) == 0 && f.stub != 0:
		return f.stub, 0
	case len(f.ops) == 1 && f.ops[0].Flags&(OpsDynamic|OpsRCU) == 0:
		return f.OpsFunc(f.ops[0]), f.ops[0].Addr
	}
	return f.listFunc, 0
}

func (f *Ftrace) setTraceOp(op uint64) error {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], op)
	return f.mem.Poke(f.traceOp, b[:])
}

// updateFunc is ftrace_update_ftrace_func: ftrace_call and ftrace_regs_call of
// the common trampolines, unless they call target already.
func (f *Ftrace) updateFunc(target uint64) error {
	if target == f.written {
		return nil
	}
	f.written = target
	for _, at := range []uint64{f.caller.Call, f.regsCaller.Call} {
		text, ok := callTo(at, target)
		if !ok {
			text = nop5
		}
		f.poke.Queue(at, text)
		if err := f.poke.Finish(); err != nil {
			return err
		}
	}
	return nil
}

// replaceCode is ftrace_replace_code: every site is verified before any is
// written, so that a failure leaves all of them untouched.
func (f *Ftrace) replaceCode(recs []*Record) error {
	type change struct {
		rec  *Record
		text [siteSize]byte
	}
	var changes []change
	for _, r := range recs {
		want := f.wantedText(r)
		if want == r.text {
			continue
		}
		if err := f.verify(r, want); err != nil {
			return err
		}
		changes = append(changes, change{r, want})
	}
	for _, c := range changes {
		f.poke.Queue(c.rec.IP, c.text)
		c.rec.text = c.text
	}
	for _, r := range recs {
		f.settle(r) // ftrace_update_record comes before the bytes
	}
	return f.poke.Finish()
}

// verify is ftrace_verify_code: the site must hold what was last written.
func (f *Ftrace) verify(r *Record, want [siteSize]byte) error {
	kind := bugUpdate
	switch nop5 {
	case want:
		kind = bugNop
	case r.text:
		kind = bugCall
	}
	var got [siteSize]byte
	if err := f.mem.Read(r.IP, got[:]); err != nil {
		return f.bug(r, kind, nil, nil)
	}
	if f.log.WarnOn(got != r.text, "ftrace_verify_code", "1") {
		return f.bug(r, kind, got[:], r.text[:])
	}
	return nil
}

// wantedText is the bytes a record's site should hold.
func (f *Ftrace) wantedText(r *Record) [siteSize]byte {
	if !f.enabled || r.Count() == 0 || r.Flags&FlagDisabled != 0 {
		return nop5
	}
	text, ok := callTo(r.IP, f.target(r))
	if !ok {
		return nop5
	}
	return text
}

// target is ftrace_get_addr_new: the trampoline of the only ops, else the
// common one that saves enough.
func (f *Ftrace) target(r *Record) uint64 {
	if r.Flags&FlagDirect != 0 && r.Count() == 1 {
		return f.trampOps(r).Direct
	}
	if r.Flags&FlagTramp != 0 {
		return f.TrampolineOf(f.trampOps(r))
	}
	if r.Flags&FlagRegs != 0 {
		return f.regsCaller.Start
	}
	return f.caller.Start
}

// settle makes the _EN flags say what the site now holds
// (ftrace_check_record with update).
func (f *Ftrace) settle(r *Record) {
	if !f.enabled || r.Count() == 0 {
		if r.Count() == 0 {
			r.Flags &= noClear
		} else {
			r.Flags &^= FlagEnabled | FlagTrampEn | FlagRegsEn | FlagDirectEn
		}
		return
	}
	r.Flags |= FlagEnabled | FlagTouched
	if r.Flags&(FlagIPModify|FlagDirect) != 0 {
		r.Flags |= FlagModified
	}
	r.Flags = mirror(r.Flags, FlagTramp, FlagTrampEn)
	r.Flags = mirror(r.Flags, FlagRegs, FlagRegsEn)
	if r.Flags = mirror(r.Flags, FlagDirect, FlagDirectEn); r.Count() != 1 {
		r.Flags &^= FlagDirectEn
	}
}

func mirror(f, from, to RecordFlags) RecordFlags {
	if f&from != 0 {
		return f | to
	}
	return f &^ to
}
