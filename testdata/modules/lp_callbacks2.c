/* Another one, that may replace the first. */
#include "callbacks.h"

static int replace;
module_param(replace, int, 0644);

static struct klp_func none[] = { {} };
static struct klp_object objs[] = { { .funcs = none, CALLBACKS }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int callbacks2_init(void)
{
	patch.replace = replace;
	return klp_enable_patch(&patch);
}

static void callbacks2_exit(void)
{
}

module_init(callbacks2_init)
module_exit(callbacks2_exit)
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
