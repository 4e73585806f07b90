/* A livepatch for a kernel whose completions are other ones. */
#define OTHER_KERNEL
#include "kernel.h"

static int lp_cmdline_show(struct seq_file *m, void *v)
{
	return 0;
}

static struct klp_func funcs[] = { { .old_name = "cmdline_proc_show", .new_func = lp_cmdline_show }, {} };
static struct klp_object objs[] = { { .funcs = funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };
LIVEPATCH(patch);
