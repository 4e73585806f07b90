/* New versions of the functions that a task can be parked in. */
#include "guest.h"

extern long rounds;

long fixed_spin(void)
{
	while (!READ_ONCE(stop))
		cpu_relax();
	return rounds + 1000;
}

int fixed_nap(unsigned int ms)
{
	msleep(ms);
	return 1001;
}

int fixed_poll_once(unsigned int ms)
{
	rounds += 1000;
	msleep(ms);
	return READ_ONCE(stop);
}
