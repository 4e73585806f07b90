/* A static key and a static call that change while the module is there. */
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

	/* static_branch_unlikely(&key) ? 2 : 1 */
	func branchy
1:	.byte 0x0f, 0x1f, 0x44, 0x00, 0x00
	.pushsection __jump_table, "aw"
	.balign 8
	.long 1b - ., 2f - .
	.quad key - .
	.popsection
	mov $1, %eax
	jmp __x86_return_thunk
2:	mov $2, %eax
	endf branchy

	/* static_branch_likely(&likely) ? 2 : 1, in two bytes */
	func branchy_likely
1:	.byte 0x66, 0x90
	.pushsection __jump_table, "aw"
	.balign 8
	.long 1b - ., 2f - .
	.quad likely + 1 - .
	.popsection
	mov $2, %eax
	jmp __x86_return_thunk
2:	mov $1, %eax
	endf branchy_likely

	.macro calls name, what, key
	func \name
	mov $\key, %rdi
	call \what
	endf \name
	.endm
	calls enable, static_key_enable, key
	calls disable, static_key_disable, key
	calls inc, static_key_slow_inc, key
	calls dec, static_key_slow_dec, key
	calls unlikely, static_key_disable, likely

	/* static_call(one)(), by the site and by the trampoline */
	func site
1:	call tramp
	.pushsection .static_call_sites, "aw"
	.long 1b - ., one - .
	.popsection
	endf site
	func by_tramp
	mov $tramp, %rax
	call *%rax
	endf by_tramp
	func one_is_second
	mov $one, %rdi
	mov $tramp, %rsi
	mov $second, %rdx
	call __static_call_update
	endf one_is_second
	func one_is_null
	mov $one, %rdi
	mov $tramp, %rsi
	xor %edx, %edx
	call __static_call_update
	endf one_is_null

	.globl tramp
	.type tramp, @function
tramp:	.byte 0xe9
	.long first - . - 4
	.byte 0x0f, 0xb9, 0xcc
	.size tramp, . - tramp
	func first
	mov $1, %eax
	endf first
	func second
	mov $2, %eax
	endf second

	.data
	.balign 8
key:	.long 0, 0
	.quad 0
likely:	.long 1, 0
	.quad 1
one:	.quad first, 0
	.section .note.GNU-stack, "", @progbits
