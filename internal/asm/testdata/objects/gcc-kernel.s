	.file	"kernel.c"
	.text
	.p2align 4
	.globl	feature
	.type	feature, @function
feature:
.LFB3:
	.cfi_startproc
#APP
# 20 "testdata/c/kernel.c" 1
	1:.byte 0x0f,0x1f,0x44,0x00,0
	.pushsection __jump_table, "aw"
	.balign 8
	.long 1b - ., .L3 - .
	.quad feature + 1 - .
	.popsection
# 0 "" 2
#NO_APP
	xorl	%eax, %eax
	ret
	.p2align 4,,10
	.p2align 3
.L3:
.L2:
	movl	$1, %eax
	ret
	.cfi_endproc
.LFE3:
	.size	feature, .-feature
	.p2align 4
	.globl	locked
	.type	locked, @function
locked:
.LFB2:
	.cfi_startproc
#APP
# 8 "testdata/c/kernel.c" 1
	# save
	pushf ; pop %rdx
	cli
# 0 "" 2
#NO_APP
	movq	(%rdi), %rax
	addq	$1, %rax
	movq	%rax, (%rdi)
#APP
# 13 "testdata/c/kernel.c" 1
	push %rdx
	popf
# 0 "" 2
#NO_APP
	ret
	.cfi_endproc
.LFE2:
	.size	locked, .-locked
	.p2align 4
	.globl	probe
	.type	probe, @function
probe:
.LFB4:
	.cfi_startproc
#APP
# 34 "testdata/c/kernel.c" 1
	1:	mov (%rdi),%rcx
	xor %edx,%edx
2:
.section .fixup,"ax"
3:	mov $-14,%edx
	jmp 2b
.previous
.section __ex_table,"a"
.balign 4
.long (1b) - .
.long (3b) - .
.long 7
.previous
# 0 "" 2
#NO_APP
	movslq	%edx, %rax
	testl	%edx, %edx
	cmove	%rcx, %rax
	ret
	.cfi_endproc
.LFE4:
	.size	probe, .-probe
	.p2align 4
	.globl	barrier_or_lock
	.type	barrier_or_lock, @function
barrier_or_lock:
.LFB5:
	.cfi_startproc
#APP
# 44 "testdata/c/kernel.c" 1
	661:
	lock; addl $0,-4(%rsp)
662:
.skip -(((6651f-6641f)-(662b-661b)) > 0) * ((6651f-6641f)-(662b-661b)),0x90
663:
.pushsection .altinstructions,"a"
.long 661b - .
.long 6641f - .
.word 26
.byte 663b-661b
.byte 6651f-6641f
.popsection
.pushsection .altinstr_replacement, "ax"
6641:
	mfence; lfence; mfence; lfence
6651:
.popsection
# 0 "" 2
#NO_APP
	ret
	.cfi_endproc
.LFE5:
	.size	barrier_or_lock, .-barrier_or_lock
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"kernel.c"
	.text
	.p2align 4
	.globl	bug
	.type	bug, @function
bug:
.LFB6:
	.cfi_startproc
	testl	%edi, %edi
	je	.L11
#APP
# 56 "testdata/c/kernel.c" 1
	1:	ud2
.pushsection __bug_table,"aw"
2:	.long 1b - .
	.long .LC0 - .
	.word 17
	.word 0
	.org 2b+12
.popsection
# 0 "" 2
#NO_APP
.L11:
	ret
	.cfi_endproc
.LFE6:
	.size	bug, .-bug
	.p2align 4
	.globl	msr
	.type	msr, @function
msr:
.LFB7:
	.cfi_startproc
	movl	%edi, %ecx
#APP
# 61 "testdata/c/kernel.c" 1
	rdmsr
# 0 "" 2
#NO_APP
	salq	$32, %rdx
	movl	%eax, %eax
	orq	%rdx, %rax
	ret
	.cfi_endproc
.LFE7:
	.size	msr, .-msr
	.p2align 4
	.globl	port
	.type	port, @function
port:
.LFB8:
	.cfi_startproc
	movl	%edi, %eax
#APP
# 62 "testdata/c/kernel.c" 1
	outb %al, $0x80
	outw %ax, %dx
	inl %dx, %eax
# 0 "" 2
#NO_APP
	ret
	.cfi_endproc
.LFE8:
	.size	port, .-port
	.p2align 4
	.globl	current_task
	.type	current_task, @function
current_task:
.LFB9:
	.cfi_startproc
#APP
# 63 "testdata/c/kernel.c" 1
	movq %gs:217088, %rax
# 0 "" 2
#NO_APP
	ret
	.cfi_endproc
.LFE9:
	.size	current_task, .-current_task
	.p2align 4
	.globl	copy_fast
	.type	copy_fast, @function
copy_fast:
.LFB10:
	.cfi_startproc
	movq	%rdx, %rcx
#APP
# 64 "testdata/c/kernel.c" 1
	rep ; movsb
# 0 "" 2
#NO_APP
	ret
	.cfi_endproc
.LFE10:
	.size	copy_fast, .-copy_fast
	.p2align 4
	.globl	set
	.type	set, @function
set:
.LFB11:
	.cfi_startproc
#APP
# 65 "testdata/c/kernel.c" 1
	lock ; btsq %rsi, (%rdi)
# 0 "" 2
#NO_APP
	ret
	.cfi_endproc
.LFE11:
	.size	set, .-set
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
