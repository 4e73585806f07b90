package livepatch

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
	"klpemu/mem"
)

// guestAt is where the structures of the tests lie: a patch with one object of
// two functions.
const (
	guestAt  = 0xffff888000100000
	guestObj = guestAt + 0x100
	guestFn  = guestAt + 0x200
	allocAt  = guestAt + 0x800
)

// fakeGuest is guest memory with an allocator that never reuses anything.
type fakeGuest struct {
	*rig
	next  uint64
	limit uint64 // no memory from here on
	live  map[uint64]uint64
	calls []string
	ret   int32
}

func (g *fakeGuest) Alloc(size uint64) uint64 {
	if size > g.limit || g.next+size > g.limit {
		return 0
	}
	at := g.next
	g.next += (size + 15) &^ 15
	g.live[at] = size
	return at
}

func (g *fakeGuest) Free(addr uint64) {
	if g.live[addr] == 0 {
		g.Errorf("free of %x, which is not allocated", addr)
	}
	delete(g.live, addr)
}

func (g *fakeGuest) FreeLater(addr uint64) {
	g.calls = append(g.calls, "free later")
	g.Free(addr)
}

func (g *fakeGuest) Store(addr uint64, size int, v uint64) { g.must(g.m.Store(addr, size, v)) }
func (g *fakeGuest) StoreString(addr uint64, s string)     { g.must(g.m.Write(addr, append([]byte(s), 0))) }
func (g *fakeGuest) Module(name string) uint64             { return modAt + uint64(len(name)) }
func (g *fakeGuest) Hash(uint64) string                    { return "(hashed)" }
func (g *fakeGuest) Call(fn uint64, args ...uint64) int32 {
	g.calls = append(g.calls, fmt.Sprintf("%x%x", fn, args))
	return g.ret
}

func (g *fakeGuest) word(addr uint64, size int) uint64 {
	g.Helper()
	v, err := g.m.Load(addr, size)
	g.must(err)
	return v
}

func newGuestRig(t *testing.T) *fakeGuest {
	t.Helper()
	r := newRig(t)
	r.must(r.m.Map(guestAt, 4*mem.PageSize, mem.R|mem.W))
	g := &fakeGuest{rig: r, next: allocAt, limit: guestAt + 4*mem.PageSize, live: map[uint64]uint64{}}
	r.core.guest = g
	return g
}

// guestPatch is a patch whose structures are in guest memory.
func guestPatch(mod string) *Patch {
	p := patch(mod, "read", 0, "write", 1)
	p.Addr = guestAt
	p.Objects[0].Addr = guestObj
	for i, f := range p.Objects[0].Funcs {
		f.Addr = guestFn + uint64(i)*FuncSize
	}
	return p
}

// fields are what a guest sees of a patch, its object and its first function.
func (g *fakeGuest) fields() string {
	return fmt.Sprintf("enabled %d forced %d | patched %d mod %x | old %x+%x new+%x nop %d patched %d transition %d",
		g.word(guestAt+patchEnabled, 1), g.word(guestAt+patchForced, 1),
		g.word(guestObj+objPatched, 1), g.word(guestObj+objMod, 8),
		g.word(guestFn+funcOldFunc, 8), g.word(guestFn+funcOldSize, 8), g.word(guestFn+funcNewSize, 8),
		g.word(guestFn+funcNop, 1), g.word(guestFn+funcPatched, 1), g.word(guestFn+funcTransition, 1))
}

func (g *fakeGuest) wantFields(want string) {
	g.Helper()
	if got := g.fields(); got != want {
		g.Errorf("a guest sees\n%s, want\n%s", got, want)
	}
}

// TestWriteThrough: what a guest callback reads is what the core knows.
func TestWriteThrough(t *testing.T) {
	const read = "old ffffffff81000000+20 new+10 nop 0"
	g := newGuestRig(t)
	p := guestPatch("p1")
	g.hold()
	g.must(g.core.Enable(p))
	g.wantFields("enabled 1 forced 0 | patched 1 mod 0 | " + read + " patched 1 transition 1")
	g.release()
	g.core.TransitionWork()
	g.wantFields("enabled 1 forced 0 | patched 1 mod 0 | " + read + " patched 1 transition 0")
	g.hold()
	g.must(g.core.Store(p, false))
	g.wantFields("enabled 0 forced 0 | patched 1 mod 0 | " + read + " patched 1 transition 1")
	g.must(g.core.Store(p, true)) // reversed
	g.wantFields("enabled 1 forced 0 | patched 1 mod 0 | " + read + " patched 1 transition 1")
	g.must(g.core.Store(p, false))
	g.must(g.core.StoreForce(p, true))
	g.wantFields("enabled 0 forced 1 | patched 1 mod 0 | " + read + " patched 1 transition 1")
	g.core.TransitionWork()
	g.wantFields("enabled 0 forced 1 | patched 0 mod 0 | " + read + " patched 0 transition 0")
}

// TestWriteThroughModule: obj->mod and old_func follow the module.
func TestWriteThroughModule(t *testing.T) {
	g := newGuestRig(t)
	p := &Patch{Mod: "p1", Addr: guestAt, Objects: []*Object{object("e1000", "xmit", 2)}}
	p.Objects[0].Addr, p.Objects[0].Funcs[0].Addr = guestObj, guestFn
	g.enabled(p)
	g.wantFields("enabled 1 forced 0 | patched 0 mod 0 | old 0+0 new+0 nop 0 patched 0 transition 0")
	g.load()
	g.must(g.core.ModuleComing("e1000"))
	g.wantFields("enabled 1 forced 0 | patched 1 mod ffffffffc0100005 | old ffffffffc0100000+20 new+10 nop 0 patched 1 transition 0")
	g.core.ModuleGoing("e1000")
	g.wantFields("enabled 1 forced 0 | patched 0 mod 0 | old 0+20 new+10 nop 0 patched 0 transition 0")
}

// TestGuestLists: the lists that klp_for_each_object and klp_for_each_func walk.
func TestGuestLists(t *testing.T) {
	g := newGuestRig(t)
	g.enabled(guestPatch("p1"))
	if diff := cmp.Diff([]uint64{guestObj + objNode}, g.walk(guestAt+patchObjList)); diff != "" {
		t.Errorf("obj_list (-want +got):\n%s", diff)
	}
	want := []uint64{guestFn + funcNode, guestFn + FuncSize + funcNode}
	if diff := cmp.Diff(want, g.walk(guestObj+objFuncList)); diff != "" {
		t.Errorf("func_list (-want +got):\n%s", diff)
	}
}

// walk follows a list both ways.
func (g *fakeGuest) walk(head uint64) []uint64 {
	g.Helper()
	var nodes []uint64
	prev := head
	for at := g.word(head, 8); at != head && len(nodes) < 100; at = g.word(at, 8) {
		if back := g.word(at+8, 8); back != prev {
			g.Errorf("prev of %x is %x, want %x", at, back, prev)
		}
		nodes = append(nodes, at)
		prev = at
	}
	return nodes
}

// TestNopsInGuestMemory: an atomic replace allocates a struct for each nop and
// for each object that it lacks, and forgets them when it completes.
func TestNopsInGuestMemory(t *testing.T) {
	g := newGuestRig(t)
	g.enabled(&Patch{Mod: "p1", Objects: []*Object{object("", "read", 0), object("e1000", "xmit", 2)}})
	p := patch("p2", "write", 1)
	p.Addr, p.Replace, p.Objects[0].Addr, p.Objects[0].Funcs[0].Addr = guestAt, true, guestObj, guestFn
	g.hold()
	g.must(g.core.Enable(p))
	nodes := g.walk(guestAt + patchObjList)
	if len(nodes) != 2 {
		t.Fatalf("%d objects, want vmlinux and e1000", len(nodes))
	}
	dynamic := nodes[1] - objNode
	name, err := g.m.ReadString(g.word(dynamic+objName, 8), 16)
	if err != nil || name != "e1000" || g.word(dynamic+objDynamic, 1) != 1 {
		t.Errorf("the object made for nops: name %q, %v, dynamic %d", name, err, g.word(dynamic+objDynamic, 1))
	}
	funcs := g.walk(guestObj + objFuncList)
	if len(funcs) != 2 {
		t.Fatalf("vmlinux has %d functions, want write and the nop of read", len(funcs))
	}
	nop := funcs[1] - funcNode
	if g.word(nop+funcNop, 1) != 1 || g.word(nop+funcNewFunc, 8) != readAt || g.word(nop+funcOldFunc, 8) != readAt {
		t.Errorf("nop %d, new_func %x, old_func %x", g.word(nop+funcNop, 1), g.word(nop+funcNewFunc, 8), g.word(nop+funcOldFunc, 8))
	}
	g.release()
	g.core.TransitionWork()
	if n := len(g.walk(guestAt + patchObjList)); n != 1 {
		t.Errorf("%d objects after the replace, want 1", n)
	}
	if n := len(g.walk(guestObj + objFuncList)); n != 1 {
		t.Errorf("%d functions after the replace, want 1", n)
	}
	if g.live[nop] != 0 || g.live[dynamic] != 0 {
		t.Error("the structures of the nops are not freed")
	}
	if len(g.live) != 0 {
		t.Errorf("%d structures and names are left", len(g.live))
	}
}

// TestNopsWithoutMemory: klp_add_nops fails before anything has happened.
func TestNopsWithoutMemory(t *testing.T) {
	g := newGuestRig(t)
	g.enabled(patch("p1", "read", 0))
	g.limit = g.next + 8
	p := patch("p2", "write", 1)
	p.Replace = true
	g.wantErr(g.core.Enable(p), errno.ENOMEM)
	if n := g.refs["p2"]; n != 0 {
		t.Errorf("%d references of the refused patch", n)
	}
	g.wantCalled(readAt, "new_0")
}

// TestUnreliableArchitecture is messages 15 and 16 of the core.
func TestUnreliableArchitecture(t *testing.T) {
	r := newRig(t)
	r.core.unreliable = true
	r.must(r.core.Enable(patch("p1", "read", 0)))
	r.log = r.log[:min(3, len(r.log))]
	r.wantLog(
		"This architecture doesn't have support for the livepatch consistency model.",
		"The livepatch transition may never complete.",
		"enabling patch 'p1'")
}

// TestUnnamedFunc: old_name NULL is refused, the empty name is looked up.
func TestUnnamedFunc(t *testing.T) {
	r := newRig(t)
	p := patch("p1", "", 0)
	p.Objects[0].Funcs[0].Unnamed = true
	r.wantErr(r.core.Enable(p), errno.EINVAL)
	if len(r.log) > 0 {
		t.Errorf("log %q, want none", r.log)
	}
	r.log = nil
	r.wantErr(r.core.Enable(patch("p1", "", 0)), errno.EINVAL)
	r.wantLog("symbol '' not found in symbol table")
}

// TestNopsOfReversedReplace: a replace that is taken back frees its nops with
// the patch.
func TestNopsOfReversedReplace(t *testing.T) {
	g := newGuestRig(t)
	g.enabled(&Patch{Mod: "p1", Objects: []*Object{object("", "read", 0), object("e1000", "xmit", 2)}})
	p := patch("p2", "write", 1)
	p.Addr, p.Replace, p.Objects[0].Addr, p.Objects[0].Funcs[0].Addr = guestAt, true, guestObj, guestFn
	g.hold()
	g.must(g.core.Enable(p))
	g.must(g.core.Store(p, false))
	g.release()
	g.core.TransitionWork()
	g.runWork()
	if len(g.live) != 0 {
		t.Errorf("%d structures and names are left", len(g.live))
	}
	g.wantCalled(readAt, "new_0")
}
