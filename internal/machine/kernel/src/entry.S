/*
 * Where kernel stacks begin: system calls, kernel threads, the idle loop.
 * The outermost frame of each has an undefined return address, which tells the
 * unwinder that the stack ends here as it should.
 */
	.include "macros.inc"
	.text

/*
 * A system call of a user task: %rax is the function to run, its arguments are
 * in %rdi %rsi %rdx %rcx %r8 %r9, %rsp points at the saved user registers.
 * The trap at the end is the kernel exit: the way back to user mode.
 */
FUNC entry_SYSCALL_64_after_hwframe
	.cfi_undefined %rip
	call do_syscall_64
	vmcall
	ud2
ENDFUNC entry_SYSCALL_64_after_hwframe

FUNC do_syscall_64
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	call *%rax
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC do_syscall_64

/*
 * A kernel thread: %rbx is its function, the arguments are where the function
 * expects them. The trap in kthread ends the thread.
 */
FUNC ret_from_fork_asm
	.cfi_undefined %rip
	call ret_from_fork
	ud2
ENDFUNC ret_from_fork_asm

FUNC ret_from_fork
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	call kthread
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC ret_from_fork

FUNC kthread
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	call *%rbx
	vmcall
	ud2
ENDFUNC kthread

/* The idle task of a CPU sits in default_idle. */
FUNC cpu_startup_entry
	.cfi_undefined %rip
1:	call do_idle
	jmp 1b
ENDFUNC cpu_startup_entry

FUNC do_idle
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	call default_idle
	pop %rbp
	.cfi_def_cfa %rsp, 8
	ret
ENDFUNC do_idle

GATE default_idle

/* What the threads that a kernel always has do: wait for work that never comes. */
.macro WAITER name
	FUNC \name
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
1:	call schedule
	jmp 1b
	ENDFUNC \name
.endm

WAITER kthreadd
WAITER rcu_gp_kthread
WAITER do_sigtimedwait

/*
 * Go code that calls a guest function (a callback, a module's init) returns
 * here: the trap hands %rax back.
 */
FUNC klpemu_guest_call
	endbr64
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp, %rbp
	.cfi_def_cfa_register %rbp
	call *%rax
	vmcall
	ud2
ENDFUNC klpemu_guest_call
