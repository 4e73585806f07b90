/* A module with init text, init data, and data that is closed after init. */
#include "module.h"

static int answer = 42;
module_param(answer, int, 0444);

static int __attribute__((section(".data..ro_after_init"))) decided;
static int __attribute__((section(".init.data"))) times = 2;
int twice(int n) { return 2 * n; }

static int __init noinline decide(void) { return times * answer; }

int __init init_module(void)
{
	decided = decide();
	pr_info("the answer is %d, twice that %d\n", answer, decided);
	return 0;
}

void cleanup_module(void) { pr_info("bye, %d\n", decided); }

/* Writes where nobody may write any more. */
int change_mind(void) { return ++decided; }
