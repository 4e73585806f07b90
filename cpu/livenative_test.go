package cpu

import (
	"flag"
	"testing"
)

var (
	liveCases = flag.Int("native.cases", 0, "fresh cases per instruction form to compare with this CPU (needs gcc)")
	liveSeed  = flag.Uint64("native.seed", 1, "seed of the fresh cases")
)

// TestNativeLive compares fresh random cases with the CPU the test runs on.
func TestNativeLive(t *testing.T) {
	if *liveCases == 0 {
		t.Skip("no fresh cases asked for: use -native.cases N")
	}
	runner, ok := buildRunner(t)
	if !ok {
		t.Skip("no gcc to build the runner with")
	}
	g := newCaseGen(*liveSeed)
	var cases []nativeCase
	for _, f := range nativeForms() {
		cases = append(cases, g.cases(t, f, *liveCases*int(f.span+3)/4)...)
	}
	want := runNative(t, runner, cases)
	b := newEmuBench(t)
	bad := map[string]int{}
	for i := range cases {
		tc := &cases[i]
		in, _ := Decode(tc.Code[:])
		if diff := compareResults(&in, tc.RIP, want[i], b.run(t, tc)); diff != "" {
			name := in.Mnemonic()
			if bad[name]++; bad[name] <= 3 {
				t.Errorf("%s % x at %#x: flags %#x regs %#x:%s", name, tc.Code[:tc.Len], tc.RIP, tc.Flags, tc.Regs, diff)
			}
		}
	}
	t.Logf("%d cases, seed %d, differing: %v", len(cases), *liveSeed, bad)
}

// nativeForms are the forms of the built table that can be compared.
func nativeForms() []*Form {
	var all []*Form
	seen := map[*Form]bool{}
	for v := range optab {
		for m := range optab[v] {
			for _, forms := range optab[v][m] {
				for _, f := range forms {
					if f.native() && !seen[f] {
						seen[f] = true
						all = append(all, f)
					}
				}
			}
		}
	}
	return all
}
