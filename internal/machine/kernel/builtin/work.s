# A work function that is busy until it is told to stop: while it runs on its
# kworker, a transition that patches it cannot complete.
#
#	call start_busy_work		queues the work
#	call stop_busy_work		ends it, and waits until it has ended

func busy_work_func
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	jmp	2f
1:	incq	busy_work_rounds(%rip)
	mov	$20, %edi
	call	msleep
2:	cmpb	$0, busy_work_block(%rip)
	jne	1b
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

func start_busy_work
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	movb	$1, busy_work_block(%rip)
	mov	$busy_work, %rdi
	call	schedule_work
	movzbl	%al, %eax			# false: it is queued already
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

func stop_busy_work
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	movb	$0, busy_work_block(%rip)
	mov	$busy_work, %rdi
	call	flush_work
	movzbl	%al, %eax			# whether there was anything to wait for
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

# A loop that never sleeps: spawn it as it is, or as a kernel thread, which
# gives way by cond_resched() and by nothing else.
func busy_loop
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
1:	incq	busy_loop_rounds(%rip)
	call	__cond_resched
	jmp	1b
endfunc

	.macro	variable name, size
	.globl	\name
	.type	\name, @object
	.size	\name, \size
\name:
	.endm

	.data
	.p2align 3
	variable busy_work, 32			# struct work_struct
	.quad	0				# data
	.quad	0, 0				# entry
	.quad	busy_work_func			# func

	.bss
	.p2align 3
	variable busy_work_rounds, 8
	.zero	8
	variable busy_loop_rounds, 8
	.zero	8
	variable busy_work_block, 1
	.zero	1
