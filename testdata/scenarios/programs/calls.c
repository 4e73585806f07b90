/*
 * One thing that a process can do, by name: calls NAME [ARG].
 */
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static int number(const char *text)
{
	int n = 0;

	while (*text)
		n = n * 10 + *text++ - '0';
	return n;
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void on_signal(int signum) { printf("handler of signal %d\n", signum); }

static unsigned long deep(int levels)
{
	volatile char page[4096];

	page[0] = levels;
	return levels ? deep(levels - 1) + page[0] : 0;
}

static int args(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		printf("%d %s\n", i, argv[i]);
	for (char **e = argv + argc + 1; *e; e++)
		if ((*e)[0] == 'C' && (*e)[1] == '=')
			printf("environment %s\n", *e);
	return 0;
}

static int memory(void)
{
	char *old = (char *)syscall(SYS_brk, 0), *heap;
	long map = syscall(SYS_mmap, 0, 3 * 4096, 3, 0x22, -1, 0);

	heap = (char *)syscall(SYS_brk, old + 8192);
	old[8191] = 1;
	((char *)map)[3 * 4096 - 1] = 2;
	printf("brk %s, mmap %s\n", heap == old + 8192 ? "grew" : "failed", map > 0 ? "mapped" : "failed");
	printf("file %ld, writable and executable %ld, nothing %ld\n", syscall(SYS_mmap, 0, 4096, 3, 2, 5, 0),
	       syscall(SYS_mmap, 0, 4096, 7, 0x22, -1, 0), syscall(SYS_mmap, 0, 0, 3, 0x22, -1, 0));
	return deep(64) != 64 * 65 / 2;
}

static int echo(void)
{
	char line[64];
	long n, all = 0;

	while ((n = read(0, line, sizeof(line))) > 0) {
		write(1, line, n);
		all += n;
	}
	printf("%ld bytes, then %ld; to nowhere %ld, from nowhere %ld\n", all, n, syscall(SYS_write, 7, line, 1),
	       syscall(SYS_write, 1, 8, 1));
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "args";
	int n = argc > 2 ? number(argv[2]) : 0;

	if (same(what, "args"))
		return args(argc, argv);
	if (same(what, "memory"))
		return memory();
	if (same(what, "echo"))
		return echo();
	if (same(what, "exit"))
		return n;
	if (same(what, "nosys"))
		printf("%ld %ld\n", syscall(400), syscall(-1));
	if (same(what, "sleep"))
		printf("slept, %u left\n", sleep(n));
	if (same(what, "handler")) {
		signal(n, on_signal);
		printf("%s\n", sleep(10) ? "woken" : "slept");
	}
	if (same(what, "ignore")) {
		signal(n, SIG_IGN);
		kill(getpid(), n);
		puts("still here");
	}
	if (same(what, "raise"))
		kill(getpid(), n);
	if (same(what, "catch")) {
		signal(SIGSEGV, on_signal);
		kill(getpid(), SIGSEGV);
		puts("after the handler");
	}
	if (same(what, "read"))
		return *(volatile char *)(8L + n);
	if (same(what, "kernel"))
		return *(volatile char *)0xffffffff81000000;
	if (same(what, "write"))
		*(volatile char *)main = 1;
	if (same(what, "divide")) {
		volatile int zero = n;

		return 7 / zero;
	}
	if (same(what, "invalid"))
		__asm__ volatile("ud2");
	if (same(what, "cli"))
		__asm__ volatile("cli");
	if (same(what, "vmcall"))
		__asm__ volatile("vmcall");
	if (same(what, "sse"))
		__asm__ volatile("movups (%rsp), %xmm0");
	if (same(what, "trap"))
		__asm__ volatile("int3");
	return 0;
}
