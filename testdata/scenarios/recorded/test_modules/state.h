/* A livepatch that changes the console's log level and hands the change on. */
#include "module.h"

#define CONSOLE_LOGLEVEL_STATE 1
#define CONSOLE_LOGLEVEL_MOTORMOUTH 15

static struct klp_patch patch;

static void callback_info(const char *callback)
{
	pr_info("%s: vmlinux\n", callback);
}

#ifdef TAKES_OVER
#define previous_state() klp_get_prev_state(CONSOLE_LOGLEVEL_STATE)
#else
#define previous_state() ((struct klp_state *)NULL)
#endif

static int allocate_loglevel_state(void)
{
	struct klp_state *state;

	if (previous_state()) {
		pr_info("%s: space to store console_loglevel already allocated\n", __func__);
		return 0;
	}
	state = klp_get_state(&patch, CONSOLE_LOGLEVEL_STATE);
	if (!state)
		return -EINVAL;
	state->data = kzalloc(sizeof(console_loglevel), GFP_KERNEL);
	if (!state->data)
		return -ENOMEM;
	pr_info("%s: allocating space to store console_loglevel\n", __func__);
	return 0;
}

static void fix_console_loglevel(void)
{
	struct klp_state *prev, *state = klp_get_state(&patch, CONSOLE_LOGLEVEL_STATE);

	if (!state)
		return;
	prev = previous_state();
	if (prev) {
		pr_info("%s: taking over the console_loglevel change\n", __func__);
		state->data = prev->data;
		return;
	}
	pr_info("%s: fixing console_loglevel\n", __func__);
	*(int *)state->data = console_loglevel;
	console_loglevel = CONSOLE_LOGLEVEL_MOTORMOUTH;
}

static void restore_console_loglevel(void)
{
	struct klp_state *prev, *state = klp_get_state(&patch, CONSOLE_LOGLEVEL_STATE);

	if (!state)
		return;
	prev = previous_state();
	if (prev) {
		pr_info("%s: passing the console_loglevel change back to the old livepatch\n", __func__);
		return;
	}
	pr_info("%s: restoring console_loglevel\n", __func__);
	console_loglevel = *(int *)state->data;
}

static void free_loglevel_state(void)
{
	struct klp_state *prev, *state = klp_get_state(&patch, CONSOLE_LOGLEVEL_STATE);

	if (!state)
		return;
	prev = previous_state();
	if (prev) {
		pr_info("%s: keeping space to store console_loglevel\n", __func__);
		return;
	}
	pr_info("%s: freeing space for the stored console_loglevel\n", __func__);
	kfree(state->data);
}

static int pre_patch_callback(struct klp_object *obj)
{
	callback_info(__func__);
	return allocate_loglevel_state();
}

static void post_patch_callback(struct klp_object *obj)
{
	callback_info(__func__);
	fix_console_loglevel();
}

static void pre_unpatch_callback(struct klp_object *obj)
{
	callback_info(__func__);
	restore_console_loglevel();
}

static void post_unpatch_callback(struct klp_object *obj)
{
	callback_info(__func__);
	free_loglevel_state();
}

static struct klp_func no_funcs[] = { {} };

static struct klp_object objs[] = {
	{
		.funcs = no_funcs,
		.callbacks = {
			.pre_patch = pre_patch_callback, .post_patch = post_patch_callback,
			.pre_unpatch = pre_unpatch_callback, .post_unpatch = post_unpatch_callback,
		},
	},
	{}
};

static struct klp_state states[] = { { .id = CONSOLE_LOGLEVEL_STATE, .version = STATE_VERSION }, {} };

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs, .states = states, .replace = true };

static int state_init(void)
{
	return klp_enable_patch(&patch);
}

static void state_exit(void)
{
}

module_init(state_init);
module_exit(state_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
