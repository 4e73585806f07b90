/* A directory of /sys/kernel with files, and a group of files in it. */
#include "kernel.h"

static int limit = 3;
static int calls;

static ssize_t limit_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	calls++;
	return sysfs_emit(buf, "%d\n", limit);
}

static ssize_t limit_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	int v, ret = kstrtoint(buf, 0, &v);

	if (ret)
		return ret;
	if (v < 0)
		return -EINVAL;
	pr_info("%s writes %d, limit was %d\n", current->comm, v, limit);
	limit = v;
	return count;
}

static ssize_t calls_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s: %d calls\n", attr->attr.name, calls);
}

static struct kobj_attribute limit_attr = { { "limit", 0644 }, limit_show, limit_store };
static struct kobj_attribute calls_attr = { { "calls", 0444 }, calls_show, NULL };
static struct kobj_attribute secret_attr = { { "secret", 0600 }, limit_show, limit_store };
static struct attribute *group_attrs[] = { &calls_attr.attr, &secret_attr.attr, NULL };

static umode_t visible(struct kobject *kobj, struct attribute *a, int n)
{
	return n == 1 ? 0 : a->mode;
}

static const struct attribute_group group = { .name = "stats", .is_visible = visible, .attrs = group_attrs };
static struct kobject *dir;

int init_module(void)
{
	int ret;

	dir = kobject_create_and_add("demo", kernel_kobj);
	if (!dir)
		return -ENOMEM;
	ret = sysfs_create_file_ns(dir, &limit_attr.attr, NULL);
	if (!ret)
		ret = sysfs_create_group(dir, &group);
	if (ret)
		kobject_put(dir);
	return ret;
}

void cleanup_module(void)
{
	kobject_put(dir);
}

MODULE_LICENSE("GPL");
