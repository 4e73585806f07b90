/*
 * Arrays with large indices and what is built of them (lib/xarray.c, lib/idr.c).
 * Not a tree: the entries stand in one sorted block behind xa_head.
 */
#include "kernel.h"

typedef unsigned int xa_mark_t;
struct block {
	u64 n, room;
	struct slot {
		u64 index;
		void *entry;
	} slot[];
};
struct xarray {
	u32 xa_lock, xa_flags;
	struct block *head;
};
struct xa_limit {
	u32 max, min;
};
struct idr {
	struct xarray xa;
	u32 base, next;
};
_Static_assert(sizeof(struct xarray) == 16, "struct xarray");
_Static_assert(sizeof(struct idr) == 24, "struct idr");

#define EBUSY 16
#define XA_ZERO ((void *)(257UL << 2 | 2)) /* XA_ZERO_ENTRY: reserved, reads as NULL */
#define xa_err(errno) ((void *)(((u64)-(errno)) << 2 | 2))
#define XA_FLAGS_ALLOC1 8u /* XA_FLAGS_ZERO_BUSY */

void _raw_spin_lock(u32 *lock);
void _raw_spin_unlock(u32 *lock);

/* Where an index is, or would be. */
static u64 place(const struct block *b, u64 index)
{
	u64 lo = 0, hi = b ? b->n : 0;

	while (lo < hi) {
		u64 mid = (lo + hi) / 2;

		if (b->slot[mid].index < index)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool at(const struct block *b, u64 i, u64 index) { return b && i < b->n && b->slot[i].index == index; }

static void *get(const struct xarray *xa, u64 index)
{
	u64 i = place(xa->head, index);

	return at(xa->head, i, index) ? xa->head->slot[i].entry : NULL;
}

static void drop(struct xarray *xa, u64 i)
{
	struct block *b = xa->head;

	memmove(&b->slot[i], &b->slot[i + 1], (b->n - i - 1) * sizeof(struct slot));
	if (!--b->n) {
		kfree(b);
		xa->head = NULL;
	}
}

static int put(struct xarray *xa, u64 index, void *entry)
{
	struct block *b = xa->head;
	u64 i = place(b, index);

	if (at(b, i, index)) {
		b->slot[i].entry = entry;
		return 0;
	}
	if (!b || b->n == b->room) {
		u64 room = b ? b->room * 2 : 4;
		struct block *more = __kmalloc_noprof(sizeof(*b) + room * sizeof(struct slot), GFP_KERNEL);

		if (!more)
			return -ENOMEM;
		more->n = 0;
		if (b)
			memcpy(more, b, sizeof(*b) + b->n * sizeof(struct slot));
		more->room = room;
		kfree(b);
		xa->head = b = more;
	}
	memmove(&b->slot[i + 1], &b->slot[i], (b->n - i) * sizeof(struct slot));
	b->slot[i].index = index;
	b->slot[i].entry = entry;
	b->n++;
	return 0;
}

static void *shown(void *entry) { return entry == XA_ZERO ? NULL : entry; }

void *xa_load(struct xarray *xa, unsigned long index) { return shown(get(xa, index)); }

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	void *old = get(xa, index);

	if (old)
		drop(xa, place(xa->head, index));
	return shown(old);
}

void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old = get(xa, index);

	(void)gfp;
	if (!entry)
		return __xa_erase(xa, index);
	return put(xa, index, entry) ? xa_err(ENOMEM) : shown(old);
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old;

	_raw_spin_lock(&xa->xa_lock);
	old = __xa_store(xa, index, entry, gfp);
	_raw_spin_unlock(&xa->xa_lock);
	return old;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	void *old;

	_raw_spin_lock(&xa->xa_lock);
	old = __xa_erase(xa, index);
	_raw_spin_unlock(&xa->xa_lock);
	return old;
}

void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	void *now = xa_load(xa, index);

	return now == old ? __xa_store(xa, index, entry, gfp) : now;
}

int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	(void)gfp;
	return get(xa, index) ? -EBUSY : put(xa, index, entry ? entry : XA_ZERO);
}

/* The first free index in [min, max]. */
static bool vacant(const struct xarray *xa, u64 min, u64 max, u64 *found)
{
	const struct block *b = xa->head;

	for (u64 i = place(b, min); at(b, i, min); i++)
		min++;
	*found = min;
	return min <= max;
}

int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
	u64 found, min = limit.min;

	(void)gfp;
	if (!min && (xa->xa_flags & XA_FLAGS_ALLOC1))
		min = 1;
	if (!vacant(xa, min, limit.max, &found))
		return -EBUSY;
	*id = found;
	return put(xa, found, entry ? entry : XA_ZERO);
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	const struct block *b = xa->head;

	(void)filter;
	for (u64 i = place(b, *index); b && i < b->n && b->slot[i].index <= max; i++)
		if (shown(b->slot[i].entry)) {
			*index = b->slot[i].index;
			return b->slot[i].entry;
		}
	return NULL;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	unsigned long next = *index + 1;
	void *entry = next ? xa_find(xa, &next, max, filter) : NULL;

	if (entry)
		*index = next;
	return entry;
}

void xa_destroy(struct xarray *xa)
{
	kfree(xa->head);
	xa->head = NULL;
}

static int idr_take(struct idr *idr, void *ptr, u64 min, u64 max, u64 *id)
{
	if (!vacant(&idr->xa, min, max, id))
		return -ENOSPC;
	return put(&idr->xa, *id, ptr ? ptr : XA_ZERO);
}

int idr_alloc_u32(struct idr *idr, void *ptr, u32 *nextid, unsigned long max, gfp_t gfp)
{
	u64 id;
	int ret = idr_take(idr, ptr, *nextid < idr->base ? idr->base : *nextid, max, &id);

	(void)gfp;
	if (!ret)
		*nextid = id;
	return ret;
}

int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	u32 id = start;
	int ret;

	if (start < 0)
		return -EINVAL;
	ret = idr_alloc_u32(idr, ptr, &id, end > 0 ? end - 1 : 0x7fffffff, gfp);
	return ret ? ret : (int)id;
}

int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	u64 max = end > 0 ? end - 1 : 0x7fffffff, id;
	u32 from = idr->next < (u32)start ? (u32)start : idr->next;
	int ret = idr_take(idr, ptr, from, max, &id);

	(void)gfp;
	if (ret == -ENOSPC && from > (u32)start)
		ret = idr_take(idr, ptr, start, max, &id);
	if (ret)
		return ret;
	idr->next = id + 1;
	return id;
}

void *idr_find(const struct idr *idr, unsigned long id) { return shown(get(&idr->xa, id)); }
void *idr_remove(struct idr *idr, unsigned long id) { return __xa_erase(&idr->xa, id); }

void *idr_replace(struct idr *idr, void *ptr, unsigned long id)
{
	void *old = get(&idr->xa, id);

	if (!old)
		return (void *)-(s64)ENOENT;
	put(&idr->xa, id, ptr ? ptr : XA_ZERO);
	return shown(old);
}

void *idr_get_next_ul(struct idr *idr, unsigned long *id) { return xa_find(&idr->xa, id, ~0UL, 0); }

void *idr_get_next(struct idr *idr, int *id)
{
	unsigned long at_id = *id;
	void *entry = xa_find(&idr->xa, &at_id, 0x7fffffff, 0);

	if (entry)
		*id = at_id;
	return entry;
}

int idr_for_each(const struct idr *idr, int (*fn)(int id, void *p, void *data), void *data)
{
	unsigned long id = 0;
	void *entry;
	int ret;

	for (entry = xa_find((struct xarray *)&idr->xa, &id, ~0UL, 0); entry;
	     entry = xa_find_after((struct xarray *)&idr->xa, &id, ~0UL, 0)) {
		ret = fn(id, entry, data);
		if (ret)
			return ret;
	}
	return 0;
}

void idr_destroy(struct idr *idr) { xa_destroy(&idr->xa); }
void idr_preload(gfp_t gfp) { (void)gfp; }

int ida_alloc_range(struct xarray *ida, unsigned int min, unsigned int max, gfp_t gfp)
{
	u64 id;
	int ret = -ENOSPC;

	(void)gfp;
	if ((int)min < 0)
		return -ENOSPC;
	if ((int)max < 0)
		max = 0x7fffffff;
	_raw_spin_lock(&ida->xa_lock);
	if (vacant(ida, min, max, &id))
		ret = put(ida, id, XA_ZERO);
	_raw_spin_unlock(&ida->xa_lock);
	return ret ? ret : (int)id;
}

void ida_free(struct xarray *ida, unsigned int id)
{
	_raw_spin_lock(&ida->xa_lock);
	if (get(ida, id))
		drop(ida, place(ida->head, id));
	else
		_printk(KERN_WARNING "ida_free called for id=%d which is not allocated.\n", id);
	_raw_spin_unlock(&ida->xa_lock);
}

void ida_destroy(struct xarray *ida) { xa_destroy(ida); }
