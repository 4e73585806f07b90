/*
 * The rest of what modules that were built with a kernel's headers import: one
 * gate each, in the order of their kernel source files. What is shorter as
 * guest code is in libk.c.
 */
	.include "macros.inc"
	.text

/* mm/slub.c, mm/slab_common.c, mm/util.c, mm/vmalloc.c */
GATE __kmalloc_cache_noprof
GATE __kmalloc_cache_node_noprof
GATE __kmalloc_noprof
GATE __kmalloc_node_noprof
GATE __kmalloc_node_track_caller_noprof
GATE __kmalloc_large_noprof
GATE __kmalloc_large_node_noprof
GATE krealloc_noprof
GATE ksize
GATE kfree_sensitive
GATE kfree_const
GATE kvfree
GATE __kvmalloc_node_noprof
GATE vmalloc_noprof
GATE vzalloc_noprof
GATE __vmalloc_noprof
GATE vmalloc_user_noprof
GATE vfree
GATE is_vmalloc_addr
GATE __kmem_cache_create_args
GATE kmem_cache_destroy
GATE kmem_cache_alloc_noprof
GATE kmem_cache_alloc_node_noprof
GATE kmem_cache_free
GATE kmem_cache_shrink
GATE kmemdup_noprof
GATE kmemdup_nul
GATE kstrdup
GATE kstrdup_const
GATE kstrndup

/* lib/list_debug.c */
GATE __list_add_valid_or_report
GATE __list_del_entry_valid_or_report

/* lib/vsprintf.c, lib/kasprintf.c, fs/sysfs */
GATE sprintf
GATE vsprintf
GATE snprintf
GATE vsnprintf
GATE scnprintf
GATE vscnprintf
GATE kasprintf
GATE kvasprintf
GATE kvasprintf_const
GATE sysfs_emit
GATE sysfs_emit_at

/* kernel/printk, lib */
GATE _printk_deferred
GATE vprintk
GATE __warn_printk
GATE __dynamic_pr_debug
GATE dump_stack
GATE ___ratelimit
GATE __printk_ratelimit
GATE refcount_warn_saturate

/* fs/sysfs: what kobject.c calls */
GATE klpemu_sysfs_mkdir
GATE klpemu_sysfs_rmdir
GATE klpemu_sysfs_group
GATE klpemu_sysfs_file
GATE klpemu_sysfs_unlink

/* fs/seq_file.c */
GATE seq_vprintf
GATE __seq_puts
GATE seq_write
GATE seq_pad
GATE seq_put_decimal_ull
GATE seq_put_decimal_ll

/* kernel/pid.c */
GATE __task_pid_nr_ns

/* Static calls: what modules call before, or without, being patched at the site. */
.macro STATIC_CALL name, target
	FUNC __SCT__\name
	jmp \target
	int3
	int3
	int3
	ENDFUNC __SCT__\name
.endm
STATIC_CALL might_resched, __cond_resched
STATIC_CALL cond_resched, __cond_resched
STATIC_CALL preempt_schedule, klpemu_preempt_nop
STATIC_CALL preempt_schedule_notrace, klpemu_preempt_nop

/* preempt_schedule(): this machine preempts by itself, between two instructions. */
FUNC klpemu_preempt_nop
	ret
	int3
ENDFUNC klpemu_preempt_nop

/* kernel/time, kernel/workqueue.c: a timer's function, known by its address */
GATE delayed_work_timer_fn

/* kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1]: what is there is only passed on */
	.bss
	.p2align 5
	.globl kmalloc_caches
	.type kmalloc_caches, @object
	.size kmalloc_caches, 20*14*8
kmalloc_caches:
	.skip 20*14*8
