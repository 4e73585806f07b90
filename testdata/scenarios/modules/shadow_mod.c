/*
 * A module with a bug: each second it makes an object with something that hangs
 * on it, and it forgets that when it frees the object.
 */
#include "module.h"

extern unsigned long jiffies;

struct dummy {
	struct list_head list;
	unsigned long expire;
	int id;
};

static LIST_HEAD(dummies);
static int count;

noipa struct dummy *dummy_alloc(void)
{
	struct dummy *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int *leak = kzalloc(sizeof(*leak), GFP_KERNEL);

	*leak = 1; /* nobody knows it from here on */
	d->expire = jiffies + 4 * HZ;
	d->id = ++count;
	return d;
}

noipa void dummy_free(struct dummy *d)
{
	pr_info("%s: dummy %d\n", __func__, d->id);
	kfree(d);
}

noipa bool dummy_check(struct dummy *d, unsigned long now)
{
	return now >= d->expire;
}

static void alloc_work_func(struct work_struct *work);
static void cleanup_work_func(struct work_struct *work);
static DECLARE_DELAYED_WORK(alloc_dwork, alloc_work_func);
static DECLARE_DELAYED_WORK(cleanup_dwork, cleanup_work_func);

static void alloc_work_func(struct work_struct *work)
{
	list_add(&dummy_alloc()->list, &dummies);
	schedule_delayed_work(&alloc_dwork, HZ);
}

static void cleanup_work_func(struct work_struct *work)
{
	struct dummy *d, *n;

	list_for_each_entry_safe(d, n, &dummies, list)
		if (dummy_check(d, jiffies)) {
			list_del(&d->list);
			dummy_free(d);
		}
	schedule_delayed_work(&cleanup_dwork, 2 * HZ);
}

static int shadow_mod_init(void)
{
	schedule_delayed_work(&alloc_dwork, HZ);
	schedule_delayed_work(&cleanup_dwork, 2 * HZ);
	return 0;
}

static void shadow_mod_exit(void)
{
	struct dummy *d, *n;

	cancel_delayed_work_sync(&alloc_dwork);
	cancel_delayed_work_sync(&cleanup_dwork);
	list_for_each_entry_safe(d, n, &dummies, list) {
		list_del(&d->list);
		dummy_free(d);
	}
}

module_init(shadow_mod_init);
module_exit(shadow_mod_exit);
