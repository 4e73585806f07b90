package livepatch

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/smp"
)

func spec(obj, id uint64) ShadowSpec {
	return ShadowSpec{Obj: obj, ID: id, Size: 8, Ctor: newAt, CtorData: 7}
}

func TestShadow(t *testing.T) {
	g := newGuestRig(t)
	c := g.core
	if v := c.ShadowGet(1, 2); v != 0 {
		t.Errorf("klp_shadow_get of nothing = %x", v)
	}
	c.ShadowFree(1, 2, newAt) // nothing to free
	v := c.ShadowAlloc(spec(0x1000, 2))
	if v == 0 || v != c.ShadowGet(0x1000, 2) {
		t.Fatalf("klp_shadow_alloc = %x, klp_shadow_get = %x", v, c.ShadowGet(0x1000, 2))
	}
	if obj, id := g.word(v-16, 8), g.word(v-8, 8); obj != 0x1000 || id != 2 {
		t.Errorf("the struct has obj %x, id %x", obj, id)
	}
	if again := c.ShadowGetOrAlloc(spec(0x1000, 2)); again != v {
		t.Errorf("klp_shadow_get_or_alloc = %x, want the variable that exists, %x", again, v)
	}
	g.wantLog()
	if again := c.ShadowAlloc(spec(0x1000, 2)); again != 0 {
		t.Errorf("klp_shadow_alloc of a variable that exists = %x, want 0", again)
	}
	g.wantLog("WARNING: __klp_shadow_get_or_alloc: Duplicate shadow variable <(hashed), 2>")
	c.ShadowFree(0x1000, 2, newFunc(1))
	if diff := cmp.Diff([]string{hex(newAt) + "[1000 " + hex(v) + " 7]", hex(newFunc(1)) + "[1000 " + hex(v) + "]", "free later"}, g.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if len(g.live) != 0 || len(c.ShadowLeft()) != 0 {
		t.Errorf("left: memory %v, variables %v", g.live, c.ShadowLeft())
	}
}

// Between the first look and the lock another CPU makes the variable: there is
// one, made once.
func TestShadowAllocatedMeanwhile(t *testing.T) {
	g := newGuestRig(t)
	var other uint64
	g.bus.SetHook(func(_ smp.Op, p smp.Point) {
		if p == "klp_shadow_alloc:allocated" {
			g.bus.SetHook(nil)
			other = g.core.ShadowGetOrAlloc(spec(0x1000, 2))
		}
	})
	if v := g.core.ShadowGetOrAlloc(spec(0x1000, 2)); v == 0 || v != other {
		t.Errorf("klp_shadow_get_or_alloc = %x, want the variable of the other CPU, %x", v, other)
	}
	if n := g.core.ShadowCount(); n != 1 || len(g.live) != 1 {
		t.Errorf("%d variables in %d pieces of memory, want 1 in 1", n, len(g.live))
	}
}

func TestShadowConstructorFails(t *testing.T) {
	g := newGuestRig(t)
	g.ret = -22
	if v := g.core.ShadowGetOrAlloc(spec(0x1000, 0xab)); v != 0 {
		t.Errorf("klp_shadow_get_or_alloc = %x, want 0", v)
	}
	g.wantLog("Failed to construct shadow variable <(hashed), ab> (-22)")
	if len(g.live) != 0 || g.core.ShadowGet(0x1000, 0xab) != 0 {
		t.Error("the variable exists all the same")
	}
}

func TestShadowWithoutMemory(t *testing.T) {
	g := newGuestRig(t)
	for _, size := range []uint64{1 << 20, 1 << 40, ^uint64(0)} {
		if v := g.core.ShadowAlloc(ShadowSpec{Obj: 1, ID: 1, Size: size}); v != 0 {
			t.Errorf("klp_shadow_alloc of %d bytes = %x, want 0", size, v)
		}
	}
	g.wantLog()
}

// TestShadowFreeAll: one id goes, whatever the objects; the account tells what
// is left.
func TestShadowFreeAll(t *testing.T) {
	g := newGuestRig(t)
	for obj := uint64(0x1000); obj < 0x1040; obj += 0x10 {
		for id := uint64(1); id <= 3; id++ {
			if g.core.ShadowAlloc(ShadowSpec{Obj: obj, ID: id, Size: 8}) == 0 {
				t.Fatal("no memory")
			}
		}
	}
	g.core.ShadowFreeAll(2, newAt)
	if diff := cmp.Diff([]ShadowUse{{1, 4}, {3, 4}}, g.core.ShadowLeft()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if n := len(g.calls); n != 8 {
		t.Errorf("%d calls, want a destructor and a free for each of 4: %v", n, g.calls)
	}
	if g.core.ShadowGet(0x1000, 2) != 0 || g.core.ShadowGet(0x1000, 1) == 0 {
		t.Error("the wrong variables are gone")
	}
}

// TestShadowHash pins hash_long, on which the order of klp_shadow_free_all
// depends.
func TestShadowHash(t *testing.T) {
	for obj, want := range map[uint64]int{0: 0, 1: 0x61c, 0xffff888000000010: shadowBucket(0xffff888000000010)} {
		if got := shadowBucket(obj); got != want || got >= 1<<shadowHashBits {
			t.Errorf("hash_long(%x, 12) = %x, want %x", obj, got, want)
		}
	}
}
