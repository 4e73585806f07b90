package cpu

import (
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var peers = flag.String("peers", "", "comma-separated commands to measure, too: each gets the image, kernel, argument and rounds")

// BenchmarkRatio measures how much slower than the real CPU each kernel runs:
// whole, stepped, and as four CPUs in turn. Native and emulated runs alternate
// and the best of each counts, because what else the machine does slows both.
func BenchmarkRatio(b *testing.B) {
	native := buildNative(b)
	var sums [3]float64
	peerSums := make([]float64, len(peerCommands()))
	for _, k := range kernels() {
		p := loadProgram(b, "fentry")
		c := New(0, p.m, Options{})
		p.call(b, c, k.name, k.arg)
		insns := float64(c.Retired())
		best := [4]float64{}
		for i := range best {
			best[i] = math.Inf(1)
		}
		for range 8 {
			best[0] = min(best[0], nativeSeconds(b, native, k))
			for i, run := range []func(testing.TB, *program, result) float64{runWhole, runSteps, runFour} {
				best[i+1] = min(best[i+1], run(b, p, k))
			}
		}
		others := peerSeconds(b, k)
		line := fmt.Sprintf("%-12s native %5.0f MIPS;", k.name[2:], insns/best[0]/1e6)
		for i, name := range []string{"run", "step", "four"} {
			ratio := best[i+1] / best[0]
			sums[i] += math.Log(ratio)
			line += fmt.Sprintf("  %s %4.0f MIPS %5.1fx", name, insns/best[i+1]/1e6, ratio)
		}
		for i, s := range others {
			ratio := s / best[0]
			peerSums[i] += math.Log(ratio)
			line += fmt.Sprintf("  peer %d %5.1fx", i, ratio)
		}
		b.Log(line)
	}
	n := float64(len(kernels()))
	for i, name := range []string{"run", "step", "four"} {
		b.ReportMetric(math.Exp(sums[i]/n), name+"-x-native")
	}
	for i, s := range peerSums {
		b.ReportMetric(math.Exp(s/n), fmt.Sprintf("peer%d-x-native", i))
	}
}

// peerCommands are the emulators to compare with, as given.
func peerCommands() []string {
	if *peers == "" {
		return nil
	}
	return strings.Split(*peers, ",")
}

// peerSeconds is the best CPU time of one run of k on each of the peers.
func peerSeconds(b testing.TB, k result) []float64 {
	var all []float64
	for _, command := range peerCommands() {
		f := strings.Fields(command)
		best := math.Inf(1)
		for spent := 0.0; spent < 1; spent += 2 * best {
			args := []string{filepath.Join("testdata", "programs", "fentry.elf"), k.name, fmt.Sprint(k.arg)}
			best = min(best, timed(b, 2, f[0], append(append(args, "2"), f[1:]...)...))
		}
		all = append(all, best)
	}
	return all
}

// runWhole is the CPU seconds of one run of k; so are runSteps and runFour, for
// one CPU's share.
func runWhole(b testing.TB, p *program, k result) float64 {
	c := New(0, p.m, Options{})
	p.call(b, c, k.name, 1)
	start := cpuTime()
	p.call(b, c, k.name, k.arg)
	return (cpuTime() - start).Seconds()
}

func runSteps(b testing.TB, p *program, k result) float64 {
	c := New(0, p.m, Options{})
	p.start(b, c, k.name, k.arg, stackTop)
	start := cpuTime()
	for c.Step().Kind == StopBudget {
	}
	return (cpuTime() - start).Seconds()
}

func runFour(b testing.TB, p *program, k result) float64 {
	var cpus [4]*VCPU
	for i := range cpus {
		cpus[i] = New(i, p.m, Options{})
		p.start(b, cpus[i], k.name, k.arg, stackTop-uint64(i)*4096)
	}
	start := cpuTime()
	inTurn(cpus[:])
	spent := (cpuTime() - start).Seconds()
	total := uint64(0)
	for _, c := range cpus {
		total += c.Retired()
	}
	// The kernels share their data, so the four do not all do the same work:
	// scale to the instructions of one run alone.
	c := New(0, p.m, Options{})
	p.call(b, c, k.name, k.arg)
	return spent * float64(c.Retired()) / float64(total)
}

// inTurn executes one instruction of each CPU in turn until all have stopped.
func inTurn(cpus []*VCPU) {
	for i := 0; len(cpus) > 0; {
		cpu, _, s := Rotate(cpus, i, 1<<40)
		if s.Kind != StopBudget {
			cpus = append(append([]*VCPU{}, cpus[:cpu]...), cpus[cpu+1:]...)
			cpu %= max(len(cpus), 1)
		}
		i = cpu
	}
}

// buildNative compiles the kernels for this machine.
func buildNative(b testing.TB) string {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		b.Skip("no gcc to build the kernels natively with")
	}
	dir := b.TempDir()
	flags := []string{"-O2", "-mgeneral-regs-only", "-mcx16", "-fno-stack-protector", "-fno-builtin", "-fno-pie", "-c"}
	var objects []string
	for _, f := range []string{"main", "kernels", "programs", "runtime"} {
		args := append([]string{}, flags...)
		if f == "kernels" {
			args = append(args, "-pg", "-mfentry", "-mrecord-mcount", "-mnop-mcount")
		}
		o := filepath.Join(dir, f+".o")
		run(b, gcc, append(args, filepath.Join("testdata", "programs", f+".c"), "-o", o)...)
		objects = append(objects, o)
	}
	exe := filepath.Join(dir, "native")
	run(b, gcc, append(objects, "-no-pie", "-o", exe)...)
	return exe
}

func run(b testing.TB, name string, args ...string) {
	b.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// nativeSeconds is the CPU time of one native run of k.
func nativeSeconds(b testing.TB, exe string, k result) float64 {
	const rounds = 20
	return timed(b, rounds, exe, k.name, fmt.Sprint(k.arg), fmt.Sprint(rounds))
}

// timed runs a program that prints a checksum and the microseconds of CPU time
// that so many rounds took. It returns the seconds of one.
func timed(b testing.TB, rounds float64, exe string, args ...string) float64 {
	cmd := exec.Command(exe, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	var sum, us uint64
	if _, err := fmt.Sscan(string(out), &sum, &us); err != nil {
		b.Fatal(err)
	}
	return (time.Duration(us) * time.Microsecond).Seconds() / rounds
}
