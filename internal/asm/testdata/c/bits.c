/* Bits, byte order, atomics and strings. */
typedef unsigned long u64;
typedef unsigned int u32;

int count(u64 x) { return __builtin_popcountl(x) + __builtin_ctzl(x) + __builtin_clzl(x) + __builtin_ffs(x); }
u32 rotate(u32 x, int n) { return (x << n) | (x >> (32 - n)); }
u64 swap(u64 x) { return __builtin_bswap64(x) ^ __builtin_bswap32(x) ^ __builtin_bswap16(x); }
int test(u64 x, int n) { return (x >> n) & 1; }
u64 change(u64 x, int n) { return (x | 1ul << n) ^ (1ul << (n + 1)) & ~(1ul << (n + 2)); }
u64 isolate(u64 x) { return (x & -x) + (x & (x - 1)) + (x ^ (x - 1)) + (~x & 0xff00); }
u32 field(u32 x) { return x >> 7 & 0x1f; }

long atomic_ops(long *p, int *q, char *c)
{
	long r = __atomic_fetch_add(p, 5, __ATOMIC_SEQ_CST);
	__atomic_fetch_or(p, 0x10, __ATOMIC_RELAXED);
	r += __sync_val_compare_and_swap(q, 2, 3);
	r += __atomic_exchange_n(c, 1, __ATOMIC_ACQ_REL);
	__atomic_store_n(q, 4, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	r += __sync_fetch_and_and(p, 7) + __atomic_sub_fetch(q, 1, __ATOMIC_SEQ_CST);
	return r;
}

char *copy(char *d, const char *s, u64 n) { char *r = d; while (n--) *d++ = *s++; return r; }
void clear(char *p) { __builtin_memset(p, 0, 200); }
void move(long *d, const long *s) { __builtin_memcpy(d, s, 256); }
u64 length(const char *s) { const char *p = s; while (*p) p++; return p - s; }
void frame(char *p) { char b[5000]; for (int i = 0; i < 5000; i++) b[i] = p[i]; copy(p, b, 77); }
int variadic(int n, ...)
{
	__builtin_va_list ap;
	int s = 0;
	__builtin_va_start(ap, n);
	while (n--)
		s += __builtin_va_arg(ap, int);
	return s;
}
