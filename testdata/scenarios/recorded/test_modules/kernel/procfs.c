/*
 * A kernel image with the functions that the modules replace. What they print
 * is what the machine printed whose transcripts the scenarios reproduce.
 */
#include "module.h"

static const char saved_command_line[] =
	"console=ttyS0 nokaslr panic=-1 quiet loglevel=4 log_buf_len=16M lab=exp1 ";

unsigned long jiffies_64;

int cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", saved_command_line);
	return 0;
}

int loadavg_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "1.49 0.42 0.14 1/67 919\n");
	return 0;
}

int meminfo_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "MemTotal:         262144 kB\n");
	return 0;
}

int uptime_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "0.00 0.00\n");
	return 0;
}

int version_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "Linux version 6.12.0-klpemu\n");
	return 0;
}

long __x64_sys_getpid(void)
{
	return current->pid;
}

/* Functions without a call site, as those written in assembly are. */
notrace void *memcpy_orig(void *to, const void *from, unsigned long n)
{
	char *d = to;
	const char *s = from;

	while (n--)
		*d++ = *s++;
	return to;
}

notrace void clear_page_rep(void *page)
{
	memcpy_orig(page, page, 0);
}
