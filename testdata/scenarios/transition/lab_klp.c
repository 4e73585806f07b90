/* New versions for lab_target. */
#define MODNAME "lab_klp"
#include "kernel.h"

int new_sleep(void)
{
	pr_info("new_sleep called by %s\n", current->comm);
	return 77;
}

int new_add(int a, int b)
{
	return a * b;
}

void new_kthread_body(void)
{
	schedule_timeout_interruptible(HZ / 5);
}
