/* Functions to be live patched: an ordinary one, two that sleep, a kthread. */
#define MODNAME "lab_target"
#include "kernel.h"

static DECLARE_WAIT_QUEUE_HEAD(wq);
static bool woken;
static struct task_struct *kt;

noinline int lab_target_add(int a, int b)
{
	barrier();
	return a + b;
}

/* Sleeps interruptibly: the notify signal of a transition ends it. */
noinline int lab_sleep_int(void)
{
	int ret = wait_event_interruptible(wq, READ_ONCE(woken));

	barrier();
	return ret;
}

/* Sleeps uninterruptibly: only a wake-up ends it. */
noinline int lab_sleep_unint(void)
{
	wait_event(wq, READ_ONCE(woken));
	barrier();
	return 0;
}

/* A system call that reports what lab_sleep_int came to. */
int lab_int_show(void)
{
	int ret = lab_sleep_int();

	pr_info("lab_sleep_int()=%d in %s\n", ret, current->comm);
	return ret == -ERESTARTSYS ? ret : 0;
}

int lab_unint_show(void)
{
	int ret = lab_sleep_unint();

	pr_info("lab_sleep_unint()=%d in %s\n", ret, current->comm);
	return 0;
}

void lab_wake(void)
{
	WRITE_ONCE(woken, true);
	wake_up_all(&wq);
}

void lab_rearm(void)
{
	WRITE_ONCE(woken, false);
}

noinline void lab_kthread_body(void)
{
	schedule_timeout_interruptible(HZ / 10);
	barrier();
}

static int lab_kthread_fn(void *unused)
{
	while (!kthread_should_stop())
		lab_kthread_body();
	return 0;
}

void lab_start_kthread(void)
{
	kt = kthread_run(lab_kthread_fn, NULL, "lab_kthread");
}

int init_module(void)
{
	pr_info("lab_target_init\n");
	return 0;
}

void cleanup_module(void)
{
	if (kt)
		kthread_stop(kt);
	pr_info("lab_target_exit\n");
}
