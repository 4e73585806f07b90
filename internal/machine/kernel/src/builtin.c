/*
 * The kernel that boots where no image is given: the functions that the
 * kernel's own livepatch samples and selftests replace.
 */
struct seq_file;

void seq_printf(struct seq_file *m, const char *fmt, ...);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);

char saved_command_line[] = "console=ttyS0 nokaslr quiet";

int cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, saved_command_line);
	seq_putc(m, '\n');
	return 0;
}

int meminfo_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "MemTotal:       %8lu kB\n", 262144UL);
	return 0;
}

int version_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "Linux version %s\n", "6.12.0-klpemu");
	return 0;
}

int uptime_proc_show(struct seq_file *m, void *v)
{
	unsigned int lo, hi;
	unsigned long ns, cs;

	asm volatile("rdtsc" : "=a" (lo), "=d" (hi));
	ns = ((unsigned long)hi << 32) | lo;
	cs = ns / 10000000;
	seq_printf(m, "%lu.%02lu %lu.%02lu\n", cs / 100, cs % 100, cs / 100, cs % 100);
	return 0;
}

int loadavg_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "0.00 0.00 0.00 1/5 100\n");
	return 0;
}
