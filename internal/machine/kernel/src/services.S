/*
 * The kernel functions that guest code calls and that are modeled in Go: one
 * gate each, in the order of their kernel source files.
 */
	.include "macros.inc"
	.text

/* kernel/printk */
GATE _printk
GATE printk

/* kernel/sched, kernel/time */
GATE schedule
GATE schedule_timeout
GATE schedule_timeout_interruptible
GATE schedule_timeout_uninterruptible
GATE schedule_timeout_killable
GATE msleep
GATE msleep_interruptible
GATE ssleep
GATE __cond_resched
GATE cond_resched
GATE wake_up_process

/* kernel/panic.c */
GATE __stack_chk_fail
GATE panic

/* mm/slub.c */
GATE kmalloc
GATE kzalloc
GATE kfree

/* fs/seq_file.c */
GATE seq_printf
GATE seq_puts
GATE seq_putc
