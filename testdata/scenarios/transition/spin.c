/* A kernel image with functions that do not sleep. */
#define MODNAME "spin"
#include "kernel.h"

int stop, laps;

/* Runs until it is stopped and never gives way. */
noinline int spin(void)
{
	while (!READ_ONCE(stop))
		WRITE_ONCE(laps, READ_ONCE(laps) + 1);
	return 1;
}

/* The same, with preemption off. */
int spin_nopreempt(void)
{
	int ret;

	preempt_disable();
	ret = spin();
	preempt_enable();
	return ret;
}

/* One turn of a loop, and loops around it with and without cond_resched(). */
noinline int turn(int n)
{
	for (int i = 0; i < 200; i++)
		WRITE_ONCE(laps, READ_ONCE(laps) + n);
	return n;
}

int loop_hard(void)
{
	while (!READ_ONCE(stop))
		turn(1);
	return 2;
}

int loop_polite(void)
{
	while (!READ_ONCE(stop)) {
		turn(1);
		cond_resched();
	}
	return 3;
}

/* A thread function that never calls cond_resched() but sleeps now and then. */
int loop_sleepy(void)
{
	while (!READ_ONCE(stop)) {
		turn(1);
		schedule_timeout_uninterruptible(HZ);
	}
	return 4;
}

noinline int leaf(int n)
{
	msleep(1000 * n);
	return n;
}

noinline int middle(int n)
{
	return leaf(n) + 1;
}

int outer(int n)
{
	return middle(n) + 1;
}

/* Sleeps at the bottom of depth frames. */
noinline int deep(int depth, int ms)
{
	int below = 0;

	if (depth > 1)
		below = deep(depth - 1, ms);
	else
		msleep(ms);
	barrier();
	return below + 1;
}

int sleeper(int ms)
{
	msleep(ms);
	return 0;
}
