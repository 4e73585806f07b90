/* A livepatch with callbacks for vmlinux and for two modules. */
#include "callbacks.h"

static int pre_patch_ret;
module_param(pre_patch_ret, int, 0644);

static int pre_patch_callback(struct klp_object *obj)
{
	callback_info(__func__, obj);
	return pre_patch_ret;
}

static void post_patch_callback(struct klp_object *obj) { callback_info(__func__, obj); }
static void pre_unpatch_callback(struct klp_object *obj) { callback_info(__func__, obj); }
static void post_unpatch_callback(struct klp_object *obj) { callback_info(__func__, obj); }

static void patched_work_func(struct work_struct *work)
{
	pr_info("%s\n", __func__);
}

#define CALLBACKS .callbacks = { \
	.pre_patch = pre_patch_callback, .post_patch = post_patch_callback, \
	.pre_unpatch = pre_unpatch_callback, .post_unpatch = post_unpatch_callback }

static struct klp_func no_funcs[] = { {} };

static struct klp_func busymod_funcs[] = {
	{ .old_name = "busymod_work_func", .new_func = patched_work_func },
	{}
};

static struct klp_object objs[] = {
	{ .name = NULL, .funcs = no_funcs, CALLBACKS },
	{ .name = "test_klp_callbacks_mod", .funcs = no_funcs, CALLBACKS },
	{ .name = "test_klp_callbacks_busy", .funcs = busymod_funcs, CALLBACKS },
	{}
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int test_klp_callbacks_demo_init(void)
{
	return klp_enable_patch(&patch);
}

static void test_klp_callbacks_demo_exit(void)
{
}

module_init(test_klp_callbacks_demo_init);
module_exit(test_klp_callbacks_demo_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
