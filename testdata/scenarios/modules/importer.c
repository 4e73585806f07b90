/* Calls a function of exporter. */
#include "module.h"

int exported_add(int a, int b);

int imported(int a)
{
	return exported_add(a, 1000);
}

static int importer_init(void)
{
	pr_info("%d\n", imported(1));
	return 0;
}

static void importer_exit(void)
{
}

module_init(importer_init);
module_exit(importer_exit);
