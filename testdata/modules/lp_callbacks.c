/* A livepatch with callbacks for vmlinux and for two modules. */
#include "callbacks.h"

static void lp_worker_func(struct work_struct *work)
{
	pr_info("%s\n", __func__);
}

static struct klp_func none[] = { {} };
static struct klp_func funcs[] = { { .old_name = "worker_func", .new_func = lp_worker_func }, {} };
static struct klp_object objs[] = {
	{ .funcs = none, CALLBACKS },
	{ .name = "cb_target", .funcs = none, CALLBACKS },
	{ .name = "cb_worker", .funcs = funcs, CALLBACKS },
	{}
};
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };
LIVEPATCH(patch);
