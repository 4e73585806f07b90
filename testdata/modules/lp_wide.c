/*
 * A livepatch whose structures are not where a 6.12 kernel has them, which its
 * debugging information says.
 */
#define OTHER_LAYOUT
#include "callbacks.h"

static int lp_cmdline_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: %s\n", THIS_MODULE->name, "this function is patched");
	return 0;
}

static struct klp_func funcs[] = { { .old_name = "cmdline_proc_show", .new_func = lp_cmdline_show }, {} };
static struct klp_func none[] = { {} };
static struct klp_object objs[] = { { .funcs = funcs, CALLBACKS }, { .name = "cb_target", .funcs = none, CALLBACKS }, {} };
static struct klp_state states[] = { { .id = 3, .version = 1 }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs, .states = states, .replace = 1 };
LIVEPATCH(patch);
