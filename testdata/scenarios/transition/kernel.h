/* What the guest modules of these scenarios use of the machine's kernel. */
#ifndef SCENARIO_KERNEL_H
#define SCENARIO_KERNEL_H

#define NULL ((void *)0)
#define noinline __attribute__((noinline, noclone))
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define barrier() __asm__ volatile("" ::: "memory")
#define cpu_relax() __asm__ volatile("pause" ::: "memory")

typedef _Bool bool;
#define true 1
#define false 0

extern int _printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#define pr_info(fmt, ...) _printk("\0016" MODNAME ": " fmt, ##__VA_ARGS__)

extern volatile unsigned long jiffies;
#define HZ 250

#define ERESTARTSYS 512

/* Tasks */
#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

struct task_struct { /* the offsets of 6.12 */
	char thread_info[24];
	unsigned int __state;
	char pad0[2432 - 28];
	int pid;
	char pad1[2976 - 2436];
	char comm[16];
};

extern struct task_struct *get_current(void);
#define current get_current()
extern void set_current_state(unsigned int state);
extern void schedule(void);
extern long schedule_timeout(long jiffies);
extern long schedule_timeout_interruptible(long jiffies);
extern long schedule_timeout_uninterruptible(long jiffies);
extern void msleep(unsigned int msecs);
extern unsigned long msleep_interruptible(unsigned int msecs);
extern int cond_resched(void);
extern int wake_up_process(struct task_struct *t);
extern void preempt_disable(void);
extern void preempt_enable(void);

/* Kernel threads */
extern struct task_struct *kthread_create_on_node(int (*fn)(void *), void *data, int node, const char *fmt, ...);
extern int kthread_should_stop(void);
extern int kthread_stop(struct task_struct *t);
#define kthread_run(fn, data, fmt, ...) ({ \
	struct task_struct *__t = kthread_create_on_node(fn, data, -1, fmt, ##__VA_ARGS__); \
	if ((unsigned long)__t < (unsigned long)-4095) \
		wake_up_process(__t); \
	__t; })

struct list_head {
	struct list_head *next, *prev;
};

/* Completions */
struct completion {
	unsigned int done;
	struct {
		unsigned int lock;
		struct list_head task_list;
	} wait;
};

#define DECLARE_COMPLETION(x) struct completion x = { 0, { 0, { &x.wait.task_list, &x.wait.task_list } } }
extern void init_completion(struct completion *x);
extern void complete(struct completion *x);
extern void complete_all(struct completion *x);
extern void wait_for_completion(struct completion *x);
extern int wait_for_completion_interruptible(struct completion *x);
extern unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout);

/* Wait queues */
struct wait_queue_head {
	unsigned int lock;
	struct list_head head;
};

struct wait_queue_entry {
	unsigned int flags;
	void *private;
	void *func;
	struct list_head entry;
};

#define DECLARE_WAIT_QUEUE_HEAD(x) struct wait_queue_head x = { 0, { &x.head, &x.head } }
extern void init_wait_entry(struct wait_queue_entry *e, int flags);
extern long prepare_to_wait_event(struct wait_queue_head *q, struct wait_queue_entry *e, int state);
extern void finish_wait(struct wait_queue_head *q, struct wait_queue_entry *e);
extern int __wake_up(struct wait_queue_head *q, unsigned int mode, int nr, void *key);
#define wake_up(q) __wake_up(q, TASK_NORMAL, 1, NULL)
#define wake_up_all(q) __wake_up(q, TASK_NORMAL, 0, NULL)

#define ___wait_event(wq, condition, state) ({ \
	struct wait_queue_entry __e; \
	long __ret = 0; \
	init_wait_entry(&__e, 0); \
	for (;;) { \
		long __int = prepare_to_wait_event(&wq, &__e, state); \
		if (condition) \
			break; \
		if (__int) { \
			__ret = __int; \
			break; \
		} \
		schedule(); \
	} \
	finish_wait(&wq, &__e); \
	(int)__ret; })
#define wait_event(wq, condition) (void)___wait_event(wq, condition, TASK_UNINTERRUPTIBLE)
#define wait_event_interruptible(wq, condition) ___wait_event(wq, condition, TASK_INTERRUPTIBLE)

/* Work queues */
struct work_struct {
	unsigned long data;
	struct list_head entry;
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
	char timer[40];
	void *wq;
	int cpu;
};
#define DECLARE_DELAYED_WORK(w, f) \
	struct delayed_work w = { .work = { 0, { &w.work.entry, &w.work.entry }, f } }

#define DECLARE_WORK(w, f) struct work_struct w = { 0, { &w.entry, &w.entry }, f }
extern bool schedule_work(struct work_struct *work);
extern bool flush_work(struct work_struct *work);
extern bool cancel_work_sync(struct work_struct *work);

/* Livepatch callbacks: the head of struct klp_object, and of struct module. */
struct module {
	int state;
};

struct klp_object {
	const char *name;
	void *pad[18];
	struct module *mod;
};

#endif
