/* Arithmetic in every width, with and without 128-bit helpers. */
typedef unsigned __int128 u128;
typedef unsigned long u64;

u64 mulhi(u64 a, u64 b) { return ((u128)a * b) >> 64; }
u128 add128(u128 a, u128 b) { return a + b; }
u128 shift128(u128 a, int n) { return (a << n) | (a >> (128 - n)); }
u128 square(u128 a) { return a * a; }
long divide(long a, long b, int c) { return a / b + a % c + (unsigned)c / 10 + c / 7 + a % 1000; }
short narrow(short a, signed char b, unsigned char c) { return a * b + c; }
unsigned char bytes(unsigned char a, unsigned char b) { return a / b + (a << 3) + (b >> 2) - a; }
int compare(int a, unsigned b, long c) { return (a < 5 && c > a) || b >= 3 || (short)c == 9; }
long select(long a, long b) { return a > b ? a : b; }
u64 select_u(u64 a, u64 b, unsigned c) { return c < 3 ? a : c > 9 ? b : a + b; }
int sign(int x) { return x < 0 ? -1 : x > 0; }
long mix(int a, unsigned b, short c, char d) { return (long)a * b - c + ~d; }
u64 hash(const unsigned char *p, int n)
{
	u64 h = 14695981039346656037ul;
	while (n-- > 0) { h ^= *p++; h *= 1099511628211ul; }
	return h;
}
int overflow(int a, int b, int *r) { return __builtin_add_overflow(a, b, r) | __builtin_mul_overflow(a, b, r); }
void bignum(u64 *r, const u64 *a, const u64 *b, int n)
{
	u128 carry = 0;
	for (int i = 0; i < n; i++) { carry += (u128)a[i] + b[i]; r[i] = carry; carry >>= 64; }
}
