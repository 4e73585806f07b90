package machine

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/transition"
)

// What inline functions of the headers find: current by %gs, its fields by the
// profile, the CPU's preemption count.
func TestCurrentInMemory(t *testing.T) {
	r := newRig(t, Config{CPUs: 2})
	m := r.m
	for _, c := range m.cpus {
		hot := percpuAddr(c.id) + percpuHotPage
		cur, err := m.mem.Load(hot+m.lay.hot.current, 8)
		if err != nil || cur != c.curr.handle {
			t.Errorf("cpu %d: current %x, %v, want %x", c.id, cur, err, c.curr.handle)
		}
		base, _ := m.mem.Load(percpuAddr(c.id)+thisCPUOff, 8)
		if base != percpuAddr(c.id) || c.vcpu.State().GSBase != base {
			t.Errorf("cpu %d: this_cpu_off %x, gs %x", c.id, base, c.vcpu.State().GSBase)
		}
	}
	entries, err := m.listEntries(m.core["init_task"] + m.lay.task.tasks)
	if err != nil {
		t.Fatal(err)
	}
	type task struct {
		PID  uint32
		Comm string
	}
	var got, want []task
	for _, e := range entries {
		at := e - m.lay.task.tasks
		pid, _ := m.load32(at + m.lay.task.pid)
		comm, _ := m.readString(at+m.lay.task.comm, 16)
		got = append(got, task{pid, comm})
	}
	for _, x := range m.tasks {
		want = append(want, task{uint32(x.PID), x.Comm})
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("for_each_process (-want +got):\n%s", d)
	}
}

// A transition is seen in every task_struct.
func TestPatchStateInMemory(t *testing.T) {
	r := newRig(t, Config{CPUs: 1})
	m := r.m
	m.engine.Init(transition.Patched)
	m.syncTasks()
	for _, x := range m.tasks {
		if v, _ := m.load32(x.handle + m.lay.task.patchState); v != 0 {
			t.Errorf("%s: patch_state %d, want 0", x, int32(v))
		}
	}
	m.engine.Start()
	m.syncTasks()
	for _, x := range m.tasks {
		if v, _ := m.mem.Load(x.handle+m.lay.task.flags, 8); v&tifPatchPending == 0 {
			t.Errorf("%s: flags %x without TIF_PATCH_PENDING", x, v)
		}
	}
}

// The dynamic part of the per-CPU areas: first fit, aligned, zeroed, on every CPU.
func TestAllocPercpu(t *testing.T) {
	m := newRig(t, Config{CPUs: 2}).m
	a, b := m.allocPercpu(24, 8), m.allocPercpu(100, 64)
	if a != percpuDynamic || b != percpuDynamic+64 {
		t.Fatalf("offsets %x and %x", a, b)
	}
	m.fillPercpu(b, []byte{1, 2})
	for i := range m.cpus {
		if v, err := m.mem.Load(percpuAddr(i)+b, 8); err != nil || v != 0x201 {
			t.Errorf("cpu %d: %x, %v", i, v, err)
		}
	}
	if !m.freePercpu(a) || m.freePercpu(a) {
		t.Error("freePercpu: once true, then false expected")
	}
	for _, tt := range []struct{ size, align, want uint64 }{
		{32, 8, percpuDynamic}, {8, 3, 0}, {0, 8, 0}, {1 << 30, 8, 0}, {8, 1 << 20, 0},
	} {
		if got := m.allocPercpu(tt.size, tt.align); got != tt.want {
			t.Errorf("allocPercpu(%d, %d) = %x, want %x", tt.size, tt.align, got, tt.want)
		}
	}
}
