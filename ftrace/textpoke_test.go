package ftrace

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/smp"
	"klpemu/mem"
)

// The protocol of text_poke_bp_batch for two entries, in the order of their
// addresses, with what another CPU may fetch at each yield point and how often
// every CPU has been made to serialise by then.
func TestPokeBatch(t *testing.T) {
	m := mem.New(1 << 16)
	if err := m.Map(textAt, mem.PageSize, mem.R|mem.X); err != nil {
		t.Fatal(err)
	}
	const a, b = textAt + 0x10, textAt + 0x40
	if err := m.Poke(textAt, slices.Repeat([]byte{0x0f, 0x1f, 0x44, 0x00, 0x00, 0x90, 0x90, 0x90}, 512)); err != nil {
		t.Fatal(err)
	}
	var (
		bus   smp.Bus
		syncs int
		got   []string
	)
	p := NewTextPoke(m, &bus, func() { syncs++ })
	bus.SetHook(func(op smp.Op, at smp.Point) {
		var x, y [siteSize]byte
		if m.Read(a, x[:]) != nil || m.Read(b, y[:]) != nil {
			t.Fatal("unreadable text")
		}
		got = append(got, fmt.Sprintf("%s %s: %x %x syncs=%d", op, at, x, y, syncs))
	})
	p.Queue(b, [siteSize]byte{0xe8, 1, 2, 3, 4})
	p.Queue(a, [siteSize]byte{0xe8, 5, 6, 7, 8})
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"smp_wmb text_poke_bp_batch:armed: 0f1f440000 0f1f440000 syncs=0",
		"yield text_poke_bp_batch:int3: cc1f440000 0f1f440000 syncs=0",
		"yield text_poke_bp_batch:int3: cc1f440000 cc1f440000 syncs=0",
		"yield text_poke_bp_batch:int3:synced: cc1f440000 cc1f440000 syncs=1",
		"yield text_poke_bp_batch:tail: cc05060708 cc1f440000 syncs=1",
		"yield text_poke_bp_batch:tail: cc05060708 cc01020304 syncs=1",
		"yield text_poke_bp_batch:tail:synced: cc05060708 cc01020304 syncs=2",
		"yield text_poke_bp_batch:first: e805060708 cc01020304 syncs=2",
		"yield text_poke_bp_batch:first: e805060708 e801020304 syncs=2",
		"yield text_poke_bp_batch:first:synced: e805060708 e801020304 syncs=3",
		"yield text_poke_bp_batch:refs: e805060708 e801020304 syncs=3",
		"yield text_poke_bp_batch:done: e805060708 e801020304 syncs=3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	got = nil
	if err := p.Finish(); err != nil || got != nil {
		t.Errorf("Finish of an empty queue: %v, %q", err, got)
	}
}

// A CPU that meets the int3 goes on as if the new instruction had been there
// whole; one that meets an int3 outside of a poke gets no help.
func TestHandleInt3(t *testing.T) {
	r := started(t)
	type reply struct {
		Next, Push uint64
		Call, OK   bool
	}
	ask := func(addr uint64) reply {
		next, push, call, ok := r.f.HandleInt3(addr)
		return reply{next, push, call, ok}
	}
	var got []reply
	probe := func(do func()) []reply {
		got = nil
		r.bus.SetHook(func(_ smp.Op, p smp.Point) {
			if p == "text_poke_bp_batch:tail:synced" {
				got = append(got, ask(fSite), ask(hSite), ask(fSite+1), ask(gSite))
			}
		})
		do()
		r.bus.SetHook(nil)
		return got
	}
	r.register(r.ops(handlerB, opsB, klpFlags, gSite))
	o := r.ops(handlerA, opsA, klpFlags, fSite, hSite)
	tramp := uint64(trampAt + 0x1000)
	want := []reply{{tramp, fSite + 5, true, true}, {tramp, hSite + 5, true, true}, {}, {}}
	if diff := cmp.Diff(want, probe(func() { r.register(o) })); diff != "" {
		t.Errorf("while a call is written (-want +got):\n%s", diff)
	}
	want = []reply{{fSite + 5, 0, false, true}, {hSite + 5, 0, false, true}, {}, {}}
	if diff := cmp.Diff(want, probe(func() { r.must(r.f.Unregister(o)) })); diff != "" {
		t.Errorf("while a nop is written (-want +got):\n%s", diff)
	}
	if got := ask(fSite); got != (reply{}) {
		t.Errorf("after the poke: %+v, want nobody's", got)
	}
}

// The entries outlive every CPU that looks at them: the poker waits for those who
// were in the handler when it was through.
func TestPokeWaitsForHandlers(t *testing.T) {
	r := started(t)
	var late reply3
	waited := 0
	r.f.poke.SetWait(func(_ string, cond func() bool) {
		if cond() {
			return
		}
		waited++
		late.next, late.push, late.call, late.ok = r.f.poke.HandleInt3(fSite)
		r.f.poke.PutInt3()
		if !cond() {
			t.Error("nobody is in the handler, and it still waits")
		}
	})
	r.bus.SetHook(func(_ smp.Op, p smp.Point) {
		if p == pointInt3Synced && r.f.Poked(fSite) && !r.f.poke.TryInt3() {
			t.Error("no poke is under way")
		}
	})
	o := r.register(r.ops(handlerA, opsA, klpFlags, fSite))
	r.bus.SetHook(nil)
	if want := (reply3{o.Trampoline().Addr, fSite + siteSize, true, true}); waited != 1 || late != want {
		t.Errorf("waited %d times, the handler then finds %+v; want once and %+v", waited, late, want)
	}
	if r.f.poke.TryInt3() {
		t.Error("a poke is under way after its end")
	}
}

type reply3 struct {
	next, push uint64
	call, ok   bool
}

func TestPokeOfUnmappedText(t *testing.T) {
	m := mem.New(1 << 16)
	var bus smp.Bus
	p := NewTextPoke(m, &bus, func() {})
	p.Queue(textAt, nop5)
	if err := p.Finish(); err == nil {
		t.Error("a poke of unmapped text succeeded")
	}
	if _, _, _, ok := p.HandleInt3(textAt); ok {
		t.Error("a failed poke still answers for its int3")
	}
}
