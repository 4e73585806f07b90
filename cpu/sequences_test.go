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

var recordSequences = flag.Bool("sequences.record", false, "record hot_sequences.txt")

const (
	sequenceCount  = 700 // how many sequences get a form of their own
	sequenceLength = 4   // instructions in one, at most
)

// TestSequenceProfile counts which specialised forms follow each other in the test
// programs and records for gen_hot.go what saves most: again and again, the form
// that most often follows a form or sequence is joined to it. Every program has the
// same weight.
func TestSequenceProfile(t *testing.T) {
	if !*recordSequences {
		t.Skip("no profile asked for: use -sequences.record")
	}
	var paths []path
	for _, image := range []string{"O1", "O2", "O3", "Os", "v3", "fentry"} {
		p := loadProgram(t, image)
		for _, r := range loadResults(t) {
			if r.arg == 3 {
				paths = append(paths, profile(t, p, r)...)
			}
		}
	}
	names := codeNames(t)
	text := map[uint16]string{}
	lengths := map[uint16]int{}
	joined := map[sequenceKey]uint16{}
	fresh := uint16(len(names))
	var b strings.Builder
	b.WriteString("# The most frequent sequences of forms in the test programs, recorded by\n# go test -run TestSequenceProfile -sequences.record\n")
	for n := 0; n < sequenceCount; {
		before := 0.0
		for _, k := range mostFrequent(paths, joined, lengths, 10, &before) {
			if text[k.first] == "" {
				text[k.first], lengths[k.first] = names[k.first], 1
			}
			text[fresh] = text[k.first] + " " + names[k.second]
			if k.same != 0 {
				text[fresh] += "/" + operandNames(k.same)
			}
			lengths[fresh] = lengths[k.first] + 1
			joined[k] = fresh
			fmt.Fprintln(&b, text[fresh])
			fresh++
			n++
		}
		if n%100 == 0 {
			t.Logf("%d sequences: %.3f dispatches an instruction", n-10, before)
		}
	}
	if err := os.WriteFile("hot_sequences.txt", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A path is a stretch of a run that was executed, with how often, in instructions of one
// program. Each element is the form of an instruction, with the branch behind it
// if that is part of it.
type path struct {
	codes  []uint16
	same   []uint8 // of the operands that the one before writes
	insns  int
	weight float64
}

// mostFrequent returns the n best keys to add, and how many dispatches an instruction takes
// without them.
func mostFrequent(paths []path, joined map[sequenceKey]uint16, lengths map[uint16]int, n int, dispatches *float64) []sequenceKey {
	weight := map[sequenceKey]float64{}
	total := 0.0
	for _, p := range paths {
		for i := 0; i < len(p.codes); {
			code := p.codes[i]
			for i++; i < len(p.codes); i++ {
				k := sequenceKey{code, p.codes[i], p.same[i]}
				longer, ok := joined[k]
				if !ok {
					longer, ok = joined[sequenceKey{code, p.codes[i], 0}]
				}
				if !ok {
					if lengths[code] < sequenceLength && p.codes[i] != opSlow && code != opSlow {
						weight[k] += p.weight
					}
					break
				}
				code = longer
			}
			*dispatches += p.weight
		}
		total += p.weight * float64(p.insns)
	}
	*dispatches /= total
	keys := make([]sequenceKey, 0, len(weight))
	for k := range weight {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b sequenceKey) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a.first, b.first), cmp.Compare(a.second, b.second), cmp.Compare(a.same, b.same))
	})
	return keys[:n]
}

// profile executes a program by steps and returns its paths.
func profile(t *testing.T, p *program, r result) []path {
	c := New(0, p.m, Options{})
	c.view.unjoined = true
	p.start(t, c, r.name, r.arg, stackTop)
	type stretch struct {
		first *op
		n     int
	}
	counts := map[stretch]int{}
	var s stretch
	var last *op
	total := 0
	for ; total < 300000; total++ {
		o, f := c.next()
		if f != nil {
			t.Fatal(f)
		}
		if last == nil || last.inst == nil || step(last) != o || s.n == maxRun {
			counts[s]++
			s = stretch{first: o}
		}
		s.n++
		if last = o; c.Step().Kind != StopBudget {
			break
		}
	}
	var all []path
	for s, n := range counts {
		if s.first != nil {
			all = append(all, s.first.path(s.n, float64(n)/float64(total)))
		}
	}
	return all
}

// path makes a path of n instructions from o on.
func (o *op) path(n int, weight float64) path {
	p := path{insns: n, weight: weight}
	var last *op
	for i := 0; i < n; i++ {
		same := uint8(0)
		if last != nil {
			same = sameRegister(last, o)
		}
		p.codes, p.same = append(p.codes, o.code), append(p.same, same)
		last = o
		if o.inst != nil {
			k := o.span()
			i += k - 1
			for range k {
				o = step(o)
			}
		}
	}
	return p
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
