/* Pairs of digits: {4, 2} reads as 42. The smallest thing worth patching. */
#include "guest.h"

struct pair the_pair = { 4, 2 };

struct pair the_table[] = { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 } };

/* The bug to fix: the second digit is the first once more. */
noinline int read_pair(struct pair *p)
{
	return p->a * 10 + p->a;
}

noinline int sum_pair(struct pair *p)
{
	return p->a + p->b;
}

noinline void swap_pair(struct pair *p)
{
	int a = p->a;

	p->a = p->b;
	p->b = a;
}

noinline void set_pair(struct pair *p, int a, int b)
{
	p->a = a;
	p->b = b;
}

/* A tail call: the compiler makes it a jump. */
noinline int read_the_pair(void)
{
	return read_pair(&the_pair);
}

/* Not a tail call: read_pair returns to here. */
noinline int read_twice(struct pair *p)
{
	return read_pair(p) + read_pair(p);
}

noinline int read_table(int n)
{
	int sum = 0;

	for (int i = 0; i < n && i < 4; i++)
		sum += read_pair(&the_table[i]);
	return sum;
}

noinline int show_pair(struct pair *p)
{
	printk("pair: %d\n", read_pair(p));
	return 0;
}

/* No call site: this function can be called, but not patched. */
notrace noinline int read_pair_notrace(struct pair *p)
{
	return p->a * 10 + p->b;
}
