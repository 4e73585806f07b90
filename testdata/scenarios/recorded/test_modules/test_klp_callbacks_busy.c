/* A target module with a work function that stays as long as it is told to. */
#include "module.h"

static bool block_transition;
module_param(block_transition, bool, 0644);

static int started;

static void busymod_work_func(struct work_struct *work)
{
	pr_info("%s enter\n", __func__);
	WRITE_ONCE(started, 1);
	while (READ_ONCE(block_transition))
		msleep(20);
	pr_info("%s exit\n", __func__);
}

static DECLARE_WORK(work, busymod_work_func);

static int test_klp_callbacks_busy_init(void)
{
	pr_info("%s\n", __func__);
	schedule_work(&work);
	while (!READ_ONCE(started))
		msleep(1);
	if (!block_transition)
		flush_work(&work);
	return 0;
}

static void test_klp_callbacks_busy_exit(void)
{
	WRITE_ONCE(block_transition, false);
	flush_work(&work);
	pr_info("%s\n", __func__);
}

module_init(test_klp_callbacks_busy_init);
module_exit(test_klp_callbacks_busy_exit);
MODULE_LICENSE("GPL");
