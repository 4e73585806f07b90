/*
 * A livepatch whose new functions use what is hidden: a variable that vmlinux
 * does not export, and a static one of a module. klp-convert.py turns these
 * references into livepatch relocations.
 */
#include "kernel.h"

extern char *saved_command_line; /* of vmlinux */
extern bool block;               /* of cb_worker */

static int lp_cmdline_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s (patched)\n", saved_command_line);
	return 0;
}

static void lp_worker_func(struct work_struct *work)
{
	pr_info("%s: block is %d\n", __func__, READ_ONCE(block));
}

static struct klp_func kernel_funcs[] = { { .old_name = "cmdline_proc_show", .new_func = lp_cmdline_show }, {} };
static struct klp_func worker_funcs[] = { { .old_name = "worker_func", .new_func = lp_worker_func, .old_sympos = 1 }, {} };
static struct klp_object objs[] = { { .funcs = kernel_funcs }, { .name = "cb_worker", .funcs = worker_funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };
LIVEPATCH(patch);
