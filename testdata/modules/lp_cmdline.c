/* A livepatch of one function of vmlinux. */
#include "kernel.h"

static int lp_cmdline_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: %s\n", THIS_MODULE->name, "this function is patched");
	return 0;
}

static struct klp_func funcs[] = { { .old_name = "cmdline_proc_show", .new_func = lp_cmdline_show }, {} };
static struct klp_object objs[] = { { .funcs = funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };
LIVEPATCH(patch);
MODULE_DESCRIPTION("Patches /proc/cmdline");
