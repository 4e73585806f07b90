/*
 * Kobjects, ksets and groups of attributes (lib/kobject.c, fs/sysfs/group.c):
 * guest code, because it calls what modules supply. Directories and files of
 * sysfs are the machine's: the functions that begin with klpemu_ are gates.
 */
#include "kernel.h"

struct kobject;
struct attribute {
	const char *name;
	umode_t mode;
};
struct sysfs_ops {
	ssize_t (*show)(struct kobject *, struct attribute *, char *);
	ssize_t (*store)(struct kobject *, struct attribute *, const char *, size_t);
};
struct attribute_group {
	const char *name;
	umode_t (*is_visible)(struct kobject *, struct attribute *, int);
	void *is_bin_visible;
	struct attribute **attrs;
	void **bin_attrs;
};
struct kobj_type {
	void (*release)(struct kobject *);
	const struct sysfs_ops *sysfs_ops;
	const struct attribute_group **default_groups;
	void *child_ns_type, *namespace, *get_ownership;
};
struct kset {
	struct list_head list;
	int list_lock;
	struct kobject *kobj_placeholder[8];
	void *uevent_ops;
};
struct kobject {
	const char *name;
	struct list_head entry;
	struct kobject *parent;
	struct kset *kset;
	const struct kobj_type *ktype;
	void *sd;
	int kref;
	u32 state_initialized : 1, state_in_sysfs : 1, state_add_uevent_sent : 1, state_remove_uevent_sent : 1,
		uevent_suppress : 1;
};
struct kobj_attribute {
	struct attribute attr;
	ssize_t (*show)(struct kobject *, struct kobj_attribute *, char *);
	ssize_t (*store)(struct kobject *, struct kobj_attribute *, const char *, size_t);
};
_Static_assert(sizeof(struct kobject) == 64, "struct kobject");
_Static_assert(sizeof(struct kset) == 96, "struct kset");

int klpemu_sysfs_mkdir(struct kobject *kobj, struct kobject *parent, const char *name);
void klpemu_sysfs_rmdir(struct kobject *kobj);
int klpemu_sysfs_group(struct kobject *kobj, const char *name, bool create);
int klpemu_sysfs_file(struct kobject *kobj, const struct attribute *attr, umode_t mode, const char *group);
void klpemu_sysfs_unlink(struct kobject *kobj, const char *name, const char *group);

static struct kobject *kset_kobj(struct kset *k) { return (struct kobject *)k->kobj_placeholder; }

static ssize_t kobj_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct kobj_attribute *a = container_of(attr, struct kobj_attribute, attr);

	return a->show ? a->show(kobj, a, buf) : -EIO;
}

static ssize_t kobj_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)
{
	struct kobj_attribute *a = container_of(attr, struct kobj_attribute, attr);

	return a->store ? a->store(kobj, a, buf, count) : -EIO;
}

const struct sysfs_ops kobj_sysfs_ops = { kobj_attr_show, kobj_attr_store };

/* The attributes of a module's own directory (kernel/params.c). */
struct module_attribute {
	struct attribute attr;
	ssize_t (*show)(struct module_attribute *, struct kobject *, char *);
	ssize_t (*store)(struct module_attribute *, struct kobject *, const char *, size_t);
};

static ssize_t module_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct module_attribute *a = container_of(attr, struct module_attribute, attr);

	return a->show ? a->show(a, kobj, buf) : -EIO;
}

static ssize_t module_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)
{
	struct module_attribute *a = container_of(attr, struct module_attribute, attr);

	return a->store ? a->store(a, kobj, buf, count) : -EIO;
}

static const struct sysfs_ops module_sysfs_ops = { module_attr_show, module_attr_store };
const struct kobj_type module_ktype = { .sysfs_ops = &module_sysfs_ops };

static void dynamic_kobj_release(struct kobject *kobj) { kfree(kobj); }

static const struct kobj_type dynamic_kobj_ktype = { .release = dynamic_kobj_release, .sysfs_ops = &kobj_sysfs_ops };

static void kset_release(struct kobject *kobj) { kfree((char *)kobj - 24); }

static const struct kobj_type kset_ktype = { .release = kset_release, .sysfs_ops = &kobj_sysfs_ops };

/* The directories that every kernel has. */
#define STATIC_KOBJ(var, text, up)                                                                         \
	static struct kobject var##_object = { text, { &var##_object.entry, &var##_object.entry }, up, NULL, \
					       &dynamic_kobj_ktype, &var##_object, 1, 1, 1, 0, 0, 0 };      \
	struct kobject *var = &var##_object
STATIC_KOBJ(kernel_kobj, "kernel", NULL);
STATIC_KOBJ(mm_kobj, "mm", &kernel_kobj_object);
STATIC_KOBJ(fs_kobj, "fs", NULL);
STATIC_KOBJ(firmware_kobj, "firmware", NULL);
STATIC_KOBJ(power_kobj, "power", NULL);
STATIC_KOBJ(klpemu_module_kobj, "module", NULL);

void kobject_init(struct kobject *kobj, const struct kobj_type *ktype)
{
	if (!kobj || !ktype) {
		_printk(KERN_ERR "kobject (%p): %s\n", kobj,
			kobj ? "must have a ktype to be initialized properly!" : "invalid kobject pointer!");
		dump_stack();
		return;
	}
	if (kobj->state_initialized) {
		_printk(KERN_ERR "kobject (%p): tried to init an initialized object, something is seriously wrong.\n", kobj);
		dump_stack();
	}
	kobj->kref = 1;
	INIT_LIST_HEAD(&kobj->entry);
	kobj->state_in_sysfs = 0;
	kobj->state_add_uevent_sent = 0;
	kobj->state_remove_uevent_sent = 0;
	kobj->state_initialized = 1;
	kobj->ktype = ktype;
}

int kobject_set_name_vargs(struct kobject *kobj, const char *fmt, va_list vargs)
{
	char *s, *old = (char *)kobj->name;

	if (kobj->name && !fmt)
		return 0;
	s = kvasprintf(GFP_KERNEL, fmt, vargs);
	if (!s)
		return -ENOMEM;
	for (char *c = s; *c; c++)
		if (*c == '/')
			*c = '!';
	kobj->name = s;
	kfree(old);
	return 0;
}

int kobject_set_name(struct kobject *kobj, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = kobject_set_name_vargs(kobj, fmt, ap);
	va_end(ap);
	return ret;
}

struct kobject *kobject_get(struct kobject *kobj)
{
	if (kobj)
		kobj->kref++;
	return kobj;
}

struct kobject *kobject_get_unless_zero(struct kobject *kobj)
{
	if (!kobj || !kobj->kref)
		return NULL;
	kobj->kref++;
	return kobj;
}

int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp);

int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups)
{
	int ret = 0;

	for (; groups && *groups && !ret; groups++)
		ret = sysfs_create_group(kobj, *groups);
	return ret;
}

void kobject_put(struct kobject *kobj);

static int kobject_add_internal(struct kobject *kobj)
{
	struct kobject *parent = kobject_get(kobj->parent);
	int ret;

	if (!kobj->name || !kobj->name[0])
		return -EINVAL;
	if (kobj->kset) {
		if (!parent)
			parent = kobject_get(kset_kobj(kobj->kset));
		kobject_get(kset_kobj(kobj->kset));
		list_add_tail(&kobj->entry, &kobj->kset->list);
		kobj->parent = parent;
	}
	ret = klpemu_sysfs_mkdir(kobj, parent, kobj->name);
	if (!ret && kobj->ktype)
		ret = sysfs_create_groups(kobj, kobj->ktype->default_groups);
	if (!ret) {
		kobj->sd = kobj;
		kobj->state_in_sysfs = 1;
		return 0;
	}
	klpemu_sysfs_rmdir(kobj);
	if (kobj->kset) {
		list_del_init(&kobj->entry);
		kobject_put(kset_kobj(kobj->kset));
	}
	kobject_put(parent);
	kobj->parent = NULL;
	if (ret == -EEXIST)
		_printk(KERN_ERR "kobject: kobject_add_internal failed for %s with -EEXIST, don't try to register things with the same name in the same directory.\n",
			kobj->name);
	else
		_printk(KERN_ERR "kobject: kobject_add_internal failed for %s (error: %d parent: %s)\n", kobj->name, ret,
			parent ? parent->name : "'none'");
	return ret;
}

static int kobject_add_varg(struct kobject *kobj, struct kobject *parent, const char *fmt, va_list ap)
{
	int ret = kobject_set_name_vargs(kobj, fmt, ap);

	if (ret) {
		_printk(KERN_ERR "kobject: can not set name properly!\n");
		return ret;
	}
	kobj->parent = parent;
	return kobject_add_internal(kobj);
}

int kobject_add(struct kobject *kobj, struct kobject *parent, const char *fmt, ...)
{
	va_list ap;
	int ret;

	if (!kobj)
		return -EINVAL;
	if (!kobj->state_initialized) {
		_printk(KERN_ERR "kobject '%s' (%p): tried to add an uninitialized object, something is seriously wrong.\n",
			kobj->name, kobj);
		dump_stack();
		return -EINVAL;
	}
	va_start(ap, fmt);
	ret = kobject_add_varg(kobj, parent, fmt, ap);
	va_end(ap);
	return ret;
}

int kobject_init_and_add(struct kobject *kobj, const struct kobj_type *ktype, struct kobject *parent, const char *fmt, ...)
{
	va_list ap;
	int ret;

	kobject_init(kobj, ktype);
	va_start(ap, fmt);
	ret = kobject_add_varg(kobj, parent, fmt, ap);
	va_end(ap);
	return ret;
}

struct kobject *kobject_create_and_add(const char *name, struct kobject *parent)
{
	struct kobject *kobj = __kmalloc_noprof(sizeof(*kobj), GFP_KERNEL);
	int ret;

	if (!kobj)
		return NULL;
	memset(kobj, 0, sizeof(*kobj));
	kobject_init(kobj, &dynamic_kobj_ktype);
	ret = kobject_add(kobj, parent, "%s", name);
	if (ret) {
		_printk(KERN_WARNING "kobject: %s: kobject_add error: %d\n", __func__, ret);
		kobject_put(kobj);
		kobj = NULL;
	}
	return kobj;
}

void kobject_del(struct kobject *kobj)
{
	struct kobject *parent;

	if (!kobj || !kobj->state_in_sysfs)
		return;
	parent = kobj->parent;
	klpemu_sysfs_rmdir(kobj);
	kobj->state_in_sysfs = 0;
	kobj->sd = NULL;
	if (kobj->kset) {
		list_del_init(&kobj->entry);
		kobject_put(kset_kobj(kobj->kset));
	}
	kobj->parent = NULL;
	kobject_put(parent);
}

void kobject_put(struct kobject *kobj)
{
	const struct kobj_type *t;
	const char *name;

	if (!kobj)
		return;
	if (!kobj->state_initialized) {
		_printk(KERN_WARNING "kobject: '%s' (%p): is not initialized, yet kobject_put() is being called.\n",
			kobj->name, kobj);
		dump_stack();
	}
	if (--kobj->kref)
		return;
	t = kobj->ktype;
	name = kobj->name;
	kobject_del(kobj);
	if (t && t->release)
		t->release(kobj);
	kfree(name);
}

int kobject_uevent(struct kobject *kobj, int action)
{
	(void)kobj;
	(void)action;
	return 0; /* nobody listens */
}

int kobject_uevent_env(struct kobject *kobj, int action, char *envp[])
{
	(void)envp;
	return kobject_uevent(kobj, action);
}

int kset_register(struct kset *k)
{
	struct kobject *kobj = kset_kobj(k);

	kobj->kref = 1;
	INIT_LIST_HEAD(&kobj->entry);
	kobj->state_in_sysfs = 0;
	kobj->state_initialized = 1;
	INIT_LIST_HEAD(&k->list);
	k->list_lock = 0;
	return kobject_add_internal(kobj);
}

void kset_unregister(struct kset *k)
{
	if (!k)
		return;
	kobject_del(kset_kobj(k));
	kobject_put(kset_kobj(k));
}

struct kset *kset_create_and_add(const char *name, const void *uevent_ops, struct kobject *parent)
{
	struct kset *k = __kmalloc_noprof(sizeof(*k), GFP_KERNEL);

	if (!k)
		return NULL;
	memset(k, 0, sizeof(*k));
	k->uevent_ops = (void *)uevent_ops;
	kset_kobj(k)->parent = parent;
	kset_kobj(k)->ktype = &kset_ktype;
	if (kobject_set_name(kset_kobj(k), "%s", name) || kset_register(k)) {
		kfree(kset_kobj(k)->name);
		kfree(k);
		return NULL;
	}
	return k;
}

int sysfs_create_file_ns(struct kobject *kobj, const struct attribute *attr, const void *ns)
{
	(void)ns;
	if (!kobj || !kobj->sd || !attr)
		return -EINVAL;
	return klpemu_sysfs_file(kobj, attr, attr->mode, NULL);
}

void sysfs_remove_file_ns(struct kobject *kobj, const struct attribute *attr, const void *ns)
{
	(void)ns;
	klpemu_sysfs_unlink(kobj, attr->name, NULL);
}

void sysfs_remove_files(struct kobject *kobj, const struct attribute *const *ptr)
{
	for (; *ptr; ptr++)
		klpemu_sysfs_unlink(kobj, (*ptr)->name, NULL);
}

int sysfs_create_files(struct kobject *kobj, const struct attribute *const *ptr)
{
	int err = 0;
	int i;

	for (i = 0; ptr[i] && !err; i++)
		err = sysfs_create_file_ns(kobj, ptr[i], NULL);
	if (err)
		for (i--; i-- > 0;)
			klpemu_sysfs_unlink(kobj, ptr[i]->name, NULL);
	return err;
}

static void remove_group(struct kobject *kobj, const struct attribute_group *grp)
{
	for (struct attribute **a = grp->attrs; a && *a; a++)
		klpemu_sysfs_unlink(kobj, (*a)->name, grp->name);
	if (grp->name)
		klpemu_sysfs_group(kobj, grp->name, false);
}

#define SYSFS_GROUP_INVISIBLE 020000
#define SYSFS_PREALLOC 010000

static int fill_group(struct kobject *kobj, const struct attribute_group *grp, bool update)
{
	int err = 0;

	for (int i = 0; grp->attrs && grp->attrs[i] && !err; i++) {
		struct attribute *a = grp->attrs[i];
		umode_t mode = a->mode;

		if (update)
			klpemu_sysfs_unlink(kobj, a->name, grp->name);
		if (grp->is_visible) {
			mode = grp->is_visible(kobj, a, i);
			mode &= ~SYSFS_GROUP_INVISIBLE;
			if (!mode)
				continue;
		}
		err = klpemu_sysfs_file(kobj, a, mode & (SYSFS_PREALLOC | 0664), grp->name);
	}
	return err;
}

int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp)
{
	int err = 0;

	if (!kobj || (!kobj->sd && !kobj->name))
		return -EINVAL;
	if (!grp->attrs && !grp->bin_attrs)
		return -EINVAL;
	if (grp->name)
		err = klpemu_sysfs_group(kobj, grp->name, true);
	if (err)
		return err;
	err = fill_group(kobj, grp, false);
	if (err)
		remove_group(kobj, grp);
	return err;
}

int sysfs_update_group(struct kobject *kobj, const struct attribute_group *grp) { return fill_group(kobj, grp, true); }

void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *grp) { remove_group(kobj, grp); }

void sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups)
{
	for (; groups && *groups; groups++)
		remove_group(kobj, *groups);
}

void sysfs_notify(struct kobject *kobj, const char *dir, const char *attr)
{
	(void)kobj;
	(void)dir;
	(void)attr; /* nobody polls */
}
