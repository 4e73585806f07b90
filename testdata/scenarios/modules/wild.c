/* Pointers that lead nowhere. */
#include "module.h"

static bool badobjs;
module_param(badobjs, bool, 0);

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = (void *)0x1000 };

static int wild_init(void)
{
	return klp_enable_patch(badobjs ? &patch : (void *)0x1000);
}

static void wild_exit(void)
{
}

module_init(wild_init);
module_exit(wild_exit);
MODULE_INFO(livepatch, "Y");
