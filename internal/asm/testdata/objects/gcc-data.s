	.file	"data.c"
	.text
	.p2align 4
	.globl	sum
	.type	sum, @function
sum:
.LFB0:
	.cfi_startproc
	xorl	%eax, %eax
	testq	%rdi, %rdi
	je	.L4
	.p2align 4,,10
	.p2align 3
.L3:
	addl	8(%rdi), %eax
	movq	(%rdi), %rdi
	testq	%rdi, %rdi
	jne	.L3
	ret
	.p2align 4,,10
	.p2align 3
.L4:
	ret
	.cfi_endproc
.LFE0:
	.size	sum, .-sum
	.p2align 4
	.globl	name
	.type	name, @function
name:
.LFB1:
	.cfi_startproc
	movslq	%edi, %rax
	movl	%edi, %edx
	imulq	$1431655766, %rax, %rax
	sarl	$31, %edx
	shrq	$32, %rax
	subl	%edx, %eax
	leal	(%rax,%rax,2), %eax
	subl	%eax, %edi
	leaq	names(%rip), %rax
	movslq	%edi, %rdi
	movq	(%rax,%rdi,8), %rax
	ret
	.cfi_endproc
.LFE1:
	.size	name, .-name
	.p2align 4
	.globl	next
	.type	next, @function
next:
.LFB2:
	.cfi_startproc
	movl	counter(%rip), %eax
	leal	1(%rax), %edx
	movl	%edx, counter(%rip)
	movl	%fs:per_thread@tpoff, %edi
	movq	%fs:per_thread_zero@tpoff, %rcx
	leal	1(%rdi), %edx
	leaq	1(%rcx), %rsi
	addl	%edx, %eax
	movl	%edx, %fs:per_thread@tpoff
	movq	%rsi, %fs:per_thread_zero@tpoff
	addl	%ecx, %eax
	ret
	.cfi_endproc
.LFE2:
	.size	next, .-next
	.p2align 4
	.globl	get
	.type	get, @function
get:
.LFB3:
	.cfi_startproc
	movslq	%edi, %rdi
	leaq	buffer(%rip), %rdx
	leaq	text(%rip), %rax
	movzbl	(%rax,%rdi), %eax
	addb	(%rdx,%rdi), %al
	ret
	.cfi_endproc
.LFE3:
	.size	get, .-get
	.p2align 4
	.globl	put
	.type	put, @function
put:
.LFB4:
	.cfi_startproc
	movslq	%edi, %rdi
	leaq	buffer(%rip), %rax
	addl	$1, common_block(%rip)
	movb	%sil, (%rax,%rdi)
	movsbl	%sil, %esi
	leaq	table(%rip), %rax
	movl	%esi, (%rax,%rdi,4)
	ret
	.cfi_endproc
.LFE4:
	.size	put, .-put
	.p2align 4
	.globl	pick
	.type	pick, @function
pick:
.LFB5:
	.cfi_startproc
	movq	outside(%rip), %rax
	movl	%edi, %edi
	leaq	constants(%rip), %rdx
	movslq	(%rax), %rax
	addq	(%rdx,%rdi,8), %rax
	leaq	halves(%rip), %rdx
	movzwl	(%rdx,%rdi,2), %edx
	addq	%rdx, %rax
	movzbl	flag(%rip), %edx
	addq	%rdx, %rax
	addq	wide(%rip), %rax
	ret
	.cfi_endproc
.LFE5:
	.size	pick, .-pick
	.globl	wide
	.section	.data.cold,"aw"
	.align 8
	.type	wide, @object
	.size	wide, 8
wide:
	.quad	5
	.globl	flag
	.data
	.type	flag, @object
	.size	flag, 1
flag:
	.byte	1
	.globl	halves
	.align 2
	.type	halves, @object
	.size	halves, 4
halves:
	.value	1
	.value	-1
	.section	.rodata
	.align 32
	.type	text, @object
	.size	text, 32
text:
	.string	"a \"quoted\" string\n\twith \\ and \001"
	.globl	outside
	.section	.data.rel,"aw"
	.align 8
	.type	outside, @object
	.size	outside, 8
outside:
	.quad	elsewhere+20
	.globl	common_block
	.bss
	.align 4
	.type	common_block, @object
	.size	common_block, 4
common_block:
	.zero	4
	.section	.tbss,"awT",@nobits
	.align 8
	.type	per_thread_zero, @object
	.size	per_thread_zero, 8
per_thread_zero:
	.zero	8
	.globl	per_thread
	.section	.tdata,"awT",@progbits
	.align 4
	.type	per_thread, @object
	.size	per_thread, 4
per_thread:
	.long	3
	.globl	constants
	.section	.rodata
	.align 16
	.type	constants, @object
	.size	constants, 24
constants:
	.quad	1
	.quad	-2
	.quad	81985529216486895
	.globl	root
	.section	.data.rel.local,"aw"
	.align 16
	.type	root, @object
	.size	root, 16
root:
	.quad	leaf
	.long	-1
	.byte	114
	.zero	3
	.section	.rodata
	.align 16
	.type	leaf, @object
	.size	leaf, 16
leaf:
	.quad	0
	.long	7
	.byte	120
	.zero	3
	.globl	names
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"alpha"
.LC1:
	.string	"beta"
.LC2:
	.string	"gamma"
	.section	.data.rel.local
	.align 16
	.type	names, @object
	.size	names, 24
names:
	.quad	.LC0
	.quad	.LC1
	.quad	.LC2
	.local	buffer
	.comm	buffer,100,64
	.globl	table
	.bss
	.align 32
	.type	table, @object
	.size	table, 64
table:
	.zero	64
	.local	counter
	.comm	counter,4,4
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
