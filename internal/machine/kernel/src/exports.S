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
GATE sscanf
GATE vsscanf
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

/* kernel/locking, kernel/rcu, lib/usercopy.c, arch/x86/lib, kernel/time, drivers/char/random.c and small ones */
GATE __init_rwsem
GATE down_read
GATE down_read_interruptible
GATE down_read_killable
GATE down_write
GATE down_write_killable
GATE down_read_trylock
GATE down_write_trylock
GATE up_read
GATE up_write
GATE downgrade_write
GATE down
GATE down_interruptible
GATE down_killable
GATE down_timeout
GATE down_trylock
GATE up
GATE mutex_is_locked
GATE mutex_lock_killable
GATE _raw_read_lock
GATE _raw_write_lock
GATE _raw_read_unlock
GATE _raw_write_unlock
GATE _raw_spin_lock_bh
GATE _raw_spin_unlock_bh
GATE _raw_spin_trylock_bh
GATE __local_bh_enable_ip
GATE __rcu_read_lock
GATE __rcu_read_unlock
GATE call_rcu
GATE call_rcu_hurry
GATE kvfree_call_rcu
GATE rcu_barrier
GATE synchronize_rcu
GATE synchronize_rcu_expedited
GATE synchronize_net
GATE _copy_from_user
GATE _copy_to_user
GATE clear_user
GATE strncpy_from_user
GATE strnlen_user
GATE __check_object_size
GATE memdup_user
GATE memdup_user_nul
GATE simple_read_from_buffer
GATE simple_write_to_buffer
GATE ktime_get_real_seconds
GATE ktime_get_real
GATE ktime_get_real_fast_ns
GATE ktime_get_seconds
GATE ktime_get_with_offset
GATE ktime_get_ts64
GATE ktime_get_real_ts64
GATE ktime_get_coarse_real_ts64
GATE get_jiffies_64
GATE usleep_range_state
GATE __const_udelay
GATE __udelay
GATE __ndelay
GATE ktime_get
GATE get_random_u8
GATE get_random_u16
GATE get_random_u32
GATE get_random_u64
GATE __get_random_u32_below
GATE get_random_bytes
GATE get_random_bytes_wait
GATE wait_for_random_bytes
GATE pcpu_alloc_noprof
GATE free_percpu
GATE __module_get
GATE module_refcount
GATE __fortify_panic
GATE sprint_symbol
GATE alloc_cpumask_var_node
GATE free_cpumask_var
GATE __request_module
GATE debug_locks_off
GATE add_taint
GATE is_module_address
GATE capable
GATE ktime_get_raw
GATE ktime_get_mono_fast_ns
GATE sched_clock
GATE local_clock
GATE ktime_get_coarse_with_offset
GATE ns_capable
GATE capable_wrt_inode_uidgid
GATE ns_capable_noaudit
GATE _raw_read_lock_bh
GATE _raw_write_lock_bh
GATE _raw_read_lock_irq
GATE _raw_write_lock_irq
GATE _raw_read_lock_irqsave
GATE _raw_write_lock_irqsave
GATE _raw_read_unlock_bh
GATE _raw_write_unlock_bh
GATE _raw_read_unlock_irq
GATE _raw_write_unlock_irq
GATE _raw_read_unlock_irqrestore
GATE _raw_write_unlock_irqrestore
GATE __get_user_1
GATE __get_user_nocheck_1
GATE __put_user_1
GATE __put_user_nocheck_1
GATE __get_user_2
GATE __get_user_nocheck_2
GATE __put_user_2
GATE __put_user_nocheck_2
GATE __get_user_4
GATE __get_user_nocheck_4
GATE __put_user_4
GATE __put_user_nocheck_4
GATE __get_user_8
GATE __get_user_nocheck_8
GATE __put_user_8
GATE __put_user_nocheck_8

/* fs/proc/generic.c */
GATE proc_create
GATE proc_create_data
GATE proc_create_seq_private
GATE proc_set_size
GATE proc_set_user
GATE pde_data

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

/* kernel/workqueue.c */
GATE flush_delayed_work
GATE cancel_work
GATE cancel_delayed_work
GATE mod_delayed_work_on
GATE work_busy
GATE drain_workqueue

/* kernel/time/timer.c: the softirq calls what has expired */
GATE expire_timers
FUNC run_timer_softirq
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
1:	call expire_timers
	test %rax, %rax
	je 2f
	call *%rax
	jmp 1b
2:	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC run_timer_softirq
GATE init_timer_key
GATE add_timer
GATE add_timer_on
GATE mod_timer
GATE mod_timer_pending
GATE timer_reduce
GATE timer_delete
GATE timer_delete_sync
GATE try_to_del_timer_sync
GATE timer_shutdown
GATE timer_shutdown_sync
GATE delayed_work_timer_fn

/* kernel/sched/wait.c */
GATE add_wait_queue
GATE add_wait_queue_exclusive
GATE remove_wait_queue
GATE __wake_up_sync
GATE __wake_up_sync_key
GATE __wake_up_locked
GATE autoremove_wake_function
GATE default_wake_function

/* kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1]: what is there is only passed on */
	.bss
	.p2align 5
	.globl kmalloc_caches
	.type kmalloc_caches, @object
	.size kmalloc_caches, 20*14*8
kmalloc_caches:
	.skip 20*14*8
