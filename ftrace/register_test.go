package ftrace

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
)

func TestSetFilterIP(t *testing.T) {
	tests := []struct {
		name   string
		ip     uint64
		remove bool
		kill   bool
		want   error
		filter []uint64
	}{
		{"add a site", gSite, false, false, nil, []uint64{fSite, gSite}},
		{"add a function by its start", gAt, false, false, nil, []uint64{fSite, gSite}},
		{"add twice", fSite, false, false, nil, []uint64{fSite}},
		{"add no site", nAt, false, false, errno.EINVAL, []uint64{fSite}},
		{"add an address inside a function", gAt + 1, false, false, errno.EINVAL, []uint64{fSite}},
		{"add after a kill", gSite, false, true, errno.ENODEV, []uint64{fSite}},
		{"remove a site", fSite, true, false, nil, []uint64{}},
		{"remove a function by its start", fAt, true, false, nil, []uint64{}},
		{"remove a site that is not in it", gSite, true, false, errno.ENOENT, []uint64{fSite}},
		{"remove no site", nAt, true, false, errno.EINVAL, []uint64{fSite}},
		{"remove after a kill", fSite, true, true, errno.ENODEV, []uint64{fSite}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := started(t)
			o := r.ops(handlerA, opsA, klpFlags, fSite)
			if tt.kill {
				r.kill()
			}
			r.wantErr(r.f.SetFilterIP(o, tt.ip, tt.remove), tt.want)
			if diff := cmp.Diff(tt.filter, o.Filter()); diff != "" {
				t.Errorf("filter (-want +got):\n%s", diff)
			}
		})
	}
}

// The rules of IPMODIFY and PERMANENT. A refusal leaves no trace: site, record
// and list of ops are as before.
func TestRegisterRules(t *testing.T) {
	tests := []struct {
		name  string
		setup func(*rig)
		flags OpsFlags
		at    []uint64
		want  error
		log   []string
	}{
		{"IPMODIFY alone", func(*rig) {}, klpFlags, []uint64{fSite}, nil, nil},
		{"IPMODIFY without a filter", func(*rig) {}, klpFlags, nil, errno.EINVAL, nil},
		{"IPMODIFY beside IPMODIFY", func(r *rig) {
			r.register(r.ops(handlerB, opsB, klpFlags, fSite))
		}, klpFlags, []uint64{fSite}, errno.EBUSY, nil},
		{"IPMODIFY beside IPMODIFY on one of two sites", func(r *rig) {
			r.register(r.ops(handlerB, opsB, klpFlags, gSite))
		}, klpFlags, []uint64{fSite, gSite}, errno.EBUSY, nil},
		{"IPMODIFY elsewhere", func(r *rig) {
			r.register(r.ops(handlerB, opsB, klpFlags, gSite))
		}, klpFlags, []uint64{fSite}, nil, nil},
		{"IPMODIFY beside a tracer", func(r *rig) {
			r.register(r.ops(handlerB, opsB, 0, fSite))
		}, klpFlags, []uint64{fSite}, nil, nil},
		{"a tracer beside IPMODIFY", func(r *rig) {
			r.register(r.ops(handlerB, opsB, klpFlags, fSite))
		}, 0, []uint64{fSite}, nil, nil},
		{"IPMODIFY after one that has gone", func(r *rig) {
			r.must(r.f.Unregister(r.register(r.ops(handlerB, opsB, klpFlags, fSite))))
			r.log = nil
		}, klpFlags, []uint64{fSite}, nil, nil},
		{"PERMANENT while switched off", func(r *rig) {
			r.must(r.f.SetEnabled(false))
		}, klpFlags, []uint64{fSite}, errno.EBUSY, nil},
		{"another while switched off", func(r *rig) {
			r.must(r.f.SetEnabled(false))
		}, OpsDynamic, []uint64{fSite}, nil, nil},
		{"after a kill", (*rig).kill, 0, nil, errno.ENODEV, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := started(t)
			o := r.ops(handlerA, opsA, tt.flags, tt.at...)
			tt.setup(r)
			before, flags, list := r.bytes(textAt, 0x80), r.flags(), len(r.f.Ops())
			r.wantErr(r.f.Register(o), tt.want)
			if diff := cmp.Diff(tt.log, r.log); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
			if tt.want == nil {
				if len(r.f.Ops()) != list+1 || r.f.Ops()[0] != o || o.Flags&OpsEnabled == 0 {
					t.Error("the ops is not the first of the list")
				}
				return
			}
			if diff := cmp.Diff(before, r.bytes(textAt, 0x80)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(flags, r.flags()); diff != "" {
				t.Errorf("flags (-want +got):\n%s", diff)
			}
			if len(r.f.Ops()) != list || o.Flags&OpsEnabled != 0 || o.Trampoline() != nil {
				t.Error("the refused ops is registered")
			}
		})
	}
}

func (r *rig) flags() []RecordFlags {
	var flags []RecordFlags
	for _, rec := range r.f.Records() {
		flags = append(flags, rec.Flags)
	}
	return flags
}

func TestRegisterTwice(t *testing.T) {
	r := started(t)
	o := r.register(r.ops(handlerA, opsA, klpFlags, fSite))
	r.wantErr(r.f.Register(o), errno.EBUSY)
	r.must(r.f.Unregister(o))
	r.wantErr(r.f.Unregister(o), errno.EBUSY)
	want := []string{
		"WARNING: __register_ftrace_function: ops->flags & FTRACE_OPS_FL_ENABLED",
		"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks",
		"WARNING: __unregister_ftrace_function: !(ops->flags & FTRACE_OPS_FL_ENABLED)",
	}
	if diff := cmp.Diff(want, r.log); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// Flags and bytes of a record while ops come and go.
func TestRecordThroughItsLife(t *testing.T) {
	r := started(t)
	klp := r.ops(handlerA, opsA, klpFlags, fSite)
	tracer := r.ops(handlerB, opsB, OpsSaveRegs, fSite)

	r.register(klp)
	r.wantFlags(fSite, FlagEnabled|FlagTramp|FlagTrampEn|FlagIPModify|FlagTouched|FlagModified|1)
	r.wantCall(fSite, klp.Trampoline().Addr)

	r.register(tracer)
	r.wantFlags(fSite, FlagEnabled|FlagRegs|FlagRegsEn|FlagIPModify|FlagTouched|FlagModified|2)
	r.wantCall(fSite, regsAt)

	r.must(r.f.Unregister(tracer))
	r.wantFlags(fSite, FlagEnabled|FlagTramp|FlagTrampEn|FlagIPModify|FlagTouched|FlagModified|1)
	r.wantCall(fSite, klp.Trampoline().Addr)

	r.must(r.f.Unregister(klp))
	r.wantFlags(fSite, FlagTouched|FlagModified) // sticky
	r.wantNop(fSite)

	r.register(tracer)
	r.register(klp)
	r.must(r.f.Unregister(klp))
	r.wantFlags(fSite, FlagEnabled|FlagRegs|FlagRegsEn|FlagTramp|FlagTrampEn|FlagTouched|FlagModified|1)
	r.wantCall(fSite, tracer.Trampoline().Addr)
	for _, other := range []uint64{gSite, hSite} {
		r.wantFlags(other, 0)
		r.wantNop(other)
	}
}

// The common trampoline of a site with several ops saves as much as the most
// demanding of them wants.
func TestSiteOfSeveralOps(t *testing.T) {
	r := started(t)
	a := r.register(r.ops(handlerA, opsA, 0, fSite))
	b := r.register(r.ops(handlerB, opsB, 0, fSite))
	r.wantCall(fSite, callerAt)
	c := r.register(r.ops(handlerB, opsB+0x100, OpsSaveRegs, fSite))
	d := r.register(r.ops(handlerB, opsB+0x200, OpsSaveRegs, fSite))
	r.wantCall(fSite, regsAt)
	r.must(r.f.Unregister(c))
	r.wantCall(fSite, regsAt) // d wants them, too
	r.must(r.f.Unregister(d))
	r.wantCall(fSite, callerAt)
	r.must(r.f.Unregister(a))
	r.wantCall(fSite, b.Trampoline().Addr)
}

// While Unregister waits, a CPU that was in the trampoline still gets its
// handler: the function must not change its version for a moment.
func TestUnregisterServesWhoIsInside(t *testing.T) {
	r := started(t)
	var ran []string
	o := r.ops(handlerA, opsA, klpFlags, fSite)
	o.Handler = func(ip, parent uint64, ops *Ops, _ *Regs) {
		if ip != fSite || parent != gAt || ops != o {
			t.Errorf("handler got %x %x %v", ip, parent, ops)
		}
		ran = append(ran, "handler")
	}
	r.register(o)
	r.inside = func() {
		r.wantNop(fSite)
		if len(r.text.freed) != 0 || o.Trampoline() == nil {
			t.Error("the trampoline was freed before the wait was over")
		}
		r.f.Dispatch(handlerA, fSite, gAt, opsA, nil)
	}
	r.must(r.f.Unregister(o))
	if diff := cmp.Diff([]string{"handler"}, ran); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	want := []string{"synchronize_rcu_tasks_rude", "synchronize_rcu_tasks"}
	if diff := cmp.Diff(want, r.log); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]uint64{trampAt}, r.text.freed); diff != "" || o.Trampoline() != nil {
		t.Errorf("freed trampolines (-want +got):\n%s", diff)
	}
	r.log = nil
	r.f.Dispatch(handlerA, fSite, gAt, opsA, nil) // now nobody may be inside
	if diff := cmp.Diff([]string{"WARNING: ftrace_ops_assist_func: !op"}, r.log); diff != "" || len(ran) != 1 {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// An ops that is not DYNAMIC stays where it is: nobody waits.
func TestUnregisterOfStaticOpsDoesNotWait(t *testing.T) {
	r := started(t)
	r.must(r.f.Unregister(r.register(r.ops(handlerA, opsA, 0, fSite))))
	if r.log != nil {
		t.Errorf("log = %q", r.log)
	}
}

func TestSetEnabled(t *testing.T) {
	r := started(t)
	o := r.register(r.ops(handlerA, opsA, OpsDynamic, fSite))
	r.must(r.f.SetEnabled(false))
	r.wantNop(fSite)
	r.wantFlags(fSite, FlagTramp|FlagTouched|1)
	r.must(r.f.SetEnabled(false)) // no change is no error
	r.must(r.f.SetEnabled(true))
	r.wantCall(fSite, o.Trampoline().Addr)
	r.wantFlags(fSite, FlagEnabled|FlagTramp|FlagTrampEn|FlagTouched|1)

	klp := r.register(r.ops(handlerB, opsB, klpFlags, gSite))
	r.wantErr(r.f.SetEnabled(false), errno.EBUSY)
	if !r.f.Enabled() {
		t.Error("a refused write changed the value")
	}
	r.wantCall(gSite, klp.Trampoline().Addr)
	r.must(r.f.Unregister(klp))
	r.must(r.f.SetEnabled(false))
	r.must(r.f.Unregister(o)) // nothing to update
	r.wantNop(fSite)
	r.must(r.f.SetEnabled(true))
	r.wantNop(fSite)
}
