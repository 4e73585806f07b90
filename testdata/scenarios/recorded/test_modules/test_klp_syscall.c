/* A livepatch of a system call. */
#include "module.h"

static long lp_sys_getpid(void)
{
	return 100;
}

static struct klp_func funcs[] = { { .old_name = "__x64_sys_getpid", .new_func = lp_sys_getpid }, {} };
static struct klp_object objs[] = { { .funcs = funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int livepatch_init(void)
{
	return klp_enable_patch(&patch);
}

static void livepatch_exit(void)
{
}

module_init(livepatch_init);
module_exit(livepatch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
