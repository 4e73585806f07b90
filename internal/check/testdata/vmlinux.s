# A kernel of a few functions, as a vmlinux has them: local ones of one name, one
# without a call site, one with a cold part, exports, and the list of call sites.
	.macro	func name, traced=1, bind=globl
	.type	\name, @function
	.\bind	\name
	.p2align 4
\name:
	endbr64
	.if	\traced
770:	nopl	0(%rax,%rax)
	.pushsection __mcount_loc, "a"
	.quad	770b
	.popsection
	.endif
	ret
	.size	\name, .-\name
	.endm

	.text
	.globl	_stext
_stext:
	func	cmdline_proc_show, 1, local
	func	meminfo_proc_show, 0, local
	func	seq_printf
	func	klp_enable_patch
	func	_printk
	func	__fentry__, 0
	func	__x86_return_thunk, 0
	func	split, 1, local

	.section .text.unlikely, "ax"
	.type	split.cold, @function
split.cold:
	ud2
	.size	split.cold, .-split.cold

	.section .text.twice, "ax"
	.type	twice, @function
	.p2align 4
twice:	endbr64
	nopl	0(%rax,%rax)
	ret
	.size	twice, .-twice

	.section .rodata, "a"
	.irp	name, seq_printf, klp_enable_patch, _printk, __fentry__, __x86_return_thunk
	.globl	__ksymtab_\name
__ksymtab_\name:
	.long	0, 0, 0
	.endr
	.globl	linux_banner
linux_banner:
	.asciz	"Linux version 6.12.117+deb12-cloud-amd64 (builder) #1 SMP"
