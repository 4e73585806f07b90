/* Integer functions without data: the same results at every level. */

long gcd(long a, long b)
{
	while (b) {
		long t = a % b;

		a = b;
		b = t;
	}
	return a < 0 ? -a : a;
}

/* mod is below 2^32. */
long power_mod(unsigned long base, unsigned long exp, unsigned long mod)
{
	unsigned long r = 1;

	for (base %= mod; exp; exp >>= 1) {
		if (exp & 1)
			r = r * base % mod;
		base = base * base % mod;
	}
	return r;
}

long isqrt(unsigned long n)
{
	unsigned long r = 0, bit = 1UL << 62;

	while (bit > n)
		bit >>= 2;
	for (; bit; bit >>= 2) {
		if (n >= r + bit) {
			n -= r + bit;
			r = (r >> 1) + bit;
		} else {
			r >>= 1;
		}
	}
	return r;
}

long collatz(unsigned long n)
{
	long steps = 0;

	for (; n > 1; steps++)
		n = n & 1 ? 3 * n + 1 : n / 2;
	return steps;
}

long factorial(long n)
{
	return n < 2 ? 1 : n * factorial(n - 1);
}

long ackermann(long m, long n)
{
	if (m == 0)
		return n + 1;
	if (n == 0)
		return ackermann(m - 1, 1);
	return ackermann(m - 1, ackermann(m, n - 1));
}

int count_bits(unsigned long x)
{
	int n = 0;

	for (; x; x &= x - 1)
		n++;
	return n;
}

unsigned int reverse_bits(unsigned int x)
{
	x = (x >> 1 & 0x55555555) | (x & 0x55555555) << 1;
	x = (x >> 2 & 0x33333333) | (x & 0x33333333) << 2;
	x = (x >> 4 & 0x0f0f0f0f) | (x & 0x0f0f0f0f) << 4;
	return __builtin_bswap32(x);
}

unsigned char checksum(unsigned long x)
{
	unsigned char c = 0;

	for (int i = 0; i < 8; i++, x >>= 8)
		c = (unsigned char)(c << 1 | c >> 7) ^ (unsigned char)x;
	return c;
}

short saturate(long x)
{
	return x > 32767 ? 32767 : x < -32768 ? -32768 : (short)x;
}

/* Days since 1970-01-01, by the proleptic Gregorian calendar. */
long days(long y, int m, int d)
{
	y -= m <= 2;
	long era = (y >= 0 ? y : y - 399) / 400;
	long yoe = y - era * 400;
	long doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	long doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

int weekday(long y, int m, int d)
{
	return (int)((days(y, m, d) % 7 + 11) % 7);
}

long mix(long a, int b, short c, signed char d, unsigned char e, unsigned short f)
{
	return a * 31 + b * 29 - c * 23 + d * 19 - e * 17 + f * 13;
}

long high_product(long a, long b)
{
	return (long)((__int128)a * b >> 64);
}

long quotient(long a, int b)
{
	return b == 0 ? 0 : a / b * 1000 + a % b;
}
