/* A module whose function another module calls. */
#include "module.h"

noipa int exported_add(int a, int b)
{
	return a + b;
}
EXPORT_SYMBOL_GPL(exported_add);

static int ret;
module_param(ret, int, 0444);

static int exporter_init(void)
{
	return ret;
}

static void exporter_exit(void)
{
	pr_info("gone\n");
}

module_init(exporter_init);
module_exit(exporter_exit);
