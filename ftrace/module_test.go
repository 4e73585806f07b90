package ftrace

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestModuleRecordsAreDisabledUntilEnabled(t *testing.T) {
	r := started(t)
	all := r.register(r.ops(handlerB, opsB, 0)) // no filter: every site
	r.must(r.f.Init("mod", []Site{{IP: modSite}}))
	r.wantNop(modSite)
	r.wantFlags(modSite, FlagDisabled)

	// While it is disabled no ops can have it, though the filter may name it.
	o := r.register(r.ops(handlerA, opsA, klpFlags, modSite))
	r.wantNop(modSite)
	r.wantFlags(modSite, FlagDisabled)
	r.must(r.f.Unregister(o))

	r.must(r.f.ModuleEnable("mod"))
	r.wantCall(modSite, all.Trampoline().Addr)
	r.wantFlags(modSite, FlagEnabled|FlagTramp|FlagTrampEn|FlagTouched|1)
	r.must(r.f.ModuleEnable("other")) // a module without records is no error
}

func TestModuleEnableWhileSwitchedOff(t *testing.T) {
	r := started(t)
	r.must(r.f.SetEnabled(false))
	r.register(r.ops(handlerB, opsB, 0))
	r.must(r.f.Init("mod", []Site{{IP: modSite}}))
	r.must(r.f.ModuleEnable("mod"))
	r.wantNop(modSite)
	r.must(r.f.SetEnabled(true))
	r.wantCall(modSite, trampAt)
}

// When a module goes its sites leave the filters of tracefs. A filter that loses
// its only site matches nothing, not everything. Other ops keep what they have.
func TestReleaseEmptiesNoFilter(t *testing.T) {
	r := started(t)
	r.must(r.f.Init("mod", []Site{{IP: modSite}}))
	r.must(r.f.ModuleEnable("mod"))
	tr := optionTracer(r, &fakeTask{})
	r.must(tr.SetHash(true, []uint64{modSite}))
	r.must(tr.SetCurrent("function"))
	o := r.register(r.ops(handlerB, opsB, 0, modSite))
	if diff := cmp.Diff([]uint64{modSite}, tr.Filter()); diff != "" {
		t.Fatalf("filter (-want +got):\n%s", diff)
	}
	r.f.Release("mod")
	r.must(r.m.Unmap(modAt, 0x1000))
	if r.f.Record(modSite) != nil || r.f.Location(modAt) != 0 {
		t.Error("the module's record is still there")
	}
	if len(tr.Filter()) != 0 || tr.funcs.Covers(fSite) || !tr.Filtered() {
		t.Errorf("filter %x, covers f: %v; want none", tr.Filter(), tr.funcs.Covers(fSite))
	}
	if len(o.Filter()) != 1 {
		t.Errorf("filter of an ops that is not of tracefs: %x; want it as it was", o.Filter())
	}
	r.must(r.f.Unregister(o))
	r.must(tr.SetCurrent("nop"))
	for _, ip := range []uint64{fSite, gSite, hSite} {
		r.wantNop(ip)
		r.wantFlags(ip, 0)
	}
	if n := len(r.f.Records()); n != 3 {
		t.Errorf("%d records, want the kernel's 3", n)
	}
}

func TestReleaseKeepsTheKernel(t *testing.T) {
	r := started(t)
	r.f.Release("")
	if n := len(r.f.Records()); n != 3 {
		t.Errorf("%d records, want 3", n)
	}
}
