/*
 * What guest modules use beside the services: the livepatch API, the types of
 * module parameters and files in /proc. The functions are gates.
 */
	.include "macros.inc"
	.text

/* kernel/livepatch */
GATE klp_enable_patch
GATE klp_get_state
GATE klp_get_prev_state
GATE klp_shadow_get
GATE klp_shadow_alloc
GATE klp_shadow_get_or_alloc
GATE klp_shadow_free
GATE klp_shadow_free_all

/* fs/proc/generic.c */
GATE proc_mkdir
GATE proc_create_single_data
GATE proc_remove
GATE remove_proc_entry
GATE remove_proc_subtree

/* kernel/module/main.c */
GATE try_module_get
GATE module_put

/*
 * kernel/params.c: struct kernel_param_ops is flags, set, get, free. Flag 1 is
 * KERNEL_PARAM_OPS_FL_NOARG.
 */
.macro PARAM name, flags=0
	GATE param_set_\name
	GATE param_get_\name
	.pushsection .rodata
	.p2align 5
	.globl param_ops_\name
	.type param_ops_\name, @object
	.size param_ops_\name, 32
param_ops_\name:
	.quad \flags, param_set_\name, param_get_\name, 0
	.popsection
.endm

PARAM byte
PARAM short
PARAM ushort
PARAM int
PARAM uint
PARAM long
PARAM ulong
PARAM ullong
PARAM hexint
PARAM charp
PARAM bool, 1
PARAM invbool
PARAM bint, 1

GATE param_array_set
GATE param_array_get
	.section .rodata
	.p2align 5
	.globl param_array_ops
	.type param_array_ops, @object
	.size param_array_ops, 32
param_array_ops:
	.quad 0, param_array_set, param_array_get, 0

/* kernel/printk: the console's level comes first (console_loglevel) */
	.data
	.p2align 4
	.globl console_printk
	.type console_printk, @object
	.size console_printk, 16
console_printk:
	.long 7, 4, 1, 7
