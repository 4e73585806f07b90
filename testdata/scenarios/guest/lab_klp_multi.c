/* Functions of the kernel and of a module, and callbacks that tell their object. */
#define MODNAME "lab_klp_multi"
#include "kernel.h"
#include "seq.h"

int new_cmdline(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: cmdline\n", MODNAME);
	return 0;
}

int new_uptime(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: uptime\n", MODNAME);
	return 0;
}

int new_version(struct seq_file *m, void *v)
{
	seq_printf(m, "%s: version\n", MODNAME);
	return 0;
}

int new_add(int a, int b)
{
	barrier();
	return a * b;
}

int new_sleep(void)
{
	return 88;
}

static const char *name(struct klp_object *o)
{
	return o->name ? o->name : "vmlinux";
}

int pre_patch(struct klp_object *o)
{
	pr_info("pre_patch %s\n", name(o));
	return 0;
}

void post_patch(struct klp_object *o)
{
	pr_info("post_patch %s\n", name(o));
}

void pre_unpatch(struct klp_object *o)
{
	pr_info("pre_unpatch %s\n", name(o));
}

void post_unpatch(struct klp_object *o)
{
	pr_info("post_unpatch %s\n", name(o));
}
