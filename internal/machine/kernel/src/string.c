/* Strings and memory (lib/string.c, lib/string_helpers.c, lib/ctype.c). */
#include "kernel.h"

#define C 0x04 /* digit */
#define U 0x01
#define L 0x02
#define T 0x08 /* control */
#define P 0x10
#define S 0x20
#define X 0x40
#define SP 0x80

/* What isdigit() and its like look into. */
const unsigned char _ctype[256] = {
	[0 ... 8] = T, [9 ... 13] = T | S, [14 ... 31] = T, [' '] = S | SP, ['!' ... '/'] = P, ['0' ... '9'] = C,
	[':' ... '@'] = P, ['A' ... 'F'] = U | X, ['G' ... 'Z'] = U, ['[' ... '`'] = P, ['a' ... 'f'] = L | X,
	['g' ... 'z'] = L, ['{' ... '~'] = P, [127] = T, [160] = S | SP, [161 ... 191] = P, [192 ... 214] = U, [215] = P,
	[216 ... 222] = U, [223 ... 246] = L, [247] = P, [248 ... 255] = L,
};
const char hex_asc[] = "0123456789abcdef";
const char hex_asc_upper[] = "0123456789ABCDEF";

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
static bool space(char c) { return _ctype[(unsigned char)c] & S; }

size_t strnlen(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i])
		i++;
	return i;
}

/* The length, or -E2BIG where the string was cut. */
ssize_t sized_strscpy(char *to, const char *from, size_t size)
{
	size_t i;

	if (!size || size > 0x7fffffff)
		return -E2BIG;
	for (i = 0; i < size - 1; i++) {
		to[i] = from[i];
		if (!from[i])
			return i;
	}
	to[i] = 0;
	return from[i] ? -E2BIG : (ssize_t)i;
}

ssize_t strscpy(char *to, const char *from, size_t size) { return sized_strscpy(to, from, size); }

size_t strlcat(char *to, const char *from, size_t size)
{
	size_t n = strnlen(to, size), more = strlen(from), room;

	if (n == size)
		return n + more;
	room = size - n - 1;
	if (room > more)
		room = more;
	memcpy(to + n, from, room);
	to[n + room] = 0;
	return n + more;
}

char *strncpy(char *to, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		to[i] = *from;
		if (*from)
			from++;
	}
	return to;
}

char *stpcpy(char *to, const char *from)
{
	while ((*to = *from++))
		to++;
	return to;
}

char *strcat(char *to, const char *from)
{
	stpcpy(to + strlen(to), from);
	return to;
}

char *strncat(char *to, const char *from, size_t n)
{
	char *end = to + strlen(to);

	for (; n && *from; n--)
		*end++ = *from++;
	*end = 0;
	return to;
}

char *strchrnul(const char *s, int c)
{
	while (*s && *s != (char)c)
		s++;
	return (char *)s;
}

char *strchr(const char *s, int c)
{
	s = strchrnul(s, c);
	return *s == (char)c ? (char *)s : NULL;
}

char *strnchr(const char *s, size_t n, int c)
{
	for (; n--; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			break;
	}
	return NULL;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do
		if (*s == (char)c)
			last = s;
	while (*s++);
	return (char *)last;
}

size_t strspn(const char *s, const char *accept)
{
	size_t n = 0;

	while (s[n] && strchr(accept, s[n]))
		n++;
	return n;
}

size_t strcspn(const char *s, const char *reject)
{
	size_t n = 0;

	while (s[n] && !strchr(reject, s[n]))
		n++;
	return n;
}

char *strpbrk(const char *s, const char *set)
{
	s += strcspn(s, set);
	return *s ? (char *)s : NULL;
}

char *strsep(char **s, const char *set)
{
	char *begin = *s, *end;

	if (!begin)
		return NULL;
	end = strpbrk(begin, set);
	if (end)
		*end++ = 0;
	*s = end;
	return begin;
}

char *strnstr(const char *s, const char *find, size_t len)
{
	size_t n = strlen(find);

	for (; len >= n; s++, len--) {
		if (!memcmp(s, find, n))
			return (char *)s;
		if (!n)
			break;
	}
	return NULL;
}

char *strstr(const char *s, const char *find) { return strnstr(s, find, strlen(s)); }

int strncasecmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		int x = lower((unsigned char)*a), y = lower((unsigned char)*b);

		if (x != y || !x)
			return x - y;
	}
	return 0;
}

int strcasecmp(const char *a, const char *b) { return strncasecmp(a, b, ~0UL); }

char *skip_spaces(const char *s)
{
	while (space(*s))
		s++;
	return (char *)s;
}

char *strim(char *s)
{
	size_t n = strlen(s);

	while (n && space(s[n - 1]))
		n--;
	s[n] = 0;
	return skip_spaces(s);
}

/* Equal but for a newline at the end. */
bool sysfs_streq(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b || (!*a && *b == '\n' && !b[1]) || (*a == '\n' && !a[1] && !*b);
}

int match_string(const char *const *array, size_t n, const char *s)
{
	for (size_t i = 0; i < n && array[i]; i++)
		if (!strcmp(array[i], s))
			return i;
	return -EINVAL;
}

int __sysfs_match_string(const char *const *array, size_t n, const char *s)
{
	for (size_t i = 0; i < n && array[i]; i++)
		if (sysfs_streq(array[i], s))
			return i;
	return -EINVAL;
}

char *strreplace(char *s, char old, char new)
{
	for (char *c = s; *c; c++)
		if (*c == old)
			*c = new;
	return s;
}

void *memchr(const void *s, int c, size_t n)
{
	for (const unsigned char *p = s; n--; p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}

/* The first byte that is not c. */
void *memchr_inv(const void *s, int c, size_t n)
{
	for (const unsigned char *p = s; n--; p++)
		if (*p != (unsigned char)c)
			return (void *)p;
	return NULL;
}

void *memscan(void *s, int c, size_t n)
{
	void *at = memchr(s, c, n);

	return at ? at : (char *)s + n;
}

int bcmp(const void *a, const void *b, size_t n) { return memcmp(a, b, n); }

void memcpy_and_pad(void *to, size_t size, const void *from, size_t n, int pad)
{
	if (n > size)
		n = size;
	memcpy(to, from, n);
	memset((char *)to + n, pad, size - n);
}

unsigned long __crypto_memneq(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;
	unsigned long neq = 0;

	while (n--)
		neq |= *x++ ^ *y++;
	return neq;
}
