/* An init that returns what it is told to. */
#include "module.h"

static int ret;
module_param(ret, int, 0);

static int badinit_init(void)
{
	return ret;
}

static void badinit_exit(void)
{
}

module_init(badinit_init);
module_exit(badinit_exit);
