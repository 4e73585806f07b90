package ftrace

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
)

func TestSetFilterIPs(t *testing.T) {
	tests := []struct {
		name          string
		ips           []uint64
		remove, reset bool
		want          error
		filter        []uint64
	}{
		{"add two", []uint64{gAt, hSite}, false, false, nil, []uint64{fSite, gSite, hSite}},
		{"all or none", []uint64{gAt, nAt}, false, false, errno.EINVAL, []uint64{fSite}},
		{"reset", nil, false, true, nil, []uint64{}},
		{"reset and add", []uint64{gAt}, false, true, nil, []uint64{gSite}},
		{"remove after a reset", []uint64{fAt}, true, true, errno.ENOENT, []uint64{fSite}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := started(t)
			o := r.ops(handlerA, opsA, 0, fSite)
			r.wantErr(r.f.SetFilterIPs(o, tt.ips, tt.remove, tt.reset), tt.want)
			if diff := cmp.Diff(tt.filter, o.Filter()); diff != "" {
				t.Errorf("filter (-want +got):\n%s", diff)
			}
		})
	}
}

// What an ops covers changes at once while it is registered; notrace wins.
func TestHashOfRegisteredOps(t *testing.T) {
	r := started(t)
	o := r.register(r.ops(handlerA, opsA, 0, fSite))
	r.must(r.f.SetFilterIPs(o, []uint64{gSite, hSite}, false, true))
	r.wantNop(fSite)
	r.wantFlags(fSite, FlagTouched)
	r.wantCall(gSite, o.Trampoline().Addr)
	r.must(r.f.SetNotraceIPs(o, []uint64{gSite}, false, false))
	r.wantNop(gSite)
	r.wantCall(hSite, o.Trampoline().Addr)
	if o.Covers(gSite) || !o.Covers(hSite) {
		t.Error("notrace does not win over the filter")
	}
	r.must(r.f.SetFilterIPs(o, nil, false, true)) // an empty filter covers all but notrace
	r.wantCall(fSite, o.Trampoline().Addr)
	r.wantNop(gSite)
	if diff := cmp.Diff([]uint64{gSite}, o.Notrace()); diff != "" {
		t.Errorf("notrace (-want +got):\n%s", diff)
	}
	b := r.register(r.ops(handlerB, opsB, 0, fSite))
	r.wantCall(fSite, callerAt)
	r.must(r.f.SetFilterIPs(b, []uint64{hSite}, false, true))
	r.wantCall(fSite, o.Trampoline().Addr) // alone again
	r.wantCall(hSite, callerAt)
}

func TestHashRulesOfIPModify(t *testing.T) {
	r := started(t)
	a := r.register(r.ops(handlerA, opsA, klpFlags, fSite))
	b := r.register(r.ops(handlerB, opsB, klpFlags, gSite))
	r.wantErr(r.f.SetNotraceIPs(a, []uint64{fSite}, false, false), errno.EINVAL)
	r.wantErr(r.f.SetFilterIPs(a, []uint64{hSite, gSite}, false, false), errno.EBUSY)
	r.wantErr(r.f.SetFilterIPs(a, nil, false, true), errno.EINVAL)
	r.wantErr(r.f.SetFilterIP(a, fSite, true), errno.EINVAL) // the last one
	r.wantFlags(hSite, 0)                                    // rolled back
	r.must(r.f.SetFilterIPs(a, []uint64{hSite}, false, false))
	r.must(r.f.SetFilterIP(a, fSite, true))
	r.wantFlags(fSite, FlagTouched|FlagModified)
	r.must(r.f.SetFilterIPs(b, []uint64{fSite}, false, false)) // free for b now
	r.wantCall(fSite, b.Trampoline().Addr)
}

// The rows of IPMODIFY beside DIRECT. A DIRECT ops is asked; one that cannot be
// asked refuses.
func TestDirectRules(t *testing.T) {
	no := errors.New("no")
	direct := func(r *rig, addr uint64, asked *[]OpsCmd, answer error) *Ops {
		o := r.ops(handlerB, addr, OpsDirect|OpsSaveRegs, fSite)
		o.Direct = gAt
		if asked != nil {
			o.OpsFunc = func(_ *Ops, cmd OpsCmd) error { *asked = append(*asked, cmd); return answer }
		}
		return o
	}
	tests := []struct {
		name   string
		mute   bool
		first  bool // the DIRECT ops is first
		answer error
		want   error
		asked  []OpsCmd
	}{
		{"DIRECT, then IPMODIFY", false, true, nil, nil, []OpsCmd{EnableShareIPModifyPeer}},
		{"DIRECT refuses IPMODIFY", false, true, no, no, []OpsCmd{EnableShareIPModifyPeer}},
		{"DIRECT that cannot be asked, then IPMODIFY", true, true, nil, errno.EBUSY, nil},
		{"IPMODIFY, then DIRECT", false, false, nil, nil, []OpsCmd{EnableShareIPModifySelf}},
		{"IPMODIFY, then DIRECT that refuses", false, false, no, no, []OpsCmd{EnableShareIPModifySelf}},
		{"IPMODIFY, then DIRECT that cannot be asked", true, false, nil, errno.EBUSY, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := started(t)
			var asked []OpsCmd
			log := &asked
			if tt.mute {
				log = nil
			}
			d := direct(r, opsB, log, tt.answer)
			klp := r.ops(handlerA, opsA, klpFlags, fSite)
			a, b := d, klp
			if !tt.first {
				a, b = klp, d
			}
			r.register(a)
			asked = nil
			r.wantErr(r.f.Register(b), tt.want)
			if diff := cmp.Diff(tt.asked, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			if got := r.f.Record(fSite).Flags & FlagIPModify; (got != 0) != (!tt.first || tt.want == nil) {
				t.Errorf("IPMODIFY flag = %x", got)
			}
		})
	}
}

// A site with a DIRECT ops alone calls the direct function itself; with another
// user it goes through a trampoline.
func TestDirectSite(t *testing.T) {
	r := started(t)
	d := r.ops(handlerB, opsB, OpsDirect|OpsSaveRegs, fSite)
	d.Direct = gAt
	var asked []OpsCmd
	d.OpsFunc = func(_ *Ops, cmd OpsCmd) error { asked = append(asked, cmd); return nil }
	r.register(d)
	r.wantCall(fSite, gAt)
	r.wantFlags(fSite, FlagEnabled|FlagDirect|FlagDirectEn|FlagRegs|FlagRegsEn|FlagTramp|FlagTrampEn|FlagTouched|FlagModified|1)
	klp := r.register(r.ops(handlerA, opsA, klpFlags, fSite))
	r.wantCall(fSite, regsAt)
	r.must(r.f.Unregister(klp))
	r.wantCall(fSite, gAt)
	if diff := cmp.Diff([]OpsCmd{EnableShareIPModifyPeer, DisableShareIPModifyPeer}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	both := r.ops(handlerA, opsA, OpsDirect|OpsIPModify, hSite)
	both.Direct = gAt
	r.log = nil
	r.must(r.f.Register(both))
	if diff := cmp.Diff([]string{"WARNING: __ftrace_hash_update_ipmodify: is_ipmodify && is_direct"}, r.log); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	r.wantErr(r.f.Register(&Ops{Flags: OpsDeleted}), errno.EINVAL)
}
