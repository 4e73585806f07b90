	.file	"control.c"
	.text
	.globl	fib
	.type	fib, @function
fib:
.LFB1:
	.cfi_startproc
	endbr64
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset 6, -16
	xorl	%ebp, %ebp
	pushq	%rbx
	.cfi_def_cfa_offset 24
	.cfi_offset 3, -24
	movl	%edi, %ebx
	pushq	%rcx
	.cfi_def_cfa_offset 32
.L3:
	cmpl	$1, %ebx
	jle	.L2
	leal	-1(%rbx), %edi
	subl	$2, %ebx
	call	fib.localalias
	addl	%eax, %ebp
	jmp	.L3
.L2:
	leal	(%rbx,%rbp), %eax
	popq	%rdx
	.cfi_def_cfa_offset 24
	popq	%rbx
	.cfi_def_cfa_offset 16
	popq	%rbp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
.LFE1:
	.size	fib, .-fib
	.set	fib.localalias,fib
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"zero"
.LC1:
	.string	"three"
.LC2:
	.string	"five"
	.text
	.globl	classify
	.type	classify, @function
classify:
.LFB0:
	.cfi_startproc
	endbr64
	cmpl	$6, %edi
	ja	.L7
	leaq	.L9(%rip), %rdx
	movl	%edi, %edi
	movslq	(%rdx,%rdi,4), %rax
	addq	%rdx, %rax
	notrack jmp	*%rax
	.section	.rodata
	.align 4
	.align 4
.L9:
	.long	.L15-.L9
	.long	.L14-.L9
	.long	.L16-.L9
	.long	.L12-.L9
	.long	.L11-.L9
	.long	.L10-.L9
	.long	.L8-.L9
	.text
.L14:
	movl	$5, %eax
	ret
.L15:
	leaq	.LC0(%rip), %rsi
	movl	$1, %edi
	jmp	.L17
.L12:
	leaq	.LC1(%rip), %rsi
	movl	$3, %edi
	jmp	.L17
.L11:
	movl	$12, %eax
	ret
.L10:
	leaq	.LC2(%rip), %rsi
	movl	$8, %edi
.L17:
	xorl	%eax, %eax
	jmp	emit@PLT
.L8:
	movl	$99, %eax
	ret
.L7:
	orl	$-1, %eax
	ret
.L16:
	movl	$14, %eax
	ret
	.cfi_endproc
.LFE0:
	.size	classify, .-classify
	.globl	indirect
	.type	indirect, @function
indirect:
.LFB2:
	.cfi_startproc
	endbr64
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset 6, -16
	pushq	%rbx
	.cfi_def_cfa_offset 24
	.cfi_offset 3, -24
	movl	%edi, %ebx
	pushq	%rax
	.cfi_def_cfa_offset 32
	movq	op(%rip), %rax
	call	*%rax
	leal	1(%rbx), %edi
	movl	%eax, %ebp
	movq	op(%rip), %rax
	call	*%rax
	popq	%rdx
	.cfi_def_cfa_offset 24
	popq	%rbx
	.cfi_def_cfa_offset 16
	addl	%ebp, %eax
	popq	%rbp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
.LFE2:
	.size	indirect, .-indirect
	.globl	tail
	.type	tail, @function
tail:
.LFB3:
	.cfi_startproc
	endbr64
	testl	%edi, %edi
	je	.L21
	decl	%edi
	jmp	indirect@PLT
.L21:
	movl	$3, %edi
	jmp	fib@PLT
	.cfi_endproc
.LFE3:
	.size	tail, .-tail
	.globl	nested
	.type	nested, @function
nested:
.LFB4:
	.cfi_startproc
	endbr64
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	orl	$-1, %eax
.L23:
	cmpl	%esi, %r9d
	jge	.L22
	movslq	%r8d, %rcx
	leaq	(%rdi,%rcx,4), %r11
	xorl	%ecx, %ecx
.L26:
	cmpl	%ecx, %edx
	jle	.L27
	incq	%rcx
	movl	-4(%r11,%rcx,4), %r10d
	testl	%r10d, %r10d
	js	.L22
	cmpl	%r10d, %eax
	cmovl	%r10d, %eax
	jmp	.L26
.L27:
	incl	%r9d
	addl	%edx, %r8d
	jmp	.L23
.L24:
.L22:
	ret
	.cfi_endproc
.LFE4:
	.size	nested, .-nested
	.globl	interp
	.type	interp, @function
interp:
.LFB5:
	.cfi_startproc
	endbr64
	movzbl	(%rdi), %eax
	leaq	table.0(%rip), %r8
	movl	$1, %edx
	movq	(%r8,%rax,8), %rcx
	xorl	%eax, %eax
.L29:
	jmp	*%rcx
.L30:
	endbr64
	movslq	%edx, %r10
	leal	1(%rdx), %ecx
	movslq	%eax, %r9
	addl	$2, %edx
	movzbl	(%rdi,%r10), %r10d
	movslq	%ecx, %rcx
	incl	%eax
	movq	%r10, (%rsi,%r9,8)
	movzbl	(%rdi,%rcx), %ecx
	movq	(%r8,%rcx,8), %rcx
	jmp	.L29
.L31:
	endbr64
	decl	%eax
	movslq	%eax, %rcx
	movq	(%rsi,%rcx,8), %r9
	addq	%r9, -8(%rsi,%rcx,8)
	movslq	%edx, %rcx
	incl	%edx
	movzbl	(%rdi,%rcx), %ecx
	movq	(%r8,%rcx,8), %rcx
	jmp	.L29
.L33:
	endbr64
	movslq	%eax, %rcx
	incl	%eax
	movq	-8(%rsi,%rcx,8), %r9
	movq	%r9, (%rsi,%rcx,8)
	movslq	%edx, %rcx
	incl	%edx
	movzbl	(%rdi,%rcx), %ecx
	movq	(%r8,%rcx,8), %rcx
	jmp	.L29
.L34:
	endbr64
	decl	%eax
	leal	1(%rdx), %ecx
	movslq	%eax, %r9
	cmpq	$0, (%rsi,%r9,8)
	je	.L36
	movslq	%edx, %rdx
	movzbl	(%rdi,%rdx), %ecx
.L36:
	leal	1(%rcx), %edx
	movslq	%ecx, %rcx
	movzbl	(%rdi,%rcx), %ecx
	movq	(%r8,%rcx,8), %rcx
	jmp	.L29
.L37:
	endbr64
	cltq
	movl	-8(%rsi,%rax,8), %eax
	ret
	.cfi_endproc
.LFE5:
	.size	interp, .-interp
	.weak	replaceable
	.type	replaceable, @function
replaceable:
.LFB6:
	.cfi_startproc
	endbr64
	movl	$1, %eax
	ret
	.cfi_endproc
.LFE6:
	.size	replaceable, .-replaceable
	.globl	alias
	.set	alias,replaceable
	.section	.init.text,"ax",@progbits
	.globl	init_only
	.type	init_only, @function
init_only:
.LFB7:
	.cfi_startproc
	endbr64
	pushq	%rbx
	.cfi_def_cfa_offset 16
	.cfi_offset 3, -16
	call	replaceable@PLT
	movl	%eax, %ebx
	call	alias@PLT
	addl	%ebx, %eax
	popq	%rbx
	.cfi_def_cfa_offset 8
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
	endbr64
	leaq	.LC3(%rip), %rsi
	xorl	%eax, %eax
	jmp	emit@PLT
	.cfi_endproc
.LFE8:
	.size	unlikely_path, .-unlikely_path
	.text
	.globl	likely_path
	.type	likely_path, @function
likely_path:
.LFB9:
	.cfi_startproc
	endbr64
	movl	%edi, %eax
	cmpl	$77, %edi
	jne	.L43
	movl	$77, %edi
	jmp	unlikely_path@PLT
.L43:
	ret
	.cfi_endproc
.LFE9:
	.size	likely_path, .-likely_path
	.section	.data.rel.ro.local,"aw"
	.align 32
	.type	table.0, @object
	.size	table.0, 40
table.0:
	.quad	.L37
	.quad	.L30
	.quad	.L31
	.quad	.L33
	.quad	.L34
	.section	.data.rel,"aw"
	.align 8
	.type	op, @object
	.size	op, 8
op:
	.quad	fib
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
	.section	.note.gnu.property,"a"
	.align 8
	.long	1f - 0f
	.long	4f - 1f
	.long	5
0:
	.string	"GNU"
1:
	.align 8
	.long	0xc0000002
	.long	3f - 2f
2:
	.long	0x3
3:
	.align 8
4:
