/* Callbacks that say what they are called with. */
#include "kernel.h"

static const char *const state_name[] = {
	[MODULE_STATE_LIVE] = "[MODULE_STATE_LIVE] Normal state",
	[MODULE_STATE_COMING] = "[MODULE_STATE_COMING] Full formed, running module_init",
	[MODULE_STATE_GOING] = "[MODULE_STATE_GOING] Going away",
	[MODULE_STATE_UNFORMED] = "[MODULE_STATE_UNFORMED] Still setting it up",
};

static void callback_info(const char *name, struct klp_object *obj)
{
	if (obj->mod)
		pr_info("%s: %s -> %s\n", name, obj->mod->name, state_name[obj->mod->state]);
	else
		pr_info("%s: vmlinux\n", name);
}

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

#define CALLBACKS .callbacks = { \
	.pre_patch = pre_patch_callback, .post_patch = post_patch_callback, \
	.pre_unpatch = pre_unpatch_callback, .post_unpatch = post_unpatch_callback }
