/*
 * Interrupts. The CPU has pushed SS RSP RFLAGS CS RIP; the entry code completes
 * that to a struct pt_regs, calls its C part with it and returns by iretq, which
 * the trap stands for. The C part asks which function to call and on which
 * stack.
 */
	.include "macros.inc"
	.text

.macro PUSH_SAVED reg
	push %\reg
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \reg, 0
.endm

.macro POP_SAVED reg
	pop %\reg
	.cfi_adjust_cfa_offset -8
	.cfi_same_value \reg
.endm

.macro INTERRUPT name handler
	FUNC \name
	.cfi_signal_frame
	.cfi_def_cfa %rsp, 40
	.cfi_offset %rip, -40
	.cfi_offset %rsp, -16
	endbr64
	push $-1
	.cfi_adjust_cfa_offset 8
	.irp reg, rdi, rsi, rdx, rcx, rax, r8, r9, r10, r11, rbx, rbp, r12, r13, r14, r15
	PUSH_SAVED \reg
	.endr
	cld
	mov %rsp, %rdi
	call \handler
	.irp reg, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi
	POP_SAVED \reg
	.endr
	add $8, %rsp
	.cfi_adjust_cfa_offset -8
	vmcall
	ud2
	ENDFUNC \name

	FUNC \handler
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	vmcall
	mov %rsi, %rsp
	call *%rax
	mov %rbp, %rsp
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
	ENDFUNC \handler
.endm

INTERRUPT asm_exc_nmi exc_nmi
INTERRUPT asm_common_interrupt common_interrupt
INTERRUPT asm_sysvec_irq_work __do_softirq
