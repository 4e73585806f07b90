/* The kernel's first sample: /proc/cmdline says that it is patched. */
#include "kernel.h"
#include "seq.h"

int livepatch_cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", "this has been live patched");
	return 0;
}
