/*
 * What the tracers are called by: their handlers, and the place to which a
 * function returns that the function graph tracer follows (arch/x86,
 * ftrace_64.S). return_to_handler has no unwind data: a stack that ends there
 * cannot be relied on.
 */
	.include "macros.inc"
	.text

/* What modules use ftrace by. */
GATE register_ftrace_function
GATE unregister_ftrace_function
GATE ftrace_set_filter_ip
GATE ftrace_set_filter
GATE ftrace_set_notrace
GATE ftrace_free_filter
GATE register_ftrace_direct
GATE unregister_ftrace_direct

GATE ftrace_ops_assist_func
GATE function_trace_call
GATE function_stack_trace_call
GATE ftrace_graph_func
GATE call_direct_funcs
GATE ftrace_return_to_handler

	REGS_SIZE = 0xa8

	.p2align 4, 0xcc
	.globl return_to_handler
	.type return_to_handler, @function
return_to_handler:
	sub $REGS_SIZE, %rsp
	mov %rax, 0x50(%rsp)
	mov %rdx, 0x60(%rsp)
	mov %rbp, 0x20(%rsp)
	mov %rsp, %rdi
	call ftrace_return_to_handler
	mov %rax, %rdi
	mov 0x60(%rsp), %rdx
	mov 0x50(%rsp), %rax
	add $REGS_SIZE, %rsp
	call 1f
	int3
1:	mov %rdi, (%rsp)
	ret
	int3
	.size return_to_handler, . - return_to_handler

/* kernel/trace: pids to look for, commands of functions */
GATE ftrace_pid_func
GATE function_trace_probe_call

/* kernel/trace/ftrace.c: more of what modules use ftrace by */
GATE modify_ftrace_direct
GATE ftrace_set_filter_ips

/* kernel/kprobes.c, arch/x86/kernel/kprobes/ftrace.c */
GATE register_kprobe
GATE unregister_kprobe
GATE register_kprobes
GATE unregister_kprobes
GATE enable_kprobe
GATE disable_kprobe
GATE kprobe_ftrace_handler

/* struct ftrace_ops of the tracers: kernel data, never freed. */
.macro OPS name
	.p2align 4
	.globl \name
	.type \name, @object
	.size \name, 216
\name:
	.skip 216
.endm

	.data
	OPS global_ops
	OPS graph_ops
	OPS kprobe_ftrace_ops
	OPS kprobe_ipmodify_ops
	OPS direct_tmp_ops
