/*
 * Timers, work queues, wait queues and RCU, by what the kernel's headers make
 * of them inline.
 */
#include "kernel.h"

struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
	void (*function)(struct timer_list *);
	unsigned int flags;
};
struct work_struct {
	unsigned long data;
	struct list_head entry;
	void (*func)(struct work_struct *);
};
struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	void *wq;
	int cpu;
};
struct wait_queue_head {
	unsigned int lock;
	struct list_head head;
};
struct wait_queue_entry {
	unsigned int flags;
	void *private;
	int (*func)(struct wait_queue_entry *, unsigned int, int, void *);
	struct list_head entry;
};
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *);
};

extern void init_timer_key(struct timer_list *t, void (*f)(struct timer_list *), unsigned int flags, const char *name, void *key);
extern int mod_timer(struct timer_list *t, unsigned long expires);
extern int timer_delete_sync(struct timer_list *t);
extern void *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...);
extern void destroy_workqueue(void *wq);
extern bool queue_work_on(int cpu, void *wq, struct work_struct *w);
extern bool queue_delayed_work_on(int cpu, void *wq, struct delayed_work *w, unsigned long delay);
extern bool mod_delayed_work_on(int cpu, void *wq, struct delayed_work *w, unsigned long delay);
extern bool cancel_delayed_work(struct delayed_work *w);
extern bool cancel_delayed_work_sync(struct delayed_work *w);
extern void *system_percpu_wq;
extern void delayed_work_timer_fn(struct timer_list *t);
extern void add_wait_queue(struct wait_queue_head *q, struct wait_queue_entry *e);
extern void remove_wait_queue(struct wait_queue_head *q, struct wait_queue_entry *e);
extern int __wake_up(struct wait_queue_head *q, unsigned int mode, int nr, void *key);
extern void __rcu_read_lock(void);
extern void __rcu_read_unlock(void);
extern void synchronize_rcu(void);
extern void call_rcu(struct rcu_head *head, void (*f)(struct rcu_head *));
extern void rcu_barrier(void);
extern void msleep(unsigned int ms);

#define WORK_CPU_UNBOUND 64
#define timer_pending(t) ((t)->entry.pprev != NULL)
#define work_pending(w) ((w)->data & 1)
#define WORK(f) { 0xfffffffe00000, { NULL, NULL }, f }

static struct timer_list timer;
static unsigned long armed;
static int count;

static void tick(struct timer_list *t)
{
	pr_info("tick in %s context after %lu jiffies, pending %d\n", preempt_count() & 0xff00 ? "softirq" : "task",
		jiffies - armed, timer_pending(t));
	if (--count > 0) {
		armed = jiffies;
		mod_timer(t, jiffies + 10);
	}
}

int start_timer(int delay, int times)
{
	count = times;
	armed = jiffies;
	init_timer_key(&timer, tick, 0, NULL, NULL);
	mod_timer(&timer, jiffies + delay);
	return timer_pending(&timer);
}

int stop_timer(void) { return timer_delete_sync(&timer); }

static void later_func(struct work_struct *w)
{
	pr_info("later: pending %ld, by %s\n", work_pending(w), current->comm);
}
static struct delayed_work later = { .work = WORK(later_func), .timer = { .function = delayed_work_timer_fn } };

int queue_later(unsigned long delay)
{
	int ret = queue_delayed_work_on(WORK_CPU_UNBOUND, system_percpu_wq, &later, delay);

	pr_info("queued: pending %ld, timer %d\n", work_pending(&later.work), timer_pending(&later.timer));
	return ret;
}
int mod_later(unsigned long delay) { return mod_delayed_work_on(WORK_CPU_UNBOUND, system_percpu_wq, &later, delay); }
int cancel_later(void) { return cancel_delayed_work(&later); }

/* Work of an ordered queue runs one after the other, although it sleeps. */
static void step(struct work_struct *w);
static struct work_struct steps[3] = { WORK(step), WORK(step), WORK(step) };
static int running;

static void step(struct work_struct *w)
{
	running++;
	msleep(20);
	pr_info("step %ld, %d running\n", (long)(w - steps), running);
	running--;
}

int run_steps(int ordered)
{
	void *wq = alloc_workqueue("%s-%d", ordered ? 1 << 17 | 2 : 0, ordered, "steps", ordered);

	for (int i = 0; i < 3; i++)
		queue_work_on(WORK_CPU_UNBOUND, wq, &steps[i]);
	destroy_workqueue(wq);
	return 0;
}

/* A wait queue entry with a function of its own. */
static struct wait_queue_head queue = { 0, { &queue.head, &queue.head } };

static int told(struct wait_queue_entry *e, unsigned int mode, int flags, void *key)
{
	pr_info("told, mode %u, key %ld\n", mode, (long)key);
	return 0;
}
static struct wait_queue_entry entry = { .func = told };

int tell(long key)
{
	add_wait_queue(&queue, &entry);
	__wake_up(&queue, 3, 1, (void *)key);
	remove_wait_queue(&queue, &entry);
	return queue.head.next == &queue.head;
}

/* A grace period waits for who reads. */
int reader(void)
{
	__rcu_read_lock();
	msleep(100);
	pr_info("reader leaves\n");
	__rcu_read_unlock();
	return 0;
}
static void called(struct rcu_head *head) { pr_info("callback\n"); }
static struct rcu_head head;

int writer(void)
{
	call_rcu(&head, called);
	synchronize_rcu();
	pr_info("grace period over\n");
	rcu_barrier();
	pr_info("no callback left\n");
	return 0;
}

int init_module(void) { return 0; }

void cleanup_module(void)
{
	timer_delete_sync(&timer);
	cancel_delayed_work_sync(&later);
}

MODULE_LICENSE("GPL");
