/* Uses what supplier exports. */
#include "module.h"

int supply(int n);
int supply_gpl(int n);

int init_module(void)
{
	pr_info("%d %d\n", supply(1), supply_gpl(1));
	return 0;
}
void cleanup_module(void) {}
