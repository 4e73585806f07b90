/* Remembers what hangs on an object in a shadow variable. */
#include "module.h"

#define SV_LEAK 1

extern unsigned long jiffies;

struct dummy {
	struct list_head list;
	unsigned long expire;
};

static int leak_ctor(void *obj, void *data, void *ctor_data)
{
	*(int **)data = ctor_data;
	return 0;
}

static void livepatch_fix1_dummy_leak_dtor(void *obj, void *data)
{
	struct dummy *d = obj;
	int **leak = data;

	pr_info("%s: dummy @ %p, prevented leak @ %p\n", __func__, d, *leak);
	kfree(*leak);
}

static struct dummy *livepatch_fix1_dummy_alloc(void)
{
	struct dummy *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int *leak = kzalloc(sizeof(*leak), GFP_KERNEL);

	*leak = 1;
	d->expire = jiffies + 12 * HZ;
	klp_shadow_alloc(d, SV_LEAK, sizeof(leak), GFP_KERNEL, leak_ctor, leak);
	pr_info("%s: dummy @ %p, expires @ %lx\n", __func__, d, d->expire);
	return d;
}

static void livepatch_fix1_dummy_free(struct dummy *d)
{
	if (klp_shadow_get(d, SV_LEAK))
		klp_shadow_free(d, SV_LEAK, livepatch_fix1_dummy_leak_dtor);
	else
		pr_info("%s: dummy @ %p leaked!\n", __func__, d);
	kfree(d);
}

static struct klp_func funcs[] = {
	{ .old_name = "dummy_alloc", .new_func = livepatch_fix1_dummy_alloc },
	{ .old_name = "dummy_free", .new_func = livepatch_fix1_dummy_free },
	{}
};
static struct klp_object objs[] = { { .name = "livepatch_shadow_mod", .funcs = funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int shadow_fix1_init(void)
{
	return klp_enable_patch(&patch);
}

static void shadow_fix1_exit(void)
{
	klp_shadow_free_all(SV_LEAK, livepatch_fix1_dummy_leak_dtor);
}

module_init(shadow_fix1_init);
module_exit(shadow_fix1_exit);
MODULE_INFO(livepatch, "Y");
