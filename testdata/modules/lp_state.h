/*
 * A livepatch that changes the console's log level and keeps the old one in the
 * data of its state, for the next version to take over.
 */
#include "kernel.h"

#define LOGLEVEL_STATE 7

static struct klp_patch patch;

static int take_over(struct klp_state *state)
{
#if STATE_VERSION > 1
	struct klp_state *prev = klp_get_prev_state(LOGLEVEL_STATE);

	if (prev) {
		pr_info("taking over the log level %d that was saved\n", *(int *)prev->data);
		state->data = prev->data;
		return 1;
	}
#endif
	return 0;
}

static int save_loglevel(struct klp_object *obj)
{
	struct klp_state *state = klp_get_state(&patch, LOGLEVEL_STATE);

	if (!state)
		return -EINVAL;
	if (take_over(state))
		return 0;
	state->data = kzalloc64(sizeof(int));
	if (!state->data)
		return -ENOMEM;
	*(int *)state->data = console_printk[0];
	pr_info("saved the log level %d\n", console_printk[0]);
	return 0;
}

static void raise_loglevel(struct klp_object *obj)
{
	console_printk[0] = 15;
	pr_info("raised the log level to %d\n", console_printk[0]);
}

static void restore_loglevel(struct klp_object *obj)
{
	struct klp_state *state = klp_get_state(&patch, LOGLEVEL_STATE);

	if (!state || !state->data)
		return;
	console_printk[0] = *(int *)state->data;
	pr_info("restored the log level %d\n", console_printk[0]);
}

static void free_loglevel(struct klp_object *obj)
{
	struct klp_state *state = klp_get_state(&patch, LOGLEVEL_STATE);

	if (state && state->data)
		kfree(state->data);
}

static struct klp_func none[] = { {} };
static struct klp_object objs[] = {
	{
		.funcs = none,
		.callbacks = {
			.pre_patch = save_loglevel, .post_patch = raise_loglevel,
			.pre_unpatch = restore_loglevel, .post_unpatch = free_loglevel,
		},
	},
	{}
};
static struct klp_state states[] = { { .id = LOGLEVEL_STATE, .version = STATE_VERSION }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs, .states = states, .replace = 1 };
LIVEPATCH(patch);
