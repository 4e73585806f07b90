/* read_pair, fixed. */
#include "guest.h"

int fixed_read_pair(struct pair *p)
{
	return p->a * 10 + p->b;
}
