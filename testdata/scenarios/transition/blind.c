/* Functions that nothing describes to the unwinder: built without CFI. */
#define MODNAME "blind"
#include "kernel.h"

extern int leaf(int n);

noinline int blind(int n)
{
	int v = leaf(n);

	barrier();
	return v + 1;
}
