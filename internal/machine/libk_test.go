package machine

import (
	"hash/crc32"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// libk calls functions of the core text by name.
type libk struct {
	t *testing.T
	m *Machine
}

func (l libk) call(name string, args ...uint64) uint64 {
	l.t.Helper()
	fn, ok := l.m.core[name]
	if !ok {
		l.t.Fatalf("core text has no %s", name)
	}
	ret, err := l.m.Call(fn, args...)
	if err != nil {
		l.t.Fatalf("%s: %v", name, err)
	}
	return ret
}

func (l libk) text(addr uint64) string {
	l.t.Helper()
	if addr == 0 {
		return "NULL"
	}
	s, err := l.m.readString(addr, 1<<12)
	if err != nil {
		l.t.Fatal(err)
	}
	return s
}

func (l libk) word(addr uint64, size int) uint64 {
	l.t.Helper()
	v, err := l.m.mem.Load(addr, size)
	if err != nil {
		l.t.Fatal(err)
	}
	return v
}

func TestStringFunctions(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	s := l.m.newString
	buf := func(text string) uint64 {
		addr := l.m.alloc(64)
		if err := l.m.mem.Write(addr, append([]byte(text), 0)); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	for _, tt := range []struct {
		fn   string
		args []uint64
		want string // of the string that is returned
	}{
		{"strchr", []uint64{s("a=b=c"), '='}, "=b=c"},
		{"strrchr", []uint64{s("a=b=c"), '='}, "=c"},
		{"strchr", []uint64{s("abc"), 'x'}, "NULL"},
		{"strchr", []uint64{s("abc"), 0}, ""},
		{"strchrnul", []uint64{s("abc"), 'x'}, ""},
		{"strnchr", []uint64{s("abc"), 2, 'c'}, "NULL"},
		{"strstr", []uint64{s("hello world"), s("o w")}, "o world"},
		{"strstr", []uint64{s("hello"), s("")}, "hello"},
		{"strstr", []uint64{s("hello"), s("hello!")}, "NULL"},
		{"strpbrk", []uint64{s("key: value"), s(" :")}, ": value"},
		{"skip_spaces", []uint64{s(" \t\n x ")}, "x "},
		{"strim", []uint64{buf("  both  ")}, "both"},
		{"strcat", []uint64{buf("ab"), s("cd")}, "abcd"},
		{"strncat", []uint64{buf("ab"), s("cdef"), 2}, "abcd"},
		{"strcpy", []uint64{buf(""), s("copy")}, "copy"},
		{"strreplace", []uint64{buf("a-b-c"), '-', '_'}, "a_b_c"},
		{"memchr_inv", []uint64{s("aaab"), 'a', 4}, "b"},
	} {
		if got := l.text(l.call(tt.fn, tt.args...)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.fn, got, tt.want)
		}
	}
	for _, tt := range []struct {
		fn   string
		args []uint64
		want int32
	}{
		{"strnlen", []uint64{s("hello"), 3}, 3},
		{"strnlen", []uint64{s("hello"), 30}, 5},
		{"strspn", []uint64{s("aabbc"), s("ab")}, 4},
		{"strcspn", []uint64{s("aabbc"), s("c")}, 4},
		{"strcasecmp", []uint64{s("Hello"), s("hELLO")}, 0},
		{"strncasecmp", []uint64{s("HellO"), s("hellx"), 4}, 0},
		{"sysfs_streq", []uint64{s("on\n"), s("on")}, 1},
		{"sysfs_streq", []uint64{s("on\nx"), s("on")}, 0},
		{"sized_strscpy", []uint64{buf(""), s("abc"), 4}, 3},
		{"sized_strscpy", []uint64{buf(""), s("abcd"), 4}, -7},
		{"strlcat", []uint64{buf("ab"), s("cd"), 4}, 4},
	} {
		if got := int32(l.call(tt.fn, tt.args...)); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.fn, got, tt.want)
		}
	}
	p := l.m.alloc(8)
	_ = l.m.mem.Store(p, 8, buf("a,b,,c"))
	var words []string
	for {
		w := l.call("strsep", p, s(","))
		if w == 0 {
			break
		}
		words = append(words, l.text(w))
	}
	if got := strings.Join(words, "|"); got != "a|b||c" {
		t.Errorf("strsep: %s", got)
	}
}

func TestKstrto(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	res := l.m.alloc(8)
	for _, tt := range []struct {
		fn, text string
		base     uint64
		size     int
		want     uint64
		err      int32
	}{
		{"kstrtoint", "42\n", 0, 4, 42, 0},
		{"kstrtoint", "-0x10", 0, 4, 0xfffffff0, 0},
		{"kstrtoint", "010", 0, 4, 8, 0},
		{"kstrtoint", "2147483648", 10, 4, 0, -34},
		{"kstrtoint", "-2147483648", 10, 4, 0x80000000, 0},
		{"kstrtoint", "12x", 0, 4, 0, -22},
		{"kstrtoint", "", 0, 4, 0, -22},
		{"kstrtouint", "-1", 0, 4, 0, -22},
		{"kstrtoull", "18446744073709551615", 0, 8, ^uint64(0), 0},
		{"kstrtoull", "18446744073709551616", 0, 8, 0, -34},
		{"kstrtoull", "ff", 16, 8, 255, 0},
		{"kstrtou8", "256", 0, 1, 0, -34},
		{"kstrtobool", "On", 0, 1, 1, 0},
		{"kstrtobool", "maybe", 0, 1, 0, -22},
	} {
		args := []uint64{l.m.newString(tt.text), tt.base, res}
		if tt.fn == "kstrtobool" {
			args = []uint64{args[0], res}
		}
		got := int32(l.call(tt.fn, args...))
		if got != tt.err || got == 0 && l.word(res, tt.size) != tt.want {
			t.Errorf("%s(%q): %d, %#x, want %d, %#x", tt.fn, tt.text, got, l.word(res, tt.size), tt.err, tt.want)
		}
	}
	if v := l.call("simple_strtoul", l.m.newString("0x1fz"), res, 0); v != 0x1f || l.text(l.word(res, 8)) != "z" {
		t.Errorf("simple_strtoul: %#x, then %q", v, l.text(l.word(res, 8)))
	}
	if v := l.call("memparse", l.m.newString("3M"), 0); v != 3<<20 {
		t.Errorf("memparse: %d", v)
	}
}

func TestBitFunctions(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	rng := rand.New(rand.NewPCG(1, 2))
	a := l.m.alloc(32)
	for range 20 {
		var w [3]uint64
		for i := range w {
			w[i] = rng.Uint64() & rng.Uint64()
			_ = l.m.mem.Store(a+8*uint64(i), 8, w[i])
		}
		n := 1 + rng.Uint64N(192)
		set := func(i uint64) bool { return i < n && w[i/64]>>(i%64)&1 != 0 }
		weight, start := uint64(0), rng.Uint64N(n)
		next, zero := n, n
		for i := uint64(0); i < n; i++ {
			if set(i) {
				weight++
			}
			if i >= start && set(i) && next == n {
				next = i
			}
			if i >= start && !set(i) && zero == n {
				zero = i
			}
		}
		for _, tt := range []struct {
			fn   string
			args []uint64
			want uint64
		}{
			{"__bitmap_weight", []uint64{a, n}, weight},
			{"_find_next_bit", []uint64{a, n, start}, next},
			{"_find_next_zero_bit", []uint64{a, n, start}, zero},
			{"int_sqrt", []uint64{w[0]}, isqrt(w[0])},
		} {
			if got := l.call(tt.fn, tt.args...); got != tt.want {
				t.Errorf("%s of %d bits from %d: %d, want %d", tt.fn, n, start, got, tt.want)
			}
		}
	}
}

func isqrt(x uint64) uint64 {
	lo, hi := uint64(0), uint64(1)<<32
	for lo+1 < hi {
		mid := (lo + hi) / 2
		if h, l := bits.Mul64(mid, mid); h == 0 && l <= x {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

func TestChecksums(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	text := "123456789"
	p, n := l.m.newString(text), uint64(len(text))
	for _, tt := range []struct {
		fn   string
		seed uint64
		want uint64
	}{
		{"crc32_le", 0xffffffff, uint64(^crc32.ChecksumIEEE([]byte(text)))},
		{"__crc32c_le", 0xffffffff, uint64(^crc32.Checksum([]byte(text), crc32.MakeTable(crc32.Castagnoli)))},
		{"crc32_be", 0xffffffff, 0x0376e6e7}, // CRC-32/MPEG-2
		{"crc16", 0, 0xbb3d},                 // CRC-16/ARC
		{"crc_ccitt", 0, 0x2189},             // CRC-16/KERMIT
		{"crc_itu_t", 0, 0x31c3},             // CRC-16/XMODEM
	} {
		mask := uint64(0xffffffff)
		if !strings.Contains(tt.fn, "32") {
			mask = 0xffff // the rest of the register means nothing
		}
		if got := l.call(tt.fn, tt.seed, p, n) & mask; got != tt.want {
			t.Errorf("%s: %#x, want %#x", tt.fn, got, tt.want)
		}
	}
}

// A red-black tree takes and gives back its nodes; its order and its colours
// hold at each step.
func TestRbtree(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	rng := rand.New(rand.NewPCG(3, 4))
	const nodes = 60
	root := l.m.alloc(8)
	at := l.m.alloc(nodes * 32)
	key := func(n uint64) uint64 { return l.word(n+24, 8) }
	var in []uint64
	insert := func(n uint64) {
		link, parent := root, uint64(0)
		for l.word(link, 8) != 0 {
			parent = l.word(link, 8)
			link = parent + 8 // rb_right
			if key(n) < key(parent) {
				link = parent + 16
			}
		}
		for _, f := range [][2]uint64{{n, parent}, {n + 8, 0}, {n + 16, 0}, {link, n}} {
			_ = l.m.mem.Store(f[0], 8, f[1])
		}
		l.call("rb_insert_color", n, root)
	}
	check := func() {
		t.Helper()
		var got, want []uint64
		for n := l.call("rb_first", root); n != 0; n = l.call("rb_next", n) {
			got = append(got, key(n))
		}
		for _, n := range in {
			want = append(want, key(n))
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("order %v, want %v", got, want)
		}
		var depth func(n uint64, red bool) int
		depth = func(n uint64, red bool) int {
			if n == 0 {
				return 1
			}
			isRed := l.word(n, 8)&1 == 0
			a, b := depth(l.word(n+8, 8), isRed), depth(l.word(n+16, 8), isRed)
			if a != b || isRed && red {
				t.Fatalf("node %d breaks the rules: %d and %d black below, red %v under red %v", key(n), a, b, isRed, red)
			}
			if !isRed {
				a++
			}
			return a
		}
		depth(l.word(root, 8), false)
	}
	for i := range uint64(nodes) {
		n := at + 32*i
		_ = l.m.mem.Store(n+24, 8, rng.Uint64N(1000))
		in = append(in, n)
		insert(n)
		check()
	}
	for len(in) > 0 {
		i := rng.IntN(len(in))
		l.call("rb_erase", in[i], root)
		in = append(in[:i], in[i+1:]...)
		check()
	}
}
