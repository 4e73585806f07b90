/* A livepatch in read-only memory, which a kernel could not write either. */
#include "module.h"

static struct klp_object objs[] = { {} };
static const struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int constpatch_init(void)
{
	return klp_enable_patch((struct klp_patch *)&patch);
}

static void constpatch_exit(void)
{
}

module_init(constpatch_init);
module_exit(constpatch_exit);
MODULE_INFO(livepatch, "Y");
