package cpu

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Rotate is the same as Step on each CPU in turn, however it is cut.
func TestRotate(t *testing.T) {
	for _, programs := range [][]string{
		{"k_atomics", "p_atomic_ops", "k_quicksort"},
		{"k_atomics", "p_strings", "k_sieve", "k_vm"},
	} {
		t.Run(fmt.Sprint(len(programs)), func(t *testing.T) { testRotate(t, programs) })
	}
}

func testRotate(t *testing.T, programs []string) {
	type outcome struct {
		States []State
		Counts []uint64
	}
	build := func() []*VCPU {
		p := loadProgram(t, "O2")
		var cpus []*VCPU
		for i, name := range programs {
			c := New(i, p.m, Options{})
			p.start(t, c, name, 2, stackTop-uint64(i)*4096)
			cpus = append(cpus, c)
		}
		return cpus
	}
	result := func(cpus []*VCPU) (o outcome) {
		for _, c := range cpus {
			o.States = append(o.States, c.State())
			o.Counts = append(o.Counts, c.Retired())
		}
		return o
	}
	const total = 1500
	stepped := build()
	for i := range total {
		if s := stepped[i%len(stepped)].Step(); s.Kind != StopBudget {
			t.Fatalf("step %d: %+v %v", i, s, s.Fault)
		}
	}
	want := result(stepped)
	for _, cut := range []uint64{1, 2, 5, 7, 64, total} {
		cpus := build()
		next, left := 0, uint64(total)
		for left > 0 {
			cpu, done, s := Rotate(cpus, next, min(cut, left))
			if s.Kind != StopBudget {
				t.Fatalf("cut %d: %+v %v", cut, s, s.Fault)
			}
			next, left = cpu, left-done
		}
		if diff := cmp.Diff(want, result(cpus)); diff != "" {
			t.Errorf("cut %d differs from steps:\n%s", cut, diff)
		}
	}
	c := build()
	c[1].SetRIP(stopAddr)
	if cpu, done, s := Rotate(c, 0, 100); cpu != 1 || done != 2 || s.Kind != StopHalt {
		t.Errorf("CPU %d stopped after %d: %+v", cpu, done, s)
	}
}
