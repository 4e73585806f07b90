# System calls. On x86 the entry of one takes the caller's registers,
# long __x64_sys_NAME(const struct pt_regs *regs), and finds its arguments there.

	.set	TASK_TGID, 2436			# in struct task_struct

func __x64_sys_getpid
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	get_current
	mov	TASK_TGID(%rax), %eax
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

func __x64_sys_sched_yield
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	yield
	xor	%eax, %eax
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc
