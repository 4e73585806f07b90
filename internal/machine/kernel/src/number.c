/*
 * Numbers from text and back (lib/kstrtox.c, lib/hexdump.c, lib/cmdline.c),
 * and arithmetic (lib/math).
 */
#include "kernel.h"

extern const unsigned char _ctype[256];
extern const char hex_asc[];
size_t strnlen(const char *s, size_t n);

#define ULLONG_MAX (~0UL)

int hex_to_bin(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hex2bin(u8 *to, const char *from, size_t n)
{
	while (n--) {
		int hi = hex_to_bin(*from++), lo;

		if (hi < 0)
			return -EINVAL;
		lo = hex_to_bin(*from++);
		if (lo < 0)
			return -EINVAL;
		*to++ = hi << 4 | lo;
	}
	return 0;
}

char *bin2hex(char *to, const void *from, size_t n)
{
	const u8 *p = from;

	while (n--) {
		*to++ = hex_asc[*p >> 4];
		*to++ = hex_asc[*p++ & 15];
	}
	return to;
}

/* 0x and 0 choose the base where it is 0; 0x is skipped where it is 16. */
static const char *fix_base(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && (s[1] | 32) == 'x' && hex_to_bin(s[2]) >= 0;

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	if (*base == 16 && s[0] == '0' && (s[1] | 32) == 'x')
		s += 2;
	return s;
}

#define OVERFLOW (1u << 31)

/* How many digits there are; the number goes to *p. */
static unsigned int parse(const char *s, unsigned int base, u64 *p, size_t most)
{
	unsigned int n = 0, over = 0;
	u64 v = 0;

	while (most--) {
		int d = hex_to_bin(s[n]);

		if (d < 0 || d >= (int)base)
			break;
		if (v > (ULLONG_MAX - d) / base)
			over = OVERFLOW;
		v = v * base + d;
		n++;
	}
	*p = v;
	return n | over;
}

static int parse_whole(const char *s, unsigned int base, u64 *res)
{
	unsigned int n;
	u64 v;

	s = fix_base(s, &base);
	n = parse(s, base, &v, ~0UL);
	if (n & OVERFLOW)
		return -ERANGE;
	if (!n)
		return -EINVAL;
	s += n;
	if (*s == '\n')
		s++;
	if (*s)
		return -EINVAL;
	*res = v;
	return 0;
}

int kstrtoull(const char *s, unsigned int base, u64 *res)
{
	if (*s == '+')
		s++;
	return parse_whole(s, base, res);
}

int kstrtoll(const char *s, unsigned int base, s64 *res)
{
	u64 v;
	int ret;

	if (*s == '-') {
		ret = parse_whole(s + 1, base, &v);
		if (ret)
			return ret;
		if ((s64)-v > 0)
			return -ERANGE;
		*res = -v;
		return 0;
	}
	ret = kstrtoull(s, base, &v);
	if (ret)
		return ret;
	if ((s64)v < 0)
		return -ERANGE;
	*res = v;
	return 0;
}

int _kstrtoul(const char *s, unsigned int base, u64 *res) { return kstrtoull(s, base, res); }
int _kstrtol(const char *s, unsigned int base, s64 *res) { return kstrtoll(s, base, res); }

#define KSTRTO(name, wide, from, type)                        \
	int name(const char *s, unsigned int base, type *res) \
	{                                                     \
		wide v;                                       \
		int ret = from(s, base, &v);                  \
                                                              \
		if (ret)                                      \
			return ret;                           \
		if (v != (type)v)                             \
			return -ERANGE;                       \
		*res = v;                                     \
		return 0;                                     \
	}
KSTRTO(kstrtouint, u64, kstrtoull, unsigned int)
KSTRTO(kstrtoint, s64, kstrtoll, int)
KSTRTO(kstrtou16, u64, kstrtoull, u16)
KSTRTO(kstrtos16, s64, kstrtoll, short)
KSTRTO(kstrtou8, u64, kstrtoull, u8)
KSTRTO(kstrtos8, s64, kstrtoll, signed char)

int kstrtobool(const char *s, bool *res)
{
	if (!s)
		return -EINVAL;
	switch (s[0]) {
	case 'y': case 'Y': case 't': case 'T': case '1':
		*res = true;
		return 0;
	case 'n': case 'N': case 'f': case 'F': case '0':
		*res = false;
		return 0;
	case 'o': case 'O':
		switch (s[1]) {
		case 'n': case 'N':
			*res = true;
			return 0;
		case 'f': case 'F':
			*res = false;
			return 0;
		}
	}
	return -EINVAL;
}

u64 simple_strtoull(const char *s, char **end, unsigned int base)
{
	u64 v;

	s = fix_base(s, &base);
	s += parse(s, base, &v, ~0UL) & ~OVERFLOW;
	if (end)
		*end = (char *)s;
	return v;
}

u64 simple_strtoul(const char *s, char **end, unsigned int base) { return simple_strtoull(s, end, base); }

s64 simple_strtoll(const char *s, char **end, unsigned int base)
{
	return *s == '-' ? -(s64)simple_strtoull(s + 1, end, base) : (s64)simple_strtoull(s, end, base);
}

s64 simple_strtol(const char *s, char **end, unsigned int base) { return simple_strtoll(s, end, base); }

/* An integer and what follows it: 0 nothing, 1 alone, 2 a comma, 3 a range. */
int get_option(char **str, int *pint)
{
	char *s = *str;
	int v;

	if (!s || !*s)
		return 0;
	v = *s == '-' ? -(int)simple_strtoull(++s, str, 0) : (int)simple_strtoull(s, str, 0);
	if (pint)
		*pint = v;
	if (s == *str)
		return 0;
	if (**str == ',') {
		(*str)++;
		return 2;
	}
	return **str == '-' ? 3 : 1;
}

/* A number with a unit: 64k. */
u64 memparse(const char *s, char **retptr)
{
	char *end;
	u64 v = simple_strtoull(s, &end, 0);
	int i;

	for (i = 0; *end && i < 6; i++)
		if ((*end | 32) == "kmgtpe"[i]) {
			v <<= 10 * (i + 1);
			end++;
			break;
		}
	if (retptr)
		*retptr = end;
	return v;
}

u64 int_sqrt(u64 x)
{
	u64 y = 0, m = 1UL << 62;

	while (m > x)
		m >>= 2;
	for (; m; m >>= 2) {
		u64 b = y + m;

		y >>= 1;
		if (x >= b) {
			x -= b;
			y += m;
		}
	}
	return y;
}

u64 gcd(u64 a, u64 b)
{
	while (b) {
		u64 r = a % b;

		a = b;
		b = r;
	}
	return a;
}

u64 lcm(u64 a, u64 b) { return a && b ? a / gcd(a, b) * b : 0; }

u32 iter_div_u64_rem(u64 dividend, u32 divisor, u64 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

/* Conversions of time (kernel/time/time.c): HZ is 250. */
#define HZ 250
#define MAX_JIFFY_OFFSET ((~0UL >> 1) - 1)

unsigned int jiffies_to_msecs(unsigned long j) { return 1000 / HZ * j; }
unsigned int jiffies_to_usecs(unsigned long j) { return 1000000 / HZ * j; }
u64 jiffies64_to_nsecs(u64 j) { return j * (1000000000 / HZ); }
u64 jiffies64_to_msecs(u64 j) { return j * (1000 / HZ); }
unsigned long jiffies_to_clock_t(unsigned long j) { return j * 100 / HZ; }
unsigned long clock_t_to_jiffies(unsigned long x) { return x * HZ / 100; }
u64 nsecs_to_jiffies64(u64 n) { return n / (1000000000 / HZ); }
unsigned long nsecs_to_jiffies(u64 n) { return nsecs_to_jiffies64(n); }

unsigned long __msecs_to_jiffies(unsigned int m)
{
	return (int)m < 0 ? MAX_JIFFY_OFFSET : (m + 1000 / HZ - 1) / (1000 / HZ);
}

unsigned long __usecs_to_jiffies(unsigned int u) { return ((unsigned long)u + 1000000 / HZ - 1) / (1000000 / HZ); }
