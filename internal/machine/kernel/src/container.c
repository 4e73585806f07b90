/* Sorting, lists and red-black trees (lib/sort.c, lib/list_sort.c, lib/rbtree.c, lib/bsearch.c). */
#include "kernel.h"

typedef int (*cmp_func_t)(const void *, const void *);
typedef int (*cmp_r_func_t)(const void *, const void *, const void *);
typedef void (*swap_func_t)(void *, void *, int);
typedef void (*swap_r_func_t)(void *, void *, int, const void *);

static void swap_bytes(char *a, char *b, size_t n)
{
	while (n--) {
		char t = *a;

		*a++ = *b;
		*b++ = t;
	}
}

/* Heapsort: sort_r passes priv on, sort does not. */
static void heap(char *base, size_t num, size_t size, cmp_r_func_t cmp_r, cmp_func_t cmp, swap_r_func_t swap_r,
		 swap_func_t swap, const void *priv)
{
#define CMP(i, j) (cmp ? cmp(base + (i)*size, base + (j)*size) : cmp_r(base + (i)*size, base + (j)*size, priv))
	size_t n = num, start = num / 2;

	while (n > 1) {
		size_t root;

		if (start) {
			start--;
		} else {
			n--;
			if (swap_r)
				swap_r(base, base + n * size, size, priv);
			else if (swap)
				swap(base, base + n * size, size);
			else
				swap_bytes(base, base + n * size, size);
		}
		for (root = start; 2 * root + 1 < n;) {
			size_t child = 2 * root + 1;

			if (child + 1 < n && CMP(child, child + 1) < 0)
				child++;
			if (CMP(root, child) >= 0)
				break;
			if (swap_r)
				swap_r(base + root * size, base + child * size, size, priv);
			else if (swap)
				swap(base + root * size, base + child * size, size);
			else
				swap_bytes(base + root * size, base + child * size, size);
			root = child;
		}
	}
}

void sort_r(void *base, size_t num, size_t size, cmp_r_func_t cmp, swap_r_func_t swap, const void *priv)
{
	heap(base, num, size, cmp, NULL, swap, NULL, priv);
}

void sort(void *base, size_t num, size_t size, cmp_func_t cmp, swap_func_t swap)
{
	heap(base, num, size, NULL, cmp, NULL, swap, NULL);
}

void *bsearch(const void *key, const void *base, size_t num, size_t size, cmp_func_t cmp)
{
	while (num) {
		const char *mid = (const char *)base + num / 2 * size;
		int c = cmp(key, mid);

		if (!c)
			return (void *)mid;
		if (c > 0) {
			base = mid + size;
			num--;
		}
		num /= 2;
	}
	return NULL;
}

/* A stable merge sort of a doubly linked list, bottom up. */
void list_sort(void *priv, struct list_head *head,
	       int (*cmp)(void *, const struct list_head *, const struct list_head *))
{
	struct list_head *list = head->next, *prev;

	if (list == head)
		return;
	head->prev->next = NULL;
	for (size_t width = 1;; width *= 2) {
		struct list_head *rest = list, **tail = &list;
		size_t merges = 0;

		while (rest) {
			struct list_head *a = rest, *b = rest;
			size_t na = 0, nb = width;

			merges++;
			for (; na < width && b; na++)
				b = b->next;
			while (na || (nb && b)) {
				struct list_head **from = !na ? &b : !nb || !b || cmp(priv, a, b) <= 0 ? &a : &b;

				if (from == &a)
					na--;
				else
					nb--;
				*tail = *from;
				*from = (*from)->next;
				tail = &(*tail)->next;
			}
			rest = b;
		}
		*tail = NULL;
		if (merges <= 1)
			break;
	}
	for (prev = head; list; list = list->next) {
		prev->next = list;
		list->prev = prev;
		prev = list;
	}
	prev->next = head;
	head->prev = prev;
}

/* The colour is bit 0 of the pointer to the parent: 0 red, 1 black. */
struct rb_node {
	u64 parent_color;
	struct rb_node *right, *left;
};
struct rb_root {
	struct rb_node *node;
};

static struct rb_node *parent(const struct rb_node *n) { return (struct rb_node *)(n->parent_color & ~3UL); }
static bool black(const struct rb_node *n) { return !n || (n->parent_color & 1); }
static void set_parent(struct rb_node *n, struct rb_node *p) { n->parent_color = (u64)p | (n->parent_color & 1); }
static void set_black(struct rb_node *n) { n->parent_color |= 1; }
static void set_red(struct rb_node *n) { n->parent_color &= ~1UL; }

static void replace_child(struct rb_root *root, struct rb_node *p, struct rb_node *old, struct rb_node *new)
{
	if (!p)
		root->node = new;
	else if (p->left == old)
		p->left = new;
	else
		p->right = new;
}

static void rotate(struct rb_root *root, struct rb_node *x, bool left)
{
	struct rb_node *y = left ? x->right : x->left, *p = parent(x), *inner = left ? y->left : y->right;

	if (left) {
		x->right = inner;
		y->left = x;
	} else {
		x->left = inner;
		y->right = x;
	}
	if (inner)
		set_parent(inner, x);
	set_parent(y, p);
	replace_child(root, p, x, y);
	set_parent(x, y);
}

void rb_insert_color(struct rb_node *n, struct rb_root *root)
{
	struct rb_node *p, *g, *uncle;

	while ((p = parent(n)) && !black(p)) {
		bool left;

		g = parent(p);
		left = p == g->left;
		uncle = left ? g->right : g->left;
		if (!black(uncle)) {
			set_black(uncle);
			set_black(p);
			set_red(g);
			n = g;
			continue;
		}
		if (n == (left ? p->right : p->left)) {
			rotate(root, p, left);
			p = n;
		}
		set_black(p);
		set_red(g);
		rotate(root, g, !left);
		break;
	}
	set_black(root->node);
}

static void erase_fixup(struct rb_root *root, struct rb_node *n, struct rb_node *p)
{
	while (n != root->node && black(n)) {
		bool left = p->left == n;
		struct rb_node *s = left ? p->right : p->left;

		if (!black(s)) {
			set_black(s);
			set_red(p);
			rotate(root, p, left);
			s = left ? p->right : p->left;
		}
		if (black(s->left) && black(s->right)) {
			set_red(s);
			n = p;
			p = parent(n);
			continue;
		}
		if (black(left ? s->right : s->left)) {
			set_black(left ? s->left : s->right);
			set_red(s);
			rotate(root, s, !left);
			s = left ? p->right : p->left;
		}
		s->parent_color = (u64)parent(s) | (p->parent_color & 1);
		set_black(p);
		set_black(left ? s->right : s->left);
		rotate(root, p, left);
		n = root->node;
	}
	if (n)
		set_black(n);
}

void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	*new = *victim;
	if (new->left)
		set_parent(new->left, new);
	if (new->right)
		set_parent(new->right, new);
	replace_child(root, parent(victim), victim, new);
}

void rb_erase(struct rb_node *n, struct rb_root *root)
{
	struct rb_node *child, *p;
	bool was_black;

	if (n->left && n->right) {
		struct rb_node *next = n->right;

		while (next->left)
			next = next->left;
		child = next->right;
		was_black = black(next);
		p = parent(next);
		replace_child(root, p, next, child);
		if (child)
			set_parent(child, p);
		if (p == n)
			p = next;
		rb_replace_node(n, next, root);
	} else {
		child = n->left ? n->left : n->right;
		was_black = black(n);
		p = parent(n);
		replace_child(root, p, n, child);
		if (child)
			set_parent(child, p);
	}
	if (was_black)
		erase_fixup(root, child, p);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->left)
		n = n->left;
	return n;
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->right)
		n = n->right;
	return n;
}

static bool empty_node(const struct rb_node *n) { return n->parent_color == (u64)n; }

struct rb_node *rb_next(const struct rb_node *n)
{
	struct rb_node *p;

	if (empty_node(n))
		return NULL;
	if (n->right) {
		n = n->right;
		while (n->left)
			n = n->left;
		return (struct rb_node *)n;
	}
	while ((p = parent(n)) && n == p->right)
		n = p;
	return p;
}

struct rb_node *rb_prev(const struct rb_node *n)
{
	struct rb_node *p;

	if (empty_node(n))
		return NULL;
	if (n->left) {
		n = n->left;
		while (n->right)
			n = n->right;
		return (struct rb_node *)n;
	}
	while ((p = parent(n)) && n == p->left)
		n = p;
	return p;
}

static struct rb_node *deepest(const struct rb_node *n)
{
	while (n && (n->left || n->right))
		n = n->left ? n->left : n->right;
	return (struct rb_node *)n;
}

struct rb_node *rb_first_postorder(const struct rb_root *root) { return deepest(root->node); }

struct rb_node *rb_next_postorder(const struct rb_node *n)
{
	struct rb_node *p = n ? parent(n) : NULL;

	return p && n == p->left && p->right ? deepest(p->right) : p;
}
