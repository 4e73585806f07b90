package machine

import (
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// The division of 128 bits that gcc calls, against math/big.
func TestDivide128(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	r := rand.New(rand.NewPCG(5, 6))
	rem := l.m.alloc(16)
	word := func() uint64 {
		return []uint64{r.Uint64(), r.Uint64() >> r.IntN(64), 0, ^uint64(0), 1 << r.IntN(64)}[r.IntN(5)]
	}
	for range 500 {
		n, d := [2]uint64{word(), word()}, [2]uint64{word(), word()}
		if d == [2]uint64{} {
			continue
		}
		q, m := new(big.Int).DivMod(wide(n), wide(d), new(big.Int))
		low := l.call("__udivmodti4", n[0], n[1], d[0], d[1], rem)
		got := wide([2]uint64{l.word(rem, 8), l.word(rem+8, 8)})
		if low != new(big.Int).And(q, wide([2]uint64{^uint64(0), 0})).Uint64() || got.Cmp(m) != 0 {
			t.Errorf("%#x / %#x: quotient %#x, remainder %#x; want %#x, %#x", wide(n), wide(d), low, got, q, m)
		}
	}
	minus := ^uint64(0)
	for _, tt := range []struct {
		fn   string
		args []uint64
		want uint64
	}{
		{"__divti3", []uint64{minus - 6, minus, 2, 0}, minus - 2}, // -7 / 2 = -3
		{"__modti3", []uint64{minus - 6, minus, 2, 0}, minus},     // -7 % 2 = -1
		{"__divti3", []uint64{7, 0, minus - 1, minus}, minus - 2},
		{"__modti3", []uint64{7, 0, minus - 1, minus}, 1},
		{"__umodti3", []uint64{7, 1, 10, 0}, 3},
	} {
		if got := l.call(tt.fn, tt.args...); got != tt.want {
			t.Errorf("%s%x: %#x, want %#x", tt.fn, tt.args, got, tt.want)
		}
	}
}

func TestBitCounts(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	for _, x := range []uint64{1, 0x80, 1 << 63, ^uint64(0), 0x123456789abcdef0, ^uint64(5)} {
		ones := uint64(bits.OnesCount64(x))
		same := uint64(bits.LeadingZeros64(x^uint64(int64(x)>>63)) - 1)
		for fn, want := range map[string]uint64{
			"__popcountdi2": ones, "__paritydi2": ones & 1, "__clrsbdi2": same,
			"__clzdi2": uint64(bits.LeadingZeros64(x)), "__ctzdi2": uint64(bits.TrailingZeros64(x)),
			"__ffsdi2": uint64(bits.TrailingZeros64(x)) + 1,
		} {
			if got := l.call(fn, x) & 0xffffffff; got != want {
				t.Errorf("%s(%#x) = %d, want %d", fn, x, got, want)
			}
		}
	}
}

// wide is a number of 128 bits, low word first.
func wide(w [2]uint64) *big.Int {
	v := new(big.Int).SetUint64(w[1])
	return v.Or(v.Lsh(v, 64), new(big.Int).SetUint64(w[0]))
}
