package cpu

import (
	"fmt"
	"math/rand/v2"
	"slices"
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

// Rotate stops where Step does, with every CPU in the state that it had then, until
// the last has halted.
func TestRotateStops(t *testing.T) {
	for _, programs := range [][]string{
		{"k_sha256", "k_bits"},
		{"k_list", "p_bignum", "k_recursion"},
		{"k_indirect", "p_fnv_siphash", "k_crc32", "k_tree"},
		{"k_bytes", "k_bytes", "k_bytes", "k_bytes"},
		{"k_quicksort", "k_muldiv", "p_lz", "k_matrix", "k_bits"},
	} {
		t.Run(fmt.Sprint(programs), func(t *testing.T) {
			turns, stepped := rotating(t, programs), rotating(t, programs)
			r := rand.New(rand.NewPCG(1, 2))
			for next := 0; len(turns) > 0; {
				cut := 1 + r.Uint64N(3000)
				cpu, done, s := Rotate(turns, next, cut)
				for i := range done {
					if stop := stepped[(next+int(i))%len(stepped)].Step(); stop.Kind != StopBudget && i != done-1 {
						t.Fatalf("Rotate missed a stop after %d of %d", i, done)
					}
				}
				for i, c := range turns {
					if diff := cmp.Diff(stepped[i].State(), c.State()); diff != "" || c.Retired() != stepped[i].Retired() {
						t.Fatalf("CPU %d differs after %d instructions (%v): %d and %d retired\n%s", i, done, s.Kind, stepped[i].Retired(), c.Retired(), diff)
					}
				}
				if next = cpu; s.Kind != StopBudget {
					turns, stepped = slices.Delete(turns, cpu, cpu+1), slices.Delete(stepped, cpu, cpu+1)
					next %= max(len(turns), 1)
				}
			}
		})
	}
}

// rotating is one CPU for each program, all on one memory.
func rotating(t *testing.T, programs []string) []*VCPU {
	p := loadProgram(t, "O2")
	var cpus []*VCPU
	for i, name := range programs {
		c := New(i, p.m, Options{})
		p.start(t, c, name, 1, stackTop-uint64(i)*1024)
		cpus = append(cpus, c)
	}
	return cpus
}
