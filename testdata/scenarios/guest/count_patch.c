/* New versions of count. */
#include "kernel.h"

long count_by_ten(long n)
{
	barrier();
	return n + 10;
}

long count_by_hundred(long n)
{
	barrier();
	return n + 100;
}
