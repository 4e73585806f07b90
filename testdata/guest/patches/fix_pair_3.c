/* A third version of read_pair: in base 16. */
#include "guest.h"

int hex_read_pair(struct pair *p)
{
	return p->a * 16 + p->b;
}
