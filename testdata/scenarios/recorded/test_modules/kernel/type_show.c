/* One of the many static functions of this name. */
#include "module.h"

static int type_show(struct seq_file *m, void *v)
{
	seq_puts(m, "type\n");
	return 0;
}

int (*TABLE)(struct seq_file *, void *) = type_show;
