/* A module that livepatches have an object for. */
#include "kernel.h"

static int target_init(void)
{
	pr_info("%s\n", __func__);
	return 0;
}

static void target_exit(void)
{
	pr_info("%s\n", __func__);
}

module_init(target_init)
module_exit(target_exit)
MODULE_LICENSE("GPL");
