/* What the C files of the core kernel text share: structures at the offsets of 6.12. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef long s64;
typedef unsigned long size_t;
typedef long ssize_t;
typedef _Bool bool;
typedef unsigned short umode_t;
typedef unsigned int gfp_t;
typedef __builtin_va_list va_list;

#define NULL ((void *)0)
#define true 1
#define false 0
#define GFP_KERNEL 0xcc0u
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-__builtin_offsetof(type, member)))
#define va_start(ap, last) __builtin_va_start(ap, last)
#define va_end(ap) __builtin_va_end(ap)
#define EXPORT __attribute__((visibility("default")))

#define EPERM 1
#define ENOENT 2
#define EIO 5
#define ENOMEM 12
#define EEXIST 17
#define EINVAL 22
#define ERANGE 34
#define ENOSPC 28
#define E2BIG 7

#define KERN_ERR "\0013"
#define KERN_WARNING "\0014"

struct list_head {
	struct list_head *next, *prev;
};

int _printk(const char *fmt, ...);
void *__kmalloc_noprof(size_t size, gfp_t flags);
void kfree(const void *p);
char *kvasprintf(gfp_t gfp, const char *fmt, va_list ap);
char *kasprintf(gfp_t gfp, const char *fmt, ...);
void dump_stack(void);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);

static inline void INIT_LIST_HEAD(struct list_head *l)
{
	l->next = l;
	l->prev = l;
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	struct list_head *prev = head->prev;

	entry->next = head;
	entry->prev = prev;
	prev->next = entry;
	head->prev = entry;
}

static inline void list_del_init(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
	INIT_LIST_HEAD(entry);
}
