// The benchmark kernels: fourteen integer programs, each returns a checksum of
// n rounds of its work. They are tests like the rest of the programs, too.
#include "programs.h"

NOINLINE static u64 fib(u64 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

u64 k_recursion(u64 n)
{
	u64 s = 0;
	for (u64 i = 0; i < n; i++)
		s += fib(15 + (i & 3));
	return s;
}

u64 k_crc32(u64 n)
{
	static u32 table[256];
	u32 crc = ~0u;
	for (u32 i = 0; i < 256; i++) {
		u32 c = i;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
		table[i] = c;
	}
	u8 *buf = arena;
	for (u32 i = 0; i < 4096; i++)
		buf[i] = i * 7 + (i >> 3);
	while (n--)
		for (u32 i = 0; i < 4096; i++)
			crc = table[(crc ^ buf[i]) & 0xff] ^ (crc >> 8);
	return ~crc;
}

u64 k_sieve(u64 n)
{
	enum { LIMIT = 8192 };
	u64 count = 0;
	u8 *composite = arena;
	while (n--) {
		memset(composite, 0, LIMIT);
		for (u32 i = 2; i < LIMIT; i++) {
			if (composite[i])
				continue;
			count++;
			for (u32 j = i * 2; j < LIMIT; j += i)
				composite[j] = 1;
		}
	}
	return count;
}

static void quick(i32 *a, i64 lo, i64 hi)
{
	while (lo < hi) {
		i32 p = a[(lo + hi) / 2];
		i64 i = lo, j = hi;
		while (i <= j) {
			while (a[i] < p) i++;
			while (a[j] > p) j--;
			if (i <= j) {
				i32 t = a[i]; a[i] = a[j]; a[j] = t;
				i++; j--;
			}
		}
		quick(a, lo, j);
		lo = i;
	}
}

u64 k_quicksort(u64 n)
{
	enum { N = 2048 };
	i32 *a = (i32 *)arena;
	u64 seed = 12345, s = 0;
	while (n--) {
		for (int i = 0; i < N; i++)
			a[i] = (i32)rnd(&seed);
		quick(a, 0, N - 1);
		for (int i = 1; i < N; i++)
			s += a[i - 1] <= a[i];
		s = s * 31 + (u32)a[N / 3];
	}
	return s;
}

u64 k_matrix(u64 n)
{
	enum { N = 24 };
	i64 (*a)[N] = (void *)arena, (*b)[N] = (void *)(arena + 8192), (*c)[N] = (void *)(arena + 16384);
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			a[i][j] = i * 3 - j;
			b[i][j] = i ^ j;
		}
	u64 s = 0;
	while (n--) {
		for (int i = 0; i < N; i++)
			for (int j = 0; j < N; j++) {
				i64 t = 0;
				for (int k = 0; k < N; k++)
					t += a[i][k] * b[k][j];
				c[i][j] = t;
			}
		s = s * 7 + c[n % N][(n * 5) % N];
		a[n % N][3] ^= s & 15;
	}
	return s;
}

static const u32 sha_k[64] = {
	0x428a2f98,0x71374491,0xb5c0fbcf,0xe9b5dba5,0x3956c25b,0x59f111f1,0x923f82a4,0xab1c5ed5,
	0xd807aa98,0x12835b01,0x243185be,0x550c7dc3,0x72be5d74,0x80deb1fe,0x9bdc06a7,0xc19bf174,
	0xe49b69c1,0xefbe4786,0x0fc19dc6,0x240ca1cc,0x2de92c6f,0x4a7484aa,0x5cb0a9dc,0x76f988da,
	0x983e5152,0xa831c66d,0xb00327c8,0xbf597fc7,0xc6e00bf3,0xd5a79147,0x06ca6351,0x14292967,
	0x27b70a85,0x2e1b2138,0x4d2c6dfc,0x53380d13,0x650a7354,0x766a0abb,0x81c2c92e,0x92722c85,
	0xa2bfe8a1,0xa81a664b,0xc24b8b70,0xc76c51a3,0xd192e819,0xd6990624,0xf40e3585,0x106aa070,
	0x19a4c116,0x1e376c08,0x2748774c,0x34b0bcb5,0x391c0cb3,0x4ed8aa4a,0x5b9cca4f,0x682e6ff3,
	0x748f82ee,0x78a5636f,0x84c87814,0x8cc70208,0x90befffa,0xa4506ceb,0xbef9a3f7,0xc67178f2,
};
#define ROR(x, n) ((x) >> (n) | (x) << (32 - (n)))

NOINLINE static void sha_block(u32 *h, const u8 *p)
{
	u32 w[64];
	for (int i = 0; i < 16; i++)
		w[i] = (u32)p[4 * i] << 24 | (u32)p[4 * i + 1] << 16 | (u32)p[4 * i + 2] << 8 | p[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		u32 s0 = ROR(w[i - 15], 7) ^ ROR(w[i - 15], 18) ^ w[i - 15] >> 3;
		u32 s1 = ROR(w[i - 2], 17) ^ ROR(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
	u32 a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], x = h[7];
	for (int i = 0; i < 64; i++) {
		u32 t1 = x + (ROR(e, 6) ^ ROR(e, 11) ^ ROR(e, 25)) + ((e & f) ^ (~e & g)) + sha_k[i] + w[i];
		u32 t2 = (ROR(a, 2) ^ ROR(a, 13) ^ ROR(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
		x = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
	}
	h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += x;
}

u64 k_sha256(u64 n)
{
	u32 h[8] = { 0x6a09e667,0xbb67ae85,0x3c6ef372,0xa54ff53a,0x510e527f,0x9b05688c,0x1f83d9ab,0x5be0cd19 };
	u8 *p = arena;
	for (int i = 0; i < 64; i++)
		p[i] = i;
	while (n--)
		sha_block(h, p);
	return (u64)h[0] << 32 | h[7];
}

u64 k_bytes(u64 n)
{
	u8 *s = arena, *d = arena + 4096;
	u64 sum = 0;
	for (int i = 0; i < 2048; i++)
		s[i] = 'a' + i % 26 - (i % 5 == 0) * 32;
	while (n--) {
		for (int i = 0; i < 2048; i++) {
			u8 c = s[i];
			if (c >= 'A' && c <= 'Z')
				c += 32;
			d[i] = c;
		}
		for (int i = 0; i < 2048; i++)
			sum = sum * 3 + d[i];
		s[n & 2047] ^= 1;
	}
	return sum;
}

struct node { struct node *next; u64 v; };

u64 k_list(u64 n)
{
	struct node *pool = (void *)arena, *head = 0;
	u64 s = 0;
	for (u32 i = 0; i < 1024; i++) {
		u32 j = (i * 397) & 1023;
		pool[j].next = head;
		pool[j].v = i;
		head = &pool[j];
	}
	while (n--) {
		struct node *prev = 0;
		while (head) { // reverse, summing up
			struct node *next = head->next;
			s += head->v ^ n;
			head->next = prev;
			prev = head;
			head = next;
		}
		head = prev;
	}
	return s;
}

struct tree { struct tree *l, *r; u64 key, val; };

u64 k_tree(u64 n)
{
	struct tree *pool = (void *)arena, *root = 0;
	u64 seed = 99, s = 0;
	u32 used = 0;
	for (int i = 0; i < 512; i++) {
		u64 key = rnd(&seed) % 4096;
		struct tree **p = &root;
		while (*p && (*p)->key != key)
			p = key < (*p)->key ? &(*p)->l : &(*p)->r;
		if (!*p) {
			*p = &pool[used++];
			**p = (struct tree){ 0, 0, key, i };
		}
	}
	while (n--)
		for (int i = 0; i < 64; i++) {
			u64 key = rnd(&seed) % 4096;
			struct tree *t = root;
			while (t && t->key != key)
				t = key < t->key ? t->l : t->r;
			s += t ? t->val : 1;
		}
	return s;
}

u64 k_vm(u64 n)
{
	enum { PUSH, ADD, SUB, MUL, DUP, SWAP, JNZ, DEC, LOAD, STORE, XOR, HALT };
	static const u8 code[] = {
		PUSH, 100, STORE, 0, PUSH, 1, STORE, 1,
		LOAD, 1, LOAD, 0, MUL, PUSH, 17, ADD, DUP, XOR, LOAD, 1, ADD, PUSH, 3, ADD, STORE, 1,
		LOAD, 0, DEC, DUP, STORE, 0, JNZ, 8, LOAD, 1, HALT,
	};
	u64 s = 0;
	while (n--) {
		u64 stack[16], vars[4] = { 0 };
		u64 *sp = stack;
		for (const u8 *pc = code;;) {
			switch (*pc++) {
			case PUSH: *sp++ = *pc++; continue;
			case ADD: sp--; sp[-1] += *sp; continue;
			case SUB: sp--; sp[-1] -= *sp; continue;
			case MUL: sp--; sp[-1] *= *sp; continue;
			case DUP: *sp = sp[-1]; sp++; continue;
			case SWAP: { u64 t = sp[-1]; sp[-1] = sp[-2]; sp[-2] = t; continue; }
			case JNZ: if (*--sp) pc = code + *pc; else pc++; continue;
			case DEC: sp[-1]--; continue;
			case LOAD: *sp++ = vars[*pc++]; continue;
			case STORE: vars[*pc++] = *--sp; continue;
			case XOR: sp--; sp[-1] ^= *sp; continue;
			case HALT: break;
			}
			break;
		}
		s = s * 5 + sp[-1] + n;
	}
	return s;
}

u64 k_muldiv(u64 n)
{
	u64 a = 0x123456789abcdef, s = 0;
	for (u64 i = 1; i <= n * 64; i++) {
		a = a * 6364136223846793005ull + 1442695040888963407ull;
		s += a / (i | 1) + a % (i * 3 + 1);
		s ^= (u64)((i64)a / (i64)(i + 7));
		s += (u32)a / ((u32)i | 3);
	}
	return s;
}

u64 k_atomics(u64 n)
{
	u64 *p = (void *)arena, s = 0;
	p[0] = p[1] = p[2] = p[3] = p[4] = 0;
	for (u64 i = 0; i < n * 32; i++) {
		__atomic_fetch_add(&p[0], i, __ATOMIC_SEQ_CST);
		u64 old = __atomic_load_n(&p[1], __ATOMIC_ACQUIRE);
		__atomic_compare_exchange_n(&p[1], &old, old + 3, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
		s += __atomic_exchange_n(&p[2], i, __ATOMIC_ACQ_REL);
		__atomic_or_fetch(&p[3], i, __ATOMIC_RELAXED);
		__atomic_sub_fetch((u32 *)&p[4], 1, __ATOMIC_SEQ_CST);
	}
	return s + p[0] + p[1] + p[3] + p[4];
}

NOINLINE static u64 f0(u64 x) { return x + 1; }
NOINLINE static u64 f1(u64 x) { return x * 3; }
NOINLINE static u64 f2(u64 x) { return x ^ x >> 7; }
NOINLINE static u64 f3(u64 x) { return x - 11; }

u64 k_indirect(u64 n)
{
	static u64 (*const table[4])(u64) = { f0, f1, f2, f3 };
	u64 x = 1;
	for (u64 i = 0; i < n * 64; i++)
		x = table[(x ^ i) & 3](x);
	return x;
}

u64 k_bits(u64 n)
{
	u64 x = 0x9e3779b97f4a7c15ull, s = 0;
	for (u64 i = 0; i < n * 64; i++) {
		x ^= x << 13; x ^= x >> 7; x ^= x << 17;
		u64 v = x - ((x >> 1) & 0x5555555555555555ull);
		v = (v & 0x3333333333333333ull) + ((v >> 2) & 0x3333333333333333ull);
		s += ((v + (v >> 4)) & 0x0f0f0f0f0f0f0f0full) * 0x0101010101010101ull >> 56;
		s += __builtin_ctzll(x | 1ull << 63) + (x >> (x & 63));
		s = s << 5 | s >> 59;
		s ^= __builtin_bswap64(x);
	}
	return s;
}
