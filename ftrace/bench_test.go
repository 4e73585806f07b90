package ftrace

import (
	"fmt"
	"testing"

	"klpemu/mem"
)

// wide is a rig with n functions, each with its site at +0.
func wide(t testing.TB, n int) *rig {
	t.Helper()
	const step = 16
	r := &rig{m: mem.New(64 << 20)}
	size := (uint64(n)*step + mem.PageSize - 1) &^ (mem.PageSize - 1)
	const base = 0xffffffff82000000
	for _, at := range []struct{ addr, size uint64 }{{base, size}, {coreAt, mem.PageSize}} {
		if err := r.m.Map(at.addr, at.size, mem.R|mem.X); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.m.Map(dataAt, mem.PageSize, mem.R|mem.W); err != nil {
		t.Fatal(err)
	}
	sites := make([]Site, n)
	for i := range sites {
		sites[i].IP = base + uint64(i)*step
		if err := r.m.Poke(sites[i].IP, nop5[:]); err != nil {
			t.Fatal(err)
		}
	}
	r.text = &fakeText{m: r.m, next: trampAt}
	r.f = New(Config{
		Mem: r.m, Bus: &r.bus, Symbols: r.syms, Text: r.text, Waits: r, Sync: func() { r.synced++ },
		Caller: template(callerAt), RegsCaller: template(regsAt),
		ListFunc: listAt, TraceOp: traceOpAt, Fentry: []uint64{fentryAt},
	})
	if err := r.f.Init("", sites); err != nil {
		t.Fatal(err)
	}
	return r
}

// Every CPU is made to serialise three times for each batch of 256 sites, not
// for each site.
func TestSyncsOfABatch(t *testing.T) {
	r := wide(t, 1000)
	o := &Ops{Func: handlerA, Addr: opsA, Handler: func(uint64, uint64, *Ops, *Regs) {}}
	if err := r.f.Register(o); err != nil {
		t.Fatal(err)
	}
	const batches, trampolines = 4, 4 // 1000 sites; two common trampolines, twice
	if want := 3 * (batches + trampolines); r.synced != want {
		t.Errorf("%d syncs, want %d", r.synced, want)
	}
}

// BenchmarkEnableAll attaches an ops to every site of a kernel and takes it
// away again.
func BenchmarkEnableAll(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 40_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := wide(b, n)
			o := &Ops{Func: handlerA, Addr: opsA, Handler: func(uint64, uint64, *Ops, *Regs) {}}
			for b.Loop() {
				if err := r.f.Register(o); err != nil {
					b.Fatal(err)
				}
				if err := r.f.Unregister(o); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/site")
		})
	}
}
