/* A function that is called all the time, and a check of what it returns. */
#include "kernel.h"

static long bad;

noinline long count(long n)
{
	barrier();
	return n + 1;
}

/* Whatever version runs, it adds 1, 10 or 100, and keeps the caller's state. */
long caller(long n)
{
	long i;

	for (i = 0; i < n; i++) {
		long got = count(i) - i;

		if (got != 1 && got != 10 && got != 100)
			bad++;
	}
	return n;
}

long wrong(void)
{
	return bad;
}
