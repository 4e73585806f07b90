/* The other of two files with a static function named helper: see red.c. */
#include "guest.h"

static noinline int helper(int x)
{
	return x + 200;
}

noinline int blue(int x)
{
	return helper(x) + 1;
}
