/* The code of test_klp_callbacks_demo.klp: callbacks that tell their object. */
#define MODNAME "test_klp_callbacks_demo"
#include "kernel.h"

static const char *const module_state[] = {
	"[MODULE_STATE_LIVE] Normal state",
	"[MODULE_STATE_COMING] Full formed, running module_init",
	"[MODULE_STATE_GOING] Going away",
	"[MODULE_STATE_UNFORMED] Still setting it up",
};

static noinline void callback_info(const char *callback, struct klp_object *obj)
{
	if (obj->name)
		pr_info("%s: %s -> %s\n", callback, obj->name, module_state[obj->mod ? obj->mod->state & 3 : 0]);
	else
		pr_info("%s: vmlinux\n", callback);
}

int pre_patch_callback(struct klp_object *obj)
{
	callback_info(__func__, obj);
	return 0;
}

void post_patch_callback(struct klp_object *obj)
{
	callback_info(__func__, obj);
}

void pre_unpatch_callback(struct klp_object *obj)
{
	callback_info(__func__, obj);
}

void post_unpatch_callback(struct klp_object *obj)
{
	callback_info(__func__, obj);
}

void patched_work_func(struct work_struct *work)
{
	pr_info("%s\n", __func__);
}
