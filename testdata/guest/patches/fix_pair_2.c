/* A second version of read_pair, to stack on the first: it checks the digits
 * and says what it read. */
#include "guest.h"

static noinline int digit(int d)
{
	return d >= 0 && d <= 9;
}

int checked_read_pair(struct pair *p)
{
	if (!digit(p->a) || !digit(p->b))
		return -22;
	printk("read_pair: %d%d\n", p->a, p->b);
	return p->a * 10 + p->b;
}
