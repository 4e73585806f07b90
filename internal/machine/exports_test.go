package machine

import (
	"strings"
	"testing"
	"time"
)

func TestSlab(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	m := l.m
	if got := l.call("__kmalloc_noprof", 0, 0xcc0); got != zeroSizePtr {
		t.Errorf("kmalloc(0) = %#x, want ZERO_SIZE_PTR", got)
	}
	if got := l.call("__kmalloc_noprof", kmallocMax+1, 0xcc0); got != 0 {
		t.Errorf("kmalloc of more than the most = %#x", got)
	}
	p := l.call("__kmalloc_cache_noprof", 0, 0xdc0, 64)
	_ = m.mem.Write(p, []byte("content"))
	q := l.call("krealloc_noprof", p, 300, 0xcc0)
	if text := l.text(q); text != "content" || l.call("ksize", q) != 512 {
		t.Errorf("krealloc: %q, %d bytes", text, l.call("ksize", q))
	}
	if text := l.text(l.call("kstrndup", q, 4, 0xcc0)); text != "cont" {
		t.Errorf("kstrndup: %q", text)
	}
	l.call("kvfree", q)
	cache := l.call("__kmem_cache_create_args", m.newString("things"), 40, 0, 0)
	a, b := l.call("kmem_cache_alloc_noprof", cache, 0xcc0), l.call("kmem_cache_alloc_noprof", cache, 0xcc0)
	if a == b || a == 0 {
		t.Errorf("two objects at %#x and %#x", a, b)
	}
	l.call("kmem_cache_free", cache, a)
	l.call("kmem_cache_destroy", cache)
	if warns := m.log.warns; warns != 1 {
		t.Errorf("%d warnings of a cache that still has an object, want 1", warns)
	}
}

// A list that is broken is a BUG, with the message that says how.
func TestListCorruption(t *testing.T) {
	for _, tt := range []struct {
		name string
		call func(l libk, head, e uint64) error
		want string
	}{
		{"next->prev", func(l libk, head, e uint64) error {
			_ = l.m.mem.Store(head+8, 8, e)
			_, err := l.m.Call(l.m.core["__list_add_valid_or_report"], e, head, head)
			return err
		}, "list_add corruption. next->prev should be prev"},
		{"double add", func(l libk, head, e uint64) error {
			_, err := l.m.Call(l.m.core["__list_add_valid_or_report"], head, head, head)
			return err
		}, "list_add double add: new="},
		{"poison", func(l libk, head, e uint64) error {
			_ = l.m.mem.Store(e, 8, listPoison1)
			_ = l.m.mem.Store(e+8, 8, listPoison2)
			_, err := l.m.Call(l.m.core["__list_del_entry_valid_or_report"], e)
			return err
		}, "->next is LIST_POISON1 (dead000000000100)"},
		{"not linked", func(l libk, head, e uint64) error {
			_ = l.m.mem.Store(e, 8, head)
			_ = l.m.mem.Store(e+8, 8, head)
			_, err := l.m.Call(l.m.core["__list_del_entry_valid_or_report"], e)
			return err
		}, "list_del corruption. prev->next should be"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log []string
			l := libk{t, bootTest(t, Config{CPUs: 1, Console: func(s string) { log = append(log, s) }})}
			head, e := l.m.alloc(16), l.m.alloc(16)
			_ = l.m.listInit(head)
			if l.call("__list_add_valid_or_report", e, head, head) != 1 {
				t.Error("a good list is refused")
			}
			if err := tt.call(l, head, e); err == nil {
				t.Error("no oops")
			}
			text := strings.Join(log, "\n")
			for _, want := range []string{tt.want, "kernel BUG at lib/list_debug.c:", "Oops: invalid opcode"} {
				if !strings.Contains(text, want) {
					t.Errorf("log lacks %q:\n%s", want, text)
				}
			}
		})
	}
}

func TestLocksWithReaders(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	sem := l.m.alloc(40)
	l.call("__init_rwsem", sem, 0, 0)
	for _, tt := range []struct {
		fn   string
		want uint64
	}{
		{"down_read_trylock", 1}, {"down_read_trylock", 1}, {"down_write_trylock", 0}, {"up_read", 0}, {"up_read", 0},
		{"down_write_trylock", 1}, {"down_read_trylock", 0}, {"downgrade_write", 0}, {"down_read_trylock", 1},
		{"up_read", 0}, {"up_read", 0}, {"down_write_trylock", 1}, {"up_write", 0},
	} {
		if got := l.call(tt.fn, sem); got != tt.want {
			t.Errorf("%s = %d, want %d", tt.fn, got, tt.want)
		}
	}
	count := l.m.alloc(24)
	_ = l.m.store32(count+semCountAt, 1)
	if a, b := l.call("down_trylock", count), l.call("down_trylock", count); a != 0 || b != 1 {
		t.Errorf("down_trylock twice: %d and %d, want 0 and 1", a, b)
	}
	before := l.m.Now()
	if got := int64(l.call("down_timeout", count, 5)); got != -eTIME || l.m.Now()-before < 5*jiffy {
		t.Errorf("down_timeout: %d after %v", got, l.m.Now()-before)
	}
	lock := l.m.alloc(8)
	l.call("_raw_read_lock", lock)
	if n := l.m.preemptOf(l.m.shell); n != 1 {
		t.Errorf("preempt_count %d under a lock, want 1", n)
	}
	l.call("_raw_read_unlock", lock)
	l.call("_raw_write_lock_bh", lock)
	l.call("_raw_write_unlock_bh", lock)
	if v := l.word(lock, 4); v != 0 || l.m.preemptOf(l.m.shell) != 0 {
		t.Errorf("after unlocking: lock %#x, preempt_count %d", v, l.m.preemptOf(l.m.shell))
	}
}

func TestUserCopies(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	if err := l.m.needUserBuf(); err != nil {
		t.Fatal(err)
	}
	user, k := uint64(userBufAddr), l.m.newString("from the kernel")
	if left := l.call("_copy_to_user", user, k, 16); left != 0 || l.text(user) != "from the kernel" {
		t.Errorf("_copy_to_user: %d left, %q", left, l.text(user))
	}
	if left := l.call("_copy_from_user", k, user+5, 11); left != 0 || l.text(k) != "the kernel" {
		t.Errorf("_copy_from_user: %d left, %q", left, l.text(k))
	}
	for _, addr := range []uint64{0, 0x1000, k, taskSizeMax - 4} {
		if left := l.call("_copy_from_user", k, addr, 8); left != 8 {
			t.Errorf("_copy_from_user of %#x: %d left, want 8", addr, left)
		}
	}
	if n := l.call("strncpy_from_user", k, user, 8); n != 8 {
		t.Errorf("strncpy_from_user: %d", n)
	}
	if n := int64(l.call("strncpy_from_user", k, 0x1000, 8)); n != -14 {
		t.Errorf("strncpy_from_user of a bad address: %d", n)
	}
	pos := l.m.alloc(8)
	_ = l.m.mem.Store(pos, 8, 12)
	if n := l.call("simple_read_from_buffer", user, 100, pos, k, 15); n != 3 || l.word(pos, 8) != 15 {
		t.Errorf("simple_read_from_buffer: %d, position %d", n, l.word(pos, 8))
	}
}

func TestClocksAndRandom(t *testing.T) {
	l := libk{t, bootTest(t, Config{CPUs: 1})}
	before := l.m.Now()
	l.call("__udelay", 500)
	if d := l.m.Now() - before; d < 500*time.Microsecond || d > time.Millisecond {
		t.Errorf("udelay(500) took %v", d)
	}
	before = l.m.Now()
	l.call("usleep_range_state", 2000, 3000, taskUninterruptible)
	if d := l.m.Now() - before; d < 2*time.Millisecond || d > 3*time.Millisecond {
		t.Errorf("usleep_range(2000, 3000) took %v", d)
	}
	if s := l.call("ktime_get_real_seconds"); s < bootEpoch || s > bootEpoch+10 {
		t.Errorf("ktime_get_real_seconds: %d", s)
	}
	if a, b := l.call("__msecs_to_jiffies", 1001), l.call("jiffies_to_msecs", 251); a != 251 || b != 1004 {
		t.Errorf("msecs_to_jiffies(1001) = %d, jiffies_to_msecs(251) = %d", a, b)
	}
	other := libk{t, bootTest(t, Config{CPUs: 1})}
	if a, b := l.call("get_random_u64"), other.call("get_random_u64"); a != b || a == l.call("get_random_u64") {
		t.Error("random numbers are those of the seed, and differ from each other")
	}
	for range 50 {
		if v := l.call("__get_random_u32_below", 6); v > 5 {
			t.Fatalf("get_random_u32_below(6) = %d", v)
		}
	}
}

// bucketExpiry is checked against calc_wheel_index of a kernel.
func TestBucketExpiry(t *testing.T) {
	for _, tt := range []struct{ delta, want uint64 }{
		{0, 1}, {1, 2}, {62, 63}, {63, 64}, {64, 72}, {250, 256}, {503, 504}, {504, 512}, {4031, 4032}, {4032, 4096},
	} {
		if got := bucketExpiry(tt.delta, 0); got != tt.want {
			t.Errorf("bucketExpiry(%d) = %d, want %d", tt.delta, got, tt.want)
		}
	}
	if got := bucketExpiry(5, 9); got != 9 {
		t.Errorf("a timer that is late fires at %d, want now", got)
	}
}
