/*
 * The trampolines that a call site is made to call (arch/x86, ftrace_64.S).
 * Per-ops trampolines are copies of the bytes between NAME and NAME_end, with
 * the load at NAME_op_ptr and the call at ftrace_call or ftrace_regs_call
 * redirected.
 *
 * On entry 0(%rsp) is the address after the call site and 8(%rsp) the return
 * address of the traced function. The save area is a struct pt_regs, 0xa8
 * bytes: r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax
 * rip cs flags rsp ss.
 */
	.include "macros.inc"

	R15 = 0x00
	R14 = 0x08
	R13 = 0x10
	R12 = 0x18
	RBP = 0x20
	RBX = 0x28
	R11 = 0x30
	R10 = 0x38
	R9 = 0x40
	R8 = 0x48
	RAX = 0x50
	RCX = 0x58
	RDX = 0x60
	RSI = 0x68
	RDI = 0x70
	ORIG_RAX = 0x78
	RIP = 0x80
	CS = 0x88
	EFLAGS = 0x90
	RSP = 0x98
	SS = 0xa0
	REGS_SIZE = 0xa8
	SITE_SIZE = 5

	.text

/* What a function that nobody traces would call. */
FUNC __fentry__
	ret
ENDFUNC __fentry__

FUNC mcount
	ret
ENDFUNC mcount

/* The handler of an ops whose handler is being changed. */
FUNC ftrace_stub
	endbr64
	ret
ENDFUNC ftrace_stub

/*
 * The registers that carry arguments, and the facts every handler gets: %rdi
 * the call site, %rsi the caller of the traced function. extra is what was
 * pushed above the save area.
 */
.macro SAVE_ARGS extra=0
	sub $REGS_SIZE, %rsp
	.cfi_adjust_cfa_offset REGS_SIZE
	mov %rax, RAX(%rsp)
	mov %rcx, RCX(%rsp)
	mov %rdx, RDX(%rsp)
	mov %rsi, RSI(%rsp)
	mov %rdi, RDI(%rsp)
	mov %r8, R8(%rsp)
	mov %r9, R9(%rsp)
	movq $0, ORIG_RAX(%rsp)
	mov %rbp, RBP(%rsp)
	mov REGS_SIZE+\extra+8(%rsp), %rsi
	mov REGS_SIZE+\extra(%rsp), %rdi
	mov %rdi, RIP(%rsp)
	sub $SITE_SIZE, %rdi
.endm

.macro RESTORE_ARGS extra=0
	mov R9(%rsp), %r9
	mov R8(%rsp), %r8
	mov RDI(%rsp), %rdi
	mov RSI(%rsp), %rsi
	mov RDX(%rsp), %rdx
	mov RCX(%rsp), %rcx
	mov RAX(%rsp), %rax
	mov RBP(%rsp), %rbp
.endm

FUNC ftrace_caller
	endbr64
	SAVE_ARGS
	/* No full register set: handlers see that by CS being 0. */
	movq $0, CS(%rsp)
	lea REGS_SIZE+8(%rsp), %rcx
	mov %rcx, RSP(%rsp)
	.globl ftrace_caller_op_ptr
ftrace_caller_op_ptr:
	mov function_trace_op(%rip), %rdx
	mov %rsp, %rcx
	.globl ftrace_call
ftrace_call:
	call ftrace_stub
	/* Return to where the handler pointed regs->ip. */
	mov RIP(%rsp), %rax
	mov %rax, REGS_SIZE(%rsp)
	RESTORE_ARGS
	add $REGS_SIZE, %rsp
	.cfi_adjust_cfa_offset -REGS_SIZE
	.globl ftrace_caller_end
ftrace_caller_end:
	ret
ENDFUNC ftrace_caller

FUNC ftrace_regs_caller
	endbr64
	pushf
	.cfi_adjust_cfa_offset 8
	SAVE_ARGS extra=8
	mov %r15, R15(%rsp)
	mov %r14, R14(%rsp)
	mov %r13, R13(%rsp)
	mov %r12, R12(%rsp)
	mov %r11, R11(%rsp)
	mov %r10, R10(%rsp)
	mov %rbx, RBX(%rsp)
	mov REGS_SIZE(%rsp), %rcx
	mov %rcx, EFLAGS(%rsp)
	mov $0x18, %rcx
	mov %rcx, SS(%rsp)
	mov $0x10, %rcx
	mov %rcx, CS(%rsp)
	lea REGS_SIZE+16(%rsp), %rcx
	mov %rcx, RSP(%rsp)
	.globl ftrace_regs_caller_op_ptr
ftrace_regs_caller_op_ptr:
	mov function_trace_op(%rip), %rdx
	mov %rsp, %rcx
	.globl ftrace_regs_call
ftrace_regs_call:
	call ftrace_stub
	mov EFLAGS(%rsp), %rax
	mov %rax, REGS_SIZE(%rsp)
	mov RIP(%rsp), %rax
	mov %rax, REGS_SIZE+8(%rsp)
	mov R15(%rsp), %r15
	mov R14(%rsp), %r14
	mov R13(%rsp), %r13
	mov R12(%rsp), %r12
	mov R11(%rsp), %r11
	mov R10(%rsp), %r10
	mov RBX(%rsp), %rbx
	mov ORIG_RAX(%rsp), %rax
	test %rax, %rax
	.globl ftrace_regs_caller_jmp
ftrace_regs_caller_jmp:
	jnz 1f
	RESTORE_ARGS
	add $REGS_SIZE, %rsp
	.cfi_adjust_cfa_offset -REGS_SIZE
	popf
	.cfi_adjust_cfa_offset -8
	.globl ftrace_regs_caller_end
ftrace_regs_caller_end:
	ret
	/*
	 * A direct function is to be called: it goes between the flags and
	 * where the site returns to, so that ret enters it. The call puts
	 * right what processors predict of returns.
	 */
	.cfi_adjust_cfa_offset REGS_SIZE+8
1:	mov REGS_SIZE(%rsp), %rdi
	mov %rdi, REGS_SIZE-8(%rsp)
	mov %rax, REGS_SIZE(%rsp)
	RESTORE_ARGS
	add $REGS_SIZE-8, %rsp
	.cfi_adjust_cfa_offset 8-REGS_SIZE
	popf
	.cfi_adjust_cfa_offset -8
	call 2f
	int3
	.cfi_adjust_cfa_offset 8
2:	add $8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
ENDFUNC ftrace_regs_caller

/* The ops pointer that the two common trampolines pass on. */
	.data
	.p2align 3
	.globl function_trace_op
	.type function_trace_op, @object
	.size function_trace_op, 8
function_trace_op:
	.quad 0
	.text

GATE arch_ftrace_ops_list_func
GATE klp_ftrace_handler
