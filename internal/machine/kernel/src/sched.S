/*
 * Tasks that wait for each other: completions, wait queues, locks, work queues,
 * kernel threads. One gate each, in the order of their kernel source files; the
 * loop of a kworker and the timer interrupt are guest code, because their
 * frames are on the stacks that a transition looks at.
 */
	.include "macros.inc"
	.text

.macro FRAME
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
.endm

/*
 * A kworker (kernel/workqueue.c): schedule() returns once there is work for it,
 * assign_work() gives the next item, or 0.
 */
FUNC worker_thread
	FRAME
1:	call schedule
2:	call assign_work
	test %rax, %rax
	je 1b
	mov %rax, %rdi
	call process_one_work
	jmp 2b
ENDFUNC worker_thread

	WORK_FUNC = 24

/* struct work_struct: data 0, entry 8, func 24. */
FUNC process_one_work
	FRAME
	push %rbx
	.cfi_offset %rbx, -24
	sub $8, %rsp
	mov %rdi, %rbx
	mov WORK_FUNC(%rdi), %rax
	call *%rax
	mov %rbx, %rdi
	call pwq_dec_nr_in_flight
	call __cond_resched
	add $8, %rsp
	pop %rbx
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC process_one_work

/*
 * The timer interrupt that takes the CPU from a task: the interrupted registers
 * are a struct pt_regs at 0(%rsp), the interrupted stack begins a red zone
 * above it. The trap at the end is iretq.
 */
	PT_REGS = 0xa8
	RED_ZONE = 128
	TOP = PT_REGS + RED_ZONE

	.p2align 4, 0xcc
	.globl asm_sysvec_apic_timer_interrupt
	.type asm_sysvec_apic_timer_interrupt, @function
asm_sysvec_apic_timer_interrupt:
	.cfi_startproc
	.cfi_signal_frame
	.cfi_def_cfa %rsp, TOP
	.cfi_offset %r15, 0x00 - TOP
	.cfi_offset %r14, 0x08 - TOP
	.cfi_offset %r13, 0x10 - TOP
	.cfi_offset %r12, 0x18 - TOP
	.cfi_offset %rbp, 0x20 - TOP
	.cfi_offset %rbx, 0x28 - TOP
	.cfi_offset %r11, 0x30 - TOP
	.cfi_offset %r10, 0x38 - TOP
	.cfi_offset %r9, 0x40 - TOP
	.cfi_offset %r8, 0x48 - TOP
	.cfi_offset %rax, 0x50 - TOP
	.cfi_offset %rcx, 0x58 - TOP
	.cfi_offset %rdx, 0x60 - TOP
	.cfi_offset %rsi, 0x68 - TOP
	.cfi_offset %rdi, 0x70 - TOP
	.cfi_offset %rip, 0x80 - TOP
	call irqentry_exit
	vmcall
	ud2
ENDFUNC asm_sysvec_apic_timer_interrupt

FUNC irqentry_exit
	FRAME
	call preempt_schedule_irq
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC irqentry_exit

GATE preempt_schedule_irq

/* kernel/workqueue.c */
GATE assign_work
GATE pwq_dec_nr_in_flight
GATE queue_work_on
GATE queue_work
GATE schedule_work
GATE queue_delayed_work_on
GATE schedule_delayed_work
GATE flush_work
GATE cancel_work_sync
GATE cancel_delayed_work_sync
GATE alloc_workqueue
GATE destroy_workqueue
GATE __flush_workqueue

/* kernel/kthread.c */
GATE kthread_create_on_node
GATE kthread_bind
GATE kthread_should_stop
GATE kthread_stop

/* kernel/sched */
GATE get_current
GATE set_current_state
GATE signal_pending
GATE wake_up_state
GATE yield
GATE __might_sleep
GATE init_completion
GATE __init_swait_queue_head
GATE complete
GATE complete_all
GATE completion_done
GATE try_wait_for_completion
GATE wait_for_completion
GATE wait_for_completion_timeout
GATE wait_for_completion_interruptible
GATE wait_for_completion_interruptible_timeout
GATE wait_for_completion_killable
GATE __init_waitqueue_head
GATE init_wait_entry
GATE prepare_to_wait
GATE prepare_to_wait_exclusive
GATE prepare_to_wait_event
GATE finish_wait
GATE __wake_up

/* kernel/locking */
GATE __mutex_init
GATE mutex_lock
GATE mutex_lock_interruptible
GATE mutex_trylock
GATE mutex_unlock
GATE _raw_spin_lock
GATE _raw_spin_trylock
GATE _raw_spin_unlock
GATE _raw_spin_lock_irq
GATE _raw_spin_unlock_irq
GATE _raw_spin_lock_irqsave
GATE _raw_spin_unlock_irqrestore
GATE preempt_disable
GATE preempt_enable

/* What guest code reads: the tick count, and the queues of schedule_work(). */
	.data
	.p2align 3
.macro LONG name
	.globl \name
	.type \name, @object
	.size \name, 8
\name:
	.quad 0
.endm
LONG jiffies

/* Each is a pointer to a workqueue_struct that nobody looks into. */
.macro SYSTEM_WQ name
	LONG \name
	.reloc \name, R_X86_64_64, \name\()_object
	.local \name\()_object
	.comm \name\()_object, 320, 64
.endm
SYSTEM_WQ system_wq
SYSTEM_WQ system_percpu_wq
SYSTEM_WQ system_highpri_wq
SYSTEM_WQ system_long_wq
SYSTEM_WQ system_unbound_wq
SYSTEM_WQ system_dfl_wq
SYSTEM_WQ system_freezable_wq
SYSTEM_WQ system_power_efficient_wq
SYSTEM_WQ system_freezable_power_efficient_wq
SYSTEM_WQ system_bh_wq
SYSTEM_WQ system_bh_highpri_wq

/* The counter of all 64 bits is the same word. */
	.globl jiffies_64
	.type jiffies_64, @object
	.size jiffies_64, 8
	.set jiffies_64, jiffies
