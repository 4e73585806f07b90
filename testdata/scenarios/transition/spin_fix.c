/* New versions for spin.c. */
#define MODNAME "spin_fix"
#include "kernel.h"

extern int laps;

int turn_2(int n)
{
	WRITE_ONCE(laps, 0);
	return n + 100;
}

int turn_3(int n)
{
	return n + 200;
}

int leaf_2(int n)
{
	msleep(500 * n);
	return 100;
}

int leaf_3(int n)
{
	return 200;
}

int middle_2(int n)
{
	return 1000;
}

int deep_2(int depth, int ms)
{
	return 0;
}
