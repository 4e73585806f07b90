/* How guest code waits: each function is one system call of the scenario. */
#define MODNAME "services"
#include "kernel.h"

extern void *kmalloc(unsigned long size, unsigned int gfp);
extern void mutex_lock(void *lock);
extern int mutex_trylock(void *lock);
extern void mutex_unlock(void *lock);
extern bool queue_delayed_work_on(int cpu, void *wq, struct work_struct *work, unsigned long delay);
extern bool cancel_delayed_work_sync(struct work_struct *work);
extern long prepare_to_wait_exclusive(struct wait_queue_head *q, struct wait_queue_entry *e, int state);

static DECLARE_COMPLETION(done);
static DECLARE_WAIT_QUEUE_HEAD(wq);
static int ready;
static unsigned long mutex;
static struct task_struct *thread;

static void say(struct work_struct *work);
static DECLARE_WORK(work, say);
static DECLARE_DELAYED_WORK(later, say);
static DECLARE_COMPLETION(hold);

static void say(struct work_struct *w)
{
	pr_info("%s runs in %s\n", w == &work ? "work" : "later", current->comm);
	if (w == &work)
		wait_for_completion(&hold);
}

/* Completions */
int wait_done(void)
{
	wait_for_completion(&done);
	pr_info("%s has waited\n", current->comm);
	return 0;
}

int wait_done_interruptible(void)
{
	int ret = wait_for_completion_interruptible(&done);

	pr_info("%s: wait_for_completion_interruptible()=%d\n", current->comm, ret);
	return 0;
}

long wait_done_timeout(long ticks)
{
	return wait_for_completion_timeout(&done, ticks);
}

void do_complete(void) { complete(&done); }
void do_complete_all(void) { complete_all(&done); }
void do_init(void) { init_completion(&done); }

/* Wait queues */
int wait_ready(void)
{
	wait_event(wq, READ_ONCE(ready));
	pr_info("%s sees ready\n", current->comm);
	return 0;
}

int wait_exclusive(void)
{
	struct wait_queue_entry e;

	init_wait_entry(&e, 1);
	prepare_to_wait_exclusive(&wq, &e, TASK_UNINTERRUPTIBLE);
	schedule();
	finish_wait(&wq, &e);
	pr_info("%s was woken\n", current->comm);
	return 0;
}

void wake_one(void) { wake_up(&wq); }
void set_ready(void)
{
	WRITE_ONCE(ready, 1);
	wake_up_all(&wq);
}

/* A mutex */
int lock_and_sleep(int ms)
{
	mutex_lock(&mutex);
	msleep(ms);
	mutex_unlock(&mutex);
	pr_info("%s had the mutex\n", current->comm);
	return 0;
}

/* Never sleeps, but calls what may. */
int lock_for_ever(void)
{
	for (;;) {
		mutex_lock(&mutex);
		mutex_unlock(&mutex);
	}
}

int trylock(void) { return mutex_trylock(&mutex); }

/* Work */
int queue(void) { return schedule_work(&work); }
int flush(void) { return flush_work(&work); }
void let_go(void) { complete(&hold); }
int queue_later(unsigned long ticks) { return queue_delayed_work_on(64, NULL, &later.work, ticks); }
int cancel_later(void) { return cancel_delayed_work_sync(&later.work); }

/* Threads */
static int thread_fn(void *data)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule_timeout(HZ);
		set_current_state(TASK_RUNNING);
	}
	return *(int *)data;
}

static int answer = 42;
int start_thread(void)
{
	thread = kthread_run(thread_fn, &answer, "thread/%d", 7);
	return thread->pid;
}
int stop_thread(void) { return kthread_stop(thread); }

/* Time */
long ticks(void)
{
	unsigned long before = jiffies;

	while (jiffies == before)
		cpu_relax();
	return jiffies - before;
}
long not_asleep(void) { return schedule_timeout(HZ); }
