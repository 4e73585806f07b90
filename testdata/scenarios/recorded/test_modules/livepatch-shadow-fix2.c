/* Counts, in a second shadow variable, how often an object was looked at. */
#include "module.h"

#define SV_LEAK 1
#define SV_COUNTER 2

struct dummy {
	struct list_head list;
	unsigned long expire;
};

static void livepatch_fix2_dummy_leak_dtor(void *obj, void *data)
{
	struct dummy *d = obj;
	int **leak = data;

	pr_info("%s: dummy @ %p, prevented leak @ %p\n", __func__, d, *leak);
	kfree(*leak);
}

static bool livepatch_fix2_dummy_check(struct dummy *d, unsigned long now)
{
	int *counter = klp_shadow_get_or_alloc(d, SV_COUNTER, sizeof(*counter), GFP_KERNEL, NULL, NULL);

	if (counter)
		++*counter;
	return (long)(d->expire - now) < 0;
}

static void livepatch_fix2_dummy_free(struct dummy *d)
{
	int *counter;

	if (klp_shadow_get(d, SV_LEAK))
		klp_shadow_free(d, SV_LEAK, livepatch_fix2_dummy_leak_dtor);
	else
		pr_info("%s: dummy @ %p leaked!\n", __func__, d);
	counter = klp_shadow_get(d, SV_COUNTER);
	if (counter) {
		pr_info("%s: dummy @ %p, check counter = %d\n", __func__, d, *counter);
		klp_shadow_free(d, SV_COUNTER, NULL);
	}
	kfree(d);
}

static struct klp_func funcs[] = {
	{ .old_name = "dummy_check", .new_func = livepatch_fix2_dummy_check },
	{ .old_name = "dummy_free", .new_func = livepatch_fix2_dummy_free },
	{}
};
static struct klp_object objs[] = { { .name = "livepatch_shadow_mod", .funcs = funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int shadow_fix2_init(void)
{
	return klp_enable_patch(&patch);
}

static void shadow_fix2_exit(void)
{
	klp_shadow_free_all(SV_COUNTER, NULL);
}

module_init(shadow_fix2_init);
module_exit(shadow_fix2_exit);
MODULE_INFO(livepatch, "Y");
