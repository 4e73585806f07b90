package ftrace

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
)

// A filter for a module that is not loaded waits for it; until then a filter of
// nothing else covers nothing.
func TestModLoad(t *testing.T) {
	r := started(t)
	tr := optionTracer(r, &fakeTask{})
	r.must(tr.CacheMod(true, ModLoad{"f*", "mod"}, false, false))
	r.must(tr.CacheMod(true, ModLoad{"*", "other"}, false, false))
	r.must(tr.CacheMod(false, ModLoad{"g", "mod"}, false, false))
	if err := tr.CacheMod(true, ModLoad{"x", "mod"}, false, true); !errors.Is(err, errno.EINVAL) {
		t.Errorf("for a module that is loaded: %v, want EINVAL", err)
	}
	r.must(tr.SetHash(true, nil))
	r.must(tr.SetCurrent("function"))
	r.wantNop(fSite)
	r.must(r.f.Init("mod", []Site{{IP: modSite}}))
	r.must(r.f.ModuleEnable("mod"))
	var asked []string
	r.must(tr.ModuleComing("mod", func(ips []uint64, function string) []uint64 {
		asked = append(asked, function)
		if function == "f*" {
			ips = append(ips, modSite)
		}
		return ips
	}))
	if diff := cmp.Diff([]string{"f*", "g"}, asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	r.wantCall(modSite, tr.funcs.Trampoline().Addr)
	r.wantNop(fSite)
	if diff := cmp.Diff([]ModLoad{{"*", "other"}}, tr.ModLoads(true)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if err := tr.CacheMod(true, ModLoad{"y", "other"}, true, false); !errors.Is(err, errno.EINVAL) {
		t.Errorf("taking away what is not there: %v, want EINVAL", err)
	}
	r.must(tr.CacheMod(true, ModLoad{"*", "other"}, true, false))
	if len(tr.ModLoads(true)) != 0 {
		t.Error("a filter that was taken away is still there")
	}
}

// Each command has an ops of its own, and one more where it counts.
func TestFunctionProbe(t *testing.T) {
	r := started(t)
	task := &fakeTask{}
	tr := optionTracer(r, task)
	tr.cfg.ProbeGate = handlerA
	r.must(tr.AddProbe("traceoff", true, 2, []uint64{fSite}))
	r.must(tr.AddProbe("traceon", false, 0, []uint64{gSite, hSite}))
	if err := tr.AddProbe("traceon", false, 0, []uint64{gSite}); !errors.Is(err, errno.EINVAL) {
		t.Errorf("added again: %v, want EINVAL", err)
	}
	want := []ProbeEntry{{gSite, "traceon", false, 0}, {hSite, "traceon", false, 0}, {fSite, "traceoff", true, 2}}
	if diff := cmp.Diff(want, tr.ProbeEntries()); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	hit := func(site uint64) { r.f.Dispatch(listAt, site, 0, 0, nil) }
	for i, off := range []bool{true, true, false} {
		hit(fSite)
		if tr.On() == off {
			t.Errorf("pass %d: tracing on is %v", i+1, tr.On())
		}
		hit(gSite)
	}
	if task.preempt != 0 {
		t.Errorf("preempt_count %d left", task.preempt)
	}
	if err := tr.RemoveProbe("traceoff", false, func(uint64) bool { return true }); !errors.Is(err, errno.ENODEV) {
		t.Errorf("a command that nobody has: %v, want ENODEV", err)
	}
	if err := tr.RemoveProbe("traceon", false, func(uint64) bool { return false }); !errors.Is(err, errno.EINVAL) {
		t.Errorf("no function: %v, want EINVAL", err)
	}
	r.must(tr.RemoveProbe("traceon", false, func(ip uint64) bool { return ip == gSite }))
	r.wantNop(gSite)
	r.must(tr.RemoveProbe("traceon", false, func(uint64) bool { return true }))
	r.must(tr.RemoveProbe("traceoff", true, func(uint64) bool { return true }))
	r.wantNop(fSite)
	r.wantNop(hSite)
	if len(r.f.Ops()) != 0 {
		t.Errorf("%d ops left", len(r.f.Ops()))
	}
}

// With pids to look for, ftrace_pid_func is what the trampoline calls.
func TestTracerPIDs(t *testing.T) {
	r := started(t)
	task := &fakeTask{}
	tr := optionTracer(r, task)
	tr.cfg.PIDGate = listAt + 0x10
	r.must(tr.SetHash(true, []uint64{fSite}))
	r.must(tr.SetCurrent("function"))
	traced := func(want int) {
		t.Helper()
		tr.Clear()
		r.f.Dispatch(tr.funcs.Func, fSite, gAt, opsA, nil)
		if events, _ := tr.Events(); len(events) != want {
			t.Errorf("%d events, want %d", len(events), want)
		}
	}
	traced(1)
	r.must(tr.SetPIDs(true, []int{8, 9}))
	r.wantCall(tr.funcs.Trampoline().Addr+tmplCall, listAt+0x10)
	traced(0)
	r.must(tr.SetPIDs(true, []int{7}))
	traced(1)
	r.must(tr.SetPIDs(false, []int{7}))
	traced(0)
	r.must(tr.SetPIDs(true, nil))
	r.must(tr.SetPIDs(false, nil))
	r.wantCall(tr.funcs.Trampoline().Addr+tmplCall, handlerA)
	traced(1)
}

// Inside a function of set_graph_notrace nothing is recorded, and behind it again.
func TestGraphNotrace(t *testing.T) {
	r := started(t)
	task := &fakeTask{}
	tr := optionTracer(r, task)
	tr.SetGraphFunctions(false, []uint64{gSite})
	r.must(tr.SetCurrent("function_graph"))
	regs := NewRegs(r.m, dataAt+0x800)
	enter := func(site uint64) {
		r.must(r.m.Store(regs.Addr+regsSP, 8, dataAt+0xf00))
		r.f.Dispatch(handlerB, site, gAt, opsB, regs)
	}
	enter(fSite)
	enter(gSite)
	enter(hSite)
	if events, _ := tr.Events(); len(events) != 1 || len(task.ret) != 2 {
		t.Errorf("%d events, %d returns hooked; want 1 and 2", len(events), len(task.ret))
	}
	tr.ReturnToHandler()
	tr.SetMaxGraphDepth(1)
	enter(hSite)
	tr.SetMaxGraphDepth(2)
	enter(hSite)
	if events, _ := tr.Events(); len(events) != 2 || len(task.ret) != 2 {
		t.Errorf("%d events, %d returns hooked; want 2 and 2", len(events), len(task.ret))
	}
}

func TestTraceOptions(t *testing.T) {
	r := started(t)
	tr := optionTracer(r, &fakeTask{})
	for _, c := range []struct {
		name string
		on   bool
		want error
	}{
		{"sym-offset", true, nil}, {"print-parent", false, nil}, {"raw", true, errno.EINVAL}, {"raw", false, nil},
		{"funcgraph-tail", true, errno.EINVAL}, {"nothing", true, errno.EINVAL}, {"test_nop_refuse", true, errno.EINVAL},
	} {
		if err := tr.SetOption(tr.Options(), c.name, c.on); !errors.Is(err, c.want) {
			t.Errorf("%s=%v: %v, want %v", c.name, c.on, err, c.want)
		}
	}
	r.must(tr.SetOption(tr.OptionFiles(), "funcgraph-tail", true))
	if !tr.Option("funcgraph-tail") || !tr.Option("sym-offset") || tr.Option("print-parent") {
		t.Error("an option that was set is not")
	}
	r.must(tr.Mark("hello", Place{}, 0))
	tr.SetOn(false)
	if err := tr.Mark("x", Place{}, 0); !errors.Is(err, errno.EBADF) {
		t.Errorf("a mark while nothing is recorded: %v, want EBADF", err)
	}
	r.must(tr.SetOption(tr.Options(), "markers", false))
	if err := tr.Mark("x", Place{}, 0); !errors.Is(err, errno.EINVAL) {
		t.Errorf("a mark without markers: %v, want EINVAL", err)
	}
	if got := tr.Consume(); len(got) != 1 || got[0].Text != "hello" {
		t.Errorf("consumed %+v", got)
	}
	if events, written := tr.Events(); len(events) != 0 || written != 0 {
		t.Errorf("%d/%d left", len(events), written)
	}
}
