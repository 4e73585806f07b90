/* Functions that warn and die as WARN_ON, WARN_ON_ONCE and BUG do, and one that
   reads through a bad pointer and expects to fail. */
	.section .rodata.str1.1, "aMS", @progbits, 1
file:	.asciz "drivers/demo/warns.c"

	.macro bug line, flags
1:	ud2
	.pushsection __bug_table, "aw"
2:	.long 1b - ., file - .
	.word \line, \flags
	.org 2b + 12
	.popsection
	.endm

	.macro func name
	.globl \name
	.type \name, @function
\name:	endbr64
	.endm

	.macro endf name
	jmp __x86_return_thunk
	.size \name, . - \name
	.endm

	.text
	func init_module
	xor %eax, %eax
	endf init_module
	func cleanup_module
	endf cleanup_module

	func warn_on
	bug 10, 0x901
	mov $1, %eax
	endf warn_on

	func warn_once
	bug 20, 0x903
	mov $2, %eax
	endf warn_once

	func bug_on
	bug 30, 0
	endf bug_on

	func read_safe
1:	mov (%rdi), %rax
2:	jmp __x86_return_thunk
	.size read_safe, . - read_safe
	.section __ex_table, "a"
	.balign 4
	.long 1b - ., 2b - .
	.long 17 | (-14 << 16)	/* %rax := -EFAULT */
	.section .note.GNU-stack, "", @progbits
