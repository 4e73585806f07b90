/* A livepatch of two objects with several functions and callbacks. */
#include "module.h"

static bool replace;
module_param(replace, bool, 0444);

static int new_cmdline(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: cmdline\n", THIS_MODULE->name);
	return 0;
}

static int new_uptime(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: uptime\n", THIS_MODULE->name);
	return 0;
}

static int new_version(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: version\n", THIS_MODULE->name);
	return 0;
}

static int new_add(int a, int b)
{
	return a * b;
}

static int new_sleep(void)
{
	return 88;
}

static const char *name(struct klp_object *o)
{
	return o->name ? o->name : "vmlinux";
}

static int pre_patch(struct klp_object *o)
{
	pr_info("pre_patch %s\n", name(o));
	return 0;
}

static void post_patch(struct klp_object *o) { pr_info("post_patch %s\n", name(o)); }
static void pre_unpatch(struct klp_object *o) { pr_info("pre_unpatch %s\n", name(o)); }
static void post_unpatch(struct klp_object *o) { pr_info("post_unpatch %s\n", name(o)); }

#define CALLBACKS .callbacks = { \
	.pre_patch = pre_patch, .post_patch = post_patch, .pre_unpatch = pre_unpatch, .post_unpatch = post_unpatch }

static struct klp_func kernel_funcs[] = {
	{ .old_name = "cmdline_proc_show", .new_func = new_cmdline },
	{ .old_name = "uptime_proc_show", .new_func = new_uptime },
	{ .old_name = "version_proc_show", .new_func = new_version, .old_sympos = 1 },
	{}
};
static struct klp_func target_funcs[] = {
	{ .old_name = "lab_target_add", .new_func = new_add },
	{ .old_name = "lab_sleep_int", .new_func = new_sleep },
	{}
};
static struct klp_object objs[] = {
	{ .funcs = kernel_funcs, CALLBACKS },
	{ .name = "lab_target", .funcs = target_funcs, CALLBACKS },
	{}
};
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int multi_init(void)
{
	patch.replace = replace;
	return klp_enable_patch(&patch);
}

static void multi_exit(void)
{
}

module_init(multi_init);
module_exit(multi_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
