/*
 * System calls of processes: from user mode by the syscall instruction, and
 * back by sysret, or by iret where the registers do not allow it. The
 * functions that a system call names, long NAME(const struct pt_regs *), are
 * the kernel image's, or else the gates at the end of this file.
 */
	.include "macros.inc"
	.text

	SCRATCH = 0x38			/* per-CPU: the user's stack pointer, for a moment */
	TOP_OF_STACK = 0x35018		/* pcpu_hot.top_of_stack */
	USER_DS = 0x2b
	USER_CS = 0x33
	ENOSYS = 38

FUNC entry_SYSCALL_64
	.cfi_undefined %rip
	swapgs
	mov %rsp, %gs:SCRATCH
	mov %gs:TOP_OF_STACK, %rsp
	push $USER_DS
	push %gs:SCRATCH
	push %r11
	push $USER_CS
	push %rcx
	push %rax
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push $-ENOSYS
	.irp reg, r8, r9, r10, r11, rbx, rbp, r12, r13, r14, r15
	push %\reg
	.endr
	xor %ebp, %ebp
	mov %rsp, %rdi
	call x64_sys_call
	mov %rsp, %rdi
	call do_syscall_64
	mov %rax, 0x50(%rsp)
	mov %rsp, %rdi
	call exit_to_user_mode_loop
	test %al, %al
	.irp reg, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi
	pop %\reg
	.endr
	jz 1f
	mov 32(%rsp), %rsp
	swapgs
	sysretq
1:	lea 8(%rsp), %rsp
	swapgs
	iretq
ENDFUNC entry_SYSCALL_64

/* Which function the number in regs->orig_ax names: in %rax. */
GATE x64_sys_call

/* The way back: switch point, signals. %al says that sysret will do. */
GATE exit_to_user_mode_loop

GATE __x64_sys_ni_syscall
GATE __x64_sys_read
GATE __x64_sys_write
GATE __x64_sys_writev
GATE __x64_sys_close
GATE __x64_sys_newfstat
GATE __x64_sys_newfstatat
GATE __x64_sys_ioctl
GATE __x64_sys_readlink
GATE __x64_sys_readlinkat
GATE __x64_sys_mmap
GATE __x64_sys_mprotect
GATE __x64_sys_munmap
GATE __x64_sys_brk
GATE __x64_sys_rt_sigaction
GATE __x64_sys_rt_sigprocmask
GATE __x64_sys_rt_sigreturn
GATE __x64_sys_pause
GATE __x64_sys_kill
GATE __x64_sys_tkill
GATE __x64_sys_tgkill
GATE __x64_sys_nanosleep
GATE __x64_sys_clock_nanosleep
GATE __x64_sys_restart_syscall
GATE __x64_sys_clock_gettime
GATE __x64_sys_gettimeofday
GATE __x64_sys_time
GATE __x64_sys_getpid
GATE __x64_sys_getppid
GATE __x64_sys_gettid
GATE __x64_sys_getuid
GATE __x64_sys_getgid
GATE __x64_sys_geteuid
GATE __x64_sys_getegid
GATE __x64_sys_newuname
GATE __x64_sys_prctl
GATE __x64_sys_arch_prctl
GATE __x64_sys_set_tid_address
GATE __x64_sys_set_robust_list
GATE __x64_sys_prlimit64
GATE __x64_sys_getrandom
GATE __x64_sys_getcpu
GATE __x64_sys_sched_yield
GATE __x64_sys_exit
GATE __x64_sys_exit_group
