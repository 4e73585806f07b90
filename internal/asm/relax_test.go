package asm

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// layoutProgram makes a program whose layout is hard to settle: short and long
// jumps over alignments, with distances around the limits of both.
func layoutProgram(rng *rand.Rand, kinds int) string {
	var b strings.Builder
	n := 20 + rng.IntN(200)
	for i := range n {
		fmt.Fprintf(&b, ".L%d:\n", i)
		switch rng.IntN(kinds) {
		case 0, 1, 2:
			fmt.Fprintf(&b, "\tjmp .L%d\n", near(rng, i, n))
		case 3, 4:
			fmt.Fprintf(&b, "\tjne .L%d+%d\n", near(rng, i, n), rng.IntN(3))
		case 5:
			fmt.Fprintf(&b, "\t.p2align %d,,%d\n", rng.IntN(7), rng.IntN(20))
		case 6:
			fmt.Fprintf(&b, "\t.skip %d, 0x90\n", rng.IntN(60))
		case 7:
			b.WriteString("\tmov %rax,8(%rbx)\n")
		case 8:
			k := rng.IntN(n)
			fmt.Fprintf(&b, "\t.uleb128 .L%d-.L%d\n", min(n-1, k+rng.IntN(40)), k)
		case 9:
			k := rng.IntN(n)
			fmt.Fprintf(&b, "\t.skip (.L%d-.L%d)&7\n", k, max(0, k-1-rng.IntN(3)))
		default:
			b.WriteString("\tmov %rax,8(%rbx)\n")
		}
	}
	return b.String()
}

func near(rng *rand.Rand, i, n int) int {
	return min(n-1, max(0, i+rng.IntN(40)-20))
}

// TestLayoutAgainstGas compares random layouts with gas. (Sizes that depend on
// each other are left to TestLayoutSwing: gas may fail on them.)
func TestLayoutAgainstGas(t *testing.T) {
	needTool(t, "as")
	const programs = 60
	for seed := range uint64(programs) {
		src := layoutProgram(rand.New(rand.NewPCG(seed, 1)), 8)
		want, msg := gas(t, src)
		if want == nil || strings.Contains(msg, "Error") {
			continue
		}
		got, err := Assemble("x.s", []byte(src))
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			continue
		}
		if w, g := textOf(t, want), textOf(t, got); !bytes.Equal(w, g) {
			t.Errorf("seed %d: %d bytes, gas makes %d", seed, len(g), len(w))
		}
	}
}
