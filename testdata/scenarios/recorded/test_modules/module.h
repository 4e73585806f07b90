/*
 * What a guest module may use, in the kernel's words: modules that are written
 * for this header look like kernel modules and are built by gcc alone. The
 * layouts are those of 6.12 on x86-64.
 */
#ifndef MODULE_H
#define MODULE_H

#define NULL ((void *)0)
#define true 1
#define false 0
typedef _Bool bool;
typedef unsigned short u16;
typedef signed char s8;
typedef unsigned char u8;
typedef unsigned int gfp_t;
typedef unsigned long ulong;
typedef char *charp;

#define __init __attribute__((section(".init.text")))
#define __exit
#define __used __attribute__((used))
#define noinline __attribute__((noinline, noclone))
#define noipa __attribute__((noipa))
#define notrace __attribute__((no_instrument_function))

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define barrier() __asm__ volatile("" ::: "memory")
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - __builtin_offsetof(type, member)))

/* include/linux/printk.h */
#ifndef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#endif
int _printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#define pr_err(fmt, ...) _printk("\0013" pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...) _printk("\0016" pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...) _printk("\001c" fmt, ##__VA_ARGS__)
extern int console_printk[4];
#define console_loglevel (console_printk[0])

/* strings, memory */
int strcmp(const char *a, const char *b);
#define GFP_KERNEL 0xcc0u
void *kmalloc(unsigned long size, gfp_t flags);
void *kzalloc(unsigned long size, gfp_t flags);
void kfree(const void *p);

/* time, tasks */
struct task_struct { /* the offsets of 6.12 */
	char thread_info[24];
	unsigned int __state;
	char pad0[2432 - 28];
	int pid;
	char pad1[2976 - 2436];
	char comm[16];
};
struct task_struct *get_current(void);
#define current get_current()
#define HZ 250
void msleep(unsigned int ms);
void schedule(void);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);

#define ENOENT 2
#define ENOMEM 12
#define ENODEV 19
#define EINVAL 22

/* include/linux/list.h */
struct list_head {
	struct list_head *next, *prev;
};
#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }
static inline void list_add(struct list_head *n, struct list_head *head)
{
	n->next = head->next;
	n->prev = head;
	head->next->prev = n;
	head->next = n;
}
static inline void list_del(struct list_head *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
}
#define list_for_each_entry_safe(pos, n, head, member) \
	for (pos = container_of((head)->next, __typeof__(*pos), member), \
	     n = container_of(pos->member.next, __typeof__(*pos), member); \
	     &pos->member != (head); \
	     pos = n, n = container_of(n->member.next, __typeof__(*n), member))

/* include/linux/module.h */
enum module_state { MODULE_STATE_LIVE, MODULE_STATE_COMING, MODULE_STATE_GOING, MODULE_STATE_UNFORMED };
struct module {
	enum module_state state;
	struct list_head list;
	char name[56];
	char rest[1072];
	bool klp, klp_alive;
	void *klp_info;
	char rest2[32];
	void (*exit)(void);
	char rest3[72];
};
extern struct module __this_module;
#define THIS_MODULE (&__this_module)

#define module_init(fn) int init_module(void) __attribute__((alias(#fn)))
#define module_exit(fn) void cleanup_module(void) __attribute__((alias(#fn)))
#define __CAT(a, b) a##b
#define __UNIQUE(prefix, n) __CAT(prefix, n)
#define MODULE_INFO(tag, info) \
	static const char __UNIQUE(__modinfo_, __COUNTER__)[] __used \
	__attribute__((section(".modinfo"), aligned(1))) = #tag "=" info
#define MODULE_LICENSE(l) MODULE_INFO(license, l)
#define EXPORT_SYMBOL_GPL(sym)

/* include/linux/moduleparam.h */
struct kernel_param;
struct kernel_param_ops {
	unsigned int flags;
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
	void (*free)(void *arg);
};
struct kparam_array {
	unsigned int max, elemsize;
	unsigned int *num;
	const struct kernel_param_ops *ops;
	void *elem;
};
struct kernel_param {
	const char *name;
	struct module *mod;
	const struct kernel_param_ops *ops;
	const u16 perm;
	s8 level;
	u8 flags;
	union {
		void *arg;
		const struct kparam_array *arr;
	};
};
extern const struct kernel_param_ops param_ops_int, param_ops_uint, param_ops_long, param_ops_ulong,
	param_ops_short, param_ops_ushort, param_ops_byte, param_ops_bool, param_ops_invbool, param_ops_charp,
	param_ops_hexint, param_array_ops;
#define module_param_cb(name, ops, ptr, perm) \
	static const char __param_str_##name[] = #name; \
	static const struct kernel_param __param_##name __used \
	__attribute__((section("__param"), aligned(8))) = \
		{ __param_str_##name, THIS_MODULE, ops, perm, -1, 0, { ptr } }
#define module_param_named(name, var, type, perm) module_param_cb(name, &param_ops_##type, &(var), perm)
#define module_param(name, type, perm) module_param_named(name, name, type, perm)
#define module_param_array(name, type, nump, perm) \
	static const struct kparam_array __param_arr_##name = \
		{ ARRAY_SIZE(name), sizeof((name)[0]), nump, &param_ops_##type, name }; \
	module_param_cb(name, &param_array_ops, (void *)&__param_arr_##name, perm)

/* include/linux/workqueue.h */
struct work_struct {
	unsigned long data;
	struct list_head entry;
	void (*func)(struct work_struct *work);
};
struct delayed_work {
	struct work_struct work;
	char timer[40];
	void *wq;
	int cpu;
};
#define DECLARE_WORK(n, f) struct work_struct n = { .func = f }
#define DECLARE_DELAYED_WORK(n, f) struct delayed_work n = { .work = { .func = f } }
bool queue_work_on(int cpu, void *wq, struct work_struct *work);
bool queue_delayed_work_on(int cpu, void *wq, struct delayed_work *dwork, unsigned long delay);
bool flush_work(struct work_struct *work);
bool cancel_delayed_work_sync(struct delayed_work *dwork);
#define schedule_work(w) queue_work_on(64, NULL, w)
#define schedule_delayed_work(w, d) queue_delayed_work_on(64, NULL, w, d)

/* include/linux/seq_file.h, proc_fs.h */
struct seq_file;
void seq_printf(struct seq_file *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void seq_puts(struct seq_file *m, const char *s);
struct proc_dir_entry;
struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent);
struct proc_dir_entry *proc_create_single_data(const char *name, unsigned short mode, struct proc_dir_entry *parent,
					       int (*show)(struct seq_file *, void *), void *data);
#define proc_create_single(name, mode, parent, show) proc_create_single_data(name, mode, parent, show, NULL)
int remove_proc_subtree(const char *name, struct proc_dir_entry *parent);

/* include/linux/livepatch.h */
struct kobject {
	char opaque[64];
};
struct klp_func {
	const char *old_name;
	void *new_func;
	unsigned long old_sympos;
	void *old_func;
	struct kobject kobj;
	struct list_head node, stack_node;
	unsigned long old_size, new_size;
	bool nop, patched, transition;
};
struct klp_object;
struct klp_callbacks {
	int (*pre_patch)(struct klp_object *obj);
	void (*post_patch)(struct klp_object *obj);
	void (*pre_unpatch)(struct klp_object *obj);
	void (*post_unpatch)(struct klp_object *obj);
	bool post_unpatch_enabled;
};
struct klp_object {
	const char *name;
	struct klp_func *funcs;
	struct klp_callbacks callbacks;
	struct kobject kobj;
	struct list_head func_list, node;
	struct module *mod;
	bool dynamic, patched;
};
struct klp_state {
	unsigned long id;
	unsigned int version;
	void *data;
};
struct klp_patch {
	struct module *mod;
	struct klp_object *objs;
	struct klp_state *states;
	bool replace;
	struct list_head list;
	struct kobject kobj;
	struct list_head obj_list;
	bool enabled, forced;
	struct work_struct free_work;
	char finish[32];
};
_Static_assert(sizeof(struct klp_func) == 152, "klp_func");
_Static_assert(sizeof(struct klp_object) == 168, "klp_object");
_Static_assert(sizeof(struct klp_patch) == 200, "klp_patch");
_Static_assert(sizeof(struct module) == 1280, "module");
_Static_assert(sizeof(struct kernel_param) == 40, "kernel_param");
_Static_assert(__builtin_offsetof(struct module, klp) == 1152, "module.klp");
_Static_assert(__builtin_offsetof(struct module, exit) == 1200, "module.exit");

int klp_enable_patch(struct klp_patch *patch);
struct klp_state *klp_get_state(struct klp_patch *patch, unsigned long id);
struct klp_state *klp_get_prev_state(unsigned long id);

typedef int (*klp_shadow_ctor_t)(void *obj, void *shadow_data, void *ctor_data);
typedef void (*klp_shadow_dtor_t)(void *obj, void *shadow_data);
void *klp_shadow_get(void *obj, unsigned long id);
void *klp_shadow_alloc(void *obj, unsigned long id, unsigned long size, gfp_t flags, klp_shadow_ctor_t ctor, void *data);
void *klp_shadow_get_or_alloc(void *obj, unsigned long id, unsigned long size, gfp_t flags, klp_shadow_ctor_t ctor, void *data);
void klp_shadow_free(void *obj, unsigned long id, klp_shadow_dtor_t dtor);
void klp_shadow_free_all(unsigned long id, klp_shadow_dtor_t dtor);

#endif
