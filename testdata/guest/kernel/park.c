/* Functions in which a task can stay for as long as a test needs it to. */
#include "guest.h"

/* The flag that ends all of them. */
int stop;

/* How often a loop went round. */
long rounds;

/* A busy loop: the task never leaves the CPU and its stack is never checked. */
noinline long spin(void)
{
	while (!READ_ONCE(stop))
		cpu_relax();
	return rounds;
}

/* The same one call deeper: spin_outer is on the stack, spin runs. */
noinline long spin_outer(void)
{
	return spin() + 1;
}

/* A busy loop that is polite. */
noinline long spin_resched(void)
{
	while (!READ_ONCE(stop)) {
		rounds++;
		cond_resched();
	}
	return rounds;
}

/* Sleeps with itself on the stack, for ms milliseconds. */
noinline int nap(unsigned int ms)
{
	msleep(ms);
	return 1;
}

/* Sleeps with two functions of ours on the stack. */
noinline int nap_outer(unsigned int ms)
{
	return nap(ms) + 1;
}

/* Polls until stopped: between the calls of poll_once no patch of it is in
 * the way, a patch of poll_loop always is. */
noinline int poll_once(unsigned int ms)
{
	rounds++;
	msleep(ms);
	return READ_ONCE(stop);
}

noinline long poll_loop(unsigned int ms)
{
	while (!poll_once(ms))
		;
	return rounds;
}

/* Sleeps until somebody wakes the task. */
noinline long wait_for_stop(void)
{
	while (!READ_ONCE(stop))
		schedule();
	return 0;
}

noinline int set_stop(int value)
{
	WRITE_ONCE(stop, value);
	return value;
}
