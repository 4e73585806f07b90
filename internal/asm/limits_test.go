package asm

import (
	"strings"
	"testing"
)

// TestLimits checks that hostile sources end soon and say why.
func TestLimits(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"repetition", ".rept 1000000000\n.set x, 1\n.endr", "statements after expansion"},
		{"empty repetitions", ".rept 100000\n.rept 100000\n.rept 100000\n.endr\n.endr\n.endr", "statements after expansion"},
		{"recursion", ".macro m\nm\n.endm\nm", "nested more than 64 deep"},
		{"doubling", ".macro m a\nm \"\\a\\a\"\n.endm\nm abcdefgh", "the text of all expansions"},
		{"skip", ".skip 1<<60", "the output grows beyond the limit"},
		{"many skips", ".rept 1000\n.skip 1<<19\n.endr", "the output grows beyond the limit"},
		{"fill", ".fill 1<<40,8,1", "the output grows beyond the limit"},
		{"org", ".org 1<<50", "grows beyond the limit"},
		{"align", ".rept 10000\n.p2align 30\nnop\n.endr", "grows beyond the limit"},
		{"parentheses", ".quad " + strings.Repeat("(", 100000), "nested too deeply"},
		{"signs", ".quad " + strings.Repeat("-", 100000) + "1", "nested too deeply"},
		{"sums", ".quad " + strings.Repeat("x+", 100000) + "1", "expression is too deep"},
		{"conditionals", strings.Repeat(".if 1\n", 100000), "conditionals are nested"},
		{"pushes", strings.Repeat(".pushsection .x\n", 100000), "sections pushed"},
		{"equates", doublingEquates(), "cannot be computed"},
	}
	o := Options{Limits: Limits{MaxOutput: 1 << 20, MaxStatements: 100_000}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := o.Assemble("x.s", []byte(tt.src))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// doublingEquates makes symbols each of which uses the next one three times.
func doublingEquates() string {
	var b strings.Builder
	for c := 'a'; c < 'z'; c++ {
		n := string(c + 1)
		b.WriteString(".set " + string(c) + ", (" + n + "-" + n + "*2)*" + n + "\n")
	}
	return b.String() + ".quad a\n"
}
