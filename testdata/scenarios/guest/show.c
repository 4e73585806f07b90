/*
 * New functions of the patches that say who they are; build.sh compiles this
 * once for each module name.
 */
#include "kernel.h"
#include "seq.h"

int new_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: this has been live patched\n", MODNAME);
	return 0;
}

int new_int(int a, int b)
{
	barrier();
	return 1000 + a + b;
}

int new_sleep(void)
{
	pr_info("new_sleep called by %s\n", current->comm);
	return 77;
}
