	.file	"control.c"
	.text
	.p2align 4
	.globl	fib
	.type	fib, @function
fib:
.LFB1:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	pushq	%r15
	.cfi_def_cfa_offset 16
	.cfi_offset 15, -16
	movl	%edi, %r15d
	pushq	%r14
	.cfi_def_cfa_offset 24
	.cfi_offset 14, -24
	pushq	%r13
	.cfi_def_cfa_offset 32
	.cfi_offset 13, -32
	pushq	%r12
	.cfi_def_cfa_offset 40
	.cfi_offset 12, -40
	pushq	%rbp
	.cfi_def_cfa_offset 48
	.cfi_offset 6, -48
	pushq	%rbx
	.cfi_def_cfa_offset 56
	.cfi_offset 3, -56
	subq	$104, %rsp
	.cfi_def_cfa_offset 160
	cmpl	$1, %edi
	jle	.L2
	leal	-1(%rdi), %edx
	movl	%edi, %r13d
	xorl	%ebx, %ebx
	movl	%edx, %eax
	andl	$-2, %eax
	subl	%eax, %r13d
	movl	%edx, %eax
	movl	%r13d, %r12d
	cmpl	%r12d, %r15d
	je	.L3
.L46:
	subl	$2, %r15d
	movl	%eax, %ebp
	movl	%ebx, 32(%rsp)
	xorl	%r13d, %r13d
	movl	%r15d, %edx
	movl	%r12d, 36(%rsp)
	movl	%r15d, %r14d
	andl	$-2, %edx
	subl	%edx, %ebp
	movl	%ebp, %r12d
.L26:
	leal	-1(%rax), %ecx
	movl	%ecx, %edi
	cmpl	%r12d, %eax
	je	.L4
.L45:
	leal	-2(%rax), %esi
	movl	%ecx, %edx
	movl	%r13d, 40(%rsp)
	xorl	%ebx, %ebx
	movl	%esi, %eax
	movl	%r12d, 44(%rsp)
	movl	%r14d, %r15d
	movl	%esi, %r8d
	andl	$-2, %eax
	movl	%ebx, %r14d
	subl	%eax, %edx
	movl	%edx, 64(%rsp)
.L24:
	movl	64(%rsp), %edx
	leal	-1(%rdi), %ecx
	movl	%ecx, %eax
	cmpl	%edx, %edi
	je	.L5
	leal	-2(%rdi), %ecx
	movl	%eax, %esi
	xorl	%ebx, %ebx
	movl	%ecx, %edi
	movl	%ecx, 48(%rsp)
	andl	$-2, %edi
	subl	%edi, %esi
	movl	%esi, 60(%rsp)
	movl	%r15d, %esi
	movl	%ebx, %r15d
	movl	%esi, %ebx
.L22:
	leal	-1(%rax), %r9d
	movl	%r9d, %r10d
	cmpl	%eax, 60(%rsp)
	je	.L6
	leal	-2(%rax), %r9d
	movl	%r10d, %r13d
	xorl	%r12d, %r12d
	movl	%r8d, 52(%rsp)
	movl	%r9d, %eax
	movl	%r9d, 56(%rsp)
	movl	%r15d, %esi
	movl	%r14d, %r8d
	andl	$-2, %eax
	movl	%r10d, %r15d
	movl	%r12d, %r14d
	subl	%eax, %r13d
	movl	%r13d, %ebp
.L20:
	leal	-1(%r15), %r11d
	movl	%r11d, %eax
	cmpl	%r15d, %ebp
	je	.L7
	subl	$2, %r15d
	movl	%r11d, %ecx
	xorl	%r12d, %r12d
	movl	%r8d, %r10d
	movl	%r15d, %edi
	movl	%esi, %r13d
	andl	$-2, %edi
	subl	%edi, %ecx
	movl	%ecx, 16(%rsp)
.L18:
	movl	16(%rsp), %edx
	leal	-1(%rax), %edi
	movl	%edi, %ecx
	cmpl	%edx, %eax
	je	.L8
	leal	-2(%rax), %r11d
	leal	-3(%rax), %edi
	movl	%ecx, %edx
	xorl	%esi, %esi
	movl	%r11d, %eax
	andl	$-2, %eax
	subl	%eax, %edx
	movl	%edx, 28(%rsp)
.L16:
	movl	28(%rsp), %edx
	leal	-1(%rcx), %eax
	movl	%eax, %r8d
	cmpl	%edx, %ecx
	je	.L9
	movl	%edi, %eax
	movl	%r8d, %edx
	movl	%ecx, 20(%rsp)
	andl	$-2, %eax
	movl	%r15d, 24(%rsp)
	movl	%ebx, %r15d
	movl	%edi, %ebx
	subl	%eax, %edx
	movl	%edx, 12(%rsp)
	xorl	%edx, %edx
.L14:
	movl	12(%rsp), %eax
	leal	-1(%r8), %r9d
	cmpl	%eax, %r8d
	je	.L10
	xorl	%ecx, %ecx
.L11:
	leal	-1(%r9), %edi
	movl	%r11d, 92(%rsp)
	movl	%ecx, 88(%rsp)
	movl	%edx, 84(%rsp)
	movl	%r8d, 80(%rsp)
	movl	%esi, 76(%rsp)
	movl	%r10d, 72(%rsp)
	movl	%r9d, 68(%rsp)
	call	fib
	movl	68(%rsp), %r9d
	movl	88(%rsp), %ecx
	movl	72(%rsp), %r10d
	movl	76(%rsp), %esi
	subl	$2, %r9d
	addl	%eax, %ecx
	movl	80(%rsp), %r8d
	movl	84(%rsp), %edx
	cmpl	$1, %r9d
	movl	92(%rsp), %r11d
	jg	.L11
	leal	-3(%r8), %edi
	subl	$2, %r8d
	andl	$1, %edi
	addl	%ecx, %edi
	addl	%edi, %edx
	cmpl	$1, %r8d
	jg	.L14
	movl	%ebx, %edi
	movl	20(%rsp), %ecx
	movl	%r15d, %ebx
	movl	24(%rsp), %r15d
.L13:
	addl	%edx, %r8d
	subl	$2, %ecx
	subl	$2, %edi
	addl	%r8d, %esi
	cmpl	$1, %ecx
	jg	.L16
	addl	%esi, %ecx
	movl	%r11d, %eax
	addl	%ecx, %r12d
	cmpl	$1, %r11d
	jg	.L18
.L43:
	movl	%r10d, %r8d
	movl	%r13d, %esi
.L17:
	addl	%r12d, %eax
	addl	%eax, %r14d
	cmpl	$1, %r15d
	jg	.L20
	movl	%r14d, %r12d
	movl	56(%rsp), %r9d
	movl	%r8d, %r14d
	movl	52(%rsp), %r8d
	movl	%r15d, %r10d
	movl	%esi, %r15d
.L19:
	addl	%r12d, %r10d
	movl	%r9d, %eax
	addl	%r10d, %r15d
	cmpl	$1, %r9d
	jg	.L22
	movl	%ebx, %esi
	movl	48(%rsp), %ecx
	movl	%r15d, %ebx
	movl	%esi, %r15d
.L21:
	addl	%eax, %ebx
	movl	%ecx, %edi
	addl	%ebx, %r14d
	cmpl	$1, %ecx
	jg	.L24
	movl	%r14d, %ebx
	movl	40(%rsp), %r13d
	movl	%r8d, %esi
	movl	44(%rsp), %r12d
	addl	%edi, %ebx
	movl	%r15d, %r14d
	movl	%esi, %eax
	addl	%ebx, %r13d
	cmpl	$1, %esi
	jg	.L26
.L44:
	movl	32(%rsp), %ebx
	addl	%r13d, %eax
	movl	%r14d, %r15d
	movl	36(%rsp), %r12d
	addl	%eax, %ebx
	cmpl	$1, %r15d
	jg	.L42
.L38:
	addl	%ebx, %r15d
	jmp	.L2
	.p2align 4,,10
	.p2align 3
.L8:
	movl	%r10d, %r8d
	movl	%r13d, %esi
	subl	$2, %eax
	addl	%edi, %r12d
	jmp	.L17
	.p2align 4,,10
	.p2align 3
.L9:
	addl	%eax, %esi
	subl	$2, %ecx
	movl	%r11d, %eax
	addl	%esi, %ecx
	addl	%ecx, %r12d
	cmpl	$1, %r11d
	jg	.L18
	jmp	.L43
	.p2align 4,,10
	.p2align 3
.L10:
	movl	%ebx, %edi
	movl	20(%rsp), %ecx
	movl	%r15d, %ebx
	subl	$2, %r8d
	movl	24(%rsp), %r15d
	addl	%r9d, %edx
	jmp	.L13
.L7:
	movl	%r15d, %r10d
	movl	%r14d, %r12d
	movl	56(%rsp), %r9d
	movl	%r8d, %r14d
	movl	%esi, %r15d
	movl	52(%rsp), %r8d
	subl	$2, %r10d
	addl	%r11d, %r12d
	jmp	.L19
.L6:
	movl	%ebx, %edx
	movl	%r15d, %ebx
	movl	48(%rsp), %ecx
	subl	$2, %eax
	movl	%edx, %r15d
	addl	%r9d, %ebx
	jmp	.L21
.L5:
	movl	%r14d, %ebx
	movl	40(%rsp), %r13d
	subl	$2, %edi
	movl	%r8d, %esi
	addl	%ecx, %ebx
	movl	44(%rsp), %r12d
	movl	%r15d, %r14d
	movl	%esi, %eax
	addl	%edi, %ebx
	addl	%ebx, %r13d
	cmpl	$1, %esi
	jle	.L44
	leal	-1(%rax), %ecx
	movl	%ecx, %edi
	cmpl	%r12d, %eax
	jne	.L45
.L4:
	movl	32(%rsp), %ebx
	subl	$2, %eax
	addl	%ecx, %r13d
	movl	%r14d, %r15d
	addl	%r13d, %eax
	movl	36(%rsp), %r12d
	addl	%eax, %ebx
	cmpl	$1, %r15d
	jle	.L38
.L42:
	leal	-1(%r15), %edx
	movl	%edx, %eax
	cmpl	%r12d, %r15d
	jne	.L46
.L3:
	addl	%ebx, %edx
	leal	-2(%r15,%rdx), %r15d
.L2:
	addq	$104, %rsp
	.cfi_def_cfa_offset 56
	movl	%r15d, %eax
	popq	%rbx
	.cfi_def_cfa_offset 48
	popq	%rbp
	.cfi_def_cfa_offset 40
	popq	%r12
	.cfi_def_cfa_offset 32
	popq	%r13
	.cfi_def_cfa_offset 24
	popq	%r14
	.cfi_def_cfa_offset 16
	popq	%r15
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
.LFE1:
	.size	fib, .-fib
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"zero"
.LC1:
	.string	"three"
.LC2:
	.string	"five"
	.text
	.p2align 4
	.globl	classify
	.type	classify, @function
classify:
.LFB0:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	subq	$8, %rsp
	.cfi_def_cfa_offset 16
	cmpl	$6, %edi
	ja	.L48
	movl	%edi, %edi
	jmp	*.L50(,%rdi,8)
	.section	.rodata
	.align 8
	.align 4
.L50:
	.quad	.L56
	.quad	.L55
	.quad	.L57
	.quad	.L53
	.quad	.L52
	.quad	.L51
	.quad	.L49
	.text
	.p2align 4,,10
	.p2align 3
.L57:
	movl	$14, %eax
	addq	$8, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	ret
	.p2align 4,,10
	.p2align 3
.L55:
	.cfi_restore_state
	movl	$5, %eax
	addq	$8, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	ret
	.p2align 4,,10
	.p2align 3
.L53:
	.cfi_restore_state
	movl	$.LC1, %esi
	movl	$3, %edi
	xorl	%eax, %eax
	addq	$8, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	jmp	emit
	.p2align 4,,10
	.p2align 3
.L52:
	.cfi_restore_state
	movl	$12, %eax
	addq	$8, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	ret
	.p2align 4,,10
	.p2align 3
.L56:
	.cfi_restore_state
	movl	$.LC0, %esi
	movl	$1, %edi
	xorl	%eax, %eax
	addq	$8, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	jmp	emit
	.p2align 4,,10
	.p2align 3
.L51:
	.cfi_restore_state
	movl	$.LC2, %esi
	movl	$8, %edi
	xorl	%eax, %eax
	addq	$8, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	jmp	emit
	.p2align 4,,10
	.p2align 3
.L49:
	.cfi_restore_state
	movl	$99, %eax
	addq	$8, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	ret
.L48:
	.cfi_restore_state
	movl	$-1, %eax
	addq	$8, %rsp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
.LFE0:
	.size	classify, .-classify
	.p2align 4
	.globl	indirect
	.type	indirect, @function
indirect:
.LFB2:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset 6, -16
	pushq	%rbx
	.cfi_def_cfa_offset 24
	.cfi_offset 3, -24
	movl	%edi, %ebx
	subq	$8, %rsp
	.cfi_def_cfa_offset 32
	movq	op(%rip), %rax
	call	*%rax
	leal	1(%rbx), %edi
	movl	%eax, %ebp
	movq	op(%rip), %rax
	call	*%rax
	addq	$8, %rsp
	.cfi_def_cfa_offset 24
	addl	%ebp, %eax
	popq	%rbx
	.cfi_def_cfa_offset 16
	popq	%rbp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
.LFE2:
	.size	indirect, .-indirect
	.p2align 4
	.globl	tail
	.type	tail, @function
tail:
.LFB3:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset 6, -16
	pushq	%rbx
	.cfi_def_cfa_offset 24
	.cfi_offset 3, -24
	subq	$8, %rsp
	.cfi_def_cfa_offset 32
	testl	%edi, %edi
	jne	.L62
	movl	$2, %edi
	call	fib
	addq	$8, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 24
	addl	$1, %eax
	popq	%rbx
	.cfi_def_cfa_offset 16
	popq	%rbp
	.cfi_def_cfa_offset 8
	ret
	.p2align 4,,10
	.p2align 3
.L62:
	.cfi_restore_state
	movl	%edi, %ebp
	movq	op(%rip), %rax
	leal	-1(%rdi), %edi
	call	*%rax
	movl	%ebp, %edi
	movl	%eax, %ebx
	movq	op(%rip), %rax
	call	*%rax
	addq	$8, %rsp
	.cfi_def_cfa_offset 24
	addl	%ebx, %eax
	popq	%rbx
	.cfi_def_cfa_offset 16
	popq	%rbp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
.LFE3:
	.size	tail, .-tail
	.p2align 4
	.globl	nested
	.type	nested, @function
nested:
.LFB4:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	testl	%esi, %esi
	jle	.L71
	pushq	%rbx
	.cfi_def_cfa_offset 16
	.cfi_offset 3, -16
	movq	%rdi, %r9
	xorl	%r10d, %r10d
	xorl	%r11d, %r11d
	movl	$-1, %edi
	movslq	%edx, %rbx
.L67:
	testl	%edx, %edx
	jle	.L70
	movslq	%r10d, %rcx
	leaq	(%r9,%rcx,4), %rax
	addq	%rbx, %rcx
	leaq	(%r9,%rcx,4), %r8
	jmp	.L68
	.p2align 4,,10
	.p2align 3
.L77:
	cmpl	%ecx, %edi
	cmovl	%ecx, %edi
	addq	$4, %rax
	cmpq	%r8, %rax
	je	.L70
.L68:
	movl	(%rax), %ecx
	testl	%ecx, %ecx
	jns	.L77
.L65:
	movl	%edi, %eax
	popq	%rbx
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	ret
	.p2align 4,,10
	.p2align 3
.L70:
	.cfi_restore_state
	addl	$1, %r11d
	addl	%edx, %r10d
	cmpl	%r11d, %esi
	jne	.L67
	jmp	.L65
.L71:
	.cfi_def_cfa_offset 8
	.cfi_restore 3
.L66:
	movl	$-1, %eax
	ret
	.cfi_endproc
.LFE4:
	.size	nested, .-nested
	.p2align 4
	.globl	interp
	.type	interp, @function
interp:
.LFB5:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	movzbl	(%rdi), %eax
	movq	%rsi, %rcx
	movl	$1, %edx
	movq	table.0(,%rax,8), %rsi
	xorl	%eax, %eax
	jmp	*%rsi
	.p2align 4,,10
	.p2align 3
.L87:
	cltq
	movl	-8(%rcx,%rax,8), %eax
	ret
	.p2align 4,,10
	.p2align 3
.L84:
	subl	$1, %eax
	leal	1(%rdx), %esi
	movslq	%eax, %r8
	cmpq	$0, (%rcx,%r8,8)
	je	.L86
	movslq	%edx, %rdx
	movzbl	(%rdi,%rdx), %esi
.L86:
	leal	1(%rsi), %edx
	movslq	%esi, %rsi
	movzbl	(%rdi,%rsi), %esi
	jmp	*table.0(,%rsi,8)
	.p2align 4,,10
	.p2align 3
.L83:
	movslq	%eax, %rsi
	addl	$1, %eax
	movq	-8(%rcx,%rsi,8), %r8
	movq	%r8, (%rcx,%rsi,8)
	movslq	%edx, %rsi
	addl	$1, %edx
	movzbl	(%rdi,%rsi), %esi
	movq	table.0(,%rsi,8), %rsi
	jmp	*%rsi
	.p2align 4,,10
	.p2align 3
.L81:
	subl	$1, %eax
	movslq	%eax, %rsi
	movq	(%rcx,%rsi,8), %r8
	addq	%r8, -8(%rcx,%rsi,8)
	movslq	%edx, %rsi
	addl	$1, %edx
	movzbl	(%rdi,%rsi), %esi
	movq	table.0(,%rsi,8), %rsi
	jmp	*%rsi
	.p2align 4,,10
	.p2align 3
.L80:
	movslq	%edx, %r9
	leal	1(%rdx), %esi
	movslq	%eax, %r8
	addl	$2, %edx
	movzbl	(%rdi,%r9), %r9d
	movslq	%esi, %rsi
	addl	$1, %eax
	movq	%r9, (%rcx,%r8,8)
	movzbl	(%rdi,%rsi), %esi
	movq	table.0(,%rsi,8), %rsi
	jmp	*%rsi
	.cfi_endproc
.LFE5:
	.size	interp, .-interp
	.p2align 4
	.weak	replaceable
	.type	replaceable, @function
replaceable:
.LFB6:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	movl	$1, %eax
	ret
	.cfi_endproc
.LFE6:
	.size	replaceable, .-replaceable
	.globl	alias
	.set	alias,replaceable
	.section	.init.text,"ax",@progbits
	.p2align 4
	.globl	init_only
	.type	init_only, @function
init_only:
.LFB7:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	subq	$8, %rsp
	.cfi_def_cfa_offset 16
	call	replaceable
	addq	$8, %rsp
	.cfi_def_cfa_offset 8
	addl	$1, %eax
	ret
	.cfi_endproc
.LFE7:
	.size	init_only, .-init_only
	.section	.rodata.str1.1
.LC3:
	.string	"cold"
	.section	.text.unlikely,"ax",@progbits
	.globl	unlikely_path
	.type	unlikely_path, @function
unlikely_path:
.LFB8:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	pushq	%rax
	.cfi_def_cfa_offset 16
	movl	$.LC3, %esi
	xorl	%eax, %eax
	popq	%rdx
	.cfi_def_cfa_offset 8
	jmp	emit
	.cfi_endproc
.LFE8:
	.size	unlikely_path, .-unlikely_path
.LCOLDB4:
	.text
.LHOTB4:
	.p2align 4
	.globl	likely_path
	.type	likely_path, @function
likely_path:
.LFB9:
	.cfi_startproc
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
	subq	$8, %rsp
	.cfi_def_cfa_offset 16
	cmpl	$77, %edi
	je	.L100
	movl	%edi, %eax
	addq	$8, %rsp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
	.section	.text.unlikely
	.cfi_startproc
	.type	likely_path.cold, @function
likely_path.cold:
.LFSB9:
.L100:
	.cfi_def_cfa_offset 16
	movl	$77, %edi
	popq	%rax
	.cfi_def_cfa_offset 8
	jmp	unlikely_path
	.cfi_endproc
.LFE9:
	.text
	.size	likely_path, .-likely_path
	.section	.text.unlikely
	.size	likely_path.cold, .-likely_path.cold
.LCOLDE4:
	.text
.LHOTE4:
	.section	.rodata
	.align 32
	.type	table.0, @object
	.size	table.0, 40
table.0:
	.quad	.L87
	.quad	.L80
	.quad	.L81
	.quad	.L83
	.quad	.L84
	.data
	.align 8
	.type	op, @object
	.size	op, 8
op:
	.quad	fib
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
