/* Every kind of place that a loader patches, with the tables of objtool. */
	.macro func name
	.globl \name
	.type \name, @function
\name:
	.endm
	.macro endf name
	.size \name, . - \name
	.endm
	.macro return
9:	jmp __x86_return_thunk
	.pushsection .return_sites, "a"
	.long 9b - .
	.popsection
	.endm

	.text
	func init_module
	xor %eax, %eax
	return
	endf init_module
	func cleanup_module
	return
	endf cleanup_module

	/* call *%rax and jmp *%r11, by way of thunks */
	func retpolines
	endbr64
1:	.byte 0x2e
	call __x86_indirect_thunk_rax
2:	jmp __x86_indirect_thunk_r11
3:	jne __x86_indirect_thunk_r11
	.pushsection .retpoline_sites, "a"
	.long 1b - ., 2b - ., 3b - .
	.popsection
	.pushsection .ibt_endbr_seal, "a"
	.long retpolines - .
	.popsection
	return
	endf retpolines

	/* cpuid's popcnt, not its avx2, and a jump that moves */
	.macro alternative feature, flags, old, new
10:	\old
11:	.skip -((13f - 12f - (11b - 10b)) > 0) * (13f - 12f - (11b - 10b)), 0x90
14:
	.pushsection .altinstr_replacement, "ax"
12:	\new
13:
	.popsection
	.pushsection .altinstructions, "a"
	.long 10b - ., 12b - .
	.word \feature, \flags
	.byte 14b - 10b, 13b - 12b
	.popsection
	.endm
	func alternatives
	alternative 4*32+23, 0, "call hweight", "popcnt %rdi, %rax"
	alternative 9*32+5, 0, "xor %eax, %eax; nop; nop; nop", "mov $1, %eax"
	alternative 9*32+5, 1, "nop; nop; nop; nop; nop", "jmp hweight"
	return
	endf alternatives
	func hweight
	return
	endf hweight

	func locked
1:	lock incl count(%rip)
	.pushsection .smp_locks, "a"
	.long 1b - .
	.popsection
	return
	endf locked

	/* static keys: one that is still as it was built, one that is not */
	.macro branch key, likely
1:	.byte 0x0f, 0x1f, 0x44, 0x00, 0x00
	.pushsection __jump_table, "aw"
	.balign 8
	.long 1b - ., 8f - .
	.quad \key + \likely - .
	.popsection
	.endm
	func branches
	branch same, 0
	branch changed, 0
	return
8:	int3
	endf branches

	func static_calls
1:	call tramp
2:	call tramp
3:	.byte 0xe9
	.long tramp - . - 4
	.pushsection .static_call_sites, "aw"
	.long 1b - ., one - .
	.long 2b - ., none - .
	.long 3b - ., one + 1 - .
	.popsection
	endf static_calls
	func tramp
	jmp hweight
	endf tramp

	func percpu
	mov $counter, %rax
	incl %gs:counter
	mov %gs:counter, %eax
	return
	endf percpu

	.section .data..percpu, "aw"
	.balign 8
counter: .quad 41

	.data
	.balign 8
same:	.long 0, 0
	.quad 0
changed: .long 1, 0
	.quad 0
one:	.quad hweight, 0
none:	.quad 0, 0
count:	.long 0
	.section .note.GNU-stack, "", @progbits
