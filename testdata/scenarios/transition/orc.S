/*
 * Functions that sleep, described by ORC as objtool writes it and by nothing
 * else: one as it should be, one whose description has a hole where it calls,
 * and one whose caller is said to be where no code is.
 */
	.text

.macro FUNC name
	.p2align 4, 0xcc
	.globl \name
	.type \name, @function
\name:
.endm

/* An entry: from here on the caller's stack pointer is %rsp+\sp. */
.macro ORC sp type=2
.Lorc\@:
	.pushsection .orc_unwind_ip, "a"
	.long .Lorc\@ - .
	.popsection
	.pushsection .orc_unwind, "a"
	.short \sp, 0
	.short 5 | (\type << 8)
	.popsection
.endm

FUNC orc_sleeper
	ORC 8
	endbr64
	sub $8, %rsp
	ORC 16
	call msleep
	add $8, %rsp
	ORC 8
	ret
	.size orc_sleeper, . - orc_sleeper

FUNC orc_broken
	ORC 8
	endbr64
	sub $8, %rsp
	ORC 16, 0
	call msleep
	add $8, %rsp
	ORC 8
	ret
	.size orc_broken, . - orc_broken

FUNC orc_astray
	ORC 8
	endbr64
	sub $24, %rsp
	ORC 16
	lea jiffies(%rip), %rax
	mov %rax, 8(%rsp)
	call msleep
	add $24, %rsp
	ORC 8
	ret
	.size orc_astray, . - orc_astray
	ORC 0, 0
