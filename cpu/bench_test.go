package cpu

import (
	"testing"
	"time"
)

// kernels are the fourteen benchmark programs with the rounds of one iteration.
func kernels() []result {
	return []result{
		{name: "k_recursion", arg: 20}, {name: "k_crc32", arg: 20}, {name: "k_sieve", arg: 10},
		{name: "k_quicksort", arg: 4}, {name: "k_matrix", arg: 15}, {name: "k_sha256", arg: 200},
		{name: "k_bytes", arg: 20}, {name: "k_list", arg: 200}, {name: "k_tree", arg: 300},
		{name: "k_vm", arg: 200}, {name: "k_muldiv", arg: 500}, {name: "k_atomics", arg: 1000},
		{name: "k_indirect", arg: 1000}, {name: "k_bits", arg: 500},
	}
}

// report turns the instructions executed since start into MIPS, by CPU time: the
// machine may be busy with other things.
func report(b *testing.B, start time.Duration, n uint64) {
	b.ReportMetric(float64(n)/(cpuTime()-start).Seconds()/1e6, "MIPS")
}

// BenchmarkRun runs each kernel to its end.
func BenchmarkRun(b *testing.B) {
	for _, k := range kernels() {
		b.Run(k.name, func(b *testing.B) {
			p := loadProgram(b, "fentry")
			c := New(0, p.m, Options{})
			start := cpuTime()
			for b.Loop() {
				p.call(b, c, k.name, k.arg)
			}
			report(b, start, c.Retired())
		})
	}
}

// BenchmarkStep runs each kernel one instruction at a time.
func BenchmarkStep(b *testing.B) {
	for _, k := range kernels() {
		b.Run(k.name, func(b *testing.B) {
			p := loadProgram(b, "fentry")
			c := New(0, p.m, Options{})
			start := cpuTime()
			for b.Loop() {
				p.start(b, c, k.name, k.arg, stackTop)
				for c.Step().Kind == StopBudget {
				}
			}
			report(b, start, c.Retired())
		})
	}
}

// BenchmarkFour runs each kernel on four CPUs with one memory, in turn, one
// instruction each.
func BenchmarkFour(b *testing.B) {
	for _, k := range kernels() {
		b.Run(k.name, func(b *testing.B) {
			p := loadProgram(b, "fentry")
			var cpus [4]*VCPU
			for i := range cpus {
				cpus[i] = New(i, p.m, Options{})
			}
			start := cpuTime()
			for b.Loop() {
				for i, c := range cpus {
					p.start(b, c, k.name, k.arg, stackTop-uint64(i)*4096)
				}
				inTurn(cpus[:])
			}
			n := uint64(0)
			for _, c := range cpus {
				n += c.Retired()
			}
			report(b, start, n)
		})
	}
}
