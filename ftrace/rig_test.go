package ftrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"

	"klpemu/internal/smp"
	"klpemu/internal/trace"
	"klpemu/mem"
)

// Addresses of the rig. Each function has 32 bytes: f and g begin with endbr64,
// so that their sites are at +4; h has its site at +0, n has none.
const (
	textAt  = 0xffffffff81000000
	coreAt  = 0xffffffff81001000
	trampAt = 0xffffffffc0000000
	modAt   = 0xffffffffc0100000
	dataAt  = 0xffff888000000000

	fAt, gAt, hAt, nAt = textAt, textAt + 0x20, textAt + 0x40, textAt + 0x60
	fSite, gSite       = fAt + 4, gAt + 4
	hSite              = hAt
	modSite            = modAt + 4

	fentryAt, mcountAt, listAt = coreAt, coreAt + 0x10, coreAt + 0x20
	callerAt, regsAt           = coreAt + 0x40, coreAt + 0x80
	handlerA, handlerB         = coreAt + 0x100, coreAt + 0x110
	traceOpAt                  = dataAt
	opsA, opsB                 = dataAt + 0x100, dataAt + 0x200
)

// A template of the rig: endbr64, mov disp32(%rip),%rdx, call, nop, ret.
const (
	tmplOp, tmplCall, tmplEnd = 4, 11, 17
)

func template(at uint64) Template {
	return Template{Start: at, OpPtr: at + tmplOp, Call: at + tmplCall, End: at + tmplEnd}
}

type symbol struct {
	name       string
	addr, size uint64
}

type fakeSymbols []symbol

func (s fakeSymbols) SizeOffset(addr uint64) (size, offset uint64, ok bool) {
	for _, sym := range s {
		if addr >= sym.addr && addr < sym.addr+sym.size {
			return sym.size, addr - sym.addr, true
		}
	}
	return 0, 0, false
}

func (s fakeSymbols) Format(addr uint64) string {
	for _, sym := range s {
		if addr >= sym.addr && addr < sym.addr+sym.size {
			return fmt.Sprintf("%s+0x%x/0x%x", sym.name, addr-sym.addr, sym.size)
		}
	}
	return fmt.Sprintf("0x%x", addr)
}

// fakeText gives out one page for each trampoline.
type fakeText struct {
	m     *mem.Memory
	next  uint64
	freed []uint64
	from  []Template
	full  bool
}

func (x *fakeText) Alloc(uint64) (uint64, error) {
	if x.full {
		return 0, errors.New("no room")
	}
	x.next += mem.PageSize
	return x.next - mem.PageSize, nil
}

func (x *fakeText) Publish(addr uint64, code []byte, from Template) error {
	x.from = append(x.from, from)
	if err := x.m.Map(addr, mem.PageSize, mem.R|mem.X); err != nil {
		return err
	}
	return x.m.Poke(addr, code)
}

func (x *fakeText) Free(addr, _ uint64) { x.freed = append(x.freed, addr) }

// rig is an Ftrace on a small memory.
type rig struct {
	*testing.T
	m    *mem.Memory
	bus  smp.Bus
	f    *Ftrace
	syms fakeSymbols
	text *fakeText
	log  []string // what ftrace printed, and what it waited for
	// inside runs while Unregister waits.
	inside func()
	synced int
}

func (r *rig) SynchronizeRCUTasksRude() { r.log = append(r.log, "synchronize_rcu_tasks_rude") }

func (r *rig) SynchronizeRCUTasks() {
	r.log = append(r.log, "synchronize_rcu_tasks")
	if r.inside != nil {
		r.inside()
	}
}

// newRig has f and g built with a call of __fentry__, and h with the nop. Their
// sites are not initialised yet.
func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, m: mem.New(1 << 20)}
	r.syms = fakeSymbols{
		{"f", fAt, 0x20}, {"g", gAt, 0x20}, {"h", hAt, 0x20}, {"n", nAt, 0x20},
		{"mod_f", modAt, 0x20},
	}
	r.text = &fakeText{m: r.m, next: trampAt}
	for _, at := range []uint64{textAt, coreAt, modAt} {
		r.must(r.m.Map(at, mem.PageSize, mem.R|mem.X))
	}
	r.must(r.m.Map(dataAt, mem.PageSize, mem.R|mem.W))
	endbr := []byte{0xf3, 0x0f, 0x1e, 0xfa}
	for _, at := range []uint64{fAt, gAt, modAt} {
		r.poke(at, append(endbr[:4:4], r.call(at+4, fentryAt)...))
	}
	r.poke(hSite, nop5[:])
	for _, at := range []uint64{callerAt, regsAt} {
		code := append(endbr[:4:4], 0x48, 0x8b, 0x15, 0, 0, 0, 0)
		disp := uint64(traceOpAt) - (at + tmplOp + opLoadSize)
		binary.LittleEndian.PutUint32(code[7:], uint32(disp))
		code = append(code, r.call(at+tmplCall, coreAt+0x30)...) // ftrace_stub
		code = append(code, 0x90, 0xc3)
		r.poke(at, code)
	}
	r.f = New(Config{
		Mem: r.m, Bus: &r.bus, Symbols: r.syms, Text: r.text, Waits: r,
		Sink:   func(e trace.Event) { r.log = append(r.log, e.String()) },
		Sync:   func() { r.synced++ },
		Caller: template(callerAt), RegsCaller: template(regsAt),
		ListFunc: listAt, TraceOp: traceOpAt, Fentry: []uint64{fentryAt, mcountAt},
	})
	return r
}

// started is a rig whose three sites are nops.
func started(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.must(r.f.Init("", []Site{{IP: gSite}, {IP: fSite}, {IP: hSite, Nop: true}}))
	return r
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) wantErr(got, want error) {
	r.Helper()
	if !errors.Is(got, want) || want == nil && got != nil {
		r.Errorf("error = %v, want %v", got, want)
	}
}

func (r *rig) poke(at uint64, b []byte) {
	r.Helper()
	r.must(r.m.Poke(at, b))
}

func (r *rig) bytes(at uint64, n int) []byte {
	r.Helper()
	b := make([]byte, n)
	r.must(r.m.Read(at, b))
	return b
}

func (r *rig) call(at, target uint64) []byte {
	r.Helper()
	text, ok := callTo(at, target)
	if !ok {
		r.Fatalf("%x is out of reach of %x", target, at)
	}
	return text[:]
}

// wantCall checks that a call instruction stands at an address.
func (r *rig) wantCall(at, target uint64) {
	r.Helper()
	if got, want := r.bytes(at, siteSize), r.call(at, target); !slices.Equal(got, want) {
		r.Errorf("bytes at %s are % x, want % x (call %x)", r.syms.Format(at), got, want, target)
	}
}

func (r *rig) wantNop(at uint64) {
	r.Helper()
	if got := r.bytes(at, siteSize); !slices.Equal(got, nop5[:]) {
		r.Errorf("bytes at %s are % x, want the nop", r.syms.Format(at), got)
	}
}

func (r *rig) wantFlags(ip uint64, want RecordFlags) {
	r.Helper()
	if got := r.f.Record(ip).Flags; got != want {
		r.Errorf("flags of the record at %s are %08x, want %08x", r.syms.Format(ip), uint32(got), uint32(want))
	}
}

// ops makes an ops with a filter.
func (r *rig) ops(fn, addr uint64, flags OpsFlags, filter ...uint64) *Ops {
	r.Helper()
	o := &Ops{Name: "cb", Func: fn, Addr: addr, Flags: flags}
	o.Handler = func(uint64, uint64, *Ops, *Regs) {}
	for _, ip := range filter {
		r.must(r.f.SetFilterIP(o, ip, false))
	}
	return o
}

func (r *rig) register(o *Ops) *Ops {
	r.Helper()
	r.must(r.f.Register(o))
	return o
}

// klpFlags are what livepatch registers with.
const klpFlags = OpsDynamic | OpsIPModify | OpsPermanent
