/*
 * What gcc calls where the CPU has no instruction for it, or to save space:
 * arithmetic of 128 bits, counting bits, arithmetic that traps (-ftrapv). A real kernel has none of these
 * (its code does without); programs compiled for "klpemu call" may need them.
 */
#include "kernel.h"

typedef unsigned __int128 u128;
typedef __int128 s128;

#define HI(x) ((u64)((x) >> 64))
#define LO(x) ((u64)(x))

/* The caller makes sure that the quotient fits: hi < d. */
static u64 divide(u64 hi, u64 lo, u64 d, u64 *rem)
{
	u64 q;

	asm("divq %4" : "=a"(q), "=d"(*rem) : "0"(lo), "1"(hi), "r"(d) : "cc");
	return q;
}

u128 __udivmodti4(u128 n, u128 d, u128 *rem)
{
	u64 r;
	u128 q;

	if (HI(d) == 0) {
		u64 high = divide(0, HI(n), LO(d), &r);

		q = (u128)high << 64 | divide(r, LO(n), LO(d), &r);
		if (rem)
			*rem = r;
		return q;
	}
	/*
	 * The quotient has 64 bits. Dividing half of n by the upper half of d, moved up
	 * so that its top bit is set, gives it, or up to two more; one less is one too
	 * few at most.
	 */
	int up = __builtin_clzl(HI(d));

	q = divide(HI(n >> 1), LO(n >> 1), HI(d << up), &r) >> (63 - up);
	if (q)
		q--;
	n -= q * d;
	if (n >= d) {
		q++;
		n -= d;
	}
	if (rem)
		*rem = n;
	return q;
}

u128 __udivti3(u128 n, u128 d) { return __udivmodti4(n, d, NULL); }

u128 __umodti3(u128 n, u128 d)
{
	u128 r;

	__udivmodti4(n, d, &r);
	return r;
}

static u128 magnitude(s128 x) { return x < 0 ? -(u128)x : (u128)x; }

s128 __divmodti4(s128 n, s128 d, s128 *rem)
{
	u128 r, q = __udivmodti4(magnitude(n), magnitude(d), &r);

	*rem = n < 0 ? -r : r;
	return (n < 0) != (d < 0) ? -q : q;
}

s128 __divti3(s128 n, s128 d)
{
	s128 r;

	return __divmodti4(n, d, &r);
}

s128 __modti3(s128 n, s128 d)
{
	s128 r;

	__divmodti4(n, d, &r);
	return r;
}

int __popcountdi2(u64 x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	return ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56;
}

int __popcountti2(u128 x) { return __popcountdi2(HI(x)) + __popcountdi2(LO(x)); }

int __paritydi2(u64 x) { return __popcountdi2(x) & 1; }
int __parityti2(u128 x) { return __popcountti2(x) & 1; }
int __clzdi2(u64 x) { return __builtin_clzl(x); }
int __ctzdi2(u64 x) { return __builtin_ctzl(x); }
int __clzti2(u128 x) { return HI(x) ? __builtin_clzl(HI(x)) : 64 + __builtin_clzl(LO(x)); }
int __ctzti2(u128 x) { return LO(x) ? __builtin_ctzl(LO(x)) : 64 + __builtin_ctzl(HI(x)); }
int __ffsdi2(u64 x) { return x ? __builtin_ctzl(x) + 1 : 0; }
int __ffsti2(u128 x) { return x ? __ctzti2(x) + 1 : 0; }

int __clrsbdi2(s64 x)
{
	x ^= x >> 63;
	return x ? __builtin_clzl(x) - 1 : 63;
}

int __clrsbti2(s128 x)
{
	x ^= x >> 127;
	return x ? __clzti2(x) - 1 : 127;
}

u128 __multi3(u128 a, u128 b) { return a * b; }

#define TRAPS(mode, type) \
	type __addv##mode##3(type a, type b) { return trap(__builtin_add_overflow(a, b, &a)), a; } \
	type __subv##mode##3(type a, type b) { return trap(__builtin_sub_overflow(a, b, &a)), a; } \
	type __negv##mode##2(type a) { return trap(__builtin_sub_overflow(0, a, &a)), a; } \
	type __absv##mode##2(type a) { return a < 0 ? __negv##mode##2(a) : a; }

static inline void trap(bool overflow)
{
	if (overflow)
		__builtin_trap();
}

TRAPS(si, int)
TRAPS(di, s64)
TRAPS(ti, s128)

int __mulvsi3(int a, int b) { return trap(__builtin_mul_overflow(a, b, &a)), a; }
s64 __mulvdi3(s64 a, s64 b) { return trap(__builtin_mul_overflow(a, b, &a)), a; }
