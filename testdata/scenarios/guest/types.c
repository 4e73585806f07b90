/* The second function of the name type_show. */
#include "kernel.h"

static noinline int type_show(int n)
{
	barrier();
	return n + 2;
}

int second_type_show(int n)
{
	return type_show(n) * 10;
}
