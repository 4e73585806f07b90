// Whole programs: each returns a checksum that depends on everything it did.
#include "programs.h"

u64 p_fnv_siphash(u64 n)
{
	u64 h = 0xcbf29ce484222325ull, v0 = 1, v1 = 2, v2 = 3, v3 = 4;
#define ROTL(x, b) ((x) << (b) | (x) >> (64 - (b)))
	for (u64 i = 0; i < n * 16; i++) {
		h = (h ^ (u8)(i * 31)) * 0x100000001b3ull;
		v0 += v1; v1 = ROTL(v1, 13) ^ v0; v0 = ROTL(v0, 32);
		v2 += v3; v3 = ROTL(v3, 16) ^ v2; v0 += v3; v3 = ROTL(v3, 21) ^ v0;
		v2 += v1; v1 = ROTL(v1, 17) ^ v2; v2 = ROTL(v2, 32);
		v0 ^= h;
	}
	return h ^ v0 ^ v1 ^ v2 ^ v3;
}

static int cmp_u16(const void *a, const void *b) { return (int)*(const u16 *)a - *(const u16 *)b; }

static void insertion(void *base, u64 n, u64 size, int (*cmp)(const void *, const void *))
{
	u8 *b = base, tmp[16];
	for (u64 i = 1; i < n; i++) {
		memcpy(tmp, b + i * size, size);
		u64 j = i;
		for (; j && cmp(b + (j - 1) * size, tmp) > 0; j--)
			memmove(b + j * size, b + (j - 1) * size, size);
		memcpy(b + j * size, tmp, size);
	}
}

u64 p_sorts(u64 n)
{
	u16 *a = (u16 *)arena;
	u64 seed = 7 + n, s = 0;
	for (int i = 0; i < 200; i++)
		a[i] = rnd(&seed);
	insertion(a, 200, 2, cmp_u16);
	i64 *h = (i64 *)(arena + 1024); // heap sort
	for (int i = 0; i < 200; i++)
		h[i] = (i64)rnd(&seed);
	for (int k = 100, m = 200; m > 1;) {
		i64 x;
		if (k > 0) x = h[--k];
		else { x = h[--m]; h[m] = h[0]; }
		int i = k, c;
		for (; (c = 2 * i + 1) < m; i = c) {
			if (c + 1 < m && h[c + 1] > h[c]) c++;
			if (h[c] <= x) break;
			h[i] = h[c];
		}
		h[i] = x;
	}
	for (int i = 0; i < 200; i++)
		s = s * 33 + a[i] + (u64)h[i] + (i && h[i] < h[i - 1]);
	return s;
}

u64 p_bignum(u64 n)
{
	u64 a[16] = { 1 }, out = 0;
	for (u64 k = 2; k < 60 + (n & 7); k++) { // factorial, by words
		u64 carry = 0;
		for (int i = 0; i < 16; i++) {
			u128 t = (u128)a[i] * k + carry;
			a[i] = (u64)t;
			carry = (u64)(t >> 64);
		}
	}
	u64 b[16], c = 0;
	for (int i = 0; i < 16; i++)
		c = __builtin_add_overflow(a[i], ~a[15 - i], &b[i]) + __builtin_add_overflow(b[i], c, &b[i]);
	for (int i = 0; i < 16; i++)
		out = out * 1099511628211ull + b[i];
	u128 r = 0; // a mod small prime
	for (int i = 15; i >= 0; i--)
		r = (r << 64 | a[i]) % 1000000007;
	return out ^ (u64)r;
}

u64 p_int128(u64 n)
{
	i128 x = ((i128)0x0123456789abcdefll << 64) + (i64)n, s = 0;
	for (int i = 1; i < 40; i++) {
		x = x * 3 - ((i128)i << 70);
		s += x / (i * 1234567) + x % (i + 3);
		s ^= (u128)x >> (i * 3);
		s += x << (i & 31);
		s += x < s ? 5 : 9;
	}
	return (u64)s ^ (u64)((u128)s >> 64);
}

u64 p_bittricks(u64 n)
{
	u64 s = 0, seed = n * 77 + 1;
	u8 map[64] = { 0 };
	for (int i = 0; i < 200; i++) {
		u64 x = rnd(&seed);
		u32 y = (u32)x;
		s += __builtin_popcountll(x) + __builtin_clzll(x | 1) + __builtin_ctz(y | 0x80000000u) + __builtin_parity(y);
		s += __builtin_ffsll(x & x - 1) + __builtin_bswap32(y) + __builtin_bswap16((u16)y);
		map[x % 512 / 8] ^= 1 << (x & 7);
		s ^= (x & -x) + (x & ~y) + (x << (y & 63)) + ((i64)x >> (y >> 26)) + (y >> (x & 31) | y << (-x & 31));
		s += (i8)x + (i16)(x >> 8) + (u8)(x >> 8) + (x & (1ull << (y & 63)) ? 3 : 7);
		((u64 *)map)[y & 7] |= 1ull << (x >> 58);
	}
	for (int i = 0; i < 64; i++)
		s = s * 13 + map[i];
	return s;
}

u64 p_lz(u64 n)
{
	u8 *in = arena, *out = arena + 8192, *back = arena + 24576;
	u32 len = 3000, o = 0;
	static u16 head[4096];
	memset(head, 0, sizeof head);
	for (u32 i = 0; i < len; i++)
		in[i] = "the quick brown fox jumps over the lazy dog "[(i + i / 97 * n) % 44];
	for (u32 i = 0; i < len;) {
		u32 h = (in[i] * 31 + in[i + 1] * 17 + in[i + 2]) & 4095, m = head[h], l = 0;
		head[h] = i;
		if (m && m < i)
			while (i + l < len && l < 255 && in[m + l] == in[i + l])
				l++;
		if (l >= 4) {
			out[o++] = 1; out[o++] = l; *(u16 *)(out + o) = i - m; o += 2;
			i += l;
		} else {
			out[o++] = 0; out[o++] = in[i++];
		}
	}
	u32 d = 0;
	for (u32 i = 0; i < o;) {
		if (out[i]) {
			u32 l = out[i + 1], off = *(u16 *)(out + i + 2);
			for (; l--; d++)
				back[d] = back[d - off];
			i += 4;
		} else {
			back[d++] = out[i + 1];
			i += 2;
		}
	}
	return (u64)o << 32 | d << 1 | (memcmp(in, back, len) != 0);
}

u64 p_alloc(u64 n)
{
	struct blk { u32 size, used; } *first = (void *)arena, *b;
	void *live[32] = { 0 };
	u64 s = 0, seed = n + 5;
	*first = (struct blk){ 32768 - sizeof *first, 0 };
	for (int i = 0; i < 600; i++) {
		u32 k = rnd(&seed) % 32, want = (rnd(&seed) % 300 + 15) & ~7u;
		if (live[k]) {
			b = (struct blk *)live[k] - 1;
			s += *(u8 *)live[k];
			b->used = 0;
			live[k] = 0;
			continue;
		}
		for (b = first; (u8 *)b < arena + 32768; b = (void *)((u8 *)(b + 1) + b->size)) {
			struct blk *next;
			while (!b->used && (u8 *)(next = (void *)((u8 *)(b + 1) + b->size)) < arena + 32768 && !next->used)
				b->size += next->size + sizeof *b;
			if (b->used || b->size < want)
				continue;
			if (b->size > want + 64) {
				next = (void *)((u8 *)(b + 1) + want);
				*next = (struct blk){ b->size - want - sizeof *b, 0 };
				b->size = want;
			}
			b->used = 1;
			live[k] = b + 1;
			memset(live[k], i, want);
			break;
		}
		s = s * 31 + (live[k] ? (u8 *)live[k] - arena : 1);
	}
	return s;
}

u64 p_jumptable(u64 n)
{
	u64 s = n, acc = 0;
	for (int i = 0; i < 400; i++) {
		switch (s % 13) {
		case 0: acc += 5; break;
		case 1: acc ^= s; break;
		case 2: acc = acc << 3 | acc >> 61; break;
		case 3: acc -= 77; break;
		case 4: acc *= 9;
		case 5: acc += s >> 5; break;
		case 6: acc = ~acc; break;
		case 7: acc = (u32)acc * 17ull; break;
		case 8: acc += (i32)s; break;
		case 9: acc = -acc; break;
		case 10: acc |= 1; break;
		case 11: acc &= ~(u64)0xf0; break;
		default: acc += i;
		}
		s = s * 1103515245 + 12345 + (acc & 7);
	}
	return acc;
}

static void reverse(char *s) { for (u64 i = 0, j = strlen(s); i + 1 < j; i++) { char c = s[i]; s[i] = s[--j]; s[j] = c; } }

static const char *find(const char *h, const char *w)
{
	for (; *h; h++) {
		const char *a = h, *b = w;
		while (*b && *a == *b) a++, b++;
		if (!*b) return h;
	}
	return 0;
}

u64 p_strings(u64 n)
{
	char *b = (char *)arena;
	u64 s = 0;
	for (u64 i = 1; i < 60; i++) {
		u64 v = i * i * 7919 + n, k = 0;
		do b[k++] = '0' + v % 10; while (v /= 10);
		b[k] = 0;
		reverse(b);
		memmove(b + 3, b, k + 1);
		memcpy(b, "ab-", 3);
		const char *f = find(b, "79");
		i64 parsed = 0;
		for (char *p = b + 3; *p; p++)
			parsed = parsed * 10 + *p - '0';
		s = s * 131 + strlen(b) + (f ? f - b : 99) + (u64)parsed + (memcmp(b, "ab-5", 4) < 0);
	}
	return s;
}

struct op { u8 code; i16 a; i32 b; u64 (*fn)(u64, i64); };
static u64 o_add(u64 x, i64 y) { return x + y; }
static u64 o_mul(u64 x, i64 y) { return x * y; }
static u64 o_div(u64 x, i64 y) { return y ? (u64)((i64)x / y) : 0; }

u64 p_interp(u64 n)
{
	static const struct op prog[] = {
		{ 1, 3, 100, o_add }, { 1, -7, 0, o_mul }, { 2, 5, -4, 0 }, { 1, 13, 9, o_div }, { 3, 0, 0x7fff, 0 }, { 1, -1, -1, o_add },
	};
	u64 x = n;
	for (int i = 0; i < 300; i++) {
		const struct op *o = &prog[i % 6];
		switch (o->code) {
		case 1: x = o->fn(x, o->a + o->b); break;
		case 2: x = (x << o->a) + (i64)o->b * (i16)x; break;
		default: x ^= (u16)x % (u16)(o->b - i);
		}
	}
	return x;
}

u64 p_atomic_ops(u64 n)
{
	static u64 v8; static u32 v4; static u16 v2; static u8 v1; static u128 v16;
	v8 = n; v4 = n; v2 = n; v1 = n; v16 = n;
	u64 s = 0;
	for (int i = 0; i < 50; i++) {
		s += __atomic_fetch_add(&v1, 3, __ATOMIC_SEQ_CST) + __atomic_fetch_sub(&v2, 5, __ATOMIC_SEQ_CST);
		s += __atomic_fetch_xor(&v4, i, __ATOMIC_SEQ_CST) + __atomic_fetch_and(&v8, ~(u64)i, __ATOMIC_SEQ_CST);
		s += __atomic_fetch_nand(&v2, i, __ATOMIC_SEQ_CST) + __atomic_exchange_n(&v1, i, __ATOMIC_SEQ_CST);
		s += __sync_bool_compare_and_swap(&v4, s, i) + __sync_bool_compare_and_swap(&v16, v16, v16 * 3 + i);
		__atomic_or_fetch(&v8, (u64)1 << i, __ATOMIC_SEQ_CST);
		s += __atomic_fetch_or(&v4, 1u << (i & 31), __ATOMIC_SEQ_CST) >> (i & 31) & 1;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	}
	return s + v8 + v4 + v2 + v1 + (u64)v16 + (u64)(v16 >> 64);
}

struct big { u64 a[20]; u8 tail[7]; };
NOINLINE static struct big mix(struct big b, u64 n) { for (int i = 0; i < 20; i++) b.a[i] += n ^ b.tail[i % 7]; return b; }

u64 p_structs(u64 n)
{
	struct big b = { { 0 }, "struct" };
	struct { unsigned x : 3, y : 9; int z : 12; u64 w : 33; } f = { 1, 2, -3, n };
	u64 s = 0;
	for (int i = 0; i < 30; i++) {
		b = mix(b, s);
		f.x += i; f.y -= f.x; f.z = f.z * 3 + i; f.w += (u64)f.z;
		s = s * 7 + b.a[i % 20] + f.x + f.y + f.z + f.w;
	}
	return s;
}

u64 p_divisions(u64 n)
{
	u64 s = 0, seed = n + 3;
	for (int i = 1; i < 120; i++) {
		i64 a = (i64)rnd(&seed), b = (i64)(rnd(&seed) >> (i & 31)) | 1;
		s += (u64)(a / b) + (u64)(a % b) + (u64)a / (u64)b + (u64)a % (u64)b;
		s += (u64)((i32)a / ((i32)b | 1)) + (u32)a % ((u32)b | 1) + (u64)((i16)a / ((i16)b | 1)) + (u8)a % ((u8)b | 1);
		s += (u64)(a / 10) + (u64)(a % 1000) + (u64)a / 7 + (u64)a % 641 + (u64)((i32)a / -3) + (i8)a / 5;
	}
	return s;
}

u64 p_shifts(u64 n)
{
	u64 s = 0, x = n * 0x9e3779b97f4a7c15ull + 1;
	for (u32 i = 0; i < 130; i++) {
		s ^= x << (i & 63) | x >> (-i & 63);
		s += (u32)x >> (i & 31) | (u32)x << (-i & 31);
		s += (u64)((i32)x >> (i & 31)) + (u16)((u16)x << (i & 15)) + (u8)((u8)x >> (i & 7));
		u128 w = (u128)x << 64 | s;
		w = w << (i & 127) | w >> (-i & 127);
		s += (u64)w ^ (u64)(w >> 64);
		x = x * 25214903917ull + 11;
	}
	return s;
}
