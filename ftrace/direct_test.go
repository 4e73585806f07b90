package ftrace

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
	"klpemu/internal/smp"
)

// modify_ftrace_direct gives the sites another function without leaving them
// without one: meanwhile they go by way of the list function.
func TestModifyDirect(t *testing.T) {
	r := started(t)
	d := r.ops(0, opsA, OpsDynamic, fSite, gSite)
	tmp := r.ops(handlerB, opsB, 0)
	tmp.Handler = func(_, _ uint64, _ *Ops, _ *Regs) { t.Error("the ops without a handler is called") }
	r.wantErr(r.f.ModifyDirect(d, tmp, hAt), errno.EINVAL)
	r.must(r.f.RegisterDirect(d, handlerA, nAt))
	r.wantCall(fSite, nAt)
	between := uint64(0)
	regs := NewRegs(r.m, dataAt+0x800)
	r.bus.SetHook(func(_ smp.Op, p smp.Point) {
		if p == "modify_ftrace_direct" {
			between = callTarget(fSite, [siteSize]byte(r.bytes(fSite, siteSize)))
			r.f.Dispatch(listAt, fSite, gAt, 0, regs) // the ops without a handler is left out
		}
	})
	r.must(r.f.ModifyDirect(d, tmp, hAt))
	r.bus.SetHook(nil)
	if to, err := r.m.Load(regs.Addr+regsOrigAX, 8); err != nil || to != hAt {
		t.Errorf("who goes by way of the list function goes on to %x (%v), want %x", to, err, uint64(hAt))
	}
	if between != regsAt {
		t.Errorf("meanwhile the site calls %x, want ftrace_regs_caller %x", between, uint64(regsAt))
	}
	r.wantCall(fSite, hAt)
	r.wantCall(gSite, hAt)
	if n := r.f.Record(fSite).Count(); n != 1 || len(r.f.Ops()) != 1 {
		t.Errorf("count %d, %d ops; want 1 and 1", n, len(r.f.Ops()))
	}
	r.must(r.f.UnregisterDirect(d))
	r.wantNop(fSite)
}

// Where a livepatch shares the site, the DIRECT ops is asked once more.
func TestModifyDirectAsks(t *testing.T) {
	r := started(t)
	d := r.ops(0, opsA, OpsDynamic, fSite)
	var asked []OpsCmd
	var answer error
	d.OpsFunc = func(_ *Ops, cmd OpsCmd) error { asked = append(asked, cmd); return answer }
	r.must(r.f.RegisterDirect(d, handlerA, nAt))
	r.register(r.ops(handlerB, opsB, klpFlags, fSite))
	tmp := &Ops{Func: listAt + 0x10}
	r.must(r.f.ModifyDirect(d, tmp, hAt))
	answer = errno.EAGAIN
	if err := r.f.ModifyDirect(d, tmp, gAt); !errors.Is(err, errno.EAGAIN) || d.Direct != hAt {
		t.Errorf("refused: %v, the function is %x", err, d.Direct)
	}
	if diff := cmp.Diff([]OpsCmd{EnableShareIPModifyPeer, EnableShareIPModifySelf, EnableShareIPModifySelf}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	r.wantFlags(fSite, FlagEnabled|FlagRegs|FlagRegsEn|FlagIPModify|FlagDirect|FlagTouched|FlagModified|2)
}
