/* A livepatch whose callbacks tell what they find in the kernel's structures. */
#include "module.h"

static int new_show(struct seq_file *m, void *v)
{
	seq_puts(m, "observed\n");
	return 0;
}

static struct klp_func funcs[] = { { .old_name = "cmdline_proc_show", .new_func = new_show }, {} };
static struct klp_patch patch;

static void observe(const char *when, struct klp_object *o)
{
	struct klp_func *f = o->funcs;

	pr_info("%s: enabled %d; object patched %d, mod %d; func old %ps, sizes %lu %lu, patched %d, transition %d\n", when,
		patch.enabled, o->patched, o->mod != NULL, f->old_func, f->old_size, f->new_size, f->patched, f->transition);
}

static int pre_patch(struct klp_object *o)
{
	observe("pre_patch", o);
	return 0;
}
static void post_patch(struct klp_object *o) { observe("post_patch", o); }
static void pre_unpatch(struct klp_object *o) { observe("pre_unpatch", o); }
static void post_unpatch(struct klp_object *o) { observe("post_unpatch", o); }

static struct klp_object objs[] = {
	{
		.funcs = funcs,
		.callbacks = {
			.pre_patch = pre_patch, .post_patch = post_patch, .pre_unpatch = pre_unpatch, .post_unpatch = post_unpatch,
		},
	},
	{}
};
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int observer_init(void)
{
	pr_info("klp %d, klp_alive %d, state %d\n", THIS_MODULE->klp, THIS_MODULE->klp_alive, THIS_MODULE->state);
	return klp_enable_patch(&patch);
}

static void observer_exit(void)
{
}

module_init(observer_init);
module_exit(observer_exit);
MODULE_INFO(livepatch, "Y");
