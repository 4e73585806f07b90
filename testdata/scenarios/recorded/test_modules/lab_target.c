/* A module with functions to be livepatched, which files in /proc call. */
#include "module.h"

static noipa int lab_target_add(int a, int b)
{
	barrier();
	return a + b;
}

static bool woken;

/* Sleeps inside: a task here holds a transition up until it is woken. */
static noipa int lab_sleep_int(void)
{
	while (!READ_ONCE(woken))
		schedule_timeout_interruptible(HZ / 20);
	return 0;
}

static noipa int lab_sleep_unint(void)
{
	while (!READ_ONCE(woken))
		schedule_timeout_uninterruptible(HZ / 20);
	return 0;
}

static int add_show(struct seq_file *m, void *v)
{
	seq_printf(m, "lab_target_add(2,3)=%d\n", lab_target_add(2, 3));
	return 0;
}

static int int_show(struct seq_file *m, void *v)
{
	seq_printf(m, "lab_sleep_int()=%d\n", lab_sleep_int());
	return 0;
}

static int unint_show(struct seq_file *m, void *v)
{
	seq_printf(m, "lab_sleep_unint()=%d\n", lab_sleep_unint());
	return 0;
}

static int wake_show(struct seq_file *m, void *v)
{
	WRITE_ONCE(woken, true);
	seq_puts(m, "woken\n");
	return 0;
}

static int lab_target_init(void)
{
	struct proc_dir_entry *d = proc_mkdir("lab", NULL);

	proc_create_single("add", 0444, d, add_show);
	proc_create_single("sleep_int", 0444, d, int_show);
	proc_create_single("sleep_unint", 0444, d, unint_show);
	proc_create_single("wake", 0444, d, wake_show);
	pr_info("%s\n", __func__);
	return 0;
}

static void lab_target_exit(void)
{
	remove_proc_subtree("lab", NULL);
	pr_info("%s\n", __func__);
}

module_init(lab_target_init);
module_exit(lab_target_exit);
MODULE_LICENSE("GPL");
