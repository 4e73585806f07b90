/* A livepatch that replaces all others, unless it is told not to. */
#include "kernel.h"

static int replace = 1;
module_param(replace, int, 0644);
MODULE_PARM_DESC(replace, "replace what is loaded (default 1)");

static int lp_meminfo_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: %s\n", THIS_MODULE->name, "this function is patched");
	return 0;
}

static struct klp_func funcs[] = { { .old_name = "meminfo_proc_show", .new_func = lp_meminfo_show }, {} };
static struct klp_object objs[] = { { .funcs = funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int swap_init(void)
{
	patch.replace = replace;
	return klp_enable_patch(&patch);
}

static void swap_exit(void)
{
}

module_init(swap_init)
module_exit(swap_exit)
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
