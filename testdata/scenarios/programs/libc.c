/*
 * The few functions of a C library that small programs need, without SSE: for
 * programs that klpemu runs.
 *
 *   gcc -O2 -static -nostdlib -nostdinc -mgeneral-regs-only -fno-stack-protector \
 *       -I include -o NAME NAME.c libc.c
 */
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

__asm__(
	".globl _start\n"
	".type _start, @function\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov (%rsp), %rdi\n"
	"	lea 8(%rsp), %rsi\n"
	"	lea 8(%rsi,%rdi,8), %rdx\n"
	"	and $-16, %rsp\n"
	"	call main\n"
	"	mov %eax, %edi\n"
	"	mov $231, %eax\n"
	"	syscall\n"
	"	hlt\n"
	".size _start, . - _start\n"
	".type restorer, @function\n"
	"restorer:\n"
	"	mov $15, %eax\n"
	"	syscall\n"
	".size restorer, . - restorer\n"
	".globl syscall\n"
	".type syscall, @function\n"
	"syscall:\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %rcx, %rdx\n"
	"	mov %r8, %r10\n"
	"	mov %r9, %r8\n"
	"	mov 8(%rsp), %r9\n"
	"	syscall\n"
	"	ret\n"
	".size syscall, . - syscall\n");

extern void restorer(void);

/* gcc makes calls of these by itself. */
unsigned long strlen(const char *text)
{
	unsigned long n = 0;

	while (text[n])
		n++;
	return n;
}

void *memset(void *to, int byte, unsigned long size)
{
	for (char *p = to; size--; p++) {
		*p = byte;
		__asm__ volatile("" ::: "memory");
	}
	return to;
}

void *memcpy(void *to, const void *from, unsigned long size)
{
	char *p = to;
	const char *q = from;

	while (size--) {
		*p++ = *q++;
		__asm__ volatile("" ::: "memory");
	}
	return to;
}

long write(int fd, const void *from, unsigned long size) { return syscall(SYS_write, fd, from, size); }

long read(int fd, void *to, unsigned long size) { return syscall(SYS_read, fd, to, size); }

int getpid(void) { return syscall(SYS_getpid); }

int pause(void) { return syscall(SYS_pause); }

int kill(int pid, int signum) { return syscall(SYS_kill, pid, signum); }

void _exit(int status)
{
	for (;;)
		syscall(SYS_exit_group, status);
}

unsigned int sleep(unsigned int seconds)
{
	struct { long sec, nsec; } left = { seconds, 0 };

	return syscall(SYS_nanosleep, &left, &left) ? left.sec + !!left.nsec : 0;
}

sighandler_t signal(int signum, sighandler_t handler)
{
	struct { sighandler_t handler; unsigned long flags; void (*restorer)(void); unsigned long mask; } act, old;

	act.handler = handler;
	act.flags = 0x04000000 | 0x10000000; /* SA_RESTORER | SA_RESTART */
	act.restorer = restorer;
	act.mask = 0;
	if (syscall(SYS_rt_sigaction, signum, &act, &old, 8))
		return (sighandler_t)-1;
	return old.handler;
}

int puts(const char *text)
{
	write(1, text, strlen(text));
	return write(1, "\n", 1);
}

/* The digits of v, ending before end. */
static char *digits(char *end, unsigned long v, unsigned int base)
{
	do
		*--end = "0123456789abcdef"[v % base];
	while (v /= base);
	return end;
}

/* %d %ld %u %lu %x %lx %s %c %%, without widths. */
int printf(const char *format, ...)
{
	char line[256], number[24], *at = line, *last = line + sizeof(line);
	__builtin_va_list args;

	__builtin_va_start(args, format);
	for (; *format; format++) {
		const char *text = number + sizeof(number) - 1;
		unsigned long n = 1, v;
		int wide = 0;

		if (*format != '%') {
			text = format;
			goto copy;
		}
		if (*++format == 'l') {
			wide = 1;
			format++;
		}
		switch (*format) {
		case 's':
			text = __builtin_va_arg(args, const char *);
			n = strlen(text);
			break;
		case 'c':
			number[0] = __builtin_va_arg(args, int);
			text = number;
			break;
		case 'd':
			v = wide ? __builtin_va_arg(args, long) : __builtin_va_arg(args, int);
			text = digits(number + sizeof(number), (long)v < 0 ? -v : v, 10);
			if ((long)v < 0)
				*(char *)--text = '-';
			n = number + sizeof(number) - text;
			break;
		case 'u':
		case 'x':
			v = wide ? __builtin_va_arg(args, unsigned long) : __builtin_va_arg(args, unsigned int);
			text = digits(number + sizeof(number), v, *format == 'x' ? 16 : 10);
			n = number + sizeof(number) - text;
			break;
		default:
			text = format;
		}
copy:
		while (n-- && at < last)
			*at++ = *text++;
	}
	__builtin_va_end(args);
	return write(1, line, at - line);
}
