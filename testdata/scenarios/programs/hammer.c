/*
 * Calls getpid until it is told to stop: by SIGUSR1, after which it says how
 * often it has called.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile int stop;

static void on_signal(int signum) { stop = signum; }

int main(int argc, char **argv)
{
	long calls = 0, pid = syscall(SYS_getpid);

	signal(SIGUSR1, on_signal);
	if (argc > 1)
		printf("%s: pid %ld\n", argv[1], pid);
	while (!stop) {
		if (syscall(SYS_getpid) != pid)
			return 3;
		calls++;
	}
	printf("signal %d, %s\n", stop, calls > 100 ? "many calls" : "few calls");
	return 0;
}
