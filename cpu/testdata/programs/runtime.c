// What gcc expects to exist: string functions and 128-bit division.
#include "programs.h"

u8 arena[65536] __attribute__((aligned(64)));

void *memcpy(void *d, const void *s, u64 n)
{
	void *r = d;
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
	return r;
}

void *memmove(void *d, const void *s, u64 n)
{
	u8 *a = d;
	const u8 *b = s;
	if (a <= b || a >= b + n)
		return memcpy(d, s, n);
	a += n - 1, b += n - 1;
	__asm__ volatile("std; rep movsb; cld" : "+D"(a), "+S"(b), "+c"(n) : : "memory");
	return d;
}

void *memset(void *d, int c, u64 n)
{
	void *r = d;
	__asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(c) : "memory");
	return r;
}

int memcmp(const void *x, const void *y, u64 n)
{
	const u8 *a = x, *b = y;
	for (; n; n--, a++, b++)
		if (*a != *b)
			return *a < *b ? -1 : 1;
	return 0;
}

u64 strlen(const char *s)
{
	const char *p = s;
	while (*p)
		p++;
	return p - s;
}

u128 __udivmodti4(u128 n, u128 d, u128 *rem)
{
	u128 q = 0, r = 0;
	for (int i = 127; i >= 0; i--) {
		r = r << 1 | (n >> i & 1);
		if (r >= d) {
			r -= d;
			q |= (u128)1 << i;
		}
	}
	if (rem)
		*rem = r;
	return q;
}

u128 __udivti3(u128 n, u128 d) { return __udivmodti4(n, d, 0); }
u128 __umodti3(u128 n, u128 d) { u128 r; __udivmodti4(n, d, &r); return r; }

i128 __divti3(i128 a, i128 b)
{
	u128 q = __udivmodti4(a < 0 ? -(u128)a : (u128)a, b < 0 ? -(u128)b : (u128)b, 0);
	return (a < 0) != (b < 0) ? -(i128)q : (i128)q;
}

i128 __modti3(i128 a, i128 b) { return a - __divti3(a, b) * b; }

int __popcountdi2(u64 x)
{
	int n = 0;
	for (; x; x &= x - 1)
		n++;
	return n;
}

int __paritysi2(u32 x) { return __popcountdi2(x) & 1; }
