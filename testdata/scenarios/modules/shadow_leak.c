/* What can go wrong with shadow variables, and one that is left behind. */
#include "module.h"

static int object;

static int ctor(void *obj, void *data, void *ctor_data)
{
	*(unsigned long *)data = (unsigned long)ctor_data;
	return ctor_data ? 0 : -EINVAL;
}

static int shadow_leak_init(void)
{
	unsigned long *v;

	pr_info("a constructor that fails: %d\n", klp_shadow_alloc(&object, 0x10, 8, GFP_KERNEL, ctor, NULL) != NULL);
	v = klp_shadow_alloc(&object, 0x10, 8, GFP_KERNEL, ctor, (void *)42ul);
	pr_info("constructed: %lu\n", *v);
	pr_info("a duplicate: %d\n", klp_shadow_alloc(&object, 0x10, 8, GFP_KERNEL, ctor, (void *)43ul) != NULL);
	v = klp_shadow_get_or_alloc(&object, 0x10, 8, GFP_KERNEL, ctor, (void *)44ul);
	pr_info("the one that exists: %lu\n", *v);
	klp_shadow_alloc(&object, 0x11, 8, GFP_KERNEL, NULL, NULL);
	return 0;
}

static void dtor(void *obj, void *data)
{
	pr_info("destroyed: %lu\n", *(unsigned long *)data);
}

static void shadow_leak_exit(void)
{
	klp_shadow_free_all(0x10, dtor);
}

module_init(shadow_leak_init);
module_exit(shadow_leak_exit);
