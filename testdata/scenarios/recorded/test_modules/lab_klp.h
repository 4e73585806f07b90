/* A livepatch whose target, and whose mistakes, are chosen by parameters. */
#include "module.h"

static char *obj;
static char *func = "cmdline_proc_show";
static char *func2;
static ulong sympos, sympos2;
static char *kind = "show";
static bool replace, nullobjs, nullfuncs, nullmod, nullpatch;

module_param(obj, charp, 0444);
module_param(func, charp, 0444);
module_param(func2, charp, 0444);
module_param(sympos, ulong, 0444);
module_param(sympos2, ulong, 0444);
module_param(kind, charp, 0444);
module_param(replace, bool, 0444);
module_param(nullobjs, bool, 0444);
module_param(nullfuncs, bool, 0444);
module_param(nullmod, bool, 0444);
module_param(nullpatch, bool, 0444);

static int new_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: this has been live patched\n", THIS_MODULE->name);
	return 0;
}

static noipa int new_int(int a, int b)
{
	barrier();
	return 1000 + a + b;
}

static noipa int new_sleep(void)
{
	return 77;
}

static void *choose(const char *k)
{
	if (!strcmp(k, "int"))
		return new_int;
	if (!strcmp(k, "sleep"))
		return new_sleep;
	if (!strcmp(k, "null"))
		return NULL;
	return new_show;
}

static struct klp_func funcs[3];
static struct klp_object objs[2];
static struct klp_patch patch;

static int lab_klp_init(void)
{
	int ret;

	funcs[0].old_name = func;
	funcs[0].old_sympos = sympos;
	funcs[0].new_func = choose(kind);
	if (func2) {
		funcs[1].old_name = func2;
		funcs[1].old_sympos = sympos2;
		funcs[1].new_func = new_show;
	}
	objs[0].name = obj;
	objs[0].funcs = nullfuncs ? NULL : funcs;
	patch.mod = nullmod ? NULL : THIS_MODULE;
	patch.objs = nullobjs ? NULL : objs;
	patch.replace = replace;
	ret = klp_enable_patch(nullpatch ? NULL : &patch);
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
#ifndef NOT_MARKED
MODULE_INFO(livepatch, "Y");
#endif
