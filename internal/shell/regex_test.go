package shell

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRegexEngines: both engines find the same matches where both can run.
func TestRegexEngines(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	atoms := []string{"a", "b", "c", ".", "[ab]", "[^a]", "(a)", "(ab)", "(a|b)", "(bc)*", "a*", "b+", "c?", "a{1,2}", "^", "$", `\b`, `\w`, "|", "[[:alpha:]]", " "}
	for range 3000 {
		var pat, text strings.Builder
		for range 1 + rnd.IntN(4) {
			pat.WriteString(atoms[rnd.IntN(len(atoms))])
		}
		for range rnd.IntN(9) {
			text.WriteByte("abc "[rnd.IntN(4)])
		}
		p := &reParser{pat: pat.String(), flags: regexFlags{extended: true}}
		tree, err := p.parse()
		if err != nil {
			continue
		}
		std, err := newRegex(tree, p.groups, false, p.flags, nil)
		if err != nil {
			t.Fatalf("%q: %v", pat.String(), err)
		}
		own, err := newRegex(tree, p.groups, true, p.flags, nil)
		if err != nil {
			t.Fatalf("%q: %v", pat.String(), err)
		}
		for from := range text.Len() + 1 {
			a, b := std.FindFrom(text.String(), from), own.FindFrom(text.String(), from)
			if (a == nil) != (b == nil) || a != nil && cmp.Diff(a[:2], b[:2]) != "" {
				t.Fatalf("%q in %q from %d: Go's engine %v, ours %v", pat.String(), text.String(), from, a, b)
			}
		}
	}
}

// TestRegexLimit: an expression that would backtrack for ever ends at a limit.
func TestRegexLimit(t *testing.T) {
	var failed error
	re, err := compileRegexp(`^(a*)*(a*)*(a*)*\1b$`, regexFlags{extended: true}, func(err error) { failed = err })
	if err != nil {
		t.Fatal(err)
	}
	if re.MatchString(strings.Repeat("a", 500)) {
		t.Error("it matches")
	}
	if failed == nil {
		t.Error("no limit was reached")
	}
}

// FuzzRegex: no expression makes either engine fail.
func FuzzRegex(f *testing.F) {
	for _, pat := range []string{`a\(b\)*\1`, `[[:alpha:]-z]`, `\<a\{2,3\}\>`, `(^|b)*$`, `[]a]`, `a**`, `\`, `[`} {
		f.Add(pat, "ab aab", false)
		f.Add(pat, "ab aab", true)
	}
	f.Fuzz(func(t *testing.T, pat, text string, extended bool) {
		if len(pat) > 200 || len(text) > 200 {
			return
		}
		re, err := compileRegexp(pat, regexFlags{extended: extended}, nil)
		if err != nil {
			return
		}
		for from := range len(text) + 1 {
			if m := re.FindFrom(text, from); m != nil && (m[0] < from || m[1] < m[0] || m[1] > len(text)) {
				t.Fatalf("%q in %q from %d: %v", pat, text, from, m)
			}
		}
	})
}
