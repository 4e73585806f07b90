/*
 * A kernel with what the transcripts need beside the built-in one's functions:
 * a system call, names that occur twice, a function without a call site, data.
 */
#include "kernel.h"
#include "seq.h"

int cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "console=ttyS0 nokaslr quiet\n");
	return 0;
}

int meminfo_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "MemTotal:       %8lu kB\n", 262144UL);
	return 0;
}

long __x64_sys_getpid(void *regs)
{
	return current->pid;
}

/* Hand-written code has no call of __fentry__. */
__attribute__((no_instrument_function)) noinline long memcpy_orig(char *to, const char *from, long n)
{
	long i;

	for (i = 0; i < n; i++)
		((volatile char *)to)[i] = from[i];
	return n;
}

unsigned long jiffies_64 = 4294892296UL;

static noinline int type_show(int n)
{
	barrier();
	return n + 1;
}

int first_type_show(int n)
{
	return type_show(n) * 10;
}
