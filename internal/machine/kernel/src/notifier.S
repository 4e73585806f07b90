/*
 * kernel/notifier.c: chains of struct notifier_block (notifier_call, next,
 * priority). Calling a chain is guest code, so that what a callback finds
 * above itself on the stack is a kernel's, and a block that is gone is a page
 * fault here. Registering is a gate.
 */
	.include "macros.inc"
	.set NOTIFY_STOP_MASK, 0x8000
	.set nb_call, 0
	.set nb_next, 8
	.set head_chain, 40		/* behind the rw_semaphore */
	.text

/*
 * int notifier_call_chain(struct notifier_block **nl, unsigned long val,
 *			   void *v, int nr_to_call, int *nr_calls)
 */
FUNC notifier_call_chain
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	push %r15
	.cfi_offset %r15, -24
	push %r14
	.cfi_offset %r14, -32
	push %r13
	.cfi_offset %r13, -40
	push %r12
	.cfi_offset %r12, -48
	push %rbx
	.cfi_offset %rbx, -56
	push %r8
	mov (%rdi), %rbx
	mov %rsi, %r12
	mov %rdx, %r13
	mov %ecx, %r14d
	xor %eax, %eax
1:	test %rbx, %rbx
	je 3f
	test %r14d, %r14d
	je 3f
	mov nb_next(%rbx), %r15
	mov %rbx, %rdi
	mov %r12, %rsi
	mov %r13, %rdx
	call *nb_call(%rbx)
	mov -48(%rbp), %r8
	test %r8, %r8
	je 2f
	addl $1, (%r8)
2:	test $NOTIFY_STOP_MASK, %eax
	jne 3f
	mov %r15, %rbx
	sub $1, %r14d
	jmp 1b
3:	pop %r8
	pop %rbx
	pop %r12
	pop %r13
	pop %r14
	pop %r15
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC notifier_call_chain

/* int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v) */
FUNC blocking_notifier_call_chain
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	add $head_chain, %rdi
	mov $-1, %ecx
	xor %r8d, %r8d
	call notifier_call_chain
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC blocking_notifier_call_chain

/*
 * int blocking_notifier_call_chain_robust(struct blocking_notifier_head *nh,
 *	unsigned long val_up, unsigned long val_down, void *v)
 *
 * Where a callback refuses, those that were called before it are told.
 */
FUNC blocking_notifier_call_chain_robust
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	push %r13
	.cfi_offset %r13, -24
	push %r12
	.cfi_offset %r12, -32
	push %rbx
	.cfi_offset %rbx, -40
	push $0				/* nr */
	lea head_chain(%rdi), %rbx
	mov %rdx, %r12
	mov %rcx, %r13
	mov %rbx, %rdi
	mov %rcx, %rdx
	mov $-1, %ecx
	mov %rsp, %r8
	call notifier_call_chain
	test $NOTIFY_STOP_MASK, %eax
	je 1f
	mov (%rsp), %ecx
	sub $1, %ecx
	mov %rax, (%rsp)
	mov %rbx, %rdi
	mov %r12, %rsi
	mov %r13, %rdx
	xor %r8d, %r8d
	call notifier_call_chain
	mov (%rsp), %rax
1:	pop %rcx
	pop %rbx
	pop %r12
	pop %r13
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC blocking_notifier_call_chain_robust

GATE blocking_notifier_chain_register
GATE blocking_notifier_chain_unregister

/* kernel/module/main.c */
GATE register_module_notifier
GATE unregister_module_notifier

	.data
	.p2align 4
	.globl module_notify_list
	.type module_notify_list, @object
	.size module_notify_list, 48
module_notify_list:
	.zero 48
