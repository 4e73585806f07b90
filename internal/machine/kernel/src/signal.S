/*
 * Where a stopped task sleeps: on its way out of the kernel. A system call
 * comes here by do_syscall_64 once more, with its result in %rdi; a task that
 * was in user mode, by an interrupt that told it of the signal.
 */
	.include "macros.inc"
	.text

.macro CALLS name, callee
	FUNC \name
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	call \callee
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
	ENDFUNC \name
.endm

/* kernel/entry/common.c; the result of the system call goes to %rax again. */
FUNC syscall_exit_to_user_mode
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	push %rdi
	call arch_do_signal_or_restart
	pop %rax
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC syscall_exit_to_user_mode

CALLS irqentry_exit_to_user_mode, arch_do_signal_or_restart

/* arch/x86/kernel/signal.c, kernel/signal.c */
CALLS arch_do_signal_or_restart, get_signal
CALLS get_signal, do_signal_stop
GATE do_signal_stop

/* The way back to user mode is the trap. */
FUNC asm_sysvec_reschedule_ipi
	.cfi_undefined %rip
	call irqentry_exit_to_user_mode
	vmcall
	ud2
ENDFUNC asm_sysvec_reschedule_ipi

/*
 * kernel/fork.c: long __x64_sys_fork(const struct pt_regs *regs). The arguments
 * of kernel_clone are those of a fork without flags.
 */
FUNC __x64_sys_fork
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	xor %edi, %edi
	call kernel_clone
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC __x64_sys_fork

GATE kernel_clone
