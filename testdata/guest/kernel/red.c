/* One of two files with a static function named helper: see blue.c. */
#include "guest.h"

static noinline int helper(int x)
{
	return x + 100;
}

noinline int red(int x)
{
	return helper(x) + 1;
}
