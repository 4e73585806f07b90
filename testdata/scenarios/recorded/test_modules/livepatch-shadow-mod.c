/*
 * A module with a bug: each second it makes an object with something that hangs
 * on it, and it forgets that when it frees the object.
 */
#define pr_fmt(fmt) fmt
#include "module.h"

#define ALLOC_PERIOD HZ
#define CLEANUP_PERIOD (3 * ALLOC_PERIOD)
#define EXPIRE_PERIOD (4 * CLEANUP_PERIOD)

extern unsigned long jiffies;

struct dummy {
	struct list_head list;
	unsigned long expire;
};

static LIST_HEAD(dummies);
noipa struct dummy *dummy_alloc(void)
{
	struct dummy *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int *leak = kzalloc(sizeof(*leak), GFP_KERNEL);

	*leak = 1; /* nobody knows it from here on */
	d->expire = jiffies + EXPIRE_PERIOD;
	pr_info("%s: dummy @ %p, expires @ %lx\n", __func__, d, d->expire);
	return d;
}

noipa void dummy_free(struct dummy *d)
{
	pr_info("%s: dummy @ %p, expired = %lx\n", __func__, d, d->expire);
	kfree(d);
}

noipa bool dummy_check(struct dummy *d, unsigned long now)
{
	return (long)(d->expire - now) < 0;
}

static void alloc_work_func(struct work_struct *work);
static void cleanup_work_func(struct work_struct *work);
static DECLARE_DELAYED_WORK(alloc_dwork, alloc_work_func);
static DECLARE_DELAYED_WORK(cleanup_dwork, cleanup_work_func);

static void alloc_work_func(struct work_struct *work)
{
	list_add(&dummy_alloc()->list, &dummies);
	schedule_delayed_work(&alloc_dwork, ALLOC_PERIOD);
}

static void cleanup_work_func(struct work_struct *work)
{
	struct dummy *d, *n;

	list_for_each_entry_safe(d, n, &dummies, list)
		if (dummy_check(d, jiffies)) {
			list_del(&d->list);
			dummy_free(d);
		}
	schedule_delayed_work(&cleanup_dwork, CLEANUP_PERIOD);
}

static int shadow_mod_init(void)
{
	schedule_delayed_work(&alloc_dwork, ALLOC_PERIOD);
	schedule_delayed_work(&cleanup_dwork, CLEANUP_PERIOD);
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
