/* Shadow variables, attached, found and freed. */
#include "kernel.h"

#define SV_COUNT 0x1234
#define SV_OWNER 0x1235

struct item {
	struct list_head list;
	int number;
};

static LIST_HEAD(items);
static struct item pool[3];

static int set_count(void *obj, void *shadow_data, void *ctor_data)
{
	*(int *)shadow_data = *(int *)ctor_data;
	return 0;
}

static int refuse(void *obj, void *shadow_data, void *ctor_data)
{
	return -EINVAL;
}

static void say_freed(void *obj, void *shadow_data)
{
	pr_info("item %d had %d\n", ((struct item *)obj)->number, *(int *)shadow_data);
}

static void attach(struct item *it)
{
	int value = 100 + it->number;
	int *count = klp_shadow_alloc(it, SV_COUNT, sizeof(int), GFP_KERNEL, set_count, &value);

	pr_info("item %d: alloc gives %d\n", it->number, count ? *count : -1);
	value = 500;
	count = klp_shadow_get_or_alloc(it, SV_COUNT, sizeof(int), GFP_KERNEL, set_count, &value);
	pr_info("item %d: get_or_alloc gives %d\n", it->number, count ? *count : -1);
}

static int shadow_init(void)
{
	int *p, i, value = 7;

	for (i = 0; i < 3; i++) {
		pool[i].number = i;
		list_add(&pool[i].list, &items);
		attach(&pool[i]);
	}
	pr_info("an id that nobody has: %s\n", klp_shadow_get(&pool[0], SV_OWNER) ? "found" : "not found");
	p = klp_shadow_get_or_alloc(&pool[1], SV_OWNER, sizeof(int), GFP_KERNEL, set_count, &value);
	pr_info("a second id of item 1: %d\n", p ? *p : -1);
	klp_shadow_free(&pool[0], SV_COUNT, say_freed);
	pr_info("item 0 after free: %s\n", klp_shadow_get(&pool[0], SV_COUNT) ? "found" : "not found");
	p = klp_shadow_alloc(&pool[0], SV_OWNER, sizeof(int), GFP_KERNEL, refuse, NULL);
	pr_info("a constructor that refuses: %s\n", p ? "memory" : "nothing");
	klp_shadow_free_all(SV_COUNT, say_freed);
	pr_info("item 2 after free_all: %s\n", klp_shadow_get(&pool[2], SV_COUNT) ? "found" : "not found");
	klp_shadow_free_all(SV_OWNER, NULL);
	for (i = 0; i < 3; i++)
		list_del(&pool[i].list);
	return 0;
}

static void shadow_exit(void)
{
}

module_init(shadow_init)
module_exit(shadow_exit)
MODULE_LICENSE("GPL");
