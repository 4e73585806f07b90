/* Other results for the functions of calls.c. */
#include "guest.h"

extern long fib(long n);
extern int op_add(int a, int b);

int fixed_inner(int x)
{
	return x + 30;
}

int fixed_middle(int x)
{
	return fixed_inner(x) * 20;
}

/* Counts from fib(1) = fib(2) = 10; the calls go through the patched name. */
long fixed_fib(long n)
{
	return n < 2 ? n * 10 : fib(n - 1) + fib(n - 2);
}

int fixed_classify(int c)
{
	switch (c) {
	case 0: return 110;
	case 1: return 121;
	case 2: return 132;
	case 3: return 143;
	case 4: return 154;
	case 5: return 165;
	case 6: return op_add(c, 170);
	default: return -2;
	}
}

int fixed_op_add(int a, int b)
{
	return a + b + 1000;
}
