/* A livepatch whose target and new function are chosen by module parameters. */
#include "../recorded/test_modules/module.h"

static char *obj;
module_param(obj, charp, 0444);
static char *func = "cmdline_proc_show";
module_param(func, charp, 0444);
static char *kind = "show";
module_param(kind, charp, 0444);

static int new_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: this has been live patched\n", THIS_MODULE->name);
	return 0;
}

static int new_sleep(void)
{
	pr_info("new_sleep called by %s\n", get_current()->comm);
	return 77;
}

static struct klp_func funcs[2];
static struct klp_object objs[2];
static struct klp_patch patch;

static int lab_klp_init(void)
{
	int ret;

	funcs[0].old_name = func;
	funcs[0].new_func = strcmp(kind, "sleep") ? (void *)new_show : (void *)new_sleep;
	objs[0].name = obj;
	objs[0].funcs = funcs;
	patch.mod = THIS_MODULE;
	patch.objs = objs;
	ret = klp_enable_patch(&patch);
	pr_info("klp_enable_patch = %d\n", ret);
	return ret;
}

static void lab_klp_exit(void)
{
	pr_info("exit\n");
}

module_init(lab_klp_init);
module_exit(lab_klp_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
