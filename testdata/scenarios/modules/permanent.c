/* Has an init and no exit: it stays. */
#include "module.h"

static int permanent_init(void)
{
	return 0;
}

module_init(permanent_init);
