/*
 * A livepatch of a system call that counts the processes that have not come by
 * in the new version yet. pids are those that make the call all the time.
 */
#include "kernel.h"

static int pids[32];
static unsigned int npids;
module_param_array(pids, int, &npids, 0);
MODULE_PARM_DESC(pids, "processes to wait for");

static int pending;
static struct kobject *dir;

static long lp_sys_getpid(const void *regs)
{
	int pid = task_tgid_vnr(current);
	unsigned int i;

	for (i = 0; i < npids; i++)
		if (READ_ONCE(pids[i]) == pid) {
			WRITE_ONCE(pids[i], 0);
			__asm__ volatile("lock decl %0" : "+m"(pending));
		}
	return pid;
}

static long pending_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sprintf(buf, "%d\n", READ_ONCE(pending));
}

static struct kobj_attribute pending_attr = { { "pending", 0444 }, pending_show, NULL };

static struct klp_func funcs[] = { { .old_name = "__x64_sys_getpid", .new_func = lp_sys_getpid }, {} };
static struct klp_object objs[] = { { .funcs = funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int getpid_init(void)
{
	int err;

	pending = npids;
	dir = kobject_create_and_add("lp_getpid", kernel_kobj);
	if (!dir)
		return -ENOMEM;
	err = sysfs_create_file_ns(dir, &pending_attr.attr, NULL);
	if (!err)
		err = klp_enable_patch(&patch);
	if (err)
		kobject_put(dir);
	return err;
}

static void getpid_exit(void)
{
	kobject_put(dir);
}

module_init(getpid_init)
module_exit(getpid_exit)
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
