/*
 * A livepatch of a system call. klp_pids are the processes that make it all the
 * time; npids_pending is how many of them have not come by in the new version.
 */
#include "module.h"

static int klp_pids[64];
static unsigned int npids;
module_param_array(klp_pids, int, &npids, 0);

static unsigned int npids_pending;
module_param(npids_pending, uint, 0444);

/*
 * Two tasks can be in here at once, but a pid is cleared by its own task only,
 * and the count is one instruction.
 */
static void seen(int pid)
{
	unsigned int i;

	for (i = 0; i < npids; i++) {
		if (READ_ONCE(klp_pids[i]) != pid)
			continue;
		WRITE_ONCE(klp_pids[i], 0);
		__asm__ volatile("lock decl %0" : "+m"(npids_pending));
	}
}

static long lp_sys_getpid(void)
{
	int pid = current->pid;

	seen(pid);
	return pid;
}

static struct klp_func funcs[] = { { .old_name = "__x64_sys_getpid", .new_func = lp_sys_getpid }, {} };
static struct klp_object objs[] = { { .funcs = funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int livepatch_init(void)
{
	npids_pending = npids;
	return klp_enable_patch(&patch);
}

static void livepatch_exit(void)
{
}

module_init(livepatch_init);
module_exit(livepatch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
