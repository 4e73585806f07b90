/* Tables of character sets, and UTF-8 (fs/nls/nls_base.c). */
#include "kernel.h"

struct module;
struct nls_table {
	const char *charset, *alias;
	void *uni2char, *char2uni;
	const u8 *charset2lower, *charset2upper;
	struct module *owner;
	struct nls_table *next;
};
bool try_module_get(struct module *m);
void module_put(struct module *m);

static struct nls_table *tables;

#define EBUSY 16

int __register_nls(struct nls_table *nls, struct module *owner)
{
	struct nls_table **t;

	if (nls->next)
		return -EBUSY;
	nls->owner = owner;
	for (t = &tables; *t; t = &(*t)->next)
		if (*t == nls)
			return -EBUSY;
	nls->next = tables;
	tables = nls;
	return 0;
}

int unregister_nls(struct nls_table *nls)
{
	for (struct nls_table **t = &tables; *t; t = &(*t)->next)
		if (*t == nls) {
			*t = nls->next;
			nls->next = NULL;
			return 0;
		}
	return -EINVAL;
}

struct nls_table *load_nls(const char *charset)
{
	for (struct nls_table *t = tables; t; t = t->next)
		if (!strcmp(t->charset, charset) || (t->alias && !strcmp(t->alias, charset)))
			return try_module_get(t->owner) ? t : NULL;
	return NULL;
}

void unload_nls(struct nls_table *nls)
{
	if (nls)
		module_put(nls->owner);
}

/* One character: how many bytes it has, or -1. */
int utf8_to_utf32(const u8 *s, int len, u32 *out)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	u32 c = *s;
	int n = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;

	if (!n || n > len)
		return -1;
	if (n > 1)
		c &= 0x7f >> n;
	for (int i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c & 0xfffff800) == 0xd800)
		return -1;
	*out = c;
	return n;
}

int utf32_to_utf8(u32 c, u8 *s, int max)
{
	int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (!s)
		return 0;
	if (c > 0x10ffff || (c & 0xfffff800) == 0xd800 || n > max)
		return -1;
	if (n == 1) {
		*s = c;
		return 1;
	}
	for (int i = n - 1; i > 0; i--) {
		s[i] = 0x80 | (c & 0x3f);
		c >>= 6;
	}
	*s = 0xf00 >> n | c;
	return n;
}
