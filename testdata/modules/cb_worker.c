/* A module whose work function can be told to stay in its code. */
#include "kernel.h"

static bool block;
module_param(block, bool, 0400);
MODULE_PARM_DESC(block, "stay in the function until the module goes");

static DECLARE_COMPLETION(entered);

static noinline void worker_func(struct work_struct *work)
{
	pr_info("%s enter\n", __func__);
	complete(&entered);
	while (READ_ONCE(block))
		msleep(20);
	pr_info("%s exit\n", __func__);
}

static DECLARE_WORK(work, worker_func);

static int worker_init(void)
{
	pr_info("%s\n", __func__);
	schedule_work(&work);
	/* the function stays: whoever loads the module finds it there */
	if (block)
		wait_for_completion(&entered);
	else
		flush_work(&work);
	return 0;
}

static void worker_exit(void)
{
	WRITE_ONCE(block, 0);
	flush_work(&work);
	pr_info("%s\n", __func__);
}

module_init(worker_init)
module_exit(worker_exit)
MODULE_LICENSE("GPL");
