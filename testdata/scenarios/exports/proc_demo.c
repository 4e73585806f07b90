/* Files in /proc: one printed at once, one record by record, one to write to. */
#include "kernel.h"

struct inode;
struct proc_dir_entry;
struct file {
	char pad0[32];
	void *private_data;
};
struct proc_ops {
	unsigned int proc_flags;
	int (*proc_open)(struct inode *, struct file *);
	ssize_t (*proc_read)(struct file *, char *, size_t, loff_t *);
	ssize_t (*proc_read_iter)(void *, void *);
	ssize_t (*proc_write)(struct file *, const char *, size_t, loff_t *);
	loff_t (*proc_lseek)(struct file *, loff_t, int);
	int (*proc_release)(struct inode *, struct file *);
	void *rest[5];
};
extern struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent);
extern struct proc_dir_entry *proc_create(const char *name, umode_t mode, struct proc_dir_entry *parent,
					  const struct proc_ops *ops);
extern struct proc_dir_entry *proc_create_data(const char *name, umode_t mode, struct proc_dir_entry *parent,
					       const struct proc_ops *ops, void *data);
extern struct proc_dir_entry *proc_create_seq_private(const char *name, umode_t mode, struct proc_dir_entry *parent,
						      const struct seq_operations *ops, unsigned int size, void *data);
extern void proc_remove(struct proc_dir_entry *e);
extern void *pde_data(const struct inode *inode);
extern int single_open(struct file *file, int (*show)(struct seq_file *, void *), void *data);
extern int single_release(struct inode *inode, struct file *file);
extern ssize_t seq_read(struct file *file, char *buf, size_t size, loff_t *ppos);
extern ssize_t seq_read_iter(void *iocb, void *iter);
extern loff_t seq_lseek(struct file *file, loff_t offset, int whence);
extern size_t _copy_from_user(void *to, const void *from, size_t n);
extern ssize_t simple_read_from_buffer(void *to, size_t count, loff_t *ppos, const void *from, size_t available);
extern char *strim(char *s);

static char word[16] = "nothing";
static int lines = 3;

static int word_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s says %s\n", (char *)m->private, word);
	return 0;
}

static int word_open(struct inode *inode, struct file *file)
{
	return single_open(file, word_show, pde_data(inode));
}

static ssize_t word_write(struct file *file, const char *buf, size_t count, loff_t *ppos)
{
	char text[16];

	if (count >= sizeof(text))
		return -EINVAL;
	if (_copy_from_user(text, buf, count))
		return -14;
	text[count] = 0;
	__builtin_memcpy(word, strim(text), sizeof(word));
	return count;
}

static const struct proc_ops word_ops = {
	.proc_open = word_open, .proc_read_iter = seq_read_iter, .proc_write = word_write, .proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static void *count_start(struct seq_file *m, loff_t *pos) { return *pos < lines ? (void *)(*pos + 1) : NULL; }
static void *count_next(struct seq_file *m, void *v, loff_t *pos) { return ++*pos < lines ? (void *)(*pos + 1) : NULL; }
static void count_stop(struct seq_file *m, void *v) { }
static int count_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%4ld %s\n", (long)v, "................................................................");
	return 0;
}
static const struct seq_operations count_ops = { count_start, count_stop, count_next, count_show };

static ssize_t raw_read(struct file *file, char *buf, size_t count, loff_t *ppos)
{
	return simple_read_from_buffer(buf, count > 4 ? 4 : count, ppos, "four at a time\n", 15);
}
static const struct proc_ops raw_ops = { .proc_read = raw_read };
static struct proc_dir_entry *dir;

/* What a show function prints may be larger than a page. */
static int long_show(struct seq_file *m, void *v)
{
	for (int i = 0; i < 2000; i++)
		seq_printf(m, "%d ", i);
	seq_printf(m, "\n");
	return 0;
}
static int long_open(struct inode *inode, struct file *file) { return single_open(file, long_show, NULL); }
static const struct proc_ops long_ops = { .proc_open = long_open, .proc_read = seq_read, .proc_release = single_release };

int set_lines(int n)
{
	lines = n;
	return 0;
}

int init_module(void)
{
	dir = proc_mkdir("demo", NULL);
	if (!dir)
		return -ENOMEM;
	if (!proc_create_data("word", 0644, dir, &word_ops, "demo") ||
	    !proc_create_seq_private("count", 0, dir, &count_ops, 0, NULL) ||
	    !proc_create("raw", 0400, dir, &raw_ops) || !proc_create("long", 0444, dir, &long_ops)) {
		proc_remove(dir);
		return -ENOMEM;
	}
	return 0;
}

void cleanup_module(void)
{
	proc_remove(dir);
}

MODULE_LICENSE("GPL");
