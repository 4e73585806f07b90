/* Bitmaps and searches for bits (lib/bitmap.c, lib/find_bit.c). */
#include "kernel.h"

#define LONGS(n) (((n) + 63) / 64)
#define LAST_MASK(n) (~0UL >> (-(n) & 63))

static int popcount(u64 v)
{
	v -= v >> 1 & 0x5555555555555555;
	v = (v & 0x3333333333333333) + (v >> 2 & 0x3333333333333333);
	v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return v * 0x0101010101010101 >> 56;
}

#define FIND(name, params, expr)                                                    \
	unsigned long name params                                                   \
	{                                                                           \
		for (unsigned long i = start / 64; start < n && i < LONGS(n); i++) { \
			u64 w = (expr);                                             \
                                                                                    \
			if (i == start / 64)                                        \
				w &= ~0UL << (start & 63);                          \
			if (w) {                                                    \
				i = i * 64 + __builtin_ctzl(w);                     \
				return i < n ? i : n;                               \
			}                                                           \
		}                                                                   \
		return n;                                                           \
	}
FIND(_find_next_bit, (const u64 *a, unsigned long n, unsigned long start), a[i])
FIND(_find_next_zero_bit, (const u64 *a, unsigned long n, unsigned long start), ~a[i])
FIND(_find_next_and_bit, (const u64 *a, const u64 *b, unsigned long n, unsigned long start), a[i] & b[i])
FIND(_find_next_andnot_bit, (const u64 *a, const u64 *b, unsigned long n, unsigned long start), a[i] & ~b[i])
FIND(_find_next_or_bit, (const u64 *a, const u64 *b, unsigned long n, unsigned long start), a[i] | b[i])

unsigned long _find_first_bit(const u64 *a, unsigned long n) { return _find_next_bit(a, n, 0); }
unsigned long _find_first_zero_bit(const u64 *a, unsigned long n) { return _find_next_zero_bit(a, n, 0); }
unsigned long _find_first_and_bit(const u64 *a, const u64 *b, unsigned long n) { return _find_next_and_bit(a, b, n, 0); }

unsigned long _find_last_bit(const u64 *a, unsigned long n)
{
	for (unsigned long i = n; i-- > 0;)
		if (a[i / 64] >> (i & 63) & 1)
			return i;
	return n;
}

bool __bitmap_and(u64 *to, const u64 *a, const u64 *b, unsigned int n)
{
	u64 any = 0;

	for (unsigned int i = 0; i < LONGS(n); i++) {
		to[i] = a[i] & b[i];
		any |= i == LONGS(n) - 1 ? to[i] & LAST_MASK(n) : to[i];
	}
	return any;
}

bool __bitmap_andnot(u64 *to, const u64 *a, const u64 *b, unsigned int n)
{
	u64 any = 0;

	for (unsigned int i = 0; i < LONGS(n); i++) {
		to[i] = a[i] & ~b[i];
		any |= i == LONGS(n) - 1 ? to[i] & LAST_MASK(n) : to[i];
	}
	return any;
}

#define COMBINE(name, op)                                              \
	void name(u64 *to, const u64 *a, const u64 *b, unsigned int n) \
	{                                                              \
		for (unsigned int i = 0; i < LONGS(n); i++)            \
			to[i] = a[i] op b[i];                          \
	}
COMBINE(__bitmap_or, |)
COMBINE(__bitmap_xor, ^)

void __bitmap_complement(u64 *to, const u64 *a, unsigned int n)
{
	for (unsigned int i = 0; i < LONGS(n); i++)
		to[i] = ~a[i];
}

static u64 word_of(const u64 *a, unsigned int i, unsigned int n) { return i == LONGS(n) - 1 ? a[i] & LAST_MASK(n) : a[i]; }

bool __bitmap_equal(const u64 *a, const u64 *b, unsigned int n)
{
	for (unsigned int i = 0; i < LONGS(n); i++)
		if (word_of(a, i, n) != word_of(b, i, n))
			return false;
	return true;
}

bool __bitmap_intersects(const u64 *a, const u64 *b, unsigned int n)
{
	for (unsigned int i = 0; i < LONGS(n); i++)
		if (word_of(a, i, n) & word_of(b, i, n))
			return true;
	return false;
}

bool __bitmap_subset(const u64 *a, const u64 *b, unsigned int n)
{
	for (unsigned int i = 0; i < LONGS(n); i++)
		if (word_of(a, i, n) & ~word_of(b, i, n))
			return false;
	return true;
}

unsigned int __bitmap_weight(const u64 *a, unsigned int n)
{
	unsigned int w = 0;

	for (unsigned int i = 0; i < LONGS(n); i++)
		w += popcount(word_of(a, i, n));
	return w;
}

void __bitmap_set(u64 *a, unsigned int start, int n)
{
	for (; n-- > 0; start++)
		a[start / 64] |= 1UL << (start & 63);
}

void __bitmap_clear(u64 *a, unsigned int start, int n)
{
	for (; n-- > 0; start++)
		a[start / 64] &= ~(1UL << (start & 63));
}

void __bitmap_shift_left(u64 *to, const u64 *a, unsigned int shift, unsigned int n)
{
	for (unsigned int i = LONGS(n) * 64; i-- > 0;) {
		u64 bit = i >= shift && i < n ? a[(i - shift) / 64] >> ((i - shift) & 63) & 1 : 0;

		to[i / 64] = (to[i / 64] & ~(1UL << (i & 63))) | bit << (i & 63);
	}
}

u64 *bitmap_zalloc(unsigned int n, gfp_t flags)
{
	u64 *a = __kmalloc_noprof(LONGS(n) * 8, flags);

	if (a)
		memset(a, 0, LONGS(n) * 8);
	return a;
}

u64 *bitmap_alloc(unsigned int n, gfp_t flags) { return __kmalloc_noprof(LONGS(n) * 8, flags); }
void bitmap_free(const u64 *a) { kfree(a); }
