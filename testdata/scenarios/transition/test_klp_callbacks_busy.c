/*
 * The shape of the kernel's selftest module of this name: a work item that
 * stays in busymod_work_func until it is let go.
 */
#define MODNAME "test_klp_callbacks_busy"
#include "kernel.h"

static bool block_transition = true;

static void busymod_work_func(struct work_struct *work);
static DECLARE_WORK(work, busymod_work_func);
static DECLARE_COMPLETION(busymod_work_started);

static noinline void busymod_work_func(struct work_struct *work)
{
	pr_info("%s enter\n", __func__);
	complete(&busymod_work_started);
	while (READ_ONCE(block_transition))
		msleep(20);
	pr_info("%s exit\n", __func__);
}

int init_module(void)
{
	pr_info("test_klp_callbacks_busy_init\n");
	schedule_work(&work);
	wait_for_completion(&busymod_work_started);
	return 0;
}

/* What writing 0 to the module's parameter does in the kernel's. */
void busymod_release(void)
{
	WRITE_ONCE(block_transition, false);
	flush_work(&work);
}

void cleanup_module(void)
{
	WRITE_ONCE(block_transition, false);
	flush_work(&work);
	pr_info("test_klp_callbacks_busy_exit\n");
}
