/*
 * Files that are read through a seq_file (fs/seq_file.c): guest code, because
 * it walks by functions that modules supply.
 */
#include "kernel.h"

typedef long long loff_t;
struct inode;
struct seq_file;
struct file {
	char pad0[12];
	u32 f_mode;
	const void *f_op, *f_mapping;
	void *private_data;
	struct inode *f_inode;
	u32 f_flags, f_iocb_flags;
	char pad1[112 - 56];
	loff_t f_pos;
};
struct seq_operations {
	void *(*start)(struct seq_file *, loff_t *);
	void (*stop)(struct seq_file *, void *);
	void *(*next)(struct seq_file *, void *, loff_t *);
	int (*show)(struct seq_file *, void *);
};
struct seq_file {
	char *buf;
	size_t size, from, count, pad_until;
	loff_t index, read_pos;
	char lock[32];
	const struct seq_operations *op;
	int poll_event;
	const struct file *file;
	void *private;
};
_Static_assert(sizeof(struct seq_file) == 120, "struct seq_file");
_Static_assert(__builtin_offsetof(struct file, f_pos) == 112, "struct file");

#define EFAULT 14
#define PAGE_SIZE 4096
#define IS_ERR_OR_NULL(p) (!(p) || (u64)(p) >= (u64)-4095)
#define MAX_BUF (1 << 21)

size_t _copy_to_user(void *to, const void *from, size_t n);
void *pde_data(const struct inode *inode);

static void *zalloc(size_t n)
{
	void *p = __kmalloc_noprof(n, GFP_KERNEL);

	if (p)
		memset(p, 0, n);
	return p;
}

int seq_open(struct file *file, const struct seq_operations *op)
{
	struct seq_file *m = zalloc(sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->op = op;
	m->file = file;
	file->private_data = m;
	return 0;
}

int seq_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	(void)inode;
	kfree(m->buf);
	kfree(m);
	return 0;
}

void *__seq_open_private(struct file *file, const struct seq_operations *op, int size)
{
	void *private = zalloc(size);

	if (!private)
		return NULL;
	if (seq_open(file, op)) {
		kfree(private);
		return NULL;
	}
	((struct seq_file *)file->private_data)->private = private;
	return private;
}

int seq_open_private(struct file *file, const struct seq_operations *op, int size)
{
	return __seq_open_private(file, op, size) ? 0 : -ENOMEM;
}

int seq_release_private(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	kfree(m->private);
	m->private = NULL;
	return seq_release(inode, file);
}

static void *single_start(struct seq_file *m, loff_t *pos)
{
	(void)m;
	return *pos ? NULL : (void *)1;
}

static void *single_next(struct seq_file *m, void *p, loff_t *pos)
{
	(void)m;
	(void)p;
	++*pos;
	return NULL;
}

static void single_stop(struct seq_file *m, void *p)
{
	(void)m;
	(void)p;
}

int single_open(struct file *file, int (*show)(struct seq_file *, void *), void *data)
{
	struct seq_operations *op = __kmalloc_noprof(sizeof(*op), GFP_KERNEL);
	int ret;

	if (!op)
		return -ENOMEM;
	op->start = single_start;
	op->next = single_next;
	op->stop = single_stop;
	op->show = show;
	ret = seq_open(file, op);
	if (ret)
		kfree(op);
	else
		((struct seq_file *)file->private_data)->private = data;
	return ret;
}

int single_open_size(struct file *file, int (*show)(struct seq_file *, void *), void *data, size_t size)
{
	struct seq_file *m;
	int ret = single_open(file, show, data);

	if (ret)
		return ret;
	m = file->private_data;
	m->buf = __kmalloc_noprof(size, GFP_KERNEL);
	m->size = m->buf ? size : 0;
	return 0;
}

int single_release(struct inode *inode, struct file *file)
{
	const struct seq_operations *op = ((struct seq_file *)file->private_data)->op;
	int ret = seq_release(inode, file);

	kfree(op);
	return ret;
}

static bool overflown(const struct seq_file *m) { return m->count == m->size; }

/* Doubles the buffer; what was in it is printed again. */
static int grow(struct seq_file *m)
{
	size_t size = m->size ? m->size * 2 : PAGE_SIZE;

	kfree(m->buf);
	m->count = 0;
	m->size = size;
	m->buf = size <= MAX_BUF ? __kmalloc_noprof(size, GFP_KERNEL) : NULL;
	if (!m->buf)
		m->size = 0;
	return m->buf ? 0 : -ENOMEM;
}

/* Prints the records from m->index on, at least one and about a buffer full. */
static int fill(struct seq_file *m)
{
	void *p;
	int err = 0;

	m->from = 0;
	m->count = 0;
	if (!m->buf) {
		err = grow(m);
		if (err)
			return err;
	}
	p = m->op->start(m, &m->index);
	for (;;) {
		size_t before = m->count;
		loff_t at = m->index;

		err = (u64)p >= (u64)-4095 ? (s64)p : 0;
		if (IS_ERR_OR_NULL(p))
			break;
		err = m->op->show(m, p);
		if (err < 0)
			break;
		if (err > 0)
			m->count = before; /* SEQ_SKIP */
		err = 0;
		if (overflown(m)) {
			m->count = before;
			if (before)
				break; /* it comes with the next read */
			m->op->stop(m, p);
			err = grow(m);
			if (err)
				return err;
			p = m->op->start(m, &m->index);
			continue;
		}
		p = m->op->next(m, p, &m->index);
		if (at == m->index)
			m->index++;
	}
	m->op->stop(m, p);
	return m->count ? 0 : err;
}

ssize_t seq_read(struct file *file, char *buf, size_t size, loff_t *ppos)
{
	struct seq_file *m = file->private_data;
	size_t done = 0;
	int err = 0;

	if (*ppos != m->read_pos) { /* from the beginning, to where it wants to be */
		loff_t want = *ppos;

		m->index = 0;
		m->count = 0;
		m->read_pos = 0;
		while (m->read_pos < want) {
			size_t n;

			err = fill(m);
			if (err || !m->count)
				return err;
			n = m->count < (size_t)(want - m->read_pos) ? m->count : (size_t)(want - m->read_pos);
			m->from += n;
			m->count -= n;
			m->read_pos += n;
		}
	}
	while (done < size) {
		size_t n, left;

		if (!m->count) {
			if (done)
				break;
			err = fill(m);
			if (err || !m->count)
				break;
		}
		n = m->count < size - done ? m->count : size - done;
		left = _copy_to_user(buf + done, m->buf + m->from, n);
		n -= left;
		m->from += n;
		m->count -= n;
		done += n;
		if (left) {
			err = -EFAULT;
			break;
		}
	}
	*ppos += done;
	m->read_pos += done;
	return done ? (ssize_t)done : err;
}

/* struct kiocb: ki_filp 0, ki_pos 8. struct iov_iter with one buffer: its address 16, count 24. */
struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
};
struct iov_iter {
	u64 type, offset;
	char *ubuf;
	size_t count;
};

ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	ssize_t n = seq_read(iocb->ki_filp, to->ubuf, to->count, &iocb->ki_pos);

	if (n > 0) {
		to->ubuf += n;
		to->count -= n;
	}
	return n;
}

loff_t seq_lseek(struct file *file, loff_t offset, int whence)
{
	if (whence == 1)
		offset += file->f_pos;
	if (whence > 1 || offset < 0)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	(void)offset;
	(void)whence;
	return file->f_pos;
}

loff_t default_llseek(struct file *file, loff_t offset, int whence) { return seq_lseek(file, offset, whence); }

int nonseekable_open(struct inode *inode, struct file *file)
{
	(void)inode;
	(void)file;
	return 0;
}

int simple_open(struct inode *inode, struct file *file)
{
	file->private_data = pde_data(inode);
	return 0;
}

struct list_head *seq_list_start(struct list_head *head, loff_t pos)
{
	for (struct list_head *l = head->next; l != head; l = l->next)
		if (pos-- == 0)
			return l;
	return NULL;
}

struct list_head *seq_list_start_head(struct list_head *head, loff_t pos)
{
	return pos ? seq_list_start(head, pos - 1) : head;
}

struct list_head *seq_list_next(void *v, struct list_head *head, loff_t *pos)
{
	struct list_head *l = ((struct list_head *)v)->next;

	++*pos;
	return l == head ? NULL : l;
}
