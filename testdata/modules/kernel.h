/*
 * What these modules use of a 6.12 kernel, under its names and with its layouts
 * on x86-64. With the kernel's compiler flags and its symbols they are modules
 * as a kernel loads them, built without a kernel's tree.
 */
#ifndef KERNEL_H
#define KERNEL_H

#define NULL ((void *)0)
typedef _Bool bool;
typedef unsigned short u16;
typedef signed char s8;
typedef unsigned char u8;
typedef unsigned int gfp_t;

#define __init __attribute__((section(".init.text"), cold))
#define __exit __attribute__((section(".exit.text"), cold))
#define __used __attribute__((used))
#define noinline __attribute__((noinline, noclone))
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - __builtin_offsetof(type, member)))

#define ENOMEM 12
#define ENODEV 19
#define EINVAL 22

/* printk */
int _printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#define pr_info(fmt, ...) _printk("\0016" KBUILD_MODNAME ": " fmt, ##__VA_ARGS__)
extern int console_printk[];

/* lists, hardened */
struct list_head {
	struct list_head *next, *prev;
};
bool __list_add_valid_or_report(struct list_head *n, struct list_head *prev, struct list_head *next);
bool __list_del_entry_valid_or_report(struct list_head *entry);
#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }
static inline void list_add(struct list_head *n, struct list_head *head)
{
	struct list_head *next = head->next;

	if (!__list_add_valid_or_report(n, head, next))
		return;
	next->prev = n;
	n->next = next;
	n->prev = head;
	WRITE_ONCE(head->next, n);
}
static inline void list_del(struct list_head *n)
{
	if (!__list_del_entry_valid_or_report(n))
		return;
	n->next->prev = n->prev;
	WRITE_ONCE(n->prev->next, n->next);
}

/* memory: a constant size selects a cache while compiling, as in the kernel */
struct kmem_cache;
extern struct kmem_cache *kmalloc_caches[][14];
void *__kmalloc_cache_noprof(struct kmem_cache *s, gfp_t flags, unsigned long size);
void kfree(const void *p);
#define GFP_KERNEL 0xcc0u
#define __GFP_ZERO 0x100u
#define kzalloc64(size) __kmalloc_cache_noprof(kmalloc_caches[0][6], GFP_KERNEL | __GFP_ZERO, size)

/* modules */
enum module_state { MODULE_STATE_LIVE, MODULE_STATE_COMING, MODULE_STATE_GOING, MODULE_STATE_UNFORMED };
struct module {
	enum module_state state;
	struct list_head list;
	char name[56];
	char pad0[232];
	int (*init)(void);
	char pad1[832];
	bool klp, klp_alive;
	void *klp_info;
	char pad2[32];
	void (*exit)(void);
	char pad3[72];
};
_Static_assert(sizeof(struct module) == 1280, "module");
_Static_assert(__builtin_offsetof(struct module, init) == 312, "module.init");
_Static_assert(__builtin_offsetof(struct module, klp) == 1152, "module.klp");
_Static_assert(__builtin_offsetof(struct module, exit) == 1200, "module.exit");
extern struct module __this_module;
#define THIS_MODULE (&__this_module)
/* the pointers tell objtool that the functions are called from outside */
#define module_init(fn) int init_module(void) __attribute__((alias(#fn))); \
	static void *init_addressable __used __attribute__((section(".init.data"))) = (void *)init_module;
#define module_exit(fn) void cleanup_module(void) __attribute__((alias(#fn))); \
	static void *exit_addressable __used __attribute__((section(".exit.data"))) = (void *)cleanup_module;

#define __CAT(a, b) a##b
#define __UNIQUE(a, b) __CAT(a, b)
#define MODULE_INFO(tag, info) \
	static const char __UNIQUE(__modinfo_, __COUNTER__)[] __used \
	__attribute__((section(".modinfo"), aligned(1))) = #tag "=" info
#define MODULE_LICENSE(l) MODULE_INFO(license, l)
#define MODULE_DESCRIPTION(d) MODULE_INFO(description, d)
#define MODULE_PARM_DESC(p, d) MODULE_INFO(parm, #p ":" d)

/* parameters */
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
extern const struct kernel_param_ops param_ops_int, param_ops_bool, param_ops_charp, param_array_ops;
#define __module_param(name, ops, ptr, perm, typename) \
	static const char __param_str_##name[] = #name; \
	static const struct kernel_param __param_##name __used \
	__attribute__((section("__param"), aligned(8))) = \
		{ __param_str_##name, THIS_MODULE, ops, perm, -1, 0, { ptr } }; \
	MODULE_INFO(parmtype, #name ":" typename)
#define module_param(name, type, perm) __module_param(name, &param_ops_##type, &name, perm, #type)
#define module_param_array(name, type, nump, perm) \
	static const struct kparam_array __param_arr_##name = \
		{ ARRAY_SIZE(name), sizeof((name)[0]), nump, &param_ops_##type, name }; \
	__module_param(name, &param_array_ops, (void *)&__param_arr_##name, perm, "array of " #type)

/* work and completions */
struct work_struct {
	unsigned long data;
	struct list_head entry;
	void (*func)(struct work_struct *work);
};
struct workqueue_struct;
extern struct workqueue_struct *system_percpu_wq;
bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool flush_work(struct work_struct *work);
#define WORK_CPU_UNBOUND 8192
#define WORK_STRUCT_NO_POOL 0xfffffffe00000UL
#define DECLARE_WORK(n, f) struct work_struct n = { WORK_STRUCT_NO_POOL, { &n.entry, &n.entry }, f }
#define schedule_work(w) queue_work_on(WORK_CPU_UNBOUND, system_percpu_wq, w)
struct swait_queue_head {
	unsigned int lock;
	struct list_head task_list;
};
struct completion {
	unsigned int done;
#ifdef OTHER_KERNEL
	void *owner; /* no kernel has it */
#endif
	struct swait_queue_head wait;
};
#define DECLARE_COMPLETION(n) \
	struct completion n = { .wait = { 0, { &n.wait.task_list, &n.wait.task_list } } }
void complete(struct completion *x);
void wait_for_completion(struct completion *x);
void msleep(unsigned int ms);

/* kobjects */
struct kobject {
	const char *name;
	struct list_head entry;
	struct kobject *parent;
	void *kset, *ktype, *sd;
	int kref;
	unsigned int state;
};
struct attribute {
	const char *name;
	unsigned short mode;
};
struct kobj_attribute {
	struct attribute attr;
	long (*show)(struct kobject *kobj, struct kobj_attribute *attr, char *buf);
	long (*store)(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, unsigned long count);
};
extern struct kobject *kernel_kobj;
struct kobject *kobject_create_and_add(const char *name, struct kobject *parent);
void kobject_put(struct kobject *kobj);
int sysfs_create_file_ns(struct kobject *kobj, const struct attribute *attr, const void *ns);
int sprintf(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* the current task, as code reads it that needs no stable CPU */
struct task_struct;
struct pcpu_hot {
	struct task_struct *current_task;
};
extern const struct pcpu_hot __seg_gs const_pcpu_hot;
#define current (const_pcpu_hot.current_task)
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID };
int __task_pid_nr_ns(struct task_struct *task, enum pid_type type, void *ns);
#define task_tgid_vnr(t) __task_pid_nr_ns(t, PIDTYPE_TGID, NULL)

struct seq_file;
void seq_printf(struct seq_file *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* livepatch */
struct klp_func {
	const char *old_name;
	void *new_func;
	unsigned long old_sympos;
	void *old_func;
	struct kobject kobj;
#ifdef OTHER_LAYOUT
	unsigned long extra[3];
#endif
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
#ifdef OTHER_LAYOUT
	unsigned int extra;
#endif
	struct module *mod;
	bool dynamic, patched;
};
struct klp_state {
	unsigned long id;
	unsigned int version;
	void *data;
};
struct klp_patch {
#ifdef OTHER_LAYOUT
	unsigned long extra;
#endif
	struct module *mod;
	struct klp_object *objs;
	struct klp_state *states;
	bool replace;
	struct list_head list;
	struct kobject kobj;
	struct list_head obj_list;
	bool enabled, forced;
	struct work_struct free_work;
	struct completion finish;
};
#if !defined(OTHER_LAYOUT) && !defined(OTHER_KERNEL)
_Static_assert(sizeof(struct klp_func) == 152, "klp_func");
_Static_assert(sizeof(struct klp_object) == 168, "klp_object");
_Static_assert(sizeof(struct klp_patch) == 200, "klp_patch");
#endif
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

/* What every livepatch here has: an init that enables its patch. */
#define LIVEPATCH(patch) \
	static int livepatch_init(void) { return klp_enable_patch(&patch); } \
	static void livepatch_exit(void) { } \
	module_init(livepatch_init) \
	module_exit(livepatch_exit) \
	MODULE_LICENSE("GPL"); \
	MODULE_INFO(livepatch, "Y")

#endif
