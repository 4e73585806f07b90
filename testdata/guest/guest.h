/* What guest code may use of the machine's kernel, and a few words of C. */
#ifndef GUEST_H
#define GUEST_H

#define NULL ((void *)0)

/* Kept as a function of its own, as a patch needs it. */
#define noinline __attribute__((noinline, noclone))

/* Without a call site, whatever the compiler uses to make one. */
#define notrace __attribute__((no_instrument_function, patchable_function_entry(0)))

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#define cpu_relax() __asm__ volatile("pause" ::: "memory")

extern int _printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#define printk _printk

extern void schedule(void);
extern void msleep(unsigned int msecs);
extern int cond_resched(void);

struct pair {
	int a, b;
};

extern struct pair the_pair;
extern int stop;

#endif
