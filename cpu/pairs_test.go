package cpu

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var recordPairs = flag.Bool("pairs.record", false, "record hot_pairs.txt")

// pairCount is how many pairs of instructions get a form of their own.
const pairCount = 450

// TestPairProfile counts which specialised forms follow each other in the test
// programs and records the most frequent for gen_hot.go. Every program has the
// same weight.
func TestPairProfile(t *testing.T) {
	if !*recordPairs {
		t.Skip("no profile asked for: use -pairs.record")
	}
	names := codeNames(t)
	weight := map[pairKey]float64{}
	for _, image := range []string{"O2", "Os", "O1", "fentry"} {
		p := loadProgram(t, image)
		for _, r := range loadResults(t) {
			if r.arg == 3 {
				profilePairs(t, p, r, weight)
			}
		}
	}
	var all []pairKey
	for k := range weight {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b pairKey) int {
		if weight[a] != weight[b] {
			return map[bool]int{true: -1, false: 1}[weight[a] > weight[b]]
		}
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.second, b.second), cmp.Compare(a.same, b.same))
	})
	var b strings.Builder
	b.WriteString("# The most frequent pairs of forms in the test programs, recorded by\n# go test -run TestPairProfile -pairs.record\n")
	sum := 0.0
	for _, k := range all[:min(len(all), pairCount)] {
		fmt.Fprintln(&b, strings.TrimSpace(fmt.Sprint(names[k.first], " ", names[k.second], " ", operandNames(k.same))))
		sum += weight[k]
	}
	t.Logf("%d pairs cover %.2f of %.2f", pairCount, sum, float64(len(loadResults(t))/3*4))
	if err := os.WriteFile("hot_pairs.txt", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// codeNames reads the names of the codes from the generated constants.
func codeNames(t *testing.T) map[uint16]string {
	text, err := os.ReadFile("hot_codes.go")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "const (")
	list, _, _ = strings.Cut(list, ")")
	names := map[uint16]string{}
	for line := range strings.Lines(list) {
		if f := strings.Fields(line); len(f) > 0 && strings.HasPrefix(f[0], "op") {
			names[uint16(len(names))] = f[0]
		}
	}
	return names
}

func profilePairs(t *testing.T, p *program, r result, weight map[pairKey]float64) {
	c := New(0, p.m, Options{})
	c.view.unpaired = true
	counts := map[pairKey]float64{}
	p.start(t, c, r.name, r.arg, stackTop)
	total := 0.0
	for range 200000 {
		o, f := c.next()
		if f != nil {
			t.Fatal(f)
		}
		if o.inst != nil && o.inst.attr&ends == 0 && o.code != opSlow && !branches(o) {
			if n := step(o); n.inst != nil && n.code != opSlow {
				counts[pairKey{o.code, n.code, sameRegister(o, n)}]++
			}
		}
		total++
		if c.Step().Kind != StopBudget {
			break
		}
	}
	for k, n := range counts {
		weight[k] += n / total
	}
}

// branches reports whether o is a branch or its form includes one.
func branches(o *op) bool {
	if o.inst.Name == "j*" {
		return true
	}
	j := step(o).inst
	return j != nil && j.Name == "j*" && fusedCode(o, j.cond()) != opSlow
}

// operandNames is a set of operands as gen_hot.go reads it.
func operandNames(same uint8) string {
	s := ""
	for i, f := range "dsbx" {
		if same>>i&1 != 0 {
			s += string(f)
		}
	}
	return s
}
