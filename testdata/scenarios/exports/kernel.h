/*
 * What the guest modules of these scenarios use: the structures of 6.12 at
 * their offsets, and what the kernel's headers make of them inline.
 */
#ifndef EXPORTS_KERNEL_H
#define EXPORTS_KERNEL_H

#define NULL ((void *)0)
#define true 1
#define false 0
#define noinline __attribute__((noinline, noclone))
#define HZ 250
#define GFP_KERNEL 0xcc0u
#define EINVAL 22
#define ENOMEM 12
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-__builtin_offsetof(type, member)))
#define MODULE_LICENSE(text) \
	static const char modinfo_license[] __attribute__((section(".modinfo"), used)) = "license=" text

typedef _Bool bool;
typedef unsigned long size_t;
typedef long ssize_t;
typedef long long loff_t;
typedef unsigned short umode_t;

extern int _printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#define pr_info(fmt, ...) _printk("\0016" MODNAME ": " fmt, ##__VA_ARGS__)
#define pr_cont(fmt, ...) _printk("\001c" fmt, ##__VA_ARGS__)

struct list_head {
	struct list_head *next, *prev;
};
struct hlist_node {
	struct hlist_node *next, **pprev;
};

extern volatile unsigned long jiffies;

/* current, by the per-CPU area as asm/current.h has it */
struct task_struct {
	unsigned long thread_info_flags, syscall_work;
	unsigned int status, cpu;
	unsigned int __state;
	char pad0[2432 - 28];
	int pid, tgid;
	char pad1[2976 - 2440];
	char comm[16];
};
extern struct task_struct *const const_pcpu_hot __attribute__((visibility("hidden")));
static inline struct task_struct *get_current(void)
{
	struct task_struct *t;

	__asm__("movq %%gs:const_pcpu_hot(%%rip), %0" : "=r"(t));
	return t;
}
#define current get_current()
static inline int preempt_count(void)
{
	int n;

	__asm__ volatile("movl %%gs:pcpu_hot+8(%%rip), %0" : "=r"(n));
	return n & 0x7fffffff;
}

/* lib/kobject.c, fs/sysfs */
struct kobject;
struct attribute {
	const char *name;
	umode_t mode;
};
struct kobj_attribute {
	struct attribute attr;
	ssize_t (*show)(struct kobject *, struct kobj_attribute *, char *);
	ssize_t (*store)(struct kobject *, struct kobj_attribute *, const char *, size_t);
};
struct attribute_group {
	const char *name;
	umode_t (*is_visible)(struct kobject *, struct attribute *, int);
	void *is_bin_visible;
	struct attribute **attrs;
	void **bin_attrs;
};
extern struct kobject *kernel_kobj;
extern struct kobject *kobject_create_and_add(const char *name, struct kobject *parent);
extern void kobject_put(struct kobject *kobj);
extern int sysfs_create_file_ns(struct kobject *kobj, const struct attribute *attr, const void *ns);
extern int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp);
extern void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *grp);
extern int sysfs_emit(char *buf, const char *fmt, ...);
extern int kstrtoint(const char *s, unsigned int base, int *res);

/* mm */
extern void *__kmalloc_noprof(size_t size, unsigned int flags);
extern void kfree(const void *p);

/* fs/proc, fs/seq_file.c */
struct seq_file {
	char *buf;
	size_t size, from, count, pad_until;
	loff_t index, read_pos;
	char lock[32];
	const struct seq_operations *op;
	int poll_event;
	const void *file;
	void *private;
};
struct seq_operations {
	void *(*start)(struct seq_file *, loff_t *);
	void (*stop)(struct seq_file *, void *);
	void *(*next)(struct seq_file *, void *, loff_t *);
	int (*show)(struct seq_file *, void *);
};
extern int seq_printf(struct seq_file *m, const char *fmt, ...);

#endif
